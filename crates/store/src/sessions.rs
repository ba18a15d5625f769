use crate::warehouses::allowed_warehouses;
use crate::{Result, Store, WriteTransaction};
use domain::{AllowedWarehouses, Role, Session};
use std::net::IpAddr;

/// The maximum number of listed sessions.
const SESSIONS_LISTED_MAX: i64 = 100;

/// The maximum length of a stored user agent, in characters.
const USER_AGENT_CHARS_MAX: usize = 255;

/// How long an ended session is kept, in days.
const ENDED_DAYS: i32 = 30;

/// The most sessions that one statement of the retention deletes.
const ENDED_MAX: i64 = 1_000;

/// A session that was found by its hash, and is valid.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedSession {
    /// The id.
    pub id: i64,
    /// The name of the person.
    pub person: String,
    /// The role of the person.
    pub role: Role,
    /// The warehouses whose stock the person may change.
    pub warehouses: AllowedWarehouses,
    /// The time until it ends if it is not used, in seconds.
    pub seconds_left: f64,
    /// Whether the stored time of the last use is older than a minute.
    pub is_use_due: bool,
}

impl Store {
    /// Returns the valid session with this SHA-256. `None` if it is unknown, ended or revoked, if it was not used for
    /// `idle_seconds`, or if the person is disabled.
    pub async fn session_verify(
        &self,
        hash: &[u8; 32],
        idle_seconds: f64,
    ) -> Result<Option<VerifiedSession>> {
        let row = sqlx::query!(
            r#"SELECT sessions.id, people.name, people.role, people.warehouse_ids,
                      extract(epoch FROM least(sessions.expires_at, now() + make_interval(secs => $2)) - now())
                          ::double precision AS "seconds_left!",
                      last_seen_at < now() - interval '1 minute' AS "is_use_due!"
                 FROM sessions JOIN people ON people.id = sessions.person_id
                WHERE sessions.hash = $1 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
                  AND sessions.last_seen_at > now() - make_interval(secs => $2) AND people.disabled_at IS NULL"#,
            hash.as_slice(),
            idle_seconds
        )
        .fetch_optional(&self.lookups)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(VerifiedSession {
            id: row.id,
            person: row.name,
            role: Role::parse(&row.role)?,
            warehouses: allowed_warehouses(row.warehouse_ids)?,
            seconds_left: row.seconds_left,
            is_use_due: row.is_use_due,
        }))
    }

    /// Stores the current time as the last use of these sessions.
    pub async fn sessions_record_use(&self, sessions: &[i64]) -> Result<()> {
        sqlx::query!("UPDATE sessions SET last_seen_at = now() WHERE id = ANY ($1)", sessions)
            .execute(&self.background)
            .await?;
        Ok(())
    }

    /// Deletes expired one-time links, and sessions that ended more than 30 days ago, at most [`ENDED_MAX`]. Returns whether
    /// more may be left. Several servers may do so at the same time.
    pub async fn ended_credentials_delete(&self) -> Result<bool> {
        sqlx::query!("DELETE FROM password_links WHERE expires_at < now()").execute(&self.background).await?;
        let deleted = sqlx::query!(
            "DELETE FROM sessions
              WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() - make_interval(days => $1)
                            ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)",
            ENDED_DAYS,
            ENDED_MAX
        );
        let deleted = deleted.execute(&self.background).await?.rows_affected();
        Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted >= ENDED_MAX))
    }

    /// Returns the valid sessions of a person, latest first.
    pub async fn session_list(&self, name: &str, idle_seconds: f64) -> Result<Vec<Session>> {
        let sessions = sqlx::query_as!(
            Session,
            "SELECT sessions.id, sessions.created_at, last_seen_at, expires_at, host(address) AS address, user_agent
               FROM sessions JOIN people ON people.id = person_id
              WHERE name = $1 AND revoked_at IS NULL AND expires_at > now()
                AND last_seen_at > now() - make_interval(secs => $2)
              ORDER BY sessions.id DESC LIMIT $3",
            name,
            idle_seconds,
            SESSIONS_LISTED_MAX
        );
        Ok(sessions.fetch_all(&self.lookups).await?)
    }
}

impl WriteTransaction {
    /// Adds a session of a person that ends after `lifetime_seconds`. Returns its id. Deletes the person's sessions that
    /// ended more than 30 days ago.
    pub async fn session_create(
        &mut self,
        person: i64,
        hash: &[u8; 32],
        lifetime_seconds: f64,
        address: Option<IpAddr>,
        user_agent: Option<&str>,
    ) -> Result<i64> {
        sqlx::query!(
            "DELETE FROM sessions WHERE person_id = $1 AND expires_at < now() - make_interval(days => $2)",
            person,
            ENDED_DAYS
        )
        .execute(&mut *self.transaction)
        .await?;
        let user_agent: Option<String> = user_agent
            .map(|text| text.chars().filter(|char| *char != '\0').take(USER_AGENT_CHARS_MAX).collect());
        let id = sqlx::query_scalar!(
            "INSERT INTO sessions (person_id, hash, expires_at, address, user_agent)
             VALUES ($1, $2, now() + make_interval(secs => $3), $4::text::inet, $5) RETURNING id",
            person,
            hash.as_slice(),
            lifetime_seconds,
            address.map(|address| address.to_string()),
            user_agent
        );
        Ok(id.fetch_one(&mut *self.transaction).await?)
    }

    /// Revokes one session of a person, or all if `session` is absent. Returns the number of sessions that were valid.
    pub async fn sessions_revoke(&mut self, person: i64, session: Option<i64>) -> Result<u64> {
        let revoked = sqlx::query!(
            "UPDATE sessions SET revoked_at = now()
              WHERE person_id = $1 AND ($2::bigint IS NULL OR id = $2) AND revoked_at IS NULL AND expires_at > now()",
            person,
            session
        );
        Ok(revoked.execute(&mut *self.transaction).await?.rows_affected())
    }
}
