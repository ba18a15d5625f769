//! Callers that are limited to warehouses.

use super::properties::{apply, request, snapshot};
use super::*;
use crate::{AllowedWarehouses, Permission, WarehouseLimits, plan_limited};
use proptest::prelude::*;

fn only(ids: &[i64]) -> AllowedWarehouses {
    AllowedWarehouses::only(ids.iter().copied().map(WarehouseId).collect()).expect("some warehouses")
}

fn forbidden(permission: Permission, warehouse: i64) -> Decision {
    Err(Error::WarehouseForbidden { permission, warehouse: WarehouseId(warehouse) })
}

/// Plans requests of one caller that may change warehouse 2 only.
fn plan_in_second(stock: &Snapshot, requests: &[Request]) -> Plan {
    let allowed = only(&[2]);
    plan_limited(stock, requests, &WarehouseLimits::of(requests.iter().map(|_| &allowed)))
}

#[test]
fn a_block_without_a_warehouse_takes_the_fullest_allowed_level() {
    let plan = plan_in_second(&stock(&[(1, 1, 9), (1, 2, 3)]), &[place(1, 2, None), place(1, 2, None)]);
    let Ok(Granted::Placed(placed)) = &plan.decisions[0] else { panic!("{:?}", plan.decisions) };
    assert_eq!((placed.key, placed.remaining), (key(1, 2), 10));
    let short = Error::InsufficientStock {
        item: ItemId(1),
        warehouse: Some(WarehouseId(2)),
        requested: 2,
        available: 1,
    };
    assert_eq!(plan.decisions[1], Err(short));
}

#[test]
fn each_request_has_the_limit_of_its_own_caller() {
    let stock = stock(&[(1, 1, 9), (1, 2, 3)]);
    let requests = [place(1, 1, Some(1)), place(1, 1, Some(1)), place(1, 1, Some(2)), place(1, 1, None)];
    let callers = [&only(&[2]), &AllowedWarehouses::ALL, &only(&[1, 3]), &only(&[3])];
    let plan = plan_limited(&stock, &requests, &WarehouseLimits::of(callers));
    assert_eq!(granted(&plan), [false, true, false, false]);
    assert_eq!(plan.decisions[0], forbidden(Permission::WriteHolds, 1));
    assert_eq!(plan.decisions[2], forbidden(Permission::WriteHolds, 2));
    let short = Error::InsufficientStock { item: ItemId(1), warehouse: None, requested: 1, available: 0 };
    assert_eq!(plan.decisions[3], Err(short), "no allowed warehouse has the item");
}

#[test]
fn a_cart_with_one_forbidden_line_takes_nothing() {
    let stock = stock(&[(1, 1, 9), (1, 2, 3)]);
    let plan = plan_in_second(&stock, &[cart(&[(1, 1, Some(2)), (1, 1, Some(1))])]);
    assert_eq!(plan.decisions, [forbidden(Permission::WriteHolds, 1)]);
    assert!(plan.changes.is_empty());
}

#[test]
fn a_move_needs_both_warehouses() {
    let stock = stock(&[(1, 1, 9), (1, 2, 3)]);
    let plan = plan_in_second(&stock, &[move_units(1, 1, 2, 1), move_units(1, 2, 1, 1)]);
    assert_eq!(plan.decisions, [forbidden(Permission::WriteStock, 1), forbidden(Permission::WriteStock, 1)]);
}

#[test]
fn a_receipt_without_a_warehouse_needs_the_default_one() {
    let note = Note::new("counted").expect("a note");
    let receipt = StockAdjustment::new(ItemId(1), None, 1, note).expect("an adjustment");
    let receipt = [Request::Adjust(receipt)];
    let stock = stock(&[(1, 1, 9), (1, 2, 3)]);
    assert_eq!(plan_in_second(&stock, &receipt).decisions, [forbidden(Permission::WriteStock, 1)]);
    let second = Snapshot { default_warehouse: Some(WarehouseId(2)), ..stock };
    assert_eq!(granted(&plan_in_second(&second, &receipt)), [true]);
}

#[test]
fn an_order_is_allocated_from_and_cancelled_in_allowed_warehouses() {
    let order = |id, status, warehouse: Option<i64>| {
        let warehouse = warehouse.map(WarehouseId);
        let lines = vec![(ItemId(1), 1)];
        let units = OrderUnits { allocated: 1, ..OrderUnits::default() };
        let allocations = warehouse.map(|warehouse| (LevelKey { item: ItemId(1), warehouse }, units));
        let allocations = allocations.into_iter().collect();
        (OrderId(id), OrderSummary { id: OrderId(id), status, warehouse, lines, allocations })
    };
    let orders = [
        order(1, OrderStatus::Pending, None),
        order(2, OrderStatus::Allocated, Some(1)),
        order(3, OrderStatus::Allocated, Some(2)),
        order(4, OrderStatus::Pending, None),
    ];
    let stock = Snapshot { orders: orders.into(), ..stock(&[(1, 1, 9), (1, 2, 3)]) };
    let requests = [
        Request::Allocate(OrderId(1), WarehouseId(1)),
        Request::Allocate(OrderId(1), WarehouseId(2)),
        Request::Cancel(OrderId(2)),
        Request::Cancel(OrderId(3)),
        // A pending order has units of no warehouse.
        Request::Cancel(OrderId(4)),
    ];
    let plan = plan_in_second(&stock, &requests);
    assert_eq!(granted(&plan), [false, true, false, true, true]);
    assert_eq!(plan.decisions[0], forbidden(Permission::WriteOrders, 1));
    assert_eq!(plan.decisions[2], forbidden(Permission::WriteOrders, 1));
}

fn limit() -> impl Strategy<Value = AllowedWarehouses> {
    prop_oneof![
        1 => Just(AllowedWarehouses::ALL),
        3 => prop::collection::vec(1..4i64, 1..3).prop_map(|ids| only(&ids)),
    ]
}

proptest! {
    /// Every change that a request causes is in a warehouse that its caller may change, and every other rejection is the
    /// rejection without a limit.
    #[test]
    fn a_request_changes_only_warehouses_of_its_caller(
        mut before in snapshot(),
        requests in prop::collection::vec((request(), limit()), 0..24),
    ) {
        // Expired blocks are reclaimed by the service itself.
        apply_reclaim(&mut before);
        for (request, allowed) in &requests {
            let request = std::slice::from_ref(request);
            let plan = plan_limited(&before, request, &WarehouseLimits::of([allowed]));
            for movement in &plan.changes.movements {
                prop_assert!(allowed.contains(movement.key.warehouse), "{request:?}: {movement:?}");
            }
            for block in plan.changes.updated.values() {
                prop_assert!(allowed.contains(block.key.warehouse), "{request:?}: {block:?}");
            }
            for block in plan.changes.ended.keys() {
                prop_assert!(allowed.contains(before.blocks[block].key.warehouse), "{request:?}: {block:?}");
            }
            for order in plan.changes.orders.values() {
                prop_assert!(order.after.warehouse.is_none_or(|id| allowed.contains(id)), "{request:?}: {order:?}");
            }
            if let Err(Error::WarehouseForbidden { permission, warehouse }) = plan.decisions[0] {
                prop_assert!(!allowed.contains(warehouse));
                prop_assert_eq!(permission, request[0].permission());
                prop_assert!(plan.changes.is_empty());
            }
            apply(&mut before, &plan);
        }
    }

    /// A batch of limited callers has the same decisions as their requests one by one.
    #[test]
    fn a_batch_of_limited_callers_equals_its_requests_one_by_one(
        mut before in snapshot(),
        requests in prop::collection::vec((request(), limit()), 0..24),
    ) {
        apply_reclaim(&mut before);
        let (requests, limits): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
        let batch = plan_limited(&before, &requests, &WarehouseLimits::of(&limits));
        for ((request, allowed), decision) in requests.iter().zip(&limits).zip(&batch.decisions) {
            let limits = WarehouseLimits::of([allowed]);
            let single = plan_limited(&before, std::slice::from_ref(request), &limits);
            prop_assert_eq!(&single.decisions[0], decision);
            apply(&mut before, &single);
        }
    }

    /// A limit to all existing warehouses changes no decision about existing warehouses.
    #[test]
    fn a_limit_to_every_warehouse_changes_nothing(
        before in snapshot(),
        requests in prop::collection::vec(request(), 0..24),
    ) {
        let every = only(&[1, 2, 3]);
        let limited = plan_limited(&before, &requests, &WarehouseLimits::of(requests.iter().map(|_| &every)));
        prop_assert_eq!(limited, plan(&before, &requests));
    }
}

fn apply_reclaim(snapshot: &mut Snapshot) {
    let reclaim = plan(snapshot, &[]);
    apply(snapshot, &reclaim);
}
