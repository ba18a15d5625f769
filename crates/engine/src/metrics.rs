//! Measurements of the engine. They are counted per batch; a scrape reads them without a statement.

use crate::stock::FallbackReason;
use domain::{MovementReason, NewMovement, ReconcileRun};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{ImportCounts, OperatingCounts, WalArchive, WebhookCounts};

/// The bounds of the buckets for waits and durations, in seconds.
const SECONDS_BUCKETS: [f64; 13] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];

/// The number of buckets for the requests of a batch: 1, 2, 4 … 512.
const BATCH_BUCKETS: u16 = 10;

/// The strategy by which a batch of stock requests is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockPath {
    /// On cached rows.
    Optimistic,
    /// On locked rows.
    Locked,
}

impl StockPath {
    /// Both strategies, in the order of their discriminants.
    pub const ALL: [Self; 2] = [Self::Optimistic, Self::Locked];

    /// Returns the name for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Optimistic => "optimistic",
            Self::Locked => "locked",
        }
    }
}

/// The number of outcomes of an attempt: committed, failed, and each reason for a fallback.
const OUTCOMES: usize = 2 + FallbackReason::ALL.len();

/// The counters of all workers.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Units by the reason of their movement.
    units: [AtomicU64; MovementReason::ALL.len()],
    /// Attempts by path and outcome.
    attempts: [[AtomicU64; OUTCOMES]; StockPath::ALL.len()],
}

/// The outcome of an attempt to decide requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Committed,
    Failed,
    Fallback(FallbackReason),
}

impl Outcome {
    fn index(self) -> usize {
        match self {
            Self::Committed => 0,
            Self::Failed => 1,
            Self::Fallback(reason) => 2 + reason as usize,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::Fallback(reason) => reason.name(),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        [Self::Committed, Self::Failed].into_iter().chain(FallbackReason::ALL.map(Self::Fallback))
    }
}

impl Metrics {
    /// Adds the units of committed movements. The units of a move count once, where they arrive.
    pub(crate) fn count_movements(&self, movements: &[NewMovement]) {
        let mut units = [0_u64; MovementReason::ALL.len()];
        for movement in movements {
            let is_departure = movement.reason == MovementReason::Moved && movement.change < 0;
            if !is_departure {
                let moved = movement.units.unwrap_or(movement.change);
                units[movement.reason as usize] += u64::from(moved.unsigned_abs());
            }
        }
        for (counter, units) in self.units.iter().zip(units).filter(|(_, units)| *units > 0) {
            counter.fetch_add(units, Ordering::Relaxed);
        }
    }

    /// Adds committed units of one reason.
    pub(crate) fn count_units(&self, reason: MovementReason, units: u64) {
        self.units[reason as usize].fetch_add(units, Ordering::Relaxed);
    }

    /// Returns the units of committed movements, by reason.
    pub(crate) fn units(&self) -> [(MovementReason, u64); MovementReason::ALL.len()] {
        MovementReason::ALL.map(|(reason, _)| (reason, self.units[reason as usize].load(Ordering::Relaxed)))
    }

    /// Returns the attempts by path and outcome.
    pub(crate) fn attempts(&self) -> Vec<(StockPath, &'static str, u64)> {
        let count = |path: StockPath, outcome: Outcome| {
            let count = self.attempts[path as usize][outcome.index()].load(Ordering::Relaxed);
            (path, outcome.name(), count)
        };
        StockPath::ALL
            .into_iter()
            .flat_map(|path| Outcome::all().map(move |outcome| count(path, outcome)))
            .collect()
    }

    /// Counts an attempt.
    pub(crate) fn count_attempt(&self, path: StockPath, outcome: Outcome) {
        self.attempts[path as usize][outcome.index()].fetch_add(1, Ordering::Relaxed);
    }
}

/// The measurements of a queue. Clones share them.
#[derive(Debug, Clone)]
pub struct QueueMetrics {
    /// The requests of each batch.
    pub batch_requests: Histogram,
    /// The time that the oldest request of each batch has waited, in seconds.
    pub wait_seconds: Histogram,
    /// The duration of each batch, in seconds.
    pub batch_seconds: Histogram,
}

impl QueueMetrics {
    pub(crate) fn new() -> Self {
        Self {
            batch_requests: Histogram::new(exponential_buckets(1.0, 2.0, BATCH_BUCKETS)),
            wait_seconds: Histogram::new(SECONDS_BUCKETS),
            batch_seconds: Histogram::new(SECONDS_BUCKETS),
        }
    }

    /// Records a batch after its end.
    pub(crate) fn record(&self, requests: usize, waited: Duration, took: Duration) {
        self.batch_requests.observe(requests as f64);
        self.wait_seconds.observe(waited.as_secs_f64());
        self.batch_seconds.observe(took.as_secs_f64());
    }
}

/// The state of a queue.
#[derive(Debug, Clone)]
pub struct QueueState {
    /// The queue's name, such as "stock 0".
    pub name: String,
    /// Requests that wait.
    pub waiting: usize,
    /// The most requests that may wait.
    pub waiting_max: usize,
    /// Its measurements.
    pub metrics: QueueMetrics,
}

/// Counts that are read from the database.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatingReport {
    /// The work that is left to do.
    pub counts: OperatingCounts,
    /// The imports that have not ended, by state.
    pub imports: Vec<ImportCounts>,
    /// The last run of reconcile; `None` before the first.
    pub reconcile: Option<ReconcileRun>,
    /// The archive of PostgreSQL's log; `None` if PostgreSQL archives nothing.
    pub wal_archive: Option<WalArchive>,
    /// The state of each webhook, by id.
    pub webhooks: Vec<WebhookCounts>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ItemId, LevelKey, WarehouseId};

    #[test]
    fn units_are_counted_by_reason_and_moves_once() {
        let metrics = Metrics::default();
        let movement = |reason, change, units| NewMovement {
            key: LevelKey { item: ItemId(1), warehouse: WarehouseId(1) },
            change,
            units,
            activity_units: None,
            reason,
            condition: None,
            block: None,
            order: None,
            note: None,
            request: None,
        };
        metrics.count_movements(&[
            movement(MovementReason::Blocked, -3, None),
            movement(MovementReason::Blocked, -4, None),
            movement(MovementReason::Confirmed, 0, Some(5)),
            movement(MovementReason::Moved, -2, None),
            movement(MovementReason::Moved, 2, None),
        ]);
        metrics.count_units(MovementReason::Expired, 6);
        let units = |reason: MovementReason| metrics.units[reason as usize].load(Ordering::Relaxed);
        assert_eq!(
            [
                units(MovementReason::Blocked),
                units(MovementReason::Confirmed),
                units(MovementReason::Moved),
                units(MovementReason::Expired),
                units(MovementReason::Received),
            ],
            [7, 5, 2, 6, 0]
        );
    }

    #[test]
    fn each_outcome_has_a_counter_and_a_name_of_its_own() {
        let names: std::collections::HashSet<_> = Outcome::all().map(Outcome::name).collect();
        let indexes: Vec<_> = Outcome::all().map(Outcome::index).collect();
        assert_eq!((names.len(), indexes), (OUTCOMES, (0..OUTCOMES).collect()));
        let reasons: Vec<_> = MovementReason::ALL.iter().map(|(reason, _)| *reason as usize).collect();
        assert_eq!(reasons, (0..MovementReason::ALL.len()).collect::<Vec<_>>());
    }
}
