//! Planning with the units of expired blocks: no request is rejected for units that are due to return.

use super::locked_reads::LockedSnapshot;
use domain::{Decision, Error, Granted, ItemId, Plan, Request, WarehouseLimits, plan_limited};
use std::collections::{BTreeSet, HashSet};
use store::WriteTransaction;

/// The plan of a batch, with the snapshot that it was decided on.
pub(super) struct ReclaimingPlan {
    pub(super) plan: Plan,
    pub(super) locked: LockedSnapshot,
    /// Indexes of requests that can't be decided here. They lack units of an item that has more expired blocks than one
    /// transaction reclaims.
    pub(super) postponed: HashSet<usize>,
}

/// Plans a batch. If a request lacks units of an item, reads the item's oldest expired blocks, at most once and in bounded
/// number, and plans the batch again with their units.
pub(super) async fn plan_reclaiming_expired(
    transaction: &mut WriteTransaction,
    requests: &[Request],
    limits: &WarehouseLimits,
    mut locked: LockedSnapshot,
) -> store::Result<ReclaimingPlan> {
    let snapshot = &mut locked.snapshot;
    let (mut read, mut backlogged) = (BTreeSet::new(), BTreeSet::new());
    let plan = loop {
        let plan = plan_limited(snapshot, requests, limits);
        let unread: BTreeSet<_> = plan.short_items.difference(&read).copied().collect();
        if unread.is_empty() {
            break plan;
        }
        let expired = transaction.expired_blocks(&unread, snapshot.now).await?;
        // From now on the snapshot has the expired blocks of the locked levels themselves.
        for (key, level) in &mut snapshot.seen_levels {
            if unread.contains(&key.item) && snapshot.levels.contains_key(key) {
                level.expired = 0;
            }
        }
        read.extend(unread);
        backlogged.extend(expired.more);
        if expired.blocks.is_empty() && snapshot.seen_levels.is_empty() {
            break plan;
        }
        let levels = &snapshot.levels;
        snapshot.expired.extend(expired.blocks.into_iter().filter(|block| levels.contains_key(&block.key)));
    };
    let is_postponed = |decision| items_short(decision).any(|item| backlogged.contains(&item));
    let decisions = plan.decisions.iter().enumerate();
    let postponed =
        decisions.filter(|(_, decision)| is_postponed(decision)).map(|(index, _)| index).collect();
    Ok(ReclaimingPlan { plan, locked, postponed })
}

/// Returns the items of which a request lacked units.
pub(crate) fn items_short(decision: &Decision) -> impl Iterator<Item = ItemId> {
    let single = match decision {
        Err(Error::InsufficientStock { item, .. }) => Some(*item),
        _ => None,
    };
    let shortages = match decision {
        Ok(Granted::Allocated(allocation)) => allocation.shortages.as_slice(),
        Err(Error::CartShort(shortages) | Error::CartExpired { shortages, .. }) => shortages.as_slice(),
        _ => &[],
    };
    single.into_iter().chain(shortages.iter().map(|shortage| shortage.item))
}
