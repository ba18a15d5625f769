use crate::{Result, Store, WriteTransaction};
use std::collections::HashMap;

/// An answer that is kept under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRecord {
    /// Who asked: keys of different actors are different keys.
    pub actor: String,
    /// The key that came with the request.
    pub key: String,
    /// Tells the request from any other.
    pub fingerprint: Vec<u8>,
    /// The answer's HTTP status.
    pub status: i32,
    /// The answer's body.
    pub body: Vec<u8>,
}

impl WriteTransaction {
    /// The answers kept under these (actor, key) pairs.
    pub async fn responses_find(
        &mut self,
        keys: &[(&str, &str)],
    ) -> Result<HashMap<(String, String), ResponseRecord>> {
        let (actors, keys): (Vec<String>, Vec<String>) =
            keys.iter().map(|(actor, key)| ((*actor).to_owned(), (*key).to_owned())).unzip();
        let found = sqlx::query_as!(
            ResponseRecord,
            "SELECT found.actor, found.key, found.fingerprint, found.status, found.body
               FROM unnest($1::text[], $2::text[]) AS wanted (actor, key)
               JOIN idempotency_keys AS found ON found.key = wanted.key AND found.actor = wanted.actor",
            &actors,
            &keys
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(found.into_iter().map(|answer| ((answer.actor.clone(), answer.key.clone()), answer)).collect())
    }

    /// Keeps answers. If another transaction has just kept one under the same key, this one must be tried
    /// again: [`crate::Error::Conflict`].
    pub async fn responses_store(&mut self, answers: &[ResponseRecord]) -> Result<()> {
        let columns = ResponseColumns::of(answers);
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
    /// Forgets at most `limit` answers that are older than `age_seconds`. Servers may do so at once.
    pub async fn responses_expire(&self, age_seconds: f64, limit: i64) -> Result<u64> {
        let forgotten = sqlx::query!(
            "DELETE FROM idempotency_keys USING (
                 SELECT key, actor FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)
                  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ) AS old WHERE idempotency_keys.key = old.key AND idempotency_keys.actor = old.actor",
            age_seconds,
            limit
        )
        .execute(&self.background)
        .await?;
        Ok(forgotten.rows_affected())
    }
}

/// Answers as the arrays that a set-based INSERT takes.
pub(crate) struct ResponseColumns {
    pub(crate) actors: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) fingerprints: Vec<Vec<u8>>,
    pub(crate) statuses: Vec<i32>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl ResponseColumns {
    /// By key: transactions that keep the same ones wait for each other, and never in a ring.
    pub(crate) fn of(answers: &[ResponseRecord]) -> Self {
        let mut answers: Vec<_> = answers.iter().collect();
        answers.sort_by(|one, other| (&one.key, &one.actor).cmp(&(&other.key, &other.actor)));
        Self {
            actors: answers.iter().map(|answer| answer.actor.clone()).collect(),
            keys: answers.iter().map(|answer| answer.key.clone()).collect(),
            fingerprints: answers.iter().map(|answer| answer.fingerprint.clone()).collect(),
            statuses: answers.iter().map(|answer| answer.status).collect(),
            bodies: answers.iter().map(|answer| answer.body.clone()).collect(),
        }
    }
}
