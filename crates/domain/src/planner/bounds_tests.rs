//! Tests near the upper bound of a quantity: levels and ledger agree, and nothing overflows.

use super::*;
use crate::{
    BlockId, CartId, HeldBlock, ItemId, LevelKey, MovementReason, Note, OrderId, OrderStatus, OrderSummary,
    OrderUnits, Quantity, StockAdjustment, StockMove, Time, UNITS_MAX, WarehouseId,
};
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

const NOW: Time = DateTime::UNIX_EPOCH;

fn key(item: i64, warehouse: i64) -> LevelKey {
    LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
}

fn held(id: i64, key: LevelKey, quantity: i32, seconds: i64) -> HeldBlock {
    HeldBlock {
        id: BlockId(id),
        key,
        quantity,
        expires_at: Some(NOW + TimeDelta::seconds(seconds)),
        cart: None,
    }
}

/// Few units, or nearly [`UNITS_MAX`].
fn near() -> impl Strategy<Value = i32> {
    prop_oneof![0..9i32, (UNITS_MAX - 9)..=UNITS_MAX]
}

fn at_least_one() -> impl Strategy<Value = i32> {
    near().prop_map(|units| units.max(1))
}

fn request() -> impl Strategy<Value = Request> {
    let note = || Note::new("counted").expect("a note");
    let units = |units: i32| Quantity::new(units.into()).expect("a quantity");
    let block = || (1..5i64).prop_map(BlockId);
    prop_oneof![
        (block(), proptest::option::of(at_least_one()))
            .prop_map(move |(id, part)| Request::Confirm(id, part.map(units))),
        block().prop_map(Request::Release),
        Just(Request::ReleaseCart(CartId(1))),
        Just(Request::Cancel(OrderId(1))),
        (1..3i64).prop_map(|warehouse| Request::Allocate(OrderId(2), WarehouseId(warehouse))),
        (1..3i64, 1..3i64, near(), any::<bool>()).prop_map(move |(item, warehouse, units, negative)| {
            let delta = i64::from(units.max(1)) * if negative { -1 } else { 1 };
            let adjustment = StockAdjustment::new(ItemId(item), Some(WarehouseId(warehouse)), delta, note());
            Request::Adjust(adjustment.expect("an adjustment"))
        }),
        (1..3i64, 1..3i64, at_least_one()).prop_map(move |(item, from, count)| {
            let (from, to) = (WarehouseId(from), WarehouseId(3 - from));
            Request::Move(StockMove::new(ItemId(item), from, to, units(count), note()).expect("a move"))
        }),
    ]
}

proptest! {
    #[test]
    fn levels_and_ledger_agree_near_the_bound(
        levels in prop::collection::vec(near(), 4),
        blocks in prop::collection::vec(at_least_one(), 4),
        lines in prop::collection::vec(at_least_one(), 4),
        expired in prop::collection::vec(at_least_one(), 0..3),
        requests in prop::collection::vec(request(), 1..8),
    ) {
        let keys = [key(1, 1), key(1, 2), key(2, 1), key(2, 2)];
        let order = |id: i64, status, warehouse: Option<WarehouseId>, lines: &[i32]| {
            let lines: Vec<_> = lines.iter().zip(1..).map(|(units, item)| (ItemId(item), *units)).collect();
            let units = |units: i32| OrderUnits { allocated: units, ..OrderUnits::default() };
            let allocations = warehouse.into_iter().flat_map(|warehouse| {
                lines.iter().map(move |(item, quantity)| (LevelKey { item: *item, warehouse }, units(*quantity)))
            });
            let allocations = allocations.collect();
            OrderSummary { id: OrderId(id), status, warehouse, lines, allocations }
        };
        let orders = [
            order(1, OrderStatus::Allocated, Some(WarehouseId(1)), &lines[..2]),
            order(2, OrderStatus::Pending, None, &lines[2..]),
        ];
        let blocks = blocks.iter().zip(keys).zip(1..).map(|((units, key), id)| held(id, key, *units, 60));
        let stock = Snapshot {
            now: NOW,
            warehouses: [WarehouseId(1), WarehouseId(2)].into(),
            levels: keys.into_iter().zip(levels).collect(),
            blocks: blocks.map(|block| (block.id, block)).collect(),
            carts: [(CartId(1), vec![BlockId(1), BlockId(2), BlockId(1)])].into(),
            orders: orders.into_iter().map(|order| (order.id, order)).collect(),
            expired: expired.iter().zip(10..).map(|(units, id)| held(id, keys[0], *units, -1)).collect(),
            ..Snapshot::default()
        };
        let plan = plan(&stock, &requests);
        for key in keys {
            let of_level = plan.changes.movements.iter().filter(|line| line.key == key);
            let ledger: i64 = of_level.map(|line| i64::from(line.change)).sum();
            let change = plan.changes.levels.get(&key).copied().unwrap_or(0);
            prop_assert_eq!(i64::from(change), ledger);
            let after = i64::from(stock.levels[&key]) + i64::from(change);
            prop_assert!((0..=i64::from(UNITS_MAX)).contains(&after));
        }
        for item in [1, 2] {
            let sum = |units: &dyn Fn(&LevelKey) -> i64| {
                keys.iter().filter(|key| key.item == ItemId(item)).map(units).sum::<i64>()
            };
            let before = sum(&|key| stock.levels[key].into());
            let change = sum(&|key| plan.changes.levels.get(key).copied().unwrap_or(0).into());
            prop_assert!(change <= 0 || before + change <= i64::from(UNITS_MAX));
        }
        // A rejected request and a block that can't be reclaimed have no movement.
        let ended = plan.changes.ended.len();
        let lines = plan.changes.movements.iter().filter(|line| {
            matches!(line.reason, MovementReason::Released | MovementReason::Expired)
                && line.block.is_some_and(|block| plan.changes.ended.contains_key(&block))
        });
        prop_assert_eq!(lines.count(), ended);
    }
}

#[test]
fn a_duplicate_block_of_a_cart_is_released_once() {
    let block = HeldBlock { cart: Some(CartId(1)), ..held(1, key(1, 1), 3, 60) };
    let stock = Snapshot {
        now: NOW,
        levels: [(block.key, 5)].into(),
        blocks: [(block.id, block)].into(),
        carts: [(CartId(1), vec![block.id, block.id])].into(),
        ..Snapshot::default()
    };
    let plan = plan(&stock, &[Request::ReleaseCart(CartId(1))]);
    assert!(plan.decisions[0].is_ok(), "{plan:?}");
    assert_eq!(plan.changes.levels, [(block.key, 3)].into());
    assert_eq!(plan.changes.movements.len(), 1);
}
