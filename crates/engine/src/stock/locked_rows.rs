//! A cache of the rows that other transactions have locked.

use crate::Context;
use domain::ItemId;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{LockHolder, RowKey};

/// The time for which requests for an item, or with an idempotency key, are rejected after one of them waited for a lock
/// that no probe found.
const UNKNOWN_LOCK_TTL: Duration = Duration::from_secs(2);

/// The most rows in the cache.
const ROWS_MAX: usize = 10_000;

/// A cache of the rows that other transactions have locked, for all queues.
#[derive(Default)]
pub(crate) struct LockedRows {
    /// Whether the cache has any entry: read without the mutex.
    has_any: AtomicBool,
    cached: Mutex<Cached>,
}

#[derive(Default)]
struct Cached {
    rows: HashMap<RowKey, LockHolder>,
    /// Items with a locked row that no probe found, each with the end of the time in which its requests are rejected.
    items: HashMap<ItemId, Instant>,
    /// Idempotency keys with their actors, each with the end of the time in which its requests are rejected.
    keys: HashMap<(String, String), Instant>,
}

impl LockedRows {
    /// Returns whether the cache has any entry.
    pub(super) fn has_any(&self) -> bool {
        self.has_any.load(Ordering::Relaxed)
    }

    /// Returns the cached rows, each with the transaction that holds it.
    pub(super) fn rows(&self) -> HashMap<RowKey, LockHolder> {
        self.cached().rows.clone()
    }

    /// Adds rows, and logs the new ones.
    pub(super) fn add(&self, locked: &HashMap<RowKey, LockHolder>) {
        let mut cached = self.cached();
        for (row, holder) in locked {
            if cached.rows.len() < ROWS_MAX && cached.rows.insert(*row, *holder) != Some(*holder) {
                tracing::warn!(?row, transaction = holder, "another transaction has locked a row for long");
            }
        }
        self.update_flag(&cached);
    }

    /// Adds an item with a locked row that no probe found, and logs it.
    pub(super) fn add_item(&self, item: ItemId) {
        let mut cached = self.cached();
        if cached.items.insert(item, Instant::now() + UNKNOWN_LOCK_TTL).is_none() {
            tracing::warn!(item = item.0, "requests for an item wait for a lock of another transaction");
        }
        self.update_flag(&cached);
    }

    /// Adds the idempotency key of a request, and logs it.
    pub(super) fn add_key_of(&self, context: &Context) {
        let Some(key) = key_of(context) else { return };
        let mut cached = self.cached();
        tracing::warn!(actor = key.0, key = key.1, "another transaction holds an idempotency key for long");
        cached.keys.insert(key, Instant::now() + UNKNOWN_LOCK_TTL);
        self.update_flag(&cached);
    }

    /// Returns whether the idempotency key of a request is cached.
    pub(super) fn contains_key_of(&self, context: &Context) -> bool {
        let cached = self.cached();
        !cached.keys.is_empty()
            && key_of(context)
                .and_then(|key| cached.keys.get(&key))
                .is_some_and(|until| *until > Instant::now())
    }

    /// Removes the rows that are no longer `locked` by the same transaction, and returns the remaining rows and items.
    pub(super) fn retain(&self, locked: &HashMap<RowKey, LockHolder>) -> HashSet<RowKey> {
        let now = Instant::now();
        let mut cached = self.cached();
        cached.rows.retain(|row, holder| locked.get(row) == Some(holder));
        cached.items.retain(|_, until| *until > now);
        cached.keys.retain(|_, until| *until > now);
        self.update_flag(&cached);
        cached.rows.keys().copied().chain(cached.items.keys().map(|item| RowKey::Item(*item))).collect()
    }

    fn update_flag(&self, cached: &Cached) {
        let has_any = !(cached.rows.is_empty() && cached.items.is_empty() && cached.keys.is_empty());
        self.has_any.store(has_any, Ordering::Relaxed);
    }

    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the actor and the idempotency key of a request.
fn key_of(context: &Context) -> Option<(String, String)> {
    let idempotency = context.idempotency.as_ref()?;
    Some((context.actor.to_string(), idempotency.key.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stays_cached_while_the_same_transaction_holds_it() {
        let locked = LockedRows::default();
        assert!(!locked.has_any());
        let (one, two) = (RowKey::Item(ItemId(1)), RowKey::Item(ItemId(2)));
        locked.add(&[(one, 7), (two, 7)].into());
        assert!(locked.has_any());
        assert_eq!(locked.retain(&[(one, 7), (two, 8)].into()), [one].into());
        assert_eq!(locked.retain(&HashMap::new()), HashSet::new());
        assert!(!locked.has_any());
        locked.add_item(ItemId(3));
        assert_eq!(locked.retain(&HashMap::new()), [RowKey::Item(ItemId(3))].into());
    }
}
