use crate::{Result, Store, WriteTransaction};
use std::collections::HashMap;

/// A response that is stored under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRecord {
    /// The caller. The keys of different actors are independent.
    pub actor: String,
    /// The idempotency key of the request.
    pub key: String,
    /// A hash of the request, to detect another request with the same key.
    pub fingerprint: Vec<u8>,
    /// The HTTP status.
    pub status: i32,
    /// The body.
    pub body: Vec<u8>,
}

impl WriteTransaction {
    /// Returns the responses stored under these (actor, key) pairs.
    pub async fn responses_find(
        &mut self,
        keys: &[(&str, &str)],
    ) -> Result<HashMap<(String, String), ResponseRecord>> {
        let (actors, keys): (Vec<String>, Vec<String>) =
            keys.iter().map(|(actor, key)| ((*actor).to_owned(), (*key).to_owned())).unzip();
        let found = sqlx::query_as!(
            ResponseRecord,
            "SELECT found.actor, found.key, found.fingerprint, found.status, found.body
               FROM unnest($1::text[], $2::text[]) AS asked (actor, key)
               JOIN idempotency_keys AS found ON found.key = asked.key AND found.actor = asked.actor",
            &actors,
            &keys
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(found
            .into_iter()
            .map(|response| ((response.actor.clone(), response.key.clone()), response))
            .collect())
    }

    /// Stores responses.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if another transaction has stored a response under the same key.
    pub async fn responses_store(&mut self, responses: &[ResponseRecord]) -> Result<()> {
        let columns = ResponseColumns::of(responses);
        sqlx::query!(
            "INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
             SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::integer[], $5::bytea[])",
            &columns.actors,
            &columns.keys,
            &columns.fingerprints,
            &columns.statuses,
            &columns.bodies
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Deletes at most `limit` responses that are older than `age_seconds`. Returns the number of deleted ones. Several
    /// servers may do so at the same time.
    pub async fn responses_expire(&self, age_seconds: f64, limit: i64) -> Result<u64> {
        let deleted = sqlx::query!(
            "DELETE FROM idempotency_keys USING (
                 SELECT key, actor FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)
                  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ) AS old WHERE idempotency_keys.key = old.key AND idempotency_keys.actor = old.actor",
            age_seconds,
            limit
        )
        .execute(&self.background)
        .await?;
        Ok(deleted.rows_affected())
    }
}

/// The columns of responses for a set-based INSERT.
pub(crate) struct ResponseColumns {
    pub(crate) actors: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) fingerprints: Vec<Vec<u8>>,
    pub(crate) statuses: Vec<i32>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl ResponseColumns {
    /// Orders the responses by key, so that transactions that store the same keys cannot deadlock.
    pub(crate) fn of(responses: &[ResponseRecord]) -> Self {
        let mut responses: Vec<_> = responses.iter().collect();
        responses.sort_by(|one, other| (&one.key, &one.actor).cmp(&(&other.key, &other.actor)));
        Self {
            actors: responses.iter().map(|response| response.actor.clone()).collect(),
            keys: responses.iter().map(|response| response.key.clone()).collect(),
            fingerprints: responses.iter().map(|response| response.fingerprint.clone()).collect(),
            statuses: responses.iter().map(|response| response.status).collect(),
            bodies: responses.iter().map(|response| response.body.clone()).collect(),
        }
    }
}
