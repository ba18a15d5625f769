//! The choice between the primary and a replica for reading lists.
//!
//! By default a list is read from the replica only if the replica has replayed everything that was durable on the primary
//! when the list was requested. Callers therefore read their own writes, and no list is older than one that was read before.
//! A caller can ask for less: for the changes up to a position of the log.

use crate::Store;
use crate::lists::Lists;
use crate::replica::{Replica, ServerPosition};
use domain::{Freshness, LogPosition};

tokio::task_local! {
    static FRESHNESS: Freshness;
}

/// Sets the changes that the lists of the queries include. Without it, lists include the latest changes. A query with a cached
/// or shared result runs without it.
pub async fn with_freshness<F: Future>(freshness: Freshness, queries: F) -> F::Output {
    FRESHNESS.scope(freshness, queries).await
}

impl Store {
    /// Returns the database for a list: the replica if it has replayed enough, and otherwise the primary.
    pub(crate) async fn lists(&self) -> Lists<'_> {
        let primary = Lists::primary(&self.reads);
        let Some(replica) = self.replica.as_deref() else { return primary };
        match self.is_read_from(replica).await {
            true => primary.preferring(replica),
            false => primary,
        }
    }

    async fn is_read_from(&self, replica: &Replica) -> bool {
        let freshness = FRESHNESS.try_with(|freshness| *freshness).unwrap_or_default();
        match freshness {
            Freshness::AtLeast(position) => replica.serves(position).await,
            Freshness::Latest(position) if self.lookups.availability().is_down() => {
                replica.serves(position).await
            }
            Freshness::Latest(_) => {
                if !replica.is_keeping_up() {
                    return false;
                }
                match self.log_position().await {
                    Some(position) => replica.serves_latest(position).await,
                    None => replica.counted(false),
                }
            }
        }
    }

    /// Returns whether there is a replica.
    pub fn has_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// Returns the position up to which the primary has flushed its write-ahead log; `None` if it does not answer within
    /// 500 ms. All acknowledged changes are before it. Concurrent calls share one query.
    pub async fn log_position(&self) -> Option<LogPosition> {
        let read = async { ServerPosition::read(&self.lookups).await.map(|read| read.position) };
        self.log_positions.get(read).await
    }
}
