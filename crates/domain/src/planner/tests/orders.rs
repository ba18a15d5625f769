//! Allocations of partial orders, reassignments, and the units by which exchanges count as activity.

use super::cart_changes::{CART, with_cart};
use super::properties::{request, snapshot};
use super::*;
use crate::{CartLine, ChangeCart, ReassignUnits, WarehouseLimits};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Adds an order with one line per item. It has the units of `held`.
fn with_order(mut stock: Snapshot, id: i64, lines: &[(i64, i32)], held: &[(i64, i64, i32)]) -> Snapshot {
    let lines = lines.iter().map(|(item, units)| (ItemId(*item), *units)).collect();
    let id = OrderId(id);
    let (status, warehouse, allocations) = (OrderStatus::Pending, None, BTreeMap::new());
    let mut order = OrderSummary { id, status, warehouse, lines, allocations };
    held.iter().for_each(|(item, warehouse, units)| order.allocate(key(*item, *warehouse), *units));
    order.set_status_by_units();
    stock.orders.insert(id, order);
    stock
}

fn allocate(warehouse: i64) -> Request {
    Request::Allocate(OrderId(1), WarehouseId(warehouse))
}

/// Returns the movements of a reason: the stock level, the change, and the units by which it counts as activity.
fn counted(plan: &Plan, reason: MovementReason) -> Vec<(LevelKey, i32, Option<i32>)> {
    let movements = plan.changes.movements.iter().filter(|movement| movement.reason == reason);
    movements.map(|movement| (movement.key, movement.change, movement.activity_units)).collect()
}

#[test]
fn the_missing_units_of_a_partial_order_are_allocated_from_one_warehouse_or_none() {
    let stock = stock(&[(1, 1, 2), (1, 2, 3), (2, 2, 1)]);
    let stock = with_order(stock, 1, &[(1, 5), (2, 1)], &[(1, 1, 2)]);
    let plan = plan(&stock, &[allocate(1), allocate(2), allocate(2)]);
    let Ok(Granted::Allocated(short)) = &plan.decisions[0] else { panic!("{plan:?}") };
    let shortage = |item, requested, available| Shortage { item: ItemId(item), requested, available };
    assert_eq!(short.shortages, [shortage(1, 3, 2), shortage(2, 1, 0)]);
    let Ok(Granted::Allocated(done)) = &plan.decisions[1] else { panic!("{plan:?}") };
    assert_eq!((done.warehouse, done.shortages.len()), (Some(WarehouseId(2)), 0));
    assert_eq!(done.parcels[0].units, [(ItemId(1), 3), (ItemId(2), 1)].into());
    assert_eq!(plan.decisions[2], Err(Error::OrderAlreadyAllocated { order: OrderId(1), warehouse: None }));
    assert_eq!(plan.changes.levels, [(key(1, 2), -3), (key(2, 2), -1)].into());
    let after = &plan.changes.orders[&OrderId(1)].after;
    assert_eq!((after.status, after.warehouse), (OrderStatus::Allocated, None));
    assert_eq!(after.allocations[&key(1, 1)].allocated, 2, "the order keeps its units");
}

#[test]
fn units_that_pass_to_another_order_are_sold_once() {
    let stock = with_order(stock(&[(1, 1, 0), (1, 2, 0)]), 1, &[(1, 5)], &[(1, 1, 2), (1, 2, 3)]);
    let stock = with_order(stock, 2, &[(1, 4)], &[]);
    let reassign = ReassignUnits::new(OrderId(1), OrderId(2), None).expect("a request");
    let plan = plan(&stock, &[Request::Reassign(reassign)]);
    assert!(plan.decisions[0].is_ok(), "{plan:?}");
    let returned = [(key(1, 1), 2, Some(0)), (key(1, 2), 2, Some(0))];
    assert_eq!(counted(&plan, MovementReason::Cancelled), returned);
    let taken = [(key(1, 1), -2, Some(0)), (key(1, 2), -2, Some(0))];
    assert_eq!(counted(&plan, MovementReason::Allocated), taken);
}

/// The requests of a batch are no exchange: each order was cancelled, or took units.
#[test]
fn units_of_different_requests_count_in_full() {
    let stock = with_order(stock(&[(1, 1, 0)]), 1, &[(1, 5)], &[]);
    let stock = with_order(stock, 2, &[(1, 5)], &[(1, 1, 5)]);
    let plan = plan(&stock, &[Request::Cancel(OrderId(2)), allocate(1)]);
    assert!(plan.decisions.iter().all(Result::is_ok), "{plan:?}");
    assert_eq!(counted(&plan, MovementReason::Cancelled), [(key(1, 1), 5, None)]);
    assert_eq!(counted(&plan, MovementReason::Allocated), [(key(1, 1), -5, None)]);
}

fn change(lines: &[(i64, i64, i64)]) -> Request {
    let line = |(item, units_wanted, warehouse): &(i64, i64, i64)| CartLine {
        item: ItemId(*item),
        quantity: units(*units_wanted),
        warehouse: Some(WarehouseId(*warehouse)),
    };
    let change = ChangeCart::new(CART, 1, lines.iter().map(line).collect(), None);
    Request::ChangeCart(change.expect("a change"))
}

#[test]
fn a_changed_cart_counts_with_the_difference() {
    let stock = with_cart(&[(1, 1, 5), (2, 1, 5)], &[(1, 1, 6), (1, 1, 4), (2, 1, 3)]);
    let plan = plan(&stock, &[change(&[(1, 11, 1), (2, 2, 1)])]);
    assert!(plan.decisions[0].is_ok(), "{plan:?}");
    let released = [(key(1, 1), 6, Some(0)), (key(1, 1), 4, Some(0)), (key(2, 1), 3, Some(1))];
    assert_eq!(counted(&plan, MovementReason::Released), released);
    assert_eq!(
        counted(&plan, MovementReason::Blocked),
        [(key(1, 1), -11, Some(1)), (key(2, 1), -2, Some(0))]
    );
}

proptest! {
    /// A batch with postponed requests equals the batch without them.
    #[test]
    fn a_postponed_request_changes_nothing(
        before in snapshot(),
        requests in prop::collection::vec(request(), 0..24),
        postponed in prop::collection::hash_set(0..24usize, 0..6),
    ) {
        let is_decided = |(index, _): &(usize, _)| !postponed.contains(index);
        let others: Vec<_> = requests.iter().cloned().enumerate().filter(is_decided).map(|(_, one)| one).collect();
        let expected = plan(&before, &others);
        let found = plan_except(&before, &requests, &WarehouseLimits::default(), &postponed);
        prop_assert_eq!(found.changes.levels, expected.changes.levels);
        prop_assert_eq!(found.changes.placed, expected.changes.placed);
        let decisions = found.decisions.into_iter().enumerate().filter(|(index, _)| !postponed.contains(index));
        prop_assert_eq!(decisions.map(|(_, one)| one).collect::<Vec<_>>(), expected.decisions);
    }

    /// The activity of a changed cart is the difference of its units on each level, either held or released.
    #[test]
    fn the_activity_of_a_changed_cart_is_the_difference(
        held in prop::collection::vec((1..4i64, 1..3i64, 1..5i32), 1..6),
        wanted in prop::collection::vec((1..4i64, 1..8i64, 1..3i64), 1..6),
    ) {
        let levels: Vec<_> = (1..4).flat_map(|item| [(item, 1, 50), (item, 2, 50)]).collect();
        let plan = plan(&with_cart(&levels, &held), &[change(&wanted)]);
        prop_assert!(plan.decisions[0].is_ok(), "{:?}", plan.decisions);
        let activity = |level, reason| -> i64 {
            let movements = counted(&plan, reason).into_iter().filter(|(key, ..)| *key == level);
            movements.map(|(_, change, units)| i64::from(units.unwrap_or(change.abs()))).sum()
        };
        for (item, warehouse, _) in levels {
            let before = held.iter().filter(|(of, at, _)| (*of, *at) == (item, warehouse));
            let before: i64 = before.map(|(.., units)| i64::from(*units)).sum();
            let after = wanted.iter().filter(|(of, _, at)| (*of, *at) == (item, warehouse));
            let after: i64 = after.map(|(_, units, _)| *units).sum();
            let level = key(item, warehouse);
            prop_assert_eq!(activity(level, MovementReason::Blocked), (after - before).max(0));
            prop_assert_eq!(activity(level, MovementReason::Released), (before - after).max(0));
        }
    }

    /// An allocation from one warehouse takes exactly the missing units of an order, or none.
    #[test]
    fn an_allocation_takes_the_missing_units_or_none(
        lines in prop::collection::btree_map(1..4i64, 1..8i32, 1..4),
        held in prop::collection::btree_map(1..4i64, 1..8i32, 0..4),
        available in prop::collection::btree_map(1..4i64, 0..8i32, 0..4),
    ) {
        let held: Vec<_> = held
            .into_iter()
            .filter_map(|(item, units)| Some((item, 2, units.min(*lines.get(&item)?))))
            .collect();
        let levels: Vec<_> = available.iter().map(|(item, units)| (*item, 1, *units)).collect();
        let lines: Vec<_> = lines.into_iter().collect();
        let stock = with_order(stock(&levels), 1, &lines, &held);
        let missing = stock.orders[&OrderId(1)].missing();
        let fits = missing.iter().all(|(item, units)| available.get(&item.0).is_some_and(|most| most >= units));
        let plan = plan(&stock, &[allocate(1)]);
        let taken: BTreeMap<_, _> =
            plan.changes.levels.iter().map(|(key, units)| (key.item, -units)).collect();
        match (missing.is_empty(), fits) {
            (true, _) => prop_assert!(plan.decisions[0].is_err()),
            (false, true) => {
                prop_assert_eq!(taken, missing);
                prop_assert_eq!(plan.changes.orders[&OrderId(1)].after.status, OrderStatus::Allocated);
            }
            (false, false) => prop_assert!(plan.changes.is_empty()),
        }
    }
}
