//! Planning with the units of expired blocks: no request is rejected for units that are due to return.

use super::locked_reads::LockedSnapshot;
use domain::{
    Decision, Error, FillOrder, Granted, ItemId, OrderFilled, Plan, Request, WarehouseLimits, plan_except,
};
use std::collections::{BTreeSet, HashSet};
use store::WriteTransaction;

/// The plan of a batch, with the snapshot that it was decided on.
pub(super) struct ReclaimingPlan {
    pub(super) plan: Plan,
    pub(super) locked: LockedSnapshot,
    /// Indexes of requests that can't be decided here. They lack units of an item that has more expired blocks than one
    /// transaction reclaims. The plan has no change of them.
    pub(super) postponed: HashSet<usize>,
}

/// Plans a batch. If a request lacks units of an item, reads the item's oldest expired blocks, at most once and in bounded
/// number, and plans the batch again with their units. A partial allocation with an index in `leaving` leaves further expired
/// blocks, so it is not postponed.
pub(super) async fn plan_reclaiming_expired(
    transaction: &mut WriteTransaction,
    requests: &[Request],
    leaving: &HashSet<usize>,
    limits: &WarehouseLimits,
    mut locked: LockedSnapshot,
) -> store::Result<ReclaimingPlan> {
    let snapshot = &mut locked.snapshot;
    let (mut read, mut backlogged) = (BTreeSet::new(), BTreeSet::new());
    let mut postponed = HashSet::new();
    let plan = loop {
        let plan = plan_except(snapshot, requests, limits, &postponed);
        let unread: BTreeSet<_> = plan.short_items.difference(&read).copied().collect();
        if !unread.is_empty() {
            let expired = transaction.expired_blocks(&unread, snapshot.now).await?;
            // From now on the snapshot has the expired blocks of the locked levels themselves.
            for (key, level) in &mut snapshot.seen_levels {
                if unread.contains(&key.item) && snapshot.levels.contains_key(key) {
                    level.expired = 0;
                }
            }
            read.extend(unread);
            backlogged.extend(expired.more);
            if !expired.blocks.is_empty() || !snapshot.seen_levels.is_empty() {
                let levels = &snapshot.levels;
                let blocks = expired.blocks.into_iter().filter(|block| levels.contains_key(&block.key));
                snapshot.expired.extend(blocks);
                continue;
            }
        }
        // A partial allocation that lacks units is no rejection: its changes are taken out of the plan.
        let can_return = |item: &ItemId| backlogged.contains(item) && !snapshot.archived_items.contains(item);
        let lacks = |index: &usize| {
            !leaving.contains(index)
                && items_unfilled(&requests[*index], &plan.decisions[*index]).any(|item| can_return(&item))
        };
        let unfilled: Vec<_> = (0..requests.len()).filter(lacks).collect();
        if unfilled.is_empty() {
            break plan;
        }
        postponed.extend(unfilled);
    };
    let is_short = |decision| items_short(decision).any(|item| backlogged.contains(&item));
    let decisions = plan.decisions.iter().enumerate();
    postponed.extend(decisions.filter(|(_, decision)| is_short(decision)).map(|(index, _)| index));
    Ok(ReclaimingPlan { plan, locked, postponed })
}

/// Returns the items of which a partial allocation took fewer units than the order misses.
fn items_unfilled<'a>(request: &'a Request, decision: &'a Decision) -> impl Iterator<Item = ItemId> {
    let filled = match (request, decision) {
        (Request::Fill(fill), Ok(Granted::Filled(filled))) => Some((fill, filled)),
        _ => None,
    };
    filled.into_iter().flat_map(|(FillOrder { items, .. }, OrderFilled { missing, .. })| {
        let is_asked = |item: &ItemId| items.as_ref().is_none_or(|items| items.contains(item));
        missing.iter().map(|(item, _)| *item).filter(is_asked)
    })
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
