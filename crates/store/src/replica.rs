//! The choice between the primary and a replica for lists, which may be read from either.
//!
//! A list is read from the replica only where that has replayed everything that the primary had made durable when
//! the list was asked for: nobody misses their own write, or finds less than another list has just shown.

use crate::monitor::Observation;
use crate::pool::Pool;
use crate::{Result, Store};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long a list may wait for the replica to replay what the primary has.
const REPLAY_WAIT: Duration = Duration::from_millis(50);

/// How often the replica is asked meanwhile.
const REPLAY_LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// How long the replica may take to say how far it is.
const POSITION_TIMEOUT: Duration = Duration::from_millis(500);

/// How long the primary serves lists after the replica was not far enough for one.
const MISSED_REST: Duration = Duration::from_secs(1);

/// Observations of the primary that are kept: one each second, so the longest lag that can be told in seconds.
const OBSERVATIONS_MAX: usize = 600;

/// How a replica stands to its primary.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplicaState {
    /// Not asked yet.
    Unknown,
    /// It replays what the primary writes, within the bound.
    Following {
        /// How far it is behind.
        lag_seconds: f64,
    },
    /// It is further behind than the bound.
    Lagging {
        /// How far it is behind, at least.
        lag_seconds: f64,
    },
    /// It follows another primary, or none: it was promoted.
    Foreign,
    /// It does not answer.
    Down,
}

impl ReplicaState {
    /// A stable name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Following { .. } => "following",
            Self::Lagging { .. } => "lagging",
            Self::Foreign => "foreign",
            Self::Down => "down",
        }
    }

    /// How far it is behind.
    pub fn lag_seconds(&self) -> Option<f64> {
        match self {
            Self::Following { lag_seconds } | Self::Lagging { lag_seconds } => Some(*lag_seconds),
            Self::Unknown | Self::Foreign | Self::Down => None,
        }
    }
}

/// A replica, and whether it can be read.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) pool: Pool,
    lag_max: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    standing: ReplicaState,
    /// Observations of the primary, oldest first.
    primary: VecDeque<Observation>,
    missed_at: Option<Instant>,
}

impl Replica {
    pub(crate) fn new(pool: Pool, lag_max: Duration) -> Self {
        let state = State { standing: ReplicaState::Unknown, primary: VecDeque::new(), missed_at: None };
        Self { pool, lag_max, state: Mutex::new(state) }
    }

    /// How it stands to its primary.
    pub(crate) fn standing(&self) -> ReplicaState {
        if self.pool.availability().is_down() { ReplicaState::Down } else { self.state().standing.clone() }
    }

    /// Judges the replica by each observation of it, until both monitors end.
    pub(crate) async fn judge(
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
                    self.state().note(*primary.borrow_and_update());
                }
                changed = replica.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    if let Some(observation) = *replica.borrow_and_update() {
                        self.judge_once(observation);
                    }
                }
            }
        }
    }

    fn judge_once(&self, replica: Observation) {
        let mut state = self.state();
        let standing = state.standing_of(replica, self.lag_max);
        match (&state.standing, &standing) {
            (ReplicaState::Lagging { .. }, ReplicaState::Lagging { .. })
            | (ReplicaState::Following { .. } | ReplicaState::Unknown, ReplicaState::Following { .. })
            | (ReplicaState::Foreign, ReplicaState::Foreign) => {}
            (_, ReplicaState::Lagging { lag_seconds }) => tracing::warn!(
                lag_seconds,
                lag_seconds_max = self.lag_max.as_secs(),
                "the replica is too far behind: lists are read from the primary"
            ),
            (_, ReplicaState::Foreign) => tracing::warn!(
                "the replica does not follow the primary (it was promoted, or follows another one): lists are \
                 read from the primary"
            ),
            _ => tracing::info!("the replica has caught up: lists are read from it again"),
        }
        state.standing = standing;
    }

    /// Whether it has replayed everything up to `position`, or does soon.
    async fn reaches(&self, position: i64) -> bool {
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

    /// Whether lists may be read from it, if it has replayed enough.
    fn is_candidate(&self) -> bool {
        let state = self.state();
        let rests = state.missed_at.is_some_and(|at| at.elapsed() < MISSED_REST);
        matches!(state.standing, ReplicaState::Following { .. })
            && !rests
            && !self.pool.availability().is_down()
    }

    fn missed(&self) {
        self.state().missed_at = Some(Instant::now());
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
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

    fn standing_of(&self, replica: Observation, lag_max: Duration) -> ReplicaState {
        let Some(primary) = self.primary.back() else { return ReplicaState::Unknown };
        let same_server = primary.started == replica.started;
        if primary.system != replica.system || !(replica.standby || same_server) {
            return ReplicaState::Foreign;
        }
        // The first observation that it has not replayed yet was made at least so long ago.
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

impl Store {
    /// The connections for a list: the replica's where that has everything that the primary has, or where the primary
    /// does not answer.
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
        replica.missed();
        &self.reads
    }

    /// The place in the write-ahead log up to which the primary has flushed it: everything that was acknowledged.
    async fn position(&self) -> Result<i64> {
        let position = sqlx::query_scalar!(
            r#"SELECT coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                     ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint, 0) AS "position!""#
        );
        Ok(position.fetch_one(&self.lookups).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(at: Instant, position: i64, standby: bool) -> Observation {
        Observation { at, position, standby, read_only: standby, system: 1, started: i64::from(standby) }
    }

    #[test]
    fn the_lag_is_the_age_of_the_first_thing_missing() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut state = State { standing: ReplicaState::Unknown, primary: VecDeque::new(), missed_at: None };
        for (seconds, position) in [(0, 100), (1, 200), (2, 300)] {
            state.note(Some(observation(begun + second * seconds, position, false)));
        }
        let standing = |position, seconds| {
            state.standing_of(observation(begun + second * seconds, position, true), second * 2)
        };
        assert_eq!(standing(300, 3), ReplicaState::Following { lag_seconds: 0.0 });
        assert_eq!(standing(200, 3), ReplicaState::Following { lag_seconds: 1.0 });
        assert_eq!(standing(100, 4), ReplicaState::Lagging { lag_seconds: 3.0 });
        let promoted = observation(begun, 300, false);
        let promoted = Observation { started: 7, ..promoted };
        assert_eq!(state.standing_of(promoted, second), ReplicaState::Foreign);
        let elsewhere = Observation { system: 2, ..observation(begun, 300, true) };
        assert_eq!(state.standing_of(elsewhere, second), ReplicaState::Foreign);
    }
}
