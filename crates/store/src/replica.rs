//! The state of the replica: whether it follows the primary, and how far it is behind.

use crate::monitor::Observation;
use crate::pool::Pool;
use crate::shared_read::SharedRead;
use domain::LogPosition;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long a list that includes the latest changes may wait for the replica to replay the primary's log.
const LATEST_WAIT: Duration = Duration::from_millis(50);

/// The interval between two queries of the replica during a wait.
const REPLAY_LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// The timeout of a query for a server's log position.
const POSITION_TIMEOUT: Duration = Duration::from_millis(500);

/// How long the primary serves lists after the replica did not reach the primary's position in time, or did not answer.
const MISS_PAUSE: Duration = Duration::from_secs(1);

/// The maximum number of stored observations of the primary. There is one per second, so this is also the longest lag that
/// can be measured, in seconds.
const OBSERVATIONS_MAX: usize = 600;

/// The SQLSTATE of a statement that exceeded the statement timeout. It would do so on the primary too.
const QUERY_CANCELED: &str = "57014";

/// The replication state of a replica.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ReplicaState {
    /// It was not observed yet.
    #[default]
    Unknown,
    /// It replays the primary's log, and its lag is within the limit.
    Following {
        /// The lag.
        lag_seconds: f64,
    },
    /// Its lag is over the limit.
    Lagging {
        /// A lower bound of the lag.
        lag_seconds: f64,
    },
    /// It follows another primary, or none: it was promoted.
    Foreign,
    /// It does not answer.
    Down,
}

impl ReplicaState {
    /// Returns a stable name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Following { .. } => "following",
            Self::Lagging { .. } => "lagging",
            Self::Foreign => "foreign",
            Self::Down => "down",
        }
    }

    /// Returns the lag, if it is known.
    pub fn lag_seconds(&self) -> Option<f64> {
        match self {
            Self::Following { lag_seconds } | Self::Lagging { lag_seconds } => Some(*lag_seconds),
            Self::Unknown | Self::Foreign | Self::Down => None,
        }
    }
}

/// How often lists were read from the replica since the start, and how often from the primary instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplicaReads {
    /// Lists that were read from the replica.
    pub served: u64,
    /// Lists that were read from the primary, because the replica had not replayed enough, lagged, did not answer, or did not
    /// follow the primary.
    pub unsuitable: u64,
    /// Statements that failed on the replica and ran again on the primary.
    pub failed: u64,
}

/// A replica with its observed state.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) pool: Pool,
    lag_max: Duration,
    /// How long a list that names a position waits for it.
    wait: Duration,
    observed: Mutex<Observed>,
    replayed: SharedRead<Option<ServerPosition>>,
    served: AtomicU64,
    unsuitable: AtomicU64,
    failed: AtomicU64,
}

/// The position in the write-ahead log of a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerPosition {
    /// The position up to which a primary has flushed its log, or a standby has replayed it.
    pub(crate) position: LogPosition,
    /// Whether the server is a standby.
    standby: bool,
}

impl ServerPosition {
    /// Reads the position of a server; `None` if it does not answer in time.
    pub(crate) async fn read(pool: &Pool) -> Option<Self> {
        let row = sqlx::query!(
            r#"SELECT pg_is_in_recovery() AS "standby!",
                      coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                     ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint, 0) AS "position!""#
        );
        let row = timeout(POSITION_TIMEOUT, row.fetch_one(pool)).await.ok()?.ok()?;
        Some(Self { position: LogPosition(row.position), standby: row.standby })
    }
}

#[derive(Debug, Default)]
struct Observed {
    state: ReplicaState,
    /// Whether the replica and the primary are one server.
    is_primary: bool,
    /// Observations of the primary, oldest first.
    primary: VecDeque<Observation>,
    /// When it did not reach a position of the primary in time.
    missed_at: Option<Instant>,
    /// When it did not answer in time.
    silent_at: Option<Instant>,
}

impl Replica {
    pub(crate) fn new(pool: Pool, lag_max: Duration, wait: Duration) -> Self {
        Self {
            pool,
            lag_max,
            wait,
            observed: Mutex::default(),
            replayed: SharedRead::default(),
            served: AtomicU64::new(0),
            unsuitable: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Returns its current state.
    pub(crate) fn state(&self) -> ReplicaState {
        if self.pool.availability().is_down() { ReplicaState::Down } else { self.observed().state.clone() }
    }

    /// Updates the state with each observation, until both monitors end.
    pub(crate) async fn follow(
        &self,
        mut primary: watch::Receiver<Option<Observation>>,
        mut replica: watch::Receiver<Option<Observation>>,
    ) {
        loop {
            tokio::select! {
                changed = primary.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.observed().note(*primary.borrow_and_update());
                }
                changed = replica.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    if let Some(observation) = *replica.borrow_and_update() {
                        self.update(observation);
                    }
                }
            }
        }
    }

    fn update(&self, replica: Observation) {
        let mut observed = self.observed();
        let state = observed.state_of(replica, self.lag_max);
        observed.is_primary =
            observed.primary.back().is_some_and(|primary| primary.started == replica.started);
        self.enter(&mut observed, state);
    }

    /// Stores a state, and logs a change.
    fn enter(&self, observed: &mut Observed, state: ReplicaState) {
        match (&observed.state, &state) {
            (ReplicaState::Lagging { .. }, ReplicaState::Lagging { .. })
            | (ReplicaState::Following { .. } | ReplicaState::Unknown, ReplicaState::Following { .. })
            | (ReplicaState::Foreign, ReplicaState::Foreign) => {}
            (_, ReplicaState::Lagging { lag_seconds }) => tracing::warn!(
                lag_seconds,
                lag_seconds_max = self.lag_max.as_secs(),
                "the replica lags too far behind: lists are read from the primary"
            ),
            (_, ReplicaState::Foreign) => tracing::warn!(
                "the replica does not follow the primary (it was promoted, or follows another one): lists are \
                 read from the primary"
            ),
            _ => tracing::info!("the replica has caught up: lists are read from it again"),
        }
        observed.state = state;
    }

    /// Returns whether a list that includes everything up to this recent position of the primary is read from it.
    pub(crate) async fn serves_latest(&self, position: LogPosition) -> bool {
        let reaches = self.reaches(position, LATEST_WAIT).await;
        // Only the primary's own position shows a lag. That of a caller may be one that no server has reached.
        if !reaches {
            self.observed().missed_at = Some(Instant::now());
        }
        self.counted(reaches)
    }

    /// Returns whether a list that includes the changes up to the position is read from it. Waits for at most the configured
    /// time.
    pub(crate) async fn serves(&self, position: LogPosition) -> bool {
        let serves = self.is_usable() && self.reaches(position, self.wait).await;
        self.counted(serves)
    }

    /// Returns whether lists that include the latest changes may be read from it, provided that it has replayed enough.
    pub(crate) fn is_keeping_up(&self) -> bool {
        let keeps_up = self.is_usable() && !self.is_late();
        keeps_up || self.counted(false)
    }

    /// Returns whether it has replayed the log up to `position`, or does so within the time.
    async fn reaches(&self, position: LogPosition, wait: Duration) -> bool {
        let begun = Instant::now();
        loop {
            match self.replayed().await {
                None => {
                    self.observed().silent_at = Some(Instant::now());
                    return false;
                }
                // The monitor detects a promotion some time later.
                Some(replayed) if !replayed.standby && !self.observed().is_primary => {
                    self.enter(&mut self.observed(), ReplicaState::Foreign);
                    return false;
                }
                Some(replayed) if replayed.position >= position => return true,
                Some(_) if begun.elapsed() < wait => sleep(REPLAY_LOOK_INTERVAL).await,
                Some(_) => return false,
            }
        }
    }

    /// Returns the state of its replay; `None` if it does not answer in time. Concurrent calls share one query.
    async fn replayed(&self) -> Option<ServerPosition> {
        self.replayed.get(ServerPosition::read(&self.pool)).await
    }

    /// Returns whether it follows the primary within the limit of its lag, and answers.
    fn is_usable(&self) -> bool {
        let observed = self.observed();
        matches!(observed.state, ReplicaState::Following { .. })
            && !is_recent(observed.silent_at)
            && !self.pool.availability().is_down()
    }

    /// Returns whether it did not reach a position of the primary in time a short while ago.
    fn is_late(&self) -> bool {
        is_recent(self.observed().missed_at)
    }

    /// Returns whether a statement that failed on it is worth a try on the primary, and counts it.
    pub(crate) fn has_failed(&self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(|error| error.code());
        let is_failure = code.is_none_or(|code| code != QUERY_CANCELED);
        if is_failure {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        is_failure
    }

    /// Returns the counts of reads since the start.
    pub(crate) fn reads(&self) -> ReplicaReads {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ReplicaReads {
            served: count(&self.served),
            unsuitable: count(&self.unsuitable),
            failed: count(&self.failed),
        }
    }

    /// Counts a list that is read from it or, if not `is_read`, from the primary. Returns `is_read`.
    pub(crate) fn counted(&self, is_read: bool) -> bool {
        let counter = if is_read { &self.served } else { &self.unsuitable };
        counter.fetch_add(1, Ordering::Relaxed);
        is_read
    }

    fn observed(&self) -> std::sync::MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_recent(at: Option<Instant>) -> bool {
    at.is_some_and(|at| at.elapsed() < MISS_PAUSE)
}

impl Observed {
    fn note(&mut self, primary: Option<Observation>) {
        if let Some(observation) = primary.filter(|new| self.primary.back() != Some(new)) {
            // After a failover the log positions of the old primary can't be compared with those of the new one.
            if self.primary.back().is_some_and(|last| last.started != observation.started) {
                self.primary.clear();
            }
            self.primary.push_back(observation);
            if self.primary.len() > OBSERVATIONS_MAX {
                self.primary.pop_front();
            }
        }
    }

    fn state_of(&self, replica: Observation, lag_max: Duration) -> ReplicaState {
        let Some(primary) = self.primary.back() else { return ReplicaState::Unknown };
        let same_server = primary.started == replica.started;
        let same_history = primary.system == replica.system && primary.timeline == replica.timeline;
        if !same_history || !(replica.standby || same_server) {
            return ReplicaState::Foreign;
        }
        // The age of the oldest observation of the primary that it has not replayed yet.
        let missing = self.primary.iter().find(|observation| observation.position > replica.position);
        let lag = missing.map_or(Duration::ZERO, |missing| replica.at.saturating_duration_since(missing.at));
        let lag_seconds = lag.as_secs_f64();
        if lag > lag_max {
            ReplicaState::Lagging { lag_seconds }
        } else {
            ReplicaState::Following { lag_seconds }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(at: Instant, position: i64, standby: bool) -> Observation {
        let started = i64::from(standby);
        Observation { at, position, standby, read_only: standby, system: 1, timeline: 1, started }
    }

    #[test]
    fn the_lag_is_the_age_of_the_oldest_position_not_replayed() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut observed = Observed::default();
        for (seconds, position) in [(0, 100), (1, 200), (2, 300)] {
            observed.note(Some(observation(begun + second * seconds, position, false)));
        }
        let state = |position, seconds| {
            observed.state_of(observation(begun + second * seconds, position, true), second * 2)
        };
        assert_eq!(state(300, 3), ReplicaState::Following { lag_seconds: 0.0 });
        assert_eq!(state(200, 3), ReplicaState::Following { lag_seconds: 1.0 });
        assert_eq!(state(100, 4), ReplicaState::Lagging { lag_seconds: 3.0 });
        let promoted = observation(begun, 300, false);
        let promoted = Observation { started: 7, ..promoted };
        assert_eq!(observed.state_of(promoted, second), ReplicaState::Foreign);
        let elsewhere = Observation { system: 2, ..observation(begun, 300, true) };
        assert_eq!(observed.state_of(elsewhere, second), ReplicaState::Foreign);
        let behind_another = Observation { timeline: 2, ..observation(begun, 300, true) };
        assert_eq!(observed.state_of(behind_another, second), ReplicaState::Foreign);
    }
}
