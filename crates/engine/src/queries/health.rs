//! The health report: which workers run, and which work fails again and again.

use crate::events::feed::FeedLag;
use crate::events::reader::LAG_LOGGED_MIN;
use crate::{Engine, Result};
use domain::ItemId;
use store::{DatabaseHealth, ReplicaState};

/// Whether a worker does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerState {
    /// It waits for work or does it.
    Running,
    /// Its current batch takes longer than a batch may.
    Stuck,
    /// It panicked and waits for its restart.
    Restarting,
    /// It has ended. Its queue is never served again.
    Dead,
}

impl WorkerState {
    /// The state's name: "running", "stuck", "restarting" or "dead".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stuck => "stuck",
            Self::Restarting => "restarting",
            Self::Dead => "dead",
        }
    }
}

/// A queue's worker or a background task.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerHealth {
    /// Its name, such as "stock 0" or "expiry".
    pub name: String,
    /// Whether it does its work.
    pub state: WorkerState,
    /// How long its current batch has taken so far, in seconds; 0 between batches.
    pub busy_seconds: f64,
    /// Panics since the engine started.
    pub panics: u64,
}

/// An item whose expired blocks can't be cleaned up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingItem {
    /// The item.
    pub item: ItemId,
    /// Attempts that failed since the last success.
    pub failures: u32,
    /// The kind of the last error, without its cause: the log has that.
    pub error: String,
}

/// The state of the engine, reported without a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HealthReport {
    /// Every queue's worker and background task.
    pub workers: Vec<WorkerHealth>,
    /// Items whose clean-up fails, at most [`FAILING_ITEMS_SHOWN_MAX`] of them.
    pub failing_items: Vec<FailingItem>,
    /// How many items' clean-up fails.
    pub failing_items_count: usize,
    /// How long the oldest expired block has been waiting for its clean-up, in seconds, at the last look.
    pub overdue_seconds: f64,
    /// How far the event feed lags, and because of which transaction; `None` while it does not.
    pub feed_lag: Option<FeedLag>,
    /// The database and its replica, as they were found last.
    pub database: DatabaseHealth,
}

/// The most failing items that a health report names.
pub const FAILING_ITEMS_SHOWN_MAX: usize = 20;

impl HealthReport {
    /// Whether every worker can serve its queue. A process that is not live has to be restarted.
    pub fn is_live(&self) -> bool {
        self.workers.iter().all(|worker| !matches!(worker.state, WorkerState::Stuck | WorkerState::Dead))
    }

    /// Whether an operator should look, although requests are served.
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
    /// The database's time.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn health(&self) -> Result<domain::Time> {
        Ok(self.shared.store.now().await?)
    }

    /// The state of workers and background tasks.
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
