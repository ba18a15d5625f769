use super::*;
use crate::{
    BlockEnd, BlockId, BlockLimits, CartId, CartLine, Error, HeldBlock, ItemId, LevelKey, MovementReason,
    Note, OrderId, OrderStatus, OrderSummary, PlaceBlock, PlaceCart, Quantity, Reference, StockAdjustment,
    StockMove, StockMoved, Time, Ttl, WarehouseId,
};
use chrono::DateTime;
use proptest::prelude::*;
use std::collections::HashMap;

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
    let rejection = Error::InsufficientStock { item: ItemId(1), requested: 3, available: 2 };
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
    let short = |item, requested, available| Error::InsufficientStock { item, requested, available };
    assert_eq!(
        plan(&stock, &requests).decisions,
        [
            Err(Error::ItemNotFound(ItemId(9))),
            Err(Error::WarehouseNotFound(WarehouseId(9))),
            Err(short(ItemId(1), 1, 0)),
            Err(short(ItemId(2), 1, 0)),
        ]
    );
}

#[test]
fn expired_blocks_are_reclaimed_before_the_first_request() {
    let block = HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 2, expires_at: Some(at(NOW)) };
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
    let expired = |id| HeldBlock { id: BlockId(id), key: key(1, 1), quantity: 1, expires_at: Some(at(NOW)) };
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
    let rejection = Error::InsufficientStock { item: ItemId(2), requested: 2, available: 1 };
    assert_eq!(plan.decisions[0], Err(rejection));
    assert_eq!(plan.changes.levels, [(key(1, 1), -5), (key(2, 1), -1)].into());
    let carts: Vec<_> = plan.changes.placed.iter().map(|new| new.cart).collect();
    assert_eq!(carts, [Some(CartId(100)); 3]);
}

#[test]
fn limits_hold_within_a_batch() {
    let limits = BlockLimits { block_units_max: 2, reference_blocks_max: 3 };
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

#[test]
fn the_units_that_are_not_confirmed_return_to_stock() {
    let block = HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 5, expires_at: Some(at(NOW + 1)) };
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
    let short = Error::InsufficientStock { item: ItemId(1), requested: 3, available: 2 };
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
    let stub = OrderSummary { id: OrderId(3), status: OrderStatus::Pending, warehouse: None, lines };
    stock.orders.insert(OrderId(3), stub);
    let allocate = |warehouse| Request::Allocate(OrderId(3), WarehouseId(warehouse));
    let requests =
        [allocate(2), allocate(9), allocate(1), allocate(1), Request::Cancel(OrderId(3)), allocate(1)];
    let plan = plan(&stock, &requests);
    assert_eq!(granted(&plan), [true, false, true, false, true, false]);
    let Ok(Granted::Allocated(rejected)) = &plan.decisions[0] else { panic!("{plan:?}") };
    assert_eq!(rejected.shortages.len(), 2);
    assert!(plan.changes.levels.is_empty(), "all units returned");
    let change = OrderChange {
        status: OrderStatus::Cancelled,
        warehouse: Some(WarehouseId(1)),
        allocated: Some(2),
        cancelled: Some(4),
    };
    assert_eq!(plan.changes.orders, [(OrderId(3), change)].into(), "both requests are recorded");
}

#[test]
fn a_released_block_counts_no_longer_towards_the_limit() {
    let block = |id, expires_at| HeldBlock { id: BlockId(id), key: key(1, 1), quantity: 1, expires_at };
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

/// Applies a plan's changes to the snapshot, like the database.
fn apply(snapshot: &mut Snapshot, plan: &Plan) {
    let changes = &plan.changes;
    let over = changes.updated.values().filter(|block| block.expires_at.is_none()).map(|block| block.id);
    for id in over.chain(changes.ended.keys().copied()) {
        // An expired block was not counted.
        let active = snapshot.blocks.get(&id).is_some_and(|block| block.active_until(snapshot.now).is_ok());
        if let Some(active) = snapshot
            .references
            .get(&id)
            .filter(|_| active)
            .and_then(|name| snapshot.active_blocks.get_mut(name))
        {
            *active -= 1;
        }
    }
    for (key, delta) in &changes.levels {
        *snapshot.levels.get_mut(key).expect("a level that exists") += delta;
    }
    snapshot.levels.extend(&changes.new_levels);
    for (id, block) in &changes.updated {
        snapshot.blocks.insert(*id, *block);
    }
    for id in changes.ended.keys() {
        snapshot.blocks.remove(id);
        let line = changes.movements.iter().find(|line| line.block == Some(*id) && line.change > 0);
        let expired = line.is_some_and(|line| line.reason == MovementReason::Expired);
        let end = if expired { BlockEnd::Expired(at(NOW)) } else { BlockEnd::Released };
        snapshot.ended.insert(*id, end);
    }
    for (id, change) in &changes.orders {
        let stub = snapshot.orders.get_mut(id).expect("an order that exists");
        (stub.status, stub.warehouse) = (change.status, change.warehouse);
    }
    for new in &changes.placed {
        if let Some(reference) = &new.reference {
            *snapshot.active_blocks.entry(reference.clone()).or_default() += 1;
        }
    }
    snapshot.new_block_ids.drain(..changes.placed.len());
    snapshot.expired.clear();
}

fn request() -> impl Strategy<Value = Request> {
    let item = 1..5i64;
    let warehouse = 1..4i64;
    let block = (1..7i64).prop_map(BlockId);
    let order = (1..4i64).prop_map(OrderId);
    let cart_id = (1..4i64).prop_map(CartId);
    prop_oneof![
        4 => (item.clone(), 1..6i64, prop::option::of(warehouse.clone())).prop_map(|(i, q, w)| place(i, q, w)),
        2 => (item.clone(), item.clone(), 1..4i64, warehouse.clone()).prop_map(|(i, j, q, w)| cart(&[(i, q, None), (j, q, Some(w))])),
        1 => (block.clone(), prop::option::of(1..5i64)).prop_map(|(b, q)| Request::Confirm(b, q.map(units))),
        1 => cart_id.clone().prop_map(Request::ConfirmCart),
        1 => cart_id.clone().prop_map(Request::ReleaseCart),
        1 => (cart_id, 1..2_000i64).prop_map(|(c, ttl)| Request::ExtendCart(c, Ttl::new(ttl).expect("a ttl"))),
        1 => block.clone().prop_map(Request::Release),
        1 => (block, 1..2_000i64).prop_map(|(b, ttl)| Request::Extend(b, Ttl::new(ttl).expect("a ttl"))),
        2 => (item.clone(), warehouse.clone(), prop_oneof![-6..0i64, 1..6i64]).prop_map(|(i, w, d)| adjust(i, w, d)),
        2 => (item.clone(), warehouse.clone(), 1..3i64, 1..6i64)
            .prop_map(|(i, f, t, q)| move_units(i, f, if f == t { 3 } else { t }, q)),
        2 => (order.clone(), warehouse).prop_map(|(o, w)| Request::Allocate(o, WarehouseId(w))),
        1 => order.prop_map(Request::Cancel),
    ]
}

/// Items 1 to 3 in warehouses 1 and 2 (item 4 and warehouse 3 do not exist), blocks 1 to 5 (some expired, some
/// permanent), orders 1 and 2.
fn snapshot() -> impl Strategy<Value = Snapshot> {
    let levels = prop::collection::btree_map((1..4i64, 1..3i64), 0..12i32, 1..7);
    let blocks = prop::collection::btree_map(
        1..6i64,
        (1..4i64, 1..3i64, 1..4i32, prop::option::of(900..1_100i64)),
        0..5,
    );
    let lines = prop::collection::btree_map(1..4i64, 1..5i32, 1..4);
    (levels, blocks, lines.clone(), lines, any::<bool>()).prop_map(|(levels, blocks, one, two, reclaim)| {
        let levels: Vec<_> =
            levels.into_iter().map(|((item, warehouse), units)| (item, warehouse, units)).collect();
        let mut snapshot = stock(&levels);
        snapshot.items = (1..4).map(ItemId).collect();
        for (id, (item, warehouse, quantity, expires)) in blocks {
            let block = HeldBlock {
                id: BlockId(id),
                key: key(item, warehouse),
                quantity,
                expires_at: expires.map(at),
            };
            // A block's units were taken from a level, so the level exists.
            snapshot.levels.entry(block.key).or_insert(0);
            snapshot.blocks.insert(block.id, block);
            if reclaim && block.expires_at.is_some_and(|at| at <= snapshot.now) {
                snapshot.expired.push(block);
            }
        }
        // Blocks 1 and 2 are a cart; block 3 is another cart.
        for (cart, members) in [(1, [1, 2].as_slice()), (3, &[3])] {
            let members = members.iter().copied().map(BlockId).filter(|id| snapshot.blocks.contains_key(id));
            snapshot.carts.insert(CartId(cart), members.collect());
        }
        let buyer = Reference::new("buyer").expect("a reference");
        let active = snapshot
            .blocks
            .values()
            .filter(|block| block.id.0 > 1 && block.active_until(snapshot.now).is_ok());
        let active: Vec<_> = active.map(|block| block.id).collect();
        snapshot.active_blocks.insert(buyer.clone(), i64::try_from(active.len()).expect("few"));
        snapshot.references = active.into_iter().map(|id| (id, buyer.clone())).collect();
        snapshot.limits = BlockLimits { block_units_max: 4, reference_blocks_max: 6 };
        for (id, lines) in [(1, one), (2, two)] {
            let lines = lines.into_iter().map(|(item, quantity)| (ItemId(item), quantity)).collect();
            let stub = OrderSummary { id: OrderId(id), status: OrderStatus::Pending, warehouse: None, lines };
            snapshot.orders.insert(stub.id, stub);
        }
        snapshot
    })
}

proptest! {
    /// A batch has the same decisions and changes as its requests one by one.
    #[test]
    fn a_batch_equals_its_requests_one_by_one(
        before in snapshot(),
        requests in prop::collection::vec(request(), 0..24),
    ) {
        let batch = plan(&before, &requests);
        let mut after_batch = before.clone();
        apply(&mut after_batch, &batch);

        let mut one_by_one = before.clone();
        // Expired blocks are reclaimed at the start of the batch, also without any request.
        let reclaim = plan(&one_by_one, &[]);
        apply(&mut one_by_one, &reclaim);
        for (request, decision) in requests.iter().zip(&batch.decisions) {
            let single = plan(&one_by_one, std::slice::from_ref(request));
            let same = match (&single.decisions[0], decision) {
                // A block that was reclaimed in this batch reports its own expiry time.
                (Err(Error::BlockExpired { .. }), Err(Error::BlockExpired { .. })) => true,
                (single, decision) => single == decision,
            };
            prop_assert!(same, "{request:?}: {:?} one by one, {decision:?} in the batch", single.decisions[0]);
            apply(&mut one_by_one, &single);
        }
        prop_assert_eq!(after_batch.levels, one_by_one.levels);
        prop_assert_eq!(after_batch.blocks, one_by_one.blocks);
        prop_assert_eq!(after_batch.orders, one_by_one.orders);
    }

    /// No level is negative, and the movements add up to every change.
    #[test]
    fn the_movements_add_up_to_every_level(
        before in snapshot(),
        requests in prop::collection::vec(request(), 0..24),
    ) {
        let plan = plan(&before, &requests);
        let mut after = before.clone();
        apply(&mut after, &plan);
        let mut expected = before.levels.clone();
        for line in &plan.changes.movements {
            if line.change != 0 {
                *expected.entry(line.key).or_insert(0) += line.change;
            }
        }
        prop_assert!(after.levels.values().all(|units| *units >= 0));
        prop_assert_eq!(expected, after.levels);
        let held = |blocks: &HashMap<BlockId, HeldBlock>| {
            blocks.values().map(|block| i64::from(block.quantity)).sum::<i64>()
        };
        let back = plan.changes.movements.iter()
            .filter(|line| matches!(line.reason, MovementReason::Released | MovementReason::Expired))
            .map(|line| i64::from(line.change)).sum::<i64>();
        prop_assert_eq!(held(&before.blocks) - back, held(&after.blocks));
    }
}
