//! Examples of decisions.

use super::*;
use crate::{
    BlockEnd, BlockId, BlockLimits, CartId, CartLine, Error, HeldBlock, HoldNote, ItemId, LevelKey,
    MovementReason, Note, OrderId, OrderStatus, OrderSummary, OrderUnits, PlaceBlock, PlaceCart, Quantity,
    Reference, Shortage, StockAdjustment, StockMove, StockMoved, Time, Ttl, WarehouseId,
};
use chrono::DateTime;
use std::collections::BTreeMap;

mod cart_changes;
mod conditions;
mod conversions;
mod distribution;
mod holds;
mod levels;
mod limits;
mod orders;
mod payments;
mod properties;
mod shipping;
mod sourcing;

fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn key(item: i64, warehouse: i64) -> LevelKey {
    LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
}

const NOW: i64 = 1_000;

/// A snapshot with two warehouses, the given levels, and enough ids.
fn stock(levels: &[(i64, i64, i32)]) -> Snapshot {
    Snapshot {
        now: at(NOW),
        warehouses: [WarehouseId(1), WarehouseId(2)].into(),
        default_warehouse: Some(WarehouseId(1)),
        levels: levels.iter().map(|(item, warehouse, units)| (key(*item, *warehouse), *units)).collect(),
        new_block_ids: (100..200).map(BlockId).collect(),
        ..Snapshot::default()
    }
}

fn place(item: i64, quantity: i64, warehouse: Option<i64>) -> Request {
    let warehouse = warehouse.map(WarehouseId);
    Request::Place(PlaceBlock {
        item: ItemId(item),
        quantity: units(quantity),
        warehouse,
        ttl: Ttl::default(),
    })
}

fn units(quantity: i64) -> Quantity {
    Quantity::new(quantity).expect("a quantity")
}

fn cart(lines: &[(i64, i64, Option<i64>)]) -> Request {
    let line = |(item, quantity, warehouse): &(i64, i64, Option<i64>)| CartLine {
        item: ItemId(*item),
        quantity: units(*quantity),
        warehouse: warehouse.map(WarehouseId),
    };
    let reference = Some(Reference::new("buyer").expect("a reference"));
    let lines = lines.iter().map(line).collect();
    Request::PlaceCart(PlaceCart::new(lines, Ttl::default(), reference).expect("a cart"))
}

fn adjust(item: i64, warehouse: i64, delta: i64) -> Request {
    let note = Note::new("counted").expect("a note");
    let warehouse = Some(WarehouseId(warehouse));
    Request::Adjust(StockAdjustment::new(ItemId(item), warehouse, delta, note).expect("an adjustment"))
}

fn move_units(item: i64, from: i64, to: i64, quantity: i64) -> Request {
    let note = Note::new("nearer").expect("a note");
    let (from, to) = (WarehouseId(from), WarehouseId(to));
    Request::Move(StockMove::new(ItemId(item), from, to, units(quantity), note).expect("a move"))
}

fn granted(plan: &Plan) -> Vec<bool> {
    plan.decisions.iter().map(Result::is_ok).collect()
}

#[test]
fn a_smaller_request_after_a_rejected_one_is_granted() {
    let plan = plan(&stock(&[(1, 1, 5)]), &[place(1, 3, None), place(1, 3, None), place(1, 2, None)]);
    assert_eq!(granted(&plan), [true, false, true]);
    let rejection = Error::InsufficientStock {
        item: ItemId(1),
        warehouse: Some(WarehouseId(1)),
        requested: 3,
        available: 2,
    };
    assert_eq!(plan.decisions[1], Err(rejection));
    assert_eq!(plan.changes.levels, [(key(1, 1), -5)].into());
    assert_eq!(plan.short_items, [ItemId(1)].into());
}

#[test]
fn a_block_takes_the_whole_quantity_from_the_fullest_warehouse() {
    let plan =
        plan(&stock(&[(1, 1, 4), (1, 2, 6)]), &[place(1, 7, None), place(1, 5, None), place(1, 4, None)]);
    assert_eq!(granted(&plan), [false, true, true]);
    assert_eq!(plan.changes.levels, [(key(1, 1), -4), (key(1, 2), -5)].into());
    let Ok(Granted::Placed(placed)) = &plan.decisions[1] else { panic!("{plan:?}") };
    assert_eq!((placed.key, placed.remaining), (key(1, 2), 5));
}

#[test]
fn a_missing_item_warehouse_or_level_is_reported() {
    let mut stock = stock(&[(1, 1, 4)]);
    stock.items.insert(ItemId(2));
    let requests = [place(9, 1, None), place(1, 1, Some(9)), place(1, 1, Some(2)), place(2, 1, None)];
    let short = |item, warehouse| Error::InsufficientStock { item, warehouse, requested: 1, available: 0 };
    assert_eq!(
        plan(&stock, &requests).decisions,
        [
            Err(Error::ItemNotFound(ItemId(9))),
            Err(Error::WarehouseNotFound(WarehouseId(9))),
            Err(short(ItemId(1), Some(WarehouseId(2)))),
            Err(short(ItemId(2), None)),
        ]
    );
}

#[test]
fn expired_blocks_are_reclaimed_before_the_first_request() {
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 2, expires_at: Some(at(NOW)), cart: None };
    let mut stock = Snapshot { expired: vec![block], ..stock(&[(1, 1, 0)]) };
    stock.blocks.insert(block.id, block);
    let plan = plan(&stock, &[place(1, 2, None), Request::Confirm(BlockId(7), None)]);
    assert_eq!(granted(&plan), [true, false]);
    assert_eq!(plan.decisions[1], Err(Error::BlockExpired { block: BlockId(7), at: at(NOW) }));
    assert_eq!(plan.changes.ended, [(BlockId(7), ItemId(1))].into());
    assert!(plan.changes.levels.is_empty(), "two units were reclaimed and two were taken");
    assert_eq!(plan.changes.movements.len(), 2);
}

/// The benchmark `reclaim` shows that the time is linear.
#[test]
fn many_expired_blocks_are_reclaimed_for_one_request() {
    const BLOCKS: i64 = 10_000;
    let expired = |id| HeldBlock {
        id: BlockId(id),
        key: key(1, 1),
        quantity: 1,
        expires_at: Some(at(NOW)),
        cart: None,
    };
    let stock = Snapshot { expired: (1..=BLOCKS).map(expired).collect(), ..stock(&[(1, 1, 0)]) };
    let plan = plan(&stock, &[place(1, BLOCKS, None)]);
    assert_eq!(granted(&plan), [true]);
    assert_eq!(plan.changes.ended.len(), 10_000);
    assert!(plan.changes.levels.is_empty());
}

#[test]
fn a_cart_is_placed_completely_or_not_at_all() {
    let stock = stock(&[(1, 1, 5), (2, 1, 1)]);
    let requests = [
        cart(&[(1, 3, None), (2, 2, None)]),
        cart(&[(1, 3, None), (1, 3, None)]),
        cart(&[(1, 3, None), (2, 1, None), (1, 2, None)]),
    ];
    let plan = plan(&stock, &requests);
    assert_eq!(granted(&plan), [false, false, true]);
    let short = |item, requested, available| {
        Err(Error::CartShort(vec![Shortage { item: ItemId(item), requested, available }]))
    };
    assert_eq!(plan.decisions[..2], [short(2, 2, 1), short(1, 6, 5)]);
    assert_eq!(plan.changes.levels, [(key(1, 1), -5), (key(2, 1), -1)].into());
    let carts: Vec<_> = plan.changes.placed.iter().map(|new| new.block.cart).collect();
    assert_eq!(carts, [Some(CartId(100)); 3]);
}

#[test]
fn limits_hold_within_a_batch() {
    let limits = BlockLimits { block_units_max: 2, reference_blocks_max: 3, ..BlockLimits::default() };
    let stock = Snapshot {
        limits,
        active_blocks: [(Reference::new("buyer").expect("a reference"), 1)].into(),
        ..stock(&[(1, 1, 9)])
    };
    let plan = plan(&stock, &[place(1, 3, None), cart(&[(1, 1, None), (1, 1, None)]), cart(&[(1, 1, None)])]);
    assert_eq!(granted(&plan), [false, true, false]);
    assert_eq!(plan.decisions[0], Err(Error::BlockUnitsLimit { item: ItemId(1), requested: 3, max: 2 }));
    let reference = "buyer".to_owned();
    assert_eq!(
        plan.decisions[2],
        Err(Error::ReferenceBlocksLimit { reference, active: 3, requested: 1, max: 3 })
    );
}

/// The lines of a cart on one stock level are one block after a change, so they count as one block before it too.
#[test]
fn the_lines_of_a_cart_on_one_level_count_as_one_block() {
    let limits = BlockLimits { block_units_max: 3, ..BlockLimits::default() };
    let stock = Snapshot { limits, ..stock(&[(1, 1, 9), (1, 2, 6), (2, 1, 9)]) };
    let carts = [
        cart(&[(1, 2, None), (1, 2, None)]),
        cart(&[(1, 2, None), (1, 2, Some(1))]),
        cart(&[(1, 2, Some(1)), (2, 3, None), (1, 2, Some(1))]),
        cart(&[(1, 2, Some(1)), (2, 3, None), (1, 2, Some(2))]),
    ];
    let plan = plan(&stock, &carts);
    let limited = || Err(Error::BlockUnitsLimit { item: ItemId(1), requested: 4, max: 3 });
    assert_eq!(plan.decisions[..3], [limited(), limited(), limited()]);
    assert!(plan.decisions[3].is_ok(), "{:?}", plan.decisions[3]);
    assert_eq!(plan.changes.levels, [(key(1, 1), -2), (key(1, 2), -2), (key(2, 1), -3)].into());
}

#[test]
fn the_id_of_a_single_block_is_no_cart() {
    let mut stock = stock(&[(1, 1, 0)]);
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 5, expires_at: Some(at(NOW + 1)), cart: None };
    stock.blocks.insert(block.id, block);
    stock.ended.insert(BlockId(8), BlockEnd::Released);
    stock.ended.insert(BlockId(9), BlockEnd::Expired(at(NOW - 1)));
    for id in [7, 8, 9].map(CartId) {
        let plan = plan(&stock, &[Request::ConfirmCart(id), Request::ReleaseCart(id)]);
        assert_eq!(plan.decisions, [Err(Error::CartNotFound(id)), Err(Error::CartNotFound(id))]);
    }
}

#[test]
fn the_units_that_are_not_confirmed_return_to_stock() {
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 5, expires_at: Some(at(NOW + 1)), cart: None };
    let mut stock = stock(&[(1, 1, 0)]);
    stock.blocks.insert(block.id, block);
    let plan = plan(&stock, &[Request::Confirm(BlockId(7), Some(units(2)))]);
    assert_eq!(granted(&plan), [true]);
    assert_eq!(plan.changes.levels, [(key(1, 1), 3)].into());
    assert_eq!(plan.changes.updated[&BlockId(7)].quantity, 2);
}

#[test]
fn units_stay_within_bounds() {
    let max = i64::from(crate::UNITS_MAX);
    let plan =
        plan(&stock(&[(1, 1, 5), (1, 2, 1)]), &[adjust(1, 1, max - 6), adjust(1, 2, 1), adjust(1, 1, -max)]);
    assert_eq!(granted(&plan), [true, false, false]);
    // The units in blocks may return to stock.
    let stock = Snapshot { returnable_units: [(ItemId(1), 4)].into(), ..self::stock(&[(1, 1, 5)]) };
    let plan = self::plan(&stock, &[adjust(1, 1, max - 8), adjust(1, 1, max - 9)]);
    assert_eq!(granted(&plan), [false, true]);
}

#[test]
fn a_receipt_counts_the_units_that_may_return_only_above_its_limit() {
    let stock = Snapshot {
        returnable_units: [(ItemId(1), i64::from(crate::UNITS_MAX))].into(),
        ..self::stock(&[(1, 1, 3), (1, 2, 2)])
    };
    let limit = crate::UNITS_RECEIVED_UNCHECKED_MAX;
    let plan = self::plan(&stock, &[adjust(1, 1, limit - 4), adjust(1, 1, limit - 5), adjust(1, 2, 1)]);
    assert_eq!(granted(&plan), [false, true, false]);
}

#[test]
fn moved_units_leave_one_level_and_reach_the_other() {
    let stock = stock(&[(1, 1, 5)]);
    let requests =
        [move_units(1, 1, 2, 3), move_units(1, 1, 2, 3), move_units(1, 1, 9, 1), move_units(9, 1, 2, 1)];
    let plan = plan(&stock, &requests);
    let moved = StockMoved {
        item: ItemId(1),
        from: WarehouseId(1),
        to: WarehouseId(2),
        quantity: 3,
        from_available: 2,
        to_available: 3,
    };
    let short = Error::InsufficientStock {
        item: ItemId(1),
        warehouse: Some(WarehouseId(1)),
        requested: 3,
        available: 2,
    };
    assert_eq!(
        plan.decisions,
        [
            Ok(Granted::Moved(moved)),
            Err(short),
            Err(Error::WarehouseNotFound(WarehouseId(9))),
            Err(Error::ItemNotFound(ItemId(9))),
        ]
    );
    assert_eq!(plan.changes.levels, [(key(1, 1), -3)].into());
    assert_eq!(plan.changes.new_levels, [(key(1, 2), 3)].into());
    let lines: Vec<_> =
        plan.changes.movements.iter().map(|line| (line.key, line.change, line.reason)).collect();
    assert_eq!(lines, [(key(1, 1), -3, MovementReason::Moved), (key(1, 2), 3, MovementReason::Moved)]);
    let note = Note::new("x").expect("a note");
    assert!(StockMove::new(ItemId(1), WarehouseId(1), WarehouseId(1), units(1), note).is_err());
}

#[test]
fn an_order_is_allocated_once() {
    let mut stock = stock(&[(1, 1, 5), (2, 1, 1)]);
    let lines = vec![(ItemId(1), 2), (ItemId(2), 1)];
    let order = |status, warehouse| OrderSummary {
        id: OrderId(3),
        status,
        warehouse,
        lines: lines.clone(),
        allocations: BTreeMap::new(),
    };
    stock.orders.insert(OrderId(3), order(OrderStatus::Pending, None));
    let allocate = |warehouse| Request::Allocate(OrderId(3), WarehouseId(warehouse));
    let requests =
        [allocate(2), allocate(9), allocate(1), allocate(1), Request::Cancel(OrderId(3)), allocate(1)];
    let plan = plan(&stock, &requests);
    assert_eq!(granted(&plan), [true, false, true, false, true, false]);
    let Ok(Granted::Allocated(rejected)) = &plan.decisions[0] else { panic!("{plan:?}") };
    assert_eq!(rejected.shortages.len(), 2);
    assert!(plan.changes.levels.is_empty(), "all units returned");
    let change = OrderChange {
        after: order(OrderStatus::Cancelled, Some(WarehouseId(1))),
        allocated: Some(2),
        cancelled: Some(4),
        wait: None,
        has_left_queue: true,
        lines_changed: None,
    };
    assert_eq!(plan.changes.orders, [(OrderId(3), change)].into(), "both requests are recorded");
}

#[test]
fn a_released_block_counts_no_longer_towards_the_limit() {
    let block =
        |id, expires_at| HeldBlock { id: BlockId(id), key: key(1, 1), quantity: 1, expires_at, cart: None };
    let mut stock = stock(&[(1, 1, 5)]);
    stock.limits.reference_blocks_max = 2;
    let buyer = Reference::new("buyer").expect("a reference");
    for id in [7, 8] {
        stock.blocks.insert(BlockId(id), block(id, Some(at(NOW + 1))));
        stock.references.insert(BlockId(id), buyer.clone());
    }
    stock.active_blocks = [(buyer, 2)].into();
    let one = || cart(&[(1, 1, None)]);
    let requests =
        [one(), Request::Release(BlockId(7)), one(), one(), Request::Confirm(BlockId(8), None), one()];
    assert_eq!(granted(&plan(&stock, &requests)), [false, true, true, false, true, true]);
}
