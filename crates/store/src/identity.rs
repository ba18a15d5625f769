//! The identity of the database, and the generation of everything that was cached from it.
//!
//! A database can lose its newest transactions while a server runs: a standby that had not received them is promoted,
//! or a backup is restored. Ids are then assigned a second time, and cached levels, blocks and reserved ids belong to a
//! history that no longer exists. Each writing connection therefore reads the database's identity once, when it is
//! made. A changed identity, and a connection that replaces a lost one, begin a new [`Generation`]. A cache is valid
//! for one generation only.

use crate::session::RequiredSettings;
use domain::Time;
use futures::future::BoxFuture;
use sqlx::PgConnection;
use sqlx::pool::PoolConnectionMetadata;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Identifies one history of one database. A restart changes `started_at`; a promotion and a recovery to a point in
/// time change `timeline` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseIdentity {
    /// The system identifier, which a primary and its standbys have in common.
    pub system: i64,
    /// The timeline of the write-ahead log.
    pub timeline: i32,
    /// The object id of the database within its server.
    pub database: i64,
    /// When the server was started.
    pub started_at: Time,
}

/// Numbers the periods in which caches are valid. It rises, and never returns to an earlier value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// The generation that a store begins with.
    pub const FIRST: Self = Self(0);

    /// The next generation.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The current identity, and the current generation.
#[derive(Debug, Default)]
pub(crate) struct History {
    generation: AtomicU64,
    identity: Mutex<Option<DatabaseIdentity>>,
    required: RequiredSettings,
}

impl History {
    /// Returns an empty history, whose connections need these settings.
    pub(crate) fn new(required: RequiredSettings) -> Self {
        Self { required, ..Self::default() }
    }

    /// Returns the hook for new connections of a pool with at most `connections_max` connections. It checks their settings
    /// and reads the database's identity. Each connection beyond that number replaces a closed one, and begins a new
    /// generation.
    pub(crate) fn after_connect(
        self: &Arc<Self>,
        connections_max: u32,
    ) -> impl Fn(&mut PgConnection, PoolConnectionMetadata) -> BoxFuture<'_, sqlx::Result<()>>
    + Send
    + Sync
    + 'static {
        let (history, opened) = (self.clone(), Arc::new(AtomicU32::new(0)));
        move |connection, _| {
            let (history, opened) = (history.clone(), opened.clone());
            Box::pin(async move {
                history.required.check(connection).await.map_err(sqlx::Error::config)?;
                let identity = read_identity(connection).await?;
                let replaces_another = opened.fetch_add(1, Ordering::Relaxed) >= connections_max;
                history.observe(identity, replaces_another);
                Ok(())
            })
        }
    }

    /// The identity as the newest writing connection read it; `None` before the first one.
    pub(crate) fn identity(&self) -> Option<DatabaseIdentity> {
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current generation.
    pub(crate) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::Acquire))
    }

    fn observe(&self, identity: DatabaseIdentity, replaces_another: bool) {
        let mut current = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        let before = current.replace(identity);
        let is_another = before.is_some_and(|before| before != identity);
        if is_another {
            tracing::warn!(?before, ?identity, "the database has another identity: caches are dropped");
        }
        if is_another || replaces_another {
            self.generation.fetch_add(1, Ordering::AcqRel);
        }
    }
}

async fn read_identity(connection: &mut PgConnection) -> sqlx::Result<DatabaseIdentity> {
    // The control file has the timeline of the last checkpoint, which comes some time after a promotion. The name of
    // the current log file has the new timeline at once, but exists on a primary only.
    sqlx::query_as!(
        DatabaseIdentity,
        r#"SELECT system_identifier AS "system!",
                  CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
                       ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
                   END AS "timeline!",
                  (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS "database!",
                  pg_postmaster_start_time() AS "started_at!"
             FROM pg_control_system()"#
    )
    .fetch_one(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(timeline: i32) -> DatabaseIdentity {
        DatabaseIdentity { system: 1, timeline, database: 5, started_at: Time::UNIX_EPOCH }
    }

    #[test]
    fn a_changed_identity_and_a_replaced_connection_begin_a_generation() {
        let history = History::default();
        let generation = || history.generation().0;
        history.observe(identity(1), false);
        history.observe(identity(1), false);
        assert_eq!(generation(), 0);
        history.observe(identity(2), false);
        assert_eq!(generation(), 1);
        history.observe(identity(2), true);
        assert_eq!(generation(), 2);
    }
}
