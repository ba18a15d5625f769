//! Properties of random batches.

use super::conditions::change_condition;
use super::shipping::{give_back, ship};
use super::*;
use crate::{BlockEnd, Condition, ConditionChange};
use proptest::prelude::*;
use std::collections::HashMap;

/// Applies a plan's changes to the snapshot, like the database.
pub(super) fn apply(snapshot: &mut Snapshot, plan: &Plan) {
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
    snapshot.unsellable.extend(&changes.unsellable);
    snapshot.shipped_blocks.extend(changes.shipped.keys());
    for (id, change) in &changes.orders {
        *snapshot.orders.get_mut(id).expect("an order that exists") = change.after.clone();
    }
    for new in &changes.placed {
        if let Some(reference) = &new.reference {
            *snapshot.active_blocks.entry(reference.clone()).or_default() += 1;
        }
    }
    snapshot.new_block_ids.drain(..changes.placed.len());
    snapshot.expired.clear();
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    let item = 1..5i64;
    let warehouse = 1..4i64;
    let block = (1..7i64).prop_map(BlockId);
    let order = (1..4i64).prop_map(OrderId);
    let cart_id = (1..4i64).prop_map(CartId);
    prop_oneof![
        4 => (item.clone(), 1..6i64, prop::option::of(warehouse.clone())).prop_map(|(i, q, w)| place(i, q, w)),
        2 => (item.clone(), item.clone(), 1..4i64, warehouse.clone()).prop_map(|(i, j, q, w)| cart(&[(i, q, None), (j, q, Some(w))])),
        1 => (block.clone(), prop::option::of(1..5i64)).prop_map(|(b, q)| Request::Confirm(b, q.map(units))),
        1 => (block.clone(), 1..5i64).prop_map(|(b, q)| Request::ConfirmPart(b, units(q))),
        1 => cart_id.clone().prop_map(Request::ConfirmCart),
        1 => cart_id.clone().prop_map(Request::ReleaseCart),
        1 => (cart_id, 1..2_000i64).prop_map(|(c, ttl)| Request::ExtendCart(c, Ttl::new(ttl).expect("a ttl"))),
        1 => block.clone().prop_map(Request::Release),
        1 => (block, 1..2_000i64).prop_map(|(b, ttl)| Request::Extend(b, Ttl::new(ttl).expect("a ttl"))),
        2 => (item.clone(), warehouse.clone(), prop_oneof![-6..0i64, 1..6i64]).prop_map(|(i, w, d)| adjust(i, w, d)),
        2 => (item.clone(), warehouse.clone(), 1..3i64, 1..6i64)
            .prop_map(|(i, f, t, q)| move_units(i, f, if f == t { 3 } else { t }, q)),
        2 => (item, warehouse.clone(), 1..4i64, condition_change())
            .prop_map(|(i, w, q, c)| change_condition(i, w, q, c)),
        2 => (order.clone(), warehouse).prop_map(|(o, w)| Request::Allocate(o, WarehouseId(w))),
        2 => (order.clone(), prop::option::of(1..3i64), prop::option::of(1..4i64)).prop_map(|(o, w, q)| {
            ship(o.0, w, q.map(|q| [(1, q)]).as_ref().map(|lines| lines.as_slice()))
        }),
        2 => (order.clone(), 1..4i64, 1..4i64, prop::option::of(Just(Condition::Damaged)))
            .prop_map(|(o, i, q, into)| give_back(o.0, &[(i, q, None)], into)),
        2 => (1..7i64).prop_map(|id| Request::ShipBlock(BlockId(id))),
        1 => (1..4i64).prop_map(|id| Request::ShipCart(CartId(id))),
        1 => order.prop_map(Request::Cancel),
    ]
}

fn condition_change() -> impl Strategy<Value = ConditionChange> {
    use Condition::{Damaged, Quarantine};
    prop::sample::select(vec![
        ConditionChange::SetAside(Damaged),
        ConditionChange::SetAside(Quarantine),
        ConditionChange::Restore(Quarantine),
        ConditionChange::Reclassify(Damaged),
        ConditionChange::Dispose(Damaged),
    ])
}

/// Items 1 to 3 in warehouses 1 and 2 (item 4 and warehouse 3 do not exist), blocks 1 to 5 (some expired, some
/// permanent), orders 1 and 2.
pub(super) fn snapshot() -> impl Strategy<Value = Snapshot> {
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
                cart: [Some(CartId(1)), Some(CartId(1)), Some(CartId(3))]
                    .get(usize::try_from(id - 1).expect("an id"))
                    .copied()
                    .flatten(),
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
        snapshot.limits =
            BlockLimits { block_units_max: 4, reference_blocks_max: 6, ..BlockLimits::default() };
        for (id, lines) in [(1, one), (2, two)] {
            let lines = lines.into_iter().map(|(item, quantity)| (ItemId(item), quantity)).collect();
            let stub = OrderSummary {
                id: OrderId(id),
                status: OrderStatus::Pending,
                warehouse: None,
                lines,
                allocations: BTreeMap::new(),
            };
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
                // A block or a cart that was reclaimed in this batch reports its own expiry time.
                (Err(Error::BlockExpired { .. }), Err(Error::BlockExpired { .. }))
                | (Err(Error::CartExpired { .. }), Err(Error::CartExpired { .. })) => true,
                (single, decision) => single == decision,
            };
            prop_assert!(same, "{request:?}: {:?} one by one, {decision:?} in the batch", single.decisions[0]);
            apply(&mut one_by_one, &single);
        }
        prop_assert_eq!(after_batch.levels, one_by_one.levels);
        prop_assert_eq!(after_batch.blocks, one_by_one.blocks);
        prop_assert_eq!(after_batch.unsellable, one_by_one.unsellable);
        prop_assert_eq!(after_batch.shipped_blocks, one_by_one.shipped_blocks);
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
