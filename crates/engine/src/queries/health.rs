//! The health report: workers, failing items, the event feed and the database.

use crate::background::failing_items::FailingItem;
use crate::events::feed::FeedLag;
use crate::events::reader::LAG_LOGGED_MIN;
use crate::{Engine, Result};
use store::{DatabaseHealth, ReplicaState};
use supervision::{WorkerHealth, WorkerState};

/// The state of the engine, without a query of the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HealthReport {
    /// The workers of queues and the background tasks.
    pub workers: Vec<WorkerHealth>,
    /// At most [`FAILING_ITEMS_SHOWN_MAX`] items whose clean-up fails.
    pub failing_items: Vec<FailingItem>,
    /// The number of items whose clean-up fails.
    pub failing_items_count: usize,
    /// The age of the oldest expired block at the last clean-up, in seconds after its expiry.
    pub overdue_seconds: f64,
    /// The lag of the event feed, and the transaction that causes it. `None` without a lag.
    pub feed_lag: Option<FeedLag>,
    /// The last observed state of the database and its replica.
    pub database: DatabaseHealth,
}

/// The most failing items that a health report names.
pub const FAILING_ITEMS_SHOWN_MAX: usize = 20;

impl HealthReport {
    /// Returns whether every worker can serve its queue. A process that is not live must be restarted.
    pub fn is_live(&self) -> bool {
        self.workers.iter().all(|worker| !matches!(worker.state, WorkerState::Stuck | WorkerState::Dead))
    }

    /// Returns whether something needs an operator, although requests are served.
    pub fn is_degraded(&self) -> bool {
        let replica = &self.database.replica;
        let is_behind = self.feed_lag.as_ref().is_some_and(|feed| feed.lag >= LAG_LOGGED_MIN);
        is_behind
            || self.failing_items_count > 0
            || self.database.impairment.is_some()
            || replica.as_ref().is_some_and(|standing| !matches!(standing, ReplicaState::Following { .. }))
            || self.workers.iter().any(|worker| worker.state != WorkerState::Running)
    }
}

impl Engine {
    /// Returns the database's time.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] if the database does not answer.
    pub async fn health(&self) -> Result<domain::Time> {
        Ok(self.shared.store.now().await?)
    }

    /// Returns the state of the engine.
    pub fn health_report(&self) -> HealthReport {
        let failing = self.shared.failing_items.report();
        HealthReport {
            workers: self.shared.workers.iter().map(|worker| worker.health()).collect(),
            failing_items_count: failing.len(),
            failing_items: failing.into_iter().take(FAILING_ITEMS_SHOWN_MAX).collect(),
            overdue_seconds: self.shared.failing_items.overdue_seconds(),
            feed_lag: self.feed_lag(),
            database: self.shared.store.database_health(),
        }
    }
}
