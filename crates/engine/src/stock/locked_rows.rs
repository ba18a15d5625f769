//! Rows that another transaction has locked: their requests fail alone, and the rest of the batch goes on.
//!
//! A statement waits for a lock until the lock timeout. Then the rows that the batch needs are probed. A row that the
//! same transaction holds in two probes is locked for long; batches of this server only hold rows for moments. Locked
//! rows are remembered: the next batches refuse their requests at once, for as long as the same transaction holds them.

use super::{Asked, StockBatch};
use crate::batching::queue::Answers;
use crate::{Error, Result};
use domain::{Granted, ItemId, Request};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{LockHolder, RequestedRows, RowKey};

/// The time between two probes. A row that the same transaction holds for that long is locked.
const PROBE_INTERVAL: Duration = Duration::from_millis(100);

/// How long an item is refused of which a request waited for a lock that no probe finds.
const UNKNOWN_LOCK_KEPT: Duration = Duration::from_secs(2);

/// Rows that are remembered as locked at most.
const ROWS_MAX: usize = 10_000;

/// Rows that other transactions have locked, of all queues.
#[derive(Default)]
pub(crate) struct LockedRows {
    is_any: AtomicBool,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    rows: HashMap<RowKey, LockHolder>,
    /// Items whose locked row was not found, and until when they are refused.
    items: HashMap<ItemId, Instant>,
}

impl LockedRows {
    fn is_any(&self) -> bool {
        self.is_any.load(Ordering::Relaxed)
    }

    fn rows(&self) -> HashMap<RowKey, LockHolder> {
        self.memory().rows.clone()
    }

    /// Remembers rows, and logs those that are new.
    fn add(&self, locked: &HashMap<RowKey, LockHolder>) {
        let mut memory = self.memory();
        for (row, holder) in locked {
            if memory.rows.len() < ROWS_MAX && memory.rows.insert(*row, *holder) != Some(*holder) {
                tracing::warn!(?row, transaction = holder, "another transaction has locked a row for long");
            }
        }
        self.update(&memory);
    }

    fn add_item(&self, item: ItemId) {
        let mut memory = self.memory();
        if memory.items.insert(item, Instant::now() + UNKNOWN_LOCK_KEPT).is_none() {
            tracing::warn!(item = item.0, "requests for an item wait for a lock of another transaction");
        }
        self.update(&memory);
    }

    /// Forgets the rows that are not `locked` any more, and returns the rows and items that are.
    fn retain(&self, locked: &HashMap<RowKey, LockHolder>) -> HashSet<RowKey> {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.rows.retain(|row, holder| locked.get(row) == Some(holder));
        memory.items.retain(|_, until| *until > now);
        self.update(&memory);
        memory.rows.keys().copied().chain(memory.items.keys().map(|item| RowKey::Item(*item))).collect()
    }

    fn update(&self, memory: &Memory) {
        self.is_any.store(!memory.rows.is_empty() || !memory.items.is_empty(), Ordering::Relaxed);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StockBatch {
    /// Refuses the requests that need a row which is known to be locked. Costs nothing while none is.
    pub(super) async fn refuse_locked(&self, asked: &[Asked], answers: &mut Answers<Granted>) {
        let locked_rows = &self.writer.locked_rows;
        if !locked_rows.is_any() {
            return;
        }
        let still = async {
            let locked = self.writer.store.rows_locked(locked_rows.rows().into_keys()).await?;
            let still = locked_rows.retain(&locked);
            if still.is_empty() {
                return Ok(());
            }
            let needed = self.writer.store.rows_to_lock(&named(asked, answers)).await?;
            refuse(&needed, &still, answers);
            Ok(())
        };
        report(still.await, answers);
    }

    /// Finds the locked rows after a statement has waited for too long, and refuses the requests that need them.
    /// Whether there are any.
    pub(super) async fn find_locked(&self, asked: &[Asked], answers: &mut Answers<Granted>) -> bool {
        let open = |answers: &Answers<Granted>| answers.iter().filter(|answer| answer.is_none()).count();
        let before = open(answers);
        let found = async {
            let needed = self.writer.store.rows_to_lock(&named(asked, answers)).await?;
            let rows: BTreeSet<_> = needed.iter().map(|(_, row)| *row).collect();
            let first = self.writer.store.rows_locked(rows).await?;
            if first.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(PROBE_INTERVAL).await;
            let mut locked = self.writer.store.rows_locked(first.keys().copied()).await?;
            locked.retain(|row, holder| first.get(row) == Some(holder));
            self.writer.locked_rows.add(&locked);
            refuse(&needed, &locked.into_keys().collect(), answers);
            Ok(())
        };
        report(found.await, answers);
        open(answers) < before
    }

    /// Remembers the item of a request that waited for a lock which no probe has found.
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

/// If even the probe waits for a lock, another transaction has locked a whole table.
fn report(probed: store::Result<()>, answers: &mut Answers<Granted>) {
    match probed {
        Ok(()) => {}
        Err(store::Error::Locked(_)) => {
            answers.iter_mut().for_each(|answer| _ = answer.get_or_insert(Err(Error::StockLocked)));
        }
        // The batch itself meets the same error.
        Err(error) => tracing::debug!(%error, "locked rows could not be probed"),
    }
}

fn refuse(needed: &[(usize, RowKey)], locked: &HashSet<RowKey>, answers: &mut Answers<Granted>) {
    for (place, row) in needed.iter().filter(|(_, row)| locked.contains(row)) {
        if let Some(answer) = answers.get_mut(*place) {
            tracing::debug!(?row, "a request needs a locked row");
            answer.get_or_insert(Err(Error::StockLocked));
        }
    }
}

/// The rows that the requests without an answer name.
fn named(asked: &[Asked], answers: &Answers<Granted>) -> RequestedRows {
    let mut named = RequestedRows::default();
    let open = asked.iter().zip(answers).enumerate().filter(|(_, (_, answer))| answer.is_none());
    for (place, ((request, _), _)) in open {
        let Ok(place) = i32::try_from(place) else { break };
        match request {
            Request::Place(block) => named.levels.push((place, block.item, None)),
            Request::PlaceCart(cart) => {
                named.levels.extend(cart.lines().iter().map(|line| (place, line.item, None)));
            }
            Request::Adjust(adjustment) => named.levels.push((place, adjustment.item, None)),
            Request::Move(movement) => named.levels.push((place, movement.item, None)),
            Request::Confirm(block, _) | Request::Release(block) | Request::Extend(block, _) => {
                named.blocks.push((place, *block));
            }
            Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                named.carts.push((place, *cart));
            }
            Request::Allocate(order, warehouse) => named.orders.push((place, *order, Some(*warehouse))),
            Request::Cancel(order) => named.orders.push((place, *order, None)),
        }
    }
    named
}

/// The answer of a request that was decided alone.
pub(super) fn alone(decided: Result<Vec<Result<Granted>>>) -> Result<Granted> {
    decided.and_then(|mut decided| decided.pop().unwrap_or(Err(Error::Internal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_remembered_while_the_same_transaction_holds_it() {
        let locked = LockedRows::default();
        assert!(!locked.is_any());
        let (one, two) = (RowKey::Item(ItemId(1)), RowKey::Item(ItemId(2)));
        locked.add(&[(one, 7), (two, 7)].into());
        assert!(locked.is_any());
        assert_eq!(locked.retain(&[(one, 7), (two, 8)].into()), [one].into());
        assert_eq!(locked.retain(&HashMap::new()), HashSet::new());
        assert!(!locked.is_any());
        locked.add_item(ItemId(3));
        assert_eq!(locked.retain(&HashMap::new()), [RowKey::Item(ItemId(3))].into());
    }
}
