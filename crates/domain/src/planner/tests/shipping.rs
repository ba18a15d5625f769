//! Shipments and returns.

use super::*;
use crate::{Condition, OrderShipped, OrderUnits, ReturnLine, ReturnOrder, ShipOrder, UnsellableUnits};

pub(super) fn ship(order: i64, warehouse: Option<i64>, lines: Option<&[(i64, i64)]>) -> Request {
    let lines =
        lines.map(|lines| lines.iter().map(|(item, quantity)| (ItemId(*item), units(*quantity))).collect());
    Request::Ship(ShipOrder::new(OrderId(order), warehouse.map(WarehouseId), lines).expect("a shipment"))
}

pub(super) fn give_back(order: i64, lines: &[(i64, i64, Option<i64>)], into: Option<Condition>) -> Request {
    let line = |(item, quantity, warehouse): &(i64, i64, Option<i64>)| ReturnLine {
        item: ItemId(*item),
        quantity: units(*quantity),
        warehouse: warehouse.map(WarehouseId),
    };
    Request::Return(
        ReturnOrder::new(OrderId(order), lines.iter().map(line).collect(), into).expect("a return"),
    )
}

/// Order 1 wants 5 units of item 1: 2 are allocated in warehouse 1, 3 in warehouse 2.
fn two_warehouses(wanted: i32) -> Snapshot {
    let mut stock = stock(&[(1, 1, 7), (1, 2, 7)]);
    let allocated = |units| OrderUnits { allocated: units, ..OrderUnits::default() };
    let order = OrderSummary {
        id: OrderId(1),
        status: OrderStatus::Partial,
        warehouse: None,
        lines: vec![(ItemId(1), wanted)],
        allocations: [(key(1, 1), allocated(2)), (key(1, 2), allocated(3))].into(),
    };
    stock.orders.insert(order.id, order);
    stock
}

fn shipped(status: OrderStatus, units: &[(LevelKey, i32)]) -> Decision {
    Ok(Granted::Shipped(OrderShipped { order: OrderId(1), status, units: units.to_vec() }))
}

#[test]
fn a_shipment_takes_the_units_of_a_warehouse_or_of_lines() {
    let requests = [
        ship(1, Some(2), Some(&[(1, 2)])),
        ship(1, Some(2), Some(&[(1, 1), (1, 1)])),
        ship(1, None, Some(&[(1, 2)])),
        ship(1, None, None),
        ship(1, None, None),
    ];
    let plan = plan(&two_warehouses(5), &requests);
    let too_few = Error::UnitsNotAllocated {
        order: OrderId(1),
        item: ItemId(1),
        warehouse: Some(WarehouseId(2)),
        requested: 2,
        allocated: 1,
    };
    let expected = [
        shipped(OrderStatus::Partial, &[(key(1, 2), 2)]),
        Err(too_few),
        shipped(OrderStatus::Partial, &[(key(1, 1), 2)]),
        shipped(OrderStatus::Shipped, &[(key(1, 2), 1)]),
        Err(Error::OrderShipped(OrderId(1))),
    ];
    assert_eq!(plan.decisions, expected);
    assert!(plan.changes.levels.is_empty());
    let left: i64 = plan.changes.movements.iter().map(NewMovement::on_hand_change).sum();
    assert_eq!(left, -5);
}

#[test]
fn an_order_with_missing_units_is_not_shipped() {
    let plan = plan(&two_warehouses(6), &[ship(1, None, None), ship(1, None, None)]);
    assert_eq!(plan.decisions[0], shipped(OrderStatus::Partial, &[(key(1, 1), 2), (key(1, 2), 3)]));
    assert_eq!(plan.decisions[1], Err(Error::NotAllocated(OrderId(1))));
}

#[test]
fn returned_units_come_back_to_the_warehouses_that_shipped_them() {
    let damaged = Some(Condition::Damaged);
    let requests = [
        give_back(1, &[(1, 1, None)], None),
        ship(1, None, None),
        give_back(1, &[(1, 2, Some(2)), (1, 1, None)], damaged),
        give_back(1, &[(1, 1, Some(1)), (1, 1, Some(1))], None),
        give_back(1, &[(1, 2, None)], None),
    ];
    let plan = plan(&two_warehouses(5), &requests);
    assert_eq!(granted(&plan), [false, true, true, false, true]);
    let over = |requested, returnable, warehouse: Option<i64>| {
        let (order, item, warehouse) = (OrderId(1), ItemId(1), warehouse.map(WarehouseId));
        Err(Error::OverReturned { order, item, warehouse, requested, returnable })
    };
    assert_eq!(plan.decisions[0], over(1, 0, None));
    assert_eq!(plan.decisions[3], over(2, 1, Some(1)));
    assert_eq!(plan.changes.levels, [(key(1, 1), 1), (key(1, 2), 1)].into());
    let unsellable = |damaged| UnsellableUnits { damaged, quarantined: 0 };
    assert_eq!(plan.changes.unsellable, [(key(1, 1), unsellable(1)), (key(1, 2), unsellable(2))].into());
    let order = &plan.changes.orders[&OrderId(1)].after;
    let returned: Vec<_> = order.allocations.values().map(|units| units.returned).collect();
    assert_eq!((order.status, returned), (OrderStatus::Shipped, vec![2, 3]));
}

#[test]
fn permanent_blocks_are_shipped_once() {
    let block = |id, expires_at: Option<i64>, cart: Option<i64>| HeldBlock {
        id: BlockId(id),
        key: key(1, 1),
        quantity: 2,
        expires_at: expires_at.map(at),
        cart: cart.map(CartId),
    };
    let mut stock = stock(&[(1, 1, 7)]);
    let blocks = [
        block(1, None, None),
        block(2, Some(NOW + 60), None),
        block(3, Some(NOW), None),
        block(4, None, Some(4)),
        block(5, None, None),
    ];
    stock.blocks.extend(blocks.map(|block| (block.id, block)));
    stock.carts.insert(CartId(4), vec![BlockId(4)]);
    stock.shipped_blocks.insert(BlockId(5));
    let mut requests: Vec<_> = (1..=6).map(|id| Request::ShipBlock(BlockId(id))).collect();
    requests.extend([
        Request::ShipBlock(BlockId(1)),
        Request::ShipCart(CartId(4)),
        Request::ShipCart(CartId(4)),
    ]);
    let plan = plan(&stock, &requests);
    assert_eq!(granted(&plan), [true, false, false, false, false, false, false, true, false]);
    let rejections: Vec<_> = plan.decisions.into_iter().filter_map(Result::err).collect();
    let expected = [
        Error::BlockNotPermanent(BlockId(2)),
        Error::BlockExpired { block: BlockId(3), at: at(NOW) },
        Error::BlockInCart { block: BlockId(4), cart: CartId(4) },
        Error::BlockAlreadyShipped(BlockId(5)),
        Error::BlockNotFound(BlockId(6)),
        Error::BlockAlreadyShipped(BlockId(1)),
        Error::BlockAlreadyShipped(BlockId(4)),
    ];
    assert_eq!(rejections, expected);
    assert_eq!(plan.changes.shipped, [(BlockId(1), ItemId(1)), (BlockId(4), ItemId(1))].into());
}

#[test]
fn lines_that_name_a_warehouse_are_returned_first() {
    let any_first = give_back(1, &[(1, 2, None), (1, 2, Some(1))], None);
    let plan = plan(&two_warehouses(5), &[ship(1, None, None), any_first]);
    assert_eq!(granted(&plan), [true, true]);
    assert_eq!(plan.changes.levels, [(key(1, 1), 2), (key(1, 2), 2)].into());
}

/// Like a receipt: the units in blocks and in orders may return to stock too.
#[test]
fn a_return_into_stock_leaves_room_for_units_that_may_return() {
    let max = crate::UNITS_MAX;
    let mut stock = two_warehouses(5);
    stock.levels = [(key(1, 1), max - 9), (key(1, 2), 0)].into();
    stock.returnable_units = [(ItemId(1), 7)].into();
    let requests = [
        ship(1, None, None),
        give_back(1, &[(1, 3, None)], None),
        give_back(1, &[(1, 3, None)], Some(Condition::Damaged)),
        give_back(1, &[(1, 2, None)], None),
    ];
    let plan = plan(&stock, &requests);
    assert_eq!(granted(&plan), [true, false, true, true]);
    let full = Error::StockOverflow { item: ItemId(1), available: max - 9, delta: 3 };
    assert_eq!(plan.decisions[1], Err(full));
}
