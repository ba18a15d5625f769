//! Rows that another transaction holds for long: the requests that need them fail, and the rest of the batch goes on.
//!
//! A statement waits for a lock until the lock timeout. Then the rows that the batch needs are probed. A row that the same
//! transaction holds in two probes counts as locked, because batches of this service hold rows for milliseconds. The
//! locked rows are cached: later batches reject requests for them at once, as long as the same transaction holds them.

use super::footprint::probed_rows;
use super::{StockBatch, StockRequest, StockResponse, open_entries};
use crate::Error;
use crate::batching::queue::Answers;
use domain::{ItemId, Request};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{LockHolder, RowKey};

/// The time between two probes. A row that the same transaction holds in both is locked.
const PROBE_INTERVAL: Duration = Duration::from_millis(100);

/// The time for which requests for an item are rejected after one of them waited for a lock that no probe found.
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
}

impl LockedRows {
    fn has_any(&self) -> bool {
        self.has_any.load(Ordering::Relaxed)
    }

    fn rows(&self) -> HashMap<RowKey, LockHolder> {
        self.cached().rows.clone()
    }

    /// Adds rows, and logs the new ones.
    fn add(&self, locked: &HashMap<RowKey, LockHolder>) {
        let mut cached = self.cached();
        for (row, holder) in locked {
            if cached.rows.len() < ROWS_MAX && cached.rows.insert(*row, *holder) != Some(*holder) {
                tracing::warn!(?row, transaction = holder, "another transaction has locked a row for long");
            }
        }
        self.update_flag(&cached);
    }

    fn add_item(&self, item: ItemId) {
        let mut cached = self.cached();
        if cached.items.insert(item, Instant::now() + UNKNOWN_LOCK_TTL).is_none() {
            tracing::warn!(item = item.0, "requests for an item wait for a lock of another transaction");
        }
        self.update_flag(&cached);
    }

    /// Removes the rows that are no longer `locked` by the same transaction, and returns the remaining rows and items.
    fn retain(&self, locked: &HashMap<RowKey, LockHolder>) -> HashSet<RowKey> {
        let now = Instant::now();
        let mut cached = self.cached();
        cached.rows.retain(|row, holder| locked.get(row) == Some(holder));
        cached.items.retain(|_, until| *until > now);
        self.update_flag(&cached);
        cached.rows.keys().copied().chain(cached.items.keys().map(|item| RowKey::Item(*item))).collect()
    }

    fn update_flag(&self, cached: &Cached) {
        self.has_any.store(!cached.rows.is_empty() || !cached.items.is_empty(), Ordering::Relaxed);
    }

    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StockBatch {
    /// Rejects the requests that need a row in the cache, after a probe that it is still locked. Costs nothing while the
    /// cache is empty.
    pub(super) async fn reject_locked(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let locked_rows = &self.writer.locked_rows;
        if !locked_rows.has_any() {
            return;
        }
        let probe = async {
            let locked = self.writer.store.rows_locked(locked_rows.rows().into_keys()).await?;
            let still_locked = locked_rows.retain(&locked);
            if still_locked.is_empty() {
                return Ok(());
            }
            let needed = self.writer.store.rows_to_lock(&probed_rows(&open_entries(batch, answers))).await?;
            reject(&needed, &still_locked, answers);
            Ok(())
        };
        let probed = probe.await;
        reject_after_failed_probe(probed, answers);
    }

    /// Finds the locked rows after a statement exceeded the lock timeout, and rejects the requests that need them.
    pub(super) async fn find_locked(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let probe = async {
            let needed = self.writer.store.rows_to_lock(&probed_rows(&open_entries(batch, answers))).await?;
            let rows: BTreeSet<_> = needed.iter().map(|(_, row)| *row).collect();
            let first = self.writer.store.rows_locked(rows).await?;
            if first.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(PROBE_INTERVAL).await;
            let mut locked = self.writer.store.rows_locked(first.keys().copied()).await?;
            locked.retain(|row, holder| first.get(row) == Some(holder));
            self.writer.locked_rows.add(&locked);
            reject(&needed, &locked.into_keys().collect(), answers);
            Ok(())
        };
        let probed = probe.await;
        reject_after_failed_probe(probed, answers);
    }

    /// Caches the item of a request that waited for a lock which no probe found.
    pub(super) fn note_unknown_lock(&self, request: &Request) {
        let item = match request {
            Request::Place(place) => Some(place.item),
            Request::Adjust(adjustment) => Some(adjustment.item),
            Request::Move(movement) => Some(movement.item),
            _ => None,
        };
        item.into_iter().for_each(|item| self.writer.locked_rows.add_item(item));
    }
}

/// Rejects all open requests if even the probe waited for a lock: another transaction has locked a whole table.
fn reject_after_failed_probe(probed: store::Result<()>, answers: &mut Answers<StockResponse>) {
    match probed {
        Ok(()) => {}
        Err(store::Error::Locked(_)) => {
            answers.iter_mut().for_each(|answer| _ = answer.get_or_insert(Err(Error::StockLocked)));
        }
        // The batch meets the same error.
        Err(error) => tracing::debug!(%error, "locked rows could not be probed"),
    }
}

fn reject(needed: &[(usize, RowKey)], locked: &HashSet<RowKey>, answers: &mut Answers<StockResponse>) {
    for (position, row) in needed.iter().filter(|(_, row)| locked.contains(row)) {
        if let Some(answer) = answers.get_mut(*position) {
            tracing::debug!(?row, "a request needs a locked row");
            answer.get_or_insert(Err(Error::StockLocked));
        }
    }
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
