use crate::identity::History;
use crate::pool::{Connection, Pool, TRUSTED_IDLE};
use crate::{Result, Store};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A dedicated writing connection for a worker that runs statements one after the other, such as a batch queue.
///
/// A pool hands out its connections in turn. Using the same one each time keeps the plans and rows of its PostgreSQL
/// process in the processor's cache. It also saves a round trip: sqlx pings a connection that is returned to a pool, and
/// the next statement would wait for the answer.
#[derive(Debug)]
pub struct PinnedConnection {
    pub(crate) history: Arc<History>,
    pool: Pool,
    idle: Mutex<Option<(Box<Connection>, Instant)>>,
}

impl Store {
    /// Returns a dedicated connection. It is opened by its first use, or by [`Store::open`].
    pub fn pinned_connection(&self) -> PinnedConnection {
        let pool = self.writes.single(self.queue_metrics.clone());
        self.pinned_pools.lock().unwrap_or_else(PoisonError::into_inner).push(pool.clone());
        PinnedConnection { history: self.history.clone(), pool, idle: Mutex::new(None) }
    }
}

impl PinnedConnection {
    /// Takes the connection out. The caller returns it by [`PinnedConnection::release`] after a successful statement. If
    /// the statement fails or is cancelled, the connection is dropped into its pool instead, which checks it.
    pub(crate) async fn connection(&self) -> Result<Box<Connection>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        match idle {
            Some((connection, used_at)) if used_at.elapsed() < TRUSTED_IDLE && connection.is_reliable() => {
                Ok(connection)
            }
            unusable => {
                // Dropped before the next line: the pool has one connection only.
                drop(unusable);
                Ok(self.pool.acquire().await?)
            }
        }
    }

    /// Returns the connection for the next use.
    pub(crate) fn release(&self, connection: Box<Connection>) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some((connection, Instant::now()));
    }
}
