//! Planning with the units of expired blocks: nobody is refused over stock that is due back.

use domain::{Decision, Error, Granted, ItemId, Plan, Request, Snapshot, plan};
use std::collections::{BTreeSet, HashSet};
use store::WriteTransaction;

/// A batch, planned.
pub(super) struct Settled {
    pub(super) plan: Plan,
    pub(super) snapshot: Snapshot,
    /// The places of requests that can't be decided here: an item that they are short of has more expired blocks than
    /// one transaction reclaims.
    pub(super) postponed: HashSet<usize>,
}

/// Plans a batch. If a request is short of an item, the item's oldest expired blocks are read, at most once and in
/// bounded number, and the batch is planned again with their units.
pub(super) async fn plan_reclaiming_expired(
    transaction: &mut WriteTransaction,
    requests: &[Request],
    mut snapshot: Snapshot,
) -> store::Result<Settled> {
    let (mut read, mut backlogged) = (BTreeSet::new(), BTreeSet::new());
    let plan = loop {
        let plan = plan(&snapshot, requests);
        let unread: BTreeSet<_> = plan.short_items.difference(&read).copied().collect();
        if unread.is_empty() {
            break plan;
        }
        let due = transaction.expired_blocks(&unread, snapshot.now).await?;
        read.extend(unread);
        backlogged.extend(due.more);
        if due.blocks.is_empty() {
            break plan;
        }
        let levels = &snapshot.levels;
        snapshot.expired.extend(due.blocks.into_iter().filter(|block| levels.contains_key(&block.key)));
    };
    let is_postponed = |answer| items_short(answer).any(|item| backlogged.contains(&item));
    let places = plan.decisions.iter().enumerate().filter(|(_, answer)| is_postponed(answer));
    let postponed = places.map(|(place, _)| place).collect();
    Ok(Settled { plan, snapshot, postponed })
}

/// The items of which a request found too few units.
pub(crate) fn items_short(answer: &Decision) -> impl Iterator<Item = ItemId> {
    let single = match answer {
        Err(Error::InsufficientStock { item, .. }) => Some(*item),
        _ => None,
    };
    let shortages = match answer {
        Ok(Granted::Allocated(allocation)) => allocation.shortages.as_slice(),
        _ => &[],
    };
    single.into_iter().chain(shortages.iter().map(|shortage| shortage.item))
}
