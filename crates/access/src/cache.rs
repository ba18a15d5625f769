//! The cache of verified credentials.

use crate::{Caller, SecretHash};
use quick_cache::sync::Cache;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The longest time for which a verified credential is cached. It bounds the delay of a revocation while the connection
/// that listens for changes is broken.
pub(crate) const CACHE_TTL: Duration = Duration::from_secs(10);

/// The maximum number of cached credentials.
const ENTRIES_MAX: usize = 10_000;

/// Verified credentials by the hash of their secret. Unknown credentials are not cached, so a flood of them uses no memory.
pub(crate) struct CredentialCache {
    entries: Cache<SecretHash, Entry>,
    /// The number of changes. An entry is valid for one value only.
    generation: AtomicU64,
    changes: watch::Sender<()>,
}

#[derive(Clone)]
struct Entry {
    caller: Caller,
    generation: u64,
    expires_at: Instant,
}

impl CredentialCache {
    pub(crate) fn new() -> Self {
        Self {
            entries: Cache::new(ENTRIES_MAX),
            generation: AtomicU64::new(0),
            changes: watch::Sender::new(()),
        }
    }

    /// Returns the caller of a valid entry.
    pub(crate) fn get(&self, hash: &SecretHash) -> Option<Caller> {
        let entry = self.entries.get(hash)?;
        let is_valid = entry.generation == self.generation() && Instant::now() < entry.expires_at;
        is_valid.then_some(entry.caller)
    }

    /// Returns whether there is an entry, valid or not.
    pub(crate) fn has_entry(&self, hash: &SecretHash) -> bool {
        self.entries.contains_key(hash)
    }

    /// Adds an entry for at most `lifetime`. `generation` was read before the credential was verified, so that a change
    /// in the meantime invalidates the entry.
    pub(crate) fn insert(&self, hash: SecretHash, caller: Caller, generation: u64, lifetime: Duration) {
        let expires_at = Instant::now() + lifetime.min(CACHE_TTL);
        self.entries.insert(hash, Entry { caller, generation, expires_at });
    }

    /// Removes an entry.
    pub(crate) fn remove(&self, hash: &SecretHash) {
        self.entries.remove(hash);
    }

    /// Returns the current generation.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Invalidates all entries. They stay in the cache, because their credentials are probably still valid: such credentials
    /// are verified before unknown ones.
    pub(crate) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.changes.send_replace(());
    }

    /// Subscribes to invalidations.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_ends_with_its_generation_and_its_lifetime() {
        let cache = CredentialCache::new();
        let hash = SecretHash::of("secret");
        assert!(cache.get(&hash).is_none());
        cache.insert(hash, Caller::Local, cache.generation(), CACHE_TTL);
        assert!(cache.get(&hash).is_some());
        cache.invalidate();
        assert!(cache.get(&hash).is_none());
        assert!(cache.has_entry(&hash));

        // A change while the credential was being verified.
        let generation = cache.generation();
        cache.invalidate();
        cache.insert(hash, Caller::Local, generation, CACHE_TTL);
        assert!(cache.get(&hash).is_none());

        cache.insert(hash, Caller::Local, cache.generation(), Duration::ZERO);
        assert!(cache.get(&hash).is_none());
        cache.remove(&hash);
        assert!(!cache.has_entry(&hash));
    }
}
