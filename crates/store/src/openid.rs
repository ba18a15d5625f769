use crate::{Result, Store, WriteTransaction};
use domain::OpenIdIdentity;

/// The lifetime of an attempt, in minutes.
const ATTEMPT_MINUTES: i32 = 10;

/// The most expired attempts that a new attempt deletes.
const EXPIRED_MAX: i64 = 100;

/// An attempt to sign in by a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIdAttempt {
    /// The local address after the sign-in.
    pub next: String,
    /// The SHA-256 of the one-time link that the attempt uses.
    pub link_hash: Option<Vec<u8>>,
    /// The signed-in person who links an identity.
    pub person_id: Option<i64>,
}

impl Store {
    /// Adds an attempt that expires after 10 minutes. Deletes up to 100 expired ones.
    pub async fn openid_attempt_create(&self, hash: &[u8; 32], attempt: &OpenIdAttempt) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "DELETE FROM openid_attempts
              WHERE id IN (SELECT id FROM openid_attempts WHERE expires_at < now()
                            ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
            EXPIRED_MAX
        )
        .execute(&mut *transaction.transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO openid_attempts (hash, expires_at, next, link_hash, person_id)
             VALUES ($1, now() + make_interval(mins => $2), $3, $4, $5)",
            hash.as_slice(),
            ATTEMPT_MINUTES,
            attempt.next,
            attempt.link_hash,
            attempt.person_id
        )
        .execute(&mut *transaction.transaction)
        .await?;
        transaction.commit().await
    }

    /// Uses an attempt: deletes and returns it. Returns `None` if it is unknown, expired or used.
    pub async fn openid_attempt_use(&self, hash: &[u8; 32]) -> Result<Option<OpenIdAttempt>> {
        let mut transaction = self.begin().await?;
        let attempt = sqlx::query_as!(
            OpenIdAttempt,
            "DELETE FROM openid_attempts WHERE hash = $1 AND expires_at > now() RETURNING next, link_hash, person_id",
            hash.as_slice()
        )
        .fetch_optional(&mut *transaction.transaction)
        .await?;
        transaction.commit().await?;
        Ok(attempt)
    }
}

impl WriteTransaction {
    /// Returns the name of the person with this identity.
    pub async fn openid_person(&mut self, identity: &OpenIdIdentity) -> Result<Option<String>> {
        let name = sqlx::query_scalar!(
            "SELECT name FROM openid_identities JOIN people ON people.id = person_id
              WHERE issuer = $1 AND subject = $2",
            identity.issuer(),
            identity.subject()
        );
        Ok(name.fetch_optional(&mut *self.transaction).await?)
    }

    /// Returns the identity of a person.
    pub async fn openid_identity(&mut self, person: i64) -> Result<Option<(String, String)>> {
        let row = sqlx::query!("SELECT issuer, subject FROM openid_identities WHERE person_id = $1", person);
        let row = row.fetch_optional(&mut *self.transaction).await?;
        Ok(row.map(|row| (row.issuer, row.subject)))
    }

    /// Gives an identity to a person who has none. Returns whether no other person has it.
    pub async fn openid_link(&mut self, person: i64, identity: &OpenIdIdentity) -> Result<bool> {
        let linked = sqlx::query!(
            "INSERT INTO openid_identities (person_id, issuer, subject) VALUES ($1, $2, $3)
             ON CONFLICT ON CONSTRAINT openid_identities_subject_key DO NOTHING",
            person,
            identity.issuer(),
            identity.subject()
        );
        Ok(linked.execute(&mut *self.transaction).await?.rows_affected() == 1)
    }

    /// Removes the identity of a person.
    pub async fn openid_unlink(&mut self, person: i64) -> Result<()> {
        sqlx::query!("DELETE FROM openid_identities WHERE person_id = $1", person)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
