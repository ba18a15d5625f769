//! The choice between the primary and a replica for reading lists.
//!
//! A list is read from the replica only if the replica has replayed everything that was durable on the primary when the
//! list was requested. Callers therefore read their own writes, and no list is older than one that was read before.

use crate::pool::Pool;
use crate::{Result, Store};

impl Store {
    /// Returns the connections for a list: those of the replica if it has replayed everything that the primary has, or
    /// if the primary does not answer.
    pub(crate) async fn lists(&self) -> &Pool {
        let Some(replica) = self.replica.as_deref() else { return &self.reads };
        if !replica.is_candidate() {
            return &self.reads;
        }
        if self.lookups.availability().is_down() {
            return &replica.pool;
        }
        let Ok(position) = self.position().await else { return &self.reads };
        if replica.reaches(position).await {
            return &replica.pool;
        }
        replica.record_miss();
        &self.reads
    }

    /// Returns the position up to which the primary has flushed its write-ahead log. All acknowledged changes are before
    /// it.
    async fn position(&self) -> Result<i64> {
        let position = sqlx::query_scalar!(
            r#"SELECT coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                     ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint, 0) AS "position!""#
        );
        Ok(position.fetch_one(&self.lookups).await?)
    }
}
