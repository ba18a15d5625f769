//! The state of the replica: whether it follows the primary, and how far it is behind.

use crate::monitor::Observation;
use crate::pool::Pool;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long a list may wait for the replica to replay the primary's log.
const REPLAY_WAIT: Duration = Duration::from_millis(50);

/// The interval between two queries of the replica during this wait.
const REPLAY_LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// The timeout of a query for the replica's log position.
const POSITION_TIMEOUT: Duration = Duration::from_millis(500);

/// How long the primary serves lists after the replica did not reach the position of one.
const MISS_PAUSE: Duration = Duration::from_secs(1);

/// The maximum number of stored observations of the primary. There is one per second, so this is also the longest lag that
/// can be measured, in seconds.
const OBSERVATIONS_MAX: usize = 600;

/// The replication state of a replica.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplicaState {
    /// It was not observed yet.
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

/// A replica with its observed state.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) pool: Pool,
    lag_max: Duration,
    observed: Mutex<Observed>,
}

#[derive(Debug)]
struct Observed {
    state: ReplicaState,
    /// Observations of the primary, oldest first.
    primary: VecDeque<Observation>,
    missed_at: Option<Instant>,
}

impl Replica {
    pub(crate) fn new(pool: Pool, lag_max: Duration) -> Self {
        let observed = Observed { state: ReplicaState::Unknown, primary: VecDeque::new(), missed_at: None };
        Self { pool, lag_max, observed: Mutex::new(observed) }
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

    /// Returns whether it has replayed the log up to `position`, or does so within [`REPLAY_WAIT`].
    pub(crate) async fn reaches(&self, position: i64) -> bool {
        let begun = Instant::now();
        loop {
            let reached = sqlx::query_scalar!(
                r#"SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                ELSE pg_current_wal_flush_lsn() END - '0/0') >= $1::bigint AS "reached!""#,
                position
            );
            match timeout(POSITION_TIMEOUT, reached.fetch_one(&self.pool)).await {
                Ok(Ok(true)) => return true,
                Ok(Ok(false)) if begun.elapsed() < REPLAY_WAIT => sleep(REPLAY_LOOK_INTERVAL).await,
                _ => return false,
            }
        }
    }

    /// Returns whether lists may be read from it, provided that it has replayed enough.
    pub(crate) fn is_candidate(&self) -> bool {
        let observed = self.observed();
        let pauses = observed.missed_at.is_some_and(|at| at.elapsed() < MISS_PAUSE);
        matches!(observed.state, ReplicaState::Following { .. })
            && !pauses
            && !self.pool.availability().is_down()
    }

    /// Records that it did not reach the position of a list in time.
    pub(crate) fn record_miss(&self) {
        self.observed().missed_at = Some(Instant::now());
    }

    fn observed(&self) -> std::sync::MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        if primary.system != replica.system || !(replica.standby || same_server) {
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
        Observation { at, position, standby, read_only: standby, system: 1, started: i64::from(standby) }
    }

    #[test]
    fn the_lag_is_the_age_of_the_oldest_position_not_replayed() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut observed =
            Observed { state: ReplicaState::Unknown, primary: VecDeque::new(), missed_at: None };
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
    }
}
