//! The clean-up of expired blocks. An item that fails or is locked is skipped and backs off; the others go on.

use crate::background::pacer::Rest;
use crate::background::repeated_failure::RepeatedFailure;
use crate::background::supervise::catch_panic;
use crate::idempotency::CONFLICT_RETRIES_MAX;
use crate::{Context, Engine, Result};
use domain::{ItemId, Time};
use std::collections::HashSet;
use store::{Expired, ItemDue};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// What a clean-up did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanUp {
    /// Expired blocks that were taken away, their units given back.
    pub blocks: u64,
    /// When it was done.
    pub at: Time,
}

/// Who the ledger says gave expired units back by itself.
const SYSTEM_ACTOR: &str = "system";

/// Expired blocks that are shared out into batches at once.
const DUE_BLOCKS_MAX: i64 = 5_000;

/// Items that a batch skipped and that are tried alone after it.
const SKIPPED_TRIED_MAX: usize = 8;

/// How fast batch follows batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// At once: somebody waits for it.
    Full,
    /// After a rest: what buyers ask for goes before.
    Behind,
}

/// Blocks may be overdue so long, in seconds, before the clean-up rests beside others as it does alone: what expires
/// could else come faster than it goes, for ever.
const OVERDUE_SECONDS_MAX: f64 = 900.0;

impl Engine {
    /// Gives back the units of every block that has expired, in bounded transactions. Items that others have locked,
    /// and items whose clean-up fails, are skipped: [`Engine::health_report`] names those that fail.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] where the database does not answer.
    pub async fn blocks_expire(&self, context: &Context) -> Result<CleanUp> {
        let blocks = self.expire(&context.actor, Pace::Full).await?;
        Ok(CleanUp { blocks, at: self.store().now().await? })
    }

    /// Cleans up item by item, as far as these have many blocks: a batch that took the oldest blocks of all items would
    /// write the sums of the same items again and again.
    async fn expire(&self, actor: &str, pace: Pace) -> Result<u64> {
        let limit = self.shared.settings.expiry_blocks_max;
        let failing = &self.shared.failing_items;
        let mut blocks = 0;
        let mut rest = Rest::new(&self.shared.notifier, self.shared.stopping.subscribe());
        loop {
            let skipped = failing.backing_off();
            let due = self.store().items_due(DUE_BLOCKS_MAX, &skipped).await?;
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
                    let expired = self.expire_group(&items, limit, actor).await?;
                    blocks += expired.blocks;
                    if pace == Pace::Behind {
                        let told = u64::from(expired.blocks > 0);
                        rest.after(expired.worked, told, overdue_seconds > OVERDUE_SECONDS_MAX).await;
                    }
                    if !expired.more {
                        break;
                    }
                }
            }
            // Blocks that are due yet and were not taken are in another server's hands, or of an item that backs off.
            if blocks == before || self.is_stopping() {
                return Ok(blocks);
            }
        }
    }

    /// One batch of several items. If it fails, each item is tried alone, and the items that fail back off.
    async fn expire_group(&self, items: &[ItemId], limit: i64, actor: &str) -> Result<Expired> {
        match self.expire_batch(items, limit, actor).await {
            Ok(expired) if items.len() > 1 && !expired.skipped.is_empty() => {
                self.expire_skipped(expired, limit, actor).await
            }
            Ok(expired) => Ok(expired),
            Err(Failed::Unavailable(error)) => Err(error),
            Err(Failed::Items(_)) if items.len() > 1 => {
                let mut all = Expired::default();
                for item in items {
                    match self.expire_batch(&[*item], limit, actor).await {
                        Ok(expired) => all.add(expired),
                        Err(Failed::Unavailable(error)) => return Err(error),
                        Err(Failed::Items(error)) => self.note_failure(*item, &error),
                    }
                }
                Ok(all)
            }
            Err(Failed::Items(error)) => {
                items.iter().for_each(|item| self.note_failure(*item, &error));
                Ok(Expired::default())
            }
        }
    }

    /// Tries some of the items that a batch skipped, each alone, and waits for its rows. An item that buyers keep busy is
    /// locked at nearly every moment: it is cleaned up in its turn, or never. The item that another session holds for
    /// long costs one lock timeout. Each call starts with another item.
    async fn expire_skipped(&self, mut all: Expired, limit: i64, actor: &str) -> Result<Expired> {
        let skipped = std::mem::take(&mut all.skipped);
        let first = self.shared.failing_items.next_turn() % skipped.len().max(1);
        for item in skipped.iter().cycle().skip(first).take(skipped.len().min(SKIPPED_TRIED_MAX)) {
            match self.expire_batch(&[*item], limit, actor).await {
                Ok(expired) => all.add(expired),
                Err(Failed::Unavailable(error)) => return Err(error),
                Err(Failed::Items(error)) => self.note_failure(*item, &error),
            }
        }
        Ok(all)
    }

    /// Logs the first failure of an item; the health report has the others.
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
        actor: &str,
    ) -> std::result::Result<Expired, Failed> {
        let (mut tries, mut skip_locked) = (0, false);
        let expired = loop {
            match catch_panic(self.store().blocks_expire(items, limit, actor, skip_locked)).await {
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
            self.shared.levels.invalidate(items.iter().copied());
            expired.categories.iter().for_each(|category| self.shared.top_lists.invalidate(category));
            self.shared.notifier.committed();
        }
        Ok(expired)
    }
}

/// Why a batch failed.
enum Failed {
    /// The database does not answer: no item is at fault.
    Unavailable(crate::Error),
    /// Some of the items make it fail.
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
            error @ (store::Error::Unavailable(_) | store::Error::OutcomeUnknown(_)) => {
                Self::Unavailable(error.into())
            }
            error => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                Self::Items(Failure { kind: error.to_string(), cause: cause.unwrap_or_default() })
            }
        }
    }
}

/// Items in groups that have some `limit` blocks together, or one item that has more.
fn groups(due: &[ItemDue], limit: i64) -> Vec<Vec<ItemId>> {
    let mut groups = Vec::<Vec<ItemId>>::new();
    let mut room = 0;
    for due in due {
        match groups.last_mut() {
            Some(group) if due.blocks <= room => group.push(due.item),
            _ => {
                groups.push(vec![due.item]);
                room = limit;
            }
        }
        room -= due.blocks;
    }
    groups
}

/// How often answers and changes that are old enough are forgotten, in clean-up intervals.
const FORGET_EVERY: u32 = 60;

/// The most answers, or changes of items, that one statement forgets.
const FORGET_MAX: i64 = 10_000;

/// What has changed about items is kept for so many lines of the ledger: several times as many as anybody reads on
/// by ([`crate::aggregates::totals`]).
const CHANGES_KEPT: i64 = 1_000_000;

impl Engine {
    fn is_stopping(&self) -> bool {
        *self.shared.stopping.borrow()
    }

    async fn forget_answers(&self) -> Result<()> {
        let age_seconds = self.shared.settings.answers_kept.as_secs_f64();
        while !self.is_stopping() && self.store().responses_expire(age_seconds, FORGET_MAX).await? > 0 {}
        Ok(())
    }

    async fn forget_changes(&self) -> Result<()> {
        let until = self.store().watermark().await?.cursor.position - CHANGES_KEPT;
        while !self.is_stopping() && self.store().item_changes_forget(until, FORGET_MAX).await? > 0 {}
        Ok(())
    }
}

/// Cleans up at every interval until `stopping`. A failure is tried again, and repeated failures are logged once.
pub(crate) async fn keep_clean(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(engine.shared.settings.expiry_interval);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failure = RepeatedFailure::of("the clean-up of expired blocks");
    let mut answers_failure = RepeatedFailure::of("the removal of old answers");
    let mut changes_failure = RepeatedFailure::of("the removal of old item changes");
    for turn in (0..FORGET_EVERY).cycle() {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = interval.tick() => {}
        }
        match engine.expire(SYSTEM_ACTOR, Pace::Behind).await {
            Ok(blocks) => {
                failure.succeeded();
                if blocks > 0 {
                    tracing::debug!(blocks, "expired blocks cleaned up");
                }
            }
            Err(error) => failure.failed(&error),
        }
        if turn == 0 {
            answers_failure.note(engine.forget_answers().await);
            changes_failure.note(engine.forget_changes().await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_one_batch_or_one_item() {
        let due: Vec<_> = [60, 40, 1, 500, 100, 99, 1].into_iter().enumerate().collect();
        let due: Vec<_> = due
            .into_iter()
            .map(|(id, blocks)| ItemDue { item: ItemId(id as i64), blocks, overdue_seconds: 0.0 })
            .collect();
        let groups: Vec<Vec<_>> =
            groups(&due, 100).into_iter().map(|group| group.iter().map(|item| item.0).collect()).collect();
        assert_eq!(groups, [vec![0, 1], vec![2], vec![3], vec![4], vec![5, 6]]);
    }
}
