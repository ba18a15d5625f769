//! Orders by policy, on levels of which some are not locked.

use super::*;
use crate::sourcing::{OrderSource, SeenLevel, SourceOrder, levels_to_lock};
use crate::{
    AllocationMode, OrderId, OrderStatus, OrderSummary, Parcel, ReassignUnits, SourcingCandidate,
    SourcingPolicy, SourcingRules,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

const RULES: SourcingRules = SourcingRules {
    policy: SourcingPolicy::Priority,
    max_parcels: None,
    split_lines: true,
    mode: AllocationMode::Whole,
};

fn order(id: i64, lines: &[(i64, i32)]) -> (OrderId, OrderSummary) {
    let lines = lines.iter().map(|(item, units)| (ItemId(*item), *units)).collect();
    let (status, warehouse, allocations) = (OrderStatus::Pending, None, BTreeMap::new());
    (OrderId(id), OrderSummary { id: OrderId(id), status, warehouse, lines, allocations })
}

/// A request by priority, which prefers the lower warehouse id of 1 to 3.
fn source(order: i64) -> Request {
    let candidate = |id: i32| SourcingCandidate { id: WarehouseId(id.into()), priority: id, distance: None };
    let source = OrderSource::Policy { rules: RULES, candidates: (1..=3).map(candidate).collect() };
    Request::Source(SourceOrder { order: OrderId(order), source })
}

/// A snapshot with levels that are locked, and levels as they were read before.
fn snapshot(
    locked: &[(i64, i64, i32)],
    seen: &[(i64, i64, i32, i32)],
    orders: HashMap<OrderId, OrderSummary>,
) -> Snapshot {
    let seen = seen.iter().map(|(item, warehouse, available, expired)| {
        (key(*item, *warehouse), SeenLevel { available: *available, expired: *expired })
    });
    Snapshot { seen_levels: seen.collect(), orders, ..stock(locked) }
}

fn parcels(plan: &Plan, index: usize) -> Vec<(i64, i32)> {
    let Ok(Granted::Allocated(allocation)) = &plan.decisions[index] else { panic!("{:?}", plan.decisions) };
    let units = |parcel: &Parcel| (parcel.warehouse.0, parcel.units.values().sum());
    allocation.parcels.iter().map(units).collect()
}

#[test]
fn a_plan_that_needs_another_level_is_undecidable() {
    let seen = [(1, 1, 3, 0), (1, 2, 9, 0)];
    let orders: HashMap<_, _> = [order(1, &[(1, 3)])].into();
    let as_read = plan(&snapshot(&[(1, 1, 3)], &seen, orders.clone()), &[source(1)]);
    assert!(!as_read.lacks_locks);
    assert_eq!(parcels(&as_read, 0), [(1, 3)]);
    let with_less = plan(&snapshot(&[(1, 1, 2)], &seen, orders.clone()), &[source(1)]);
    assert!(with_less.lacks_locks, "warehouse 2 is not locked");
    let with_more = plan(&snapshot(&[(1, 1, 5)], &seen, orders.clone()), &[source(1)]);
    assert!(!with_more.lacks_locks);
    let nowhere = plan(&snapshot(&[(1, 1, 0)], &[(1, 1, 3, 0), (1, 2, 0, 0)], orders), &[source(1)]);
    assert!(nowhere.lacks_locks, "a shortage needs all levels");
}

#[test]
fn a_plan_of_a_partial_order_has_its_missing_units() {
    let (id, mut partial) = order(1, &[(1, 3), (2, 1)]);
    partial.allocate(key(1, 1), 2);
    partial.allocate(key(2, 1), 1);
    partial.set_status_by_units();
    assert_eq!((partial.status, partial.demand()), (OrderStatus::Partial, vec![(ItemId(1), 1)]));
    let seen = [(1, 1, 0, 0), (1, 2, 4, 0), (2, 1, 9, 0)];
    let orders: HashMap<_, _> = [(id, partial)].into();
    let before = snapshot(&[(1, 2, 4)], &seen, orders.clone());
    let Request::Source(request) = source(1) else { panic!("another request") };
    let chosen = levels_to_lock([&request], &orders, &before.seen_levels, false);
    assert_eq!(chosen, [key(1, 2)].into());
    let plan = plan(&before, &[source(1)]);
    assert_eq!(parcels(&plan, 0), [(2, 1)]);
    let after = plan.changes.orders.get(&id).map(|change| change.after.status);
    assert_eq!(after, Some(OrderStatus::Allocated));
}

#[test]
fn expired_blocks_of_all_items_are_read_again_before_a_shortage() {
    let orders: HashMap<_, _> = [order(1, &[(1, 3), (2, 2)])].into();
    // The expired block of item 2 was reclaimed after the read without locks, so its unit counts twice.
    let before = snapshot(&[(1, 1, 1), (2, 1, 1)], &[(1, 1, 1, 0), (2, 1, 0, 1)], orders);
    let short = plan(&before, &[source(1)]);
    let Ok(Granted::Allocated(allocation)) = &short.decisions[0] else { panic!("{:?}", short.decisions) };
    assert_eq!(allocation.shortages.len(), 1);
    assert_eq!(short.short_items, [ItemId(1), ItemId(2)].into());
}

#[test]
fn expired_blocks_of_a_plan_are_reclaimed_first() {
    let orders: HashMap<_, _> = [order(1, &[(1, 3)])].into();
    let mut before = snapshot(&[(1, 1, 1)], &[(1, 1, 1, 2), (1, 2, 9, 0)], orders);
    let short = plan(&before, &[source(1)]);
    assert_eq!(short.short_items, [ItemId(1)].into());
    assert!(!short.lacks_locks && short.changes.is_empty());
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 2, expires_at: Some(at(NOW)), cart: None };
    before.expired.push(block);
    before.seen_levels.insert(key(1, 1), SeenLevel { available: 1, expired: 0 });
    let plan = plan(&before, &[source(1)]);
    assert_eq!(parcels(&plan, 0), [(1, 3)]);
}

#[test]
fn requests_of_a_batch_are_planned_one_after_another() {
    let orders: HashMap<_, _> = [order(1, &[(1, 3)]), order(2, &[(1, 3)]), order(3, &[(1, 9)])].into();
    let seen = [(1, 1, 4, 0), (1, 2, 9, 0), (1, 3, 1, 0)];
    let before = snapshot(&[(1, 1, 4), (1, 2, 9)], &seen, orders);
    let requests = [source(1), source(2)];
    let sources = |requests: &[Request]| {
        let sources = requests.iter().filter_map(|request| match request {
            Request::Source(source) => Some(source.clone()),
            _ => None,
        });
        sources.collect::<Vec<_>>()
    };
    let lock = |requests: &[Request], all| {
        levels_to_lock(&sources(requests), &before.orders, &before.seen_levels, all)
    };
    assert_eq!(lock(&requests, false), [key(1, 1), key(1, 2)].into());
    let plan = plan(&before, &requests);
    assert_eq!((parcels(&plan, 0), parcels(&plan, 1)), (vec![(1, 3)], vec![(1, 1), (2, 2)]));
    assert!(!plan.lacks_locks);
    let short = [source(1), source(2), source(3)];
    assert_eq!(lock(&short, false).len(), 3, "a shortage needs all levels");
    assert_eq!(lock(&requests[..1], true).len(), 3);
}

proptest! {
    /// The levels that are locked suffice, if they are as they were read.
    #[test]
    fn the_chosen_levels_suffice_without_changes(
        levels in prop::collection::btree_map((1..4i64, 1..4i64), 0..6i32, 0..9),
        lines in prop::collection::vec(prop::collection::btree_map(1..4i64, 1..6i32, 1..4), 1..5),
    ) {
        let numbered = (1..).zip(&lines);
        let orders: HashMap<_, _> = numbered
            .map(|(id, lines)| order(id, &lines.iter().map(|(item, units)| (*item, *units)).collect::<Vec<_>>()))
            .collect();
        let requests: Vec<_> = (1..).zip(&lines).map(|(id, _)| source(id)).collect();
        let seen: Vec<_> = levels.iter().map(|((item, place), units)| (*item, *place, *units, 0)).collect();
        let mut before = snapshot(&[], &seen, orders);
        let sources = requests.iter().filter_map(|request| match request {
            Request::Source(source) => Some(source),
            _ => None,
        });
        let locked = levels_to_lock(sources, &before.orders, &before.seen_levels, false);
        let all = before.seen_levels.iter().map(|(key, level)| (*key, level.available));
        let all: BTreeMap<_, _> = all.collect();
        before.levels = all.iter().filter(|(key, _)| locked.contains(key)).map(|(k, v)| (*k, *v)).collect();
        let chosen = plan(&before, &requests);
        prop_assert!(!chosen.lacks_locks);
        let decisions = plan(&Snapshot { levels: all, ..before }, &requests).decisions;
        prop_assert_eq!(chosen.decisions, decisions, "as with all levels locked");
    }
}

#[test]
fn an_order_that_was_complete_has_left_the_queue() {
    let (from, waiting) = order(1, &[(1, 3)]);
    let orders: HashMap<_, _> = [(from, waiting), order(2, &[(1, 2)])].into();
    let before = snapshot(&[(1, 1, 3)], &[(1, 1, 3, 0)], orders);
    let pass_on = Request::Reassign(ReassignUnits::new(from, OrderId(2), None).expect("two orders"));
    let plan = plan(&before, &[source(1), pass_on]);
    let change = &plan.changes.orders[&from];
    assert_eq!(change.after.status, OrderStatus::Partial);
    assert!(change.has_left_queue && change.wait.is_none());
    assert!(plan.changes.orders[&OrderId(2)].has_left_queue);
}
