//! Rows that another transaction holds for long: the requests that need them fail, and the rest of the batch goes on.
//!
//! A statement waits for a lock until the lock timeout. Then the rows that the batch needs are probed. A row that the same
//! transaction holds in two probes counts as locked, because batches of this service hold rows for milliseconds. The
//! locked rows are cached: later batches reject requests for them at once, as long as the same transaction holds them.
//! The advisory locks of references are probed like rows.
//!
//! No probe can find a transaction that stores a response under an idempotency key. PostgreSQL's error names this case. The
//! requests are then decided one by one, and the key is cached for a short time.

use super::FallbackReason;
use super::batch::StockBatch;
use super::footprint::probed_rows;
use super::request::{Entry, StockRequest, StockResponse, open_entries};
use crate::Error;
use crate::batching::batch::Answers;
use domain::Request;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;
use store::RowKey;

/// The time between two probes. A row that the same transaction holds in both is locked.
const PROBE_INTERVAL: Duration = Duration::from_millis(100);

impl StockBatch {
    /// Rejects the requests that need a row in the cache, after a probe that it is still locked. Costs nothing while the
    /// cache is empty.
    pub(super) async fn reject_locked(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let locked_rows = &self.writer.locked_rows;
        if !locked_rows.has_any() {
            return;
        }
        for entry in open_entries(batch, answers) {
            if locked_rows.contains_key_of(entry.context) {
                answers[entry.position] = Some(Err(Error::StockLocked));
            }
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

    /// Finds the locked rows after a statement exceeded the lock timeout, and rejects the requests that need them. The other
    /// requests stay open.
    pub(super) async fn find_and_reject_locked(
        &self,
        batch: &[StockRequest],
        answers: &mut Answers<StockResponse>,
    ) {
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

    /// Caches the idempotency key of a request that waited for it. For another lock, which no probe found, caches the
    /// request's item.
    pub(super) fn note_unknown_lock(&self, entry: &Entry<'_>, reason: FallbackReason) {
        if reason == FallbackReason::KeyLocked {
            return self.writer.locked_rows.add_key_of(entry.context);
        }
        let item = match entry.request {
            Request::Place(place) => Some(place.item),
            Request::PlaceHold(hold) => Some(hold.block.item),
            Request::Adjust(adjustment) => Some(adjustment.item),
            Request::ChangeLevel(change) => Some(change.item),
            Request::Move(movement) => Some(movement.item),
            Request::ChangeCondition(change) => Some(change.item),
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
