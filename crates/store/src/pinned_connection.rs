use crate::identity::History;
use crate::pool::{Connection, Pool, TRUSTED_IDLE};
use crate::{Result, Store};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A writing connection for who does one thing after the other, each in one statement, and often.
///
/// It is the same connection each time, whose process of PostgreSQL then has its plans and rows in the processor's
/// cache; a pool hands out its connections in turn. And it is not given back in between: sqlx asks each connection
/// that comes back to a pool whether it is alive, and the next statement would wait for that answer.
#[derive(Debug)]
pub struct PinnedConnection {
    pub(crate) history: Arc<History>,
    pool: Pool,
    idle: Mutex<Option<(Box<Connection>, Instant)>>,
}

impl Store {
    /// A connection apart. It is made when it is first used, or by [`Store::open`].
    pub fn pinned_connection(&self) -> PinnedConnection {
        let pool = self.writes.single();
        self.pinned_pools.lock().unwrap_or_else(PoisonError::into_inner).push(pool.clone());
        PinnedConnection { history: self.history.clone(), pool, idle: Mutex::new(None) }
    }
}

impl PinnedConnection {
    /// The connection, to be kept again once its statement is done. Where that fails, or its caller goes away, it goes
    /// back to its pool instead, which looks whether it is still good.
    pub(crate) async fn connection(&self) -> Result<Box<Connection>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        match idle {
            Some((connection, used_at)) if used_at.elapsed() < TRUSTED_IDLE && connection.is_reliable() => {
                Ok(connection)
            }
            unusable => {
                // First of all, for the pool has no other.
                drop(unusable);
                Ok(self.pool.acquire().await?)
            }
        }
    }

    pub(crate) fn release(&self, connection: Box<Connection>) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some((connection, Instant::now()));
    }
}
