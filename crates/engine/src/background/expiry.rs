//! Clean-up of expired blocks. An item that fails or is locked is skipped and backs off, while other items go on.

use crate::background::pacer::Pacer;
use crate::idempotency::CONFLICT_RETRIES_MAX;
use crate::{Context, Engine, Result};
use domain::{ItemId, MovementReason, Permission, Time};
use std::collections::HashSet;
use std::sync::Arc;
use store::{Cause, Impairment, ItemWithExpired, ReclaimedBatch};
use supervision::{RepeatedFailure, WorkerStatus, catch_panic};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// The result of a clean-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanUp {
    /// Expired blocks that were removed. Their units are available again.
    pub blocks: u64,
    /// The database's time after the clean-up.
    pub at: Time,
}

/// Expired blocks that are divided into batches at a time.
const DUE_BLOCKS_MAX: i64 = 5_000;

/// Skipped items that are retried one by one after a batch.
const SKIPPED_TRIED_MAX: usize = 8;

/// The pace of the batches of one clean-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Without pauses, for a caller that waits.
    Immediate,
    /// With pauses between batches, so that requests are not slowed down.
    Background,
}

/// The age of the oldest expired block, in seconds after its expiry, from which the clean-up pauses as if no request wrote.
/// Otherwise blocks could expire faster than they are removed without end.
const OVERDUE_SECONDS_MAX: f64 = 900.0;

impl Engine {
    /// Removes all expired blocks and makes their units available, in bounded transactions. Items that are locked, and
    /// items whose clean-up fails, are skipped. [`Engine::health_report`] names the failing ones.
    ///
    /// # Errors
    /// [`domain::Error::AllWarehousesForbidden`]; [`crate::Error::Unavailable`] if the database does not answer.
    pub async fn blocks_expire(&self, context: &Context) -> Result<CleanUp> {
        context.require_all_warehouses(Permission::WriteHolds)?;
        let blocks = self.expire(context.cause(), Pace::Immediate).await?;
        Ok(CleanUp { blocks, at: self.store().now().await? })
    }

    /// Cleans up in batches by item. A batch of the oldest blocks of all items would write the sums of the same items
    /// repeatedly.
    async fn expire(&self, cause: Cause<'_>, pace: Pace) -> Result<u64> {
        let limit = self.shared.settings.expiry_blocks_max;
        let failing = &self.shared.failing_items;
        let mut blocks = 0;
        let mut pacer = Pacer::new(&self.shared.notifier, self.shared.stopping.subscribe());
        loop {
            let skipped = failing.backing_off();
            let due = self.store().items_with_expired(DUE_BLOCKS_MAX, &skipped).await?;
            let before = blocks;
            let overdue_seconds = due.iter().map(|item| item.overdue_seconds).fold(0.0, f64::max);
            failing.note_overdue(match skipped.is_empty() {
                true => overdue_seconds,
                false => self.store().overdue_seconds().await?,
            });
            let due_items: HashSet<_> = due.iter().map(|due| due.item).collect();
            failing.retain(|item| due_items.contains(&item));
            for items in groups(&due, limit) {
                while !self.is_stopping() {
                    let expired = self.expire_group(&items, limit, cause).await?;
                    blocks += expired.blocks;
                    if pace == Pace::Background {
                        let own_commits = u64::from(expired.blocks > 0);
                        let is_late = overdue_seconds > OVERDUE_SECONDS_MAX;
                        pacer.pause(expired.worked, own_commits, is_late).await;
                    }
                    if !expired.more {
                        break;
                    }
                }
            }
            // The remaining expired blocks are being cleaned up by another server, or their item backs off.
            if blocks == before || self.is_stopping() {
                return Ok(blocks);
            }
        }
    }

    /// Cleans up one batch of items. If the batch fails, each item is retried alone, and the failing items back off.
    async fn expire_group(&self, items: &[ItemId], limit: i64, cause: Cause<'_>) -> Result<ReclaimedBatch> {
        match self.expire_batch(items, limit, cause).await {
            Ok(expired) if items.len() > 1 && !expired.skipped.is_empty() => {
                self.expire_skipped(expired, limit, cause).await
            }
            Ok(expired) => Ok(expired),
            Err(Failed::Unavailable(error)) => Err(error),
            Err(Failed::Items(_)) if items.len() > 1 => {
                let mut all = ReclaimedBatch::default();
                for item in items {
                    match self.expire_batch(&[*item], limit, cause).await {
                        Ok(expired) => all.add(expired),
                        Err(Failed::Unavailable(error)) => return Err(error),
                        Err(Failed::Items(error)) => self.note_failure(*item, &error),
                    }
                }
                Ok(all)
            }
            Err(Failed::Items(error)) => {
                items.iter().for_each(|item| self.note_failure(*item, &error));
                Ok(ReclaimedBatch::default())
            }
        }
    }

    /// Retries some of the skipped items, each alone and with a wait for its locks. A busy item is locked almost all the
    /// time, so that skipping alone would never clean it up. An item that another session keeps locked costs one lock
    /// timeout. Each call starts with another item.
    async fn expire_skipped(
        &self,
        mut all: ReclaimedBatch,
        limit: i64,
        cause: Cause<'_>,
    ) -> Result<ReclaimedBatch> {
        let skipped = std::mem::take(&mut all.skipped);
        let first = self.shared.failing_items.next_turn() % skipped.len().max(1);
        for item in skipped.iter().cycle().skip(first).take(skipped.len().min(SKIPPED_TRIED_MAX)) {
            match self.expire_batch(&[*item], limit, cause).await {
                Ok(expired) => all.add(expired),
                Err(Failed::Unavailable(error)) => return Err(error),
                Err(Failed::Items(error)) => self.note_failure(*item, &error),
            }
        }
        Ok(all)
    }

    /// Records a failure of an item, and logs it if it is the first in a series.
    fn note_failure(&self, item: ItemId, error: &Failure) {
        if self.shared.failing_items.failed(item, &error.kind) {
            let Failure { kind, cause } = error;
            tracing::error!(item = item.0, cause, "the clean-up of an item's expired blocks fails: {kind}");
        }
    }

    async fn expire_batch(
        &self,
        items: &[ItemId],
        limit: i64,
        cause: Cause<'_>,
    ) -> std::result::Result<ReclaimedBatch, Failed> {
        let (mut tries, mut skip_locked) = (0, false);
        let expired = loop {
            match catch_panic(self.store().blocks_reclaim(items, limit, cause, skip_locked)).await {
                Ok(Ok(expired)) => break expired,
                Ok(Err(store::Error::Locked(_))) if !skip_locked => skip_locked = true,
                Ok(Err(error)) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                Ok(Err(error)) => return Err(Failed::of(error)),
                Err(panic) => return Err(Failed::Items(Failure { kind: "panic".to_owned(), cause: panic })),
            }
        };
        let failing = &self.shared.failing_items;
        expired.skipped.iter().for_each(|item| failing.skipped(*item));
        let cleaned = items.iter().filter(|item| !expired.skipped.contains(item));
        failing.succeeded(&cleaned.copied().collect::<Vec<_>>());
        if expired.blocks > 0 {
            self.shared.writer.metrics.count_units(MovementReason::Expired, expired.units);
            self.shared.levels.invalidate(items.iter().copied());
            expired.categories.iter().for_each(|category| self.shared.top_lists.invalidate(category));
            self.shared.notifier.committed();
        }
        Ok(expired)
    }
}

/// The reason why a batch failed.
enum Failed {
    /// The database does not answer, or can't write. The items are not the cause.
    Unavailable(crate::Error),
    /// At least one of the items fails.
    Items(Failure),
}

/// An error, and its cause for the log.
struct Failure {
    kind: String,
    cause: String,
}

impl Failed {
    fn of(error: store::Error) -> Self {
        match error {
            error @ (store::Error::Unavailable(_)
            | store::Error::OutcomeUnknown(_)
            | store::Error::Overloaded(_)
            | store::Error::Impaired(Impairment::StorageFull | Impairment::ReadOnly, _)) => {
                Self::Unavailable(error.into())
            }
            error => {
                let kind = match error.is_out_of_range() {
                    true => "the units of its expired blocks exceed the maximum of a quantity".to_owned(),
                    false => error.to_string(),
                };
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                Self::Items(Failure { kind, cause: cause.unwrap_or_default() })
            }
        }
    }
}

/// Groups items into batches of about `limit` blocks. An item with more blocks is a batch of its own.
fn groups(due: &[ItemWithExpired], limit: i64) -> Vec<Vec<ItemId>> {
    let mut groups = Vec::<Vec<ItemId>>::new();
    let mut capacity = 0;
    for due in due {
        match groups.last_mut() {
            Some(group) if due.expired_blocks <= capacity => group.push(due.item),
            _ => {
                groups.push(vec![due.item]);
                capacity = limit;
            }
        }
        capacity -= due.expired_blocks;
    }
    groups
}

/// The clean-up intervals between two removals of old responses and item changes.
const REMOVAL_INTERVALS: u32 = 60;

/// The most responses, or item changes, that one statement removes.
const REMOVED_ROWS_MAX: i64 = 10_000;

/// Item changes are kept for this many rows of the ledger, several times as many as any reader reads at once
/// ([`crate::aggregates::totals`]).
const ITEM_CHANGES_KEPT_ROWS: i64 = 1_000_000;

impl Engine {
    fn is_stopping(&self) -> bool {
        *self.shared.stopping.borrow()
    }

    async fn remove_old_responses(&self) -> Result<()> {
        let age_seconds = self.shared.settings.answers_kept.as_secs_f64();
        while !self.is_stopping() && self.store().responses_expire(age_seconds, REMOVED_ROWS_MAX).await? > 0 {
        }
        Ok(())
    }

    async fn remove_old_item_changes(&self) -> Result<()> {
        let until = self.store().low_watermark().await?.cursor.position - ITEM_CHANGES_KEPT_ROWS;
        while !self.is_stopping() && self.store().item_changes_delete(until, REMOVED_ROWS_MAX).await? > 0 {}
        Ok(())
    }
}

/// Cleans up at every interval until `stopping`. A failure is retried at the next interval.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut interval = tokio::time::interval(engine.shared.settings.expiry_interval);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failure = RepeatedFailure::of("the clean-up of expired blocks", status);
    let mut responses_failure = RepeatedFailure::of("the removal of old responses", status);
    let mut changes_failure = RepeatedFailure::of("the removal of old item changes", status);
    for turn in (0..REMOVAL_INTERVALS).cycle() {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = interval.tick() => {}
        }
        let expired = failure.note(engine.expire(Cause::SYSTEM, Pace::Background).await);
        if let Some(blocks) = expired.filter(|blocks| *blocks > 0) {
            tracing::debug!(blocks, "expired blocks cleaned up");
        }
        if turn == 0 {
            responses_failure.note(engine.remove_old_responses().await);
            changes_failure.note(engine.remove_old_item_changes().await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_holds_one_batch_or_one_item() {
        let due: Vec<_> = [60, 40, 1, 500, 100, 99, 1].into_iter().enumerate().collect();
        let due: Vec<_> = due
            .into_iter()
            .map(|(id, blocks)| ItemWithExpired {
                item: ItemId(id as i64),
                expired_blocks: blocks,
                overdue_seconds: 0.0,
            })
            .collect();
        let groups: Vec<Vec<_>> =
            groups(&due, 100).into_iter().map(|group| group.iter().map(|item| item.0).collect()).collect();
        assert_eq!(groups, [vec![0, 1], vec![2], vec![3], vec![4], vec![5, 6]]);
    }
}
