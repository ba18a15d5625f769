//! A bound on log lines that clients can cause.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most distinct subjects per period.
const SUBJECTS_MAX: usize = 64;

/// The period after which the same subject is logged again.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Allows one log line per distinct subject and [`PERIOD`], and at most [`SUBJECTS_MAX`] lines per period.
pub(crate) struct LogOnce {
    hasher: RandomState,
    seen: Mutex<Seen>,
}

struct Seen {
    since: Instant,
    hashes: HashSet<u64>,
}

impl LogOnce {
    /// Creates a bound with no subject.
    pub(crate) fn new() -> Self {
        let seen = Seen { since: Instant::now(), hashes: HashSet::new() };
        Self { hasher: RandomState::new(), seen: Mutex::new(seen) }
    }

    /// Returns whether this subject is to be logged now.
    pub(crate) fn is_due(&self, subject: impl Hash) -> bool {
        self.is_due_at(subject, Instant::now())
    }

    fn is_due_at(&self, subject: impl Hash, now: Instant) -> bool {
        let hash = self.hasher.hash_one(subject);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(seen.since) >= PERIOD {
            *seen = Seen { since: now, hashes: HashSet::new() };
        }
        seen.hashes.len() < SUBJECTS_MAX && seen.hashes.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_logged_once_per_period() {
        let (log, start) = (LogOnce::new(), Instant::now());
        assert!(log.is_due_at("a", start));
        assert!(!log.is_due_at("a", start));
        assert!(log.is_due_at("b", start));
        assert!(log.is_due_at("a", start + PERIOD + PERIOD));
    }

    #[test]
    fn the_lines_per_period_are_bounded() {
        let (log, start) = (LogOnce::new(), Instant::now());
        let due = (0..10 * SUBJECTS_MAX).filter(|subject| log.is_due_at(subject, start)).count();
        assert_eq!(due, SUBJECTS_MAX);
    }
}
