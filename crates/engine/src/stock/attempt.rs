//! The result of one attempt to decide and commit requests, and counters of the fallbacks.

use super::request::StockResponse;
use crate::{Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};

/// The result of one attempt on some requests of a batch.
#[derive(Debug)]
pub(super) enum Attempt {
    /// The requests are decided: each answer with the request's position in the batch.
    Committed(Vec<(usize, Result<StockResponse>)>),
    /// Nothing changed. The next strategy decides the requests: the locked path after the optimistic path, and each
    /// request alone after the locked path.
    Fallback(FallbackReason),
    /// Every request of the attempt fails with this error.
    Failed(Error),
}

/// The reason why a batch fell back to a slower strategy without any change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FallbackReason {
    /// Too few requests had all of their rows in the caches.
    NotCached,
    /// The cache of stock levels backs off after a mismatch.
    BackingOff,
    /// A row in the database differed from its cache entry.
    Stale,
    /// A request would be rejected for a reason that the optimistic path can't confirm.
    UncertainRejection,
    /// A reference would have had too many blocks.
    ReferenceLimit,
    /// SKUs or warehouse codes had changed since requests were resolved.
    KeysChanged,
    /// PostgreSQL reported a conflict, such as a response that was just stored under the same key.
    Conflict,
    /// Another transaction held a row for longer than the lock timeout.
    Locked,
    /// Another transaction was storing a response under the same idempotency key for longer than the lock timeout.
    KeyLocked,
    /// The database returned another error.
    DatabaseError,
    /// PostgreSQL rejected a whole batch on the locked path. Each request is decided in a transaction of its own.
    BatchRejected,
}

impl FallbackReason {
    /// All reasons, in the order of their discriminants.
    pub const ALL: [Self; 11] = [
        Self::NotCached,
        Self::BackingOff,
        Self::Stale,
        Self::UncertainRejection,
        Self::ReferenceLimit,
        Self::KeysChanged,
        Self::Conflict,
        Self::Locked,
        Self::KeyLocked,
        Self::DatabaseError,
        Self::BatchRejected,
    ];

    /// Returns the reason for a statement that exceeded the lock timeout.
    pub(super) fn of_lock_timeout(error: &store::Error) -> Self {
        if error.waited_for_key() { Self::KeyLocked } else { Self::Locked }
    }

    /// The name of the reason for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotCached => "not_cached",
            Self::BackingOff => "backing_off",
            Self::Stale => "stale",
            Self::UncertainRejection => "uncertain_rejection",
            Self::ReferenceLimit => "reference_limit",
            Self::KeysChanged => "keys_changed",
            Self::Conflict => "conflict",
            Self::Locked => "locked",
            Self::KeyLocked => "key_locked",
            Self::DatabaseError => "database_error",
            Self::BatchRejected => "batch_rejected",
        }
    }
}

/// Counts the fallbacks of all queues by reason.
#[derive(Debug, Default)]
pub(crate) struct FallbackCounts([AtomicU64; FallbackReason::ALL.len()]);

impl FallbackCounts {
    pub(super) fn count(&self, reason: FallbackReason) {
        self.0[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of fallbacks for each reason since the engine started.
    pub(crate) fn get(&self) -> [(FallbackReason, u64); FallbackReason::ALL.len()] {
        FallbackReason::ALL.map(|reason| (reason, self.0[reason as usize].load(Ordering::Relaxed)))
    }
}
