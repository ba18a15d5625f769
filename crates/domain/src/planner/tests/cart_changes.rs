//! Carts that change, and requests about blocks of a cart.

use super::properties::apply;
use super::*;
use crate::{Cart, CartDetails, CartState, ChangeCart};
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(super) const CART: CartId = CartId(7);

/// A snapshot with a cart that holds these units, one block per entry, from block 7 on.
pub(super) fn with_cart(levels: &[(i64, i64, i32)], held: &[(i64, i64, i32)]) -> Snapshot {
    let mut stock = stock(levels);
    let members: Vec<_> = (CART.0..).map(BlockId).take(held.len()).collect();
    for (id, (item, warehouse, quantity)) in members.iter().zip(held) {
        stock.levels.entry(key(*item, *warehouse)).or_insert(0);
        let (key, expires_at) = (key(*item, *warehouse), Some(at(NOW + 60)));
        stock
            .blocks
            .insert(*id, HeldBlock { id: *id, key, quantity: *quantity, expires_at, cart: Some(CART) });
    }
    let created_at = at(NOW - 60);
    stock
        .cart_details
        .insert(CART, CartDetails { version: 1, reference: None, note: None, created_at, payment: None });
    stock.carts.insert(CART, members);
    stock
}

pub(super) fn change(version: i64, lines: &[(i64, i64, Option<i64>)], ttl: Option<i64>) -> Request {
    let line = |(item, quantity, warehouse): &(i64, i64, Option<i64>)| CartLine {
        item: ItemId(*item),
        quantity: units(*quantity),
        warehouse: warehouse.map(WarehouseId),
    };
    let ttl = ttl.map(|seconds| Ttl::new(seconds).expect("a ttl"));
    let lines = lines.iter().map(line).collect();
    Request::ChangeCart(ChangeCart::new(CART, version, lines, ttl).expect("a change"))
}

pub(super) fn changed(plan: &Plan) -> Cart {
    match &plan.decisions[0] {
        Ok(Granted::CartChanged(cart)) => cart.clone(),
        other => panic!("{other:?}"),
    }
}

fn lines(cart: &Cart) -> Vec<(i64, i64, i32)> {
    let line = |line: &crate::CartHolding| (line.key.item.0, line.key.warehouse.0, line.quantity);
    cart.lines.iter().map(line).collect()
}

#[test]
fn the_units_that_a_cart_holds_do_not_count_against_it() {
    let stock = with_cart(&[(1, 1, 1), (2, 1, 4)], &[(1, 1, 3), (2, 1, 1)]);
    let plan = plan(&stock, &[change(1, &[(1, 4, None), (2, 1, None)], None)]);
    let cart = changed(&plan);
    assert_eq!((cart.version, cart.state, cart.expires_at), (2, CartState::Active, Some(at(NOW + 60))));
    assert_eq!(lines(&cart), [(1, 1, 4), (2, 1, 1)]);
    assert_eq!(cart.lines[1].block, BlockId(8), "a line that stays keeps its block");
    assert_eq!(plan.changes.levels, [(key(1, 1), -1)].into());
    let movements: Vec<_> = plan.changes.movements.iter().map(|line| line.change).collect();
    assert_eq!(movements, [3, -4], "released first, so that no running sum is negative");
    let members = plan.changes.carts[&CART].blocks.clone();
    assert_eq!(members, [BlockId(100), BlockId(8)]);
}

#[test]
fn units_of_an_archived_item_are_kept_but_not_added() {
    let mut stock = with_cart(&[(1, 1, 5), (2, 1, 5)], &[(1, 1, 3)]);
    stock.archived_items.insert(ItemId(1));
    let kept = plan(&stock, &[change(1, &[(1, 3, None), (2, 1, None)], None)]);
    assert_eq!(lines(&changed(&kept)), [(1, 1, 3), (2, 1, 1)]);
    let added = plan(&stock, &[change(1, &[(1, 4, None)], None)]);
    assert_eq!(added.decisions, [Err(Error::ItemArchived(ItemId(1)))]);
}

#[test]
fn all_short_items_are_rejected_together_and_nothing_changes() {
    let stock = with_cart(&[(1, 1, 1), (2, 1, 4), (3, 1, 0)], &[(1, 1, 3)]);
    let lines = [(1, 2, None), (2, 1, None), (1, 3, None), (3, 2, None)];
    let plan = plan(&stock, &[change(1, &lines, Some(9_000))]);
    let short = |item, requested, available| Shortage { item: ItemId(item), requested, available };
    assert_eq!(plan.decisions, [Err(Error::CartShort(vec![short(1, 5, 4), short(3, 2, 0)]))]);
    assert!(plan.changes.is_empty(), "{:?}", plan.changes);
    assert_eq!(plan.short_items, [ItemId(1), ItemId(3)].into());
}

#[test]
fn a_change_needs_the_present_version_and_an_active_cart() {
    let mut stock = with_cart(&[(1, 1, 1)], &[(1, 1, 3), (1, 1, 1)]);
    let one = || change(2, &[(1, 1, None)], None);
    let mismatch = Error::CartVersionMismatch { cart: CART, version: 1 };
    assert_eq!(plan(&stock, &[one()]).decisions, [Err(mismatch)]);
    stock.blocks.get_mut(&BlockId(8)).expect("a block").expires_at = Some(at(NOW));
    let requests = [
        one(),
        Request::ConfirmCart(CART),
        Request::ReleaseCart(CART),
        Request::ExtendCart(CART, Ttl::default()),
    ];
    let expired = Error::CartExpired { cart: CART, at: at(NOW), shortages: Vec::new() };
    let decisions = plan(&stock, &requests).decisions;
    assert!(decisions.iter().all(|decision| *decision == Err(expired.clone())), "{decisions:?}");
    let ended = stock.blocks.remove(&BlockId(8)).expect("a block");
    stock.ended.insert(ended.id, crate::BlockEnd::Expired(at(NOW)));
    let decisions = plan(&stock, &requests).decisions;
    assert!(decisions.iter().all(|decision| *decision == Err(expired.clone())), "{decisions:?}");
}

#[test]
fn a_line_without_a_warehouse_stays_where_its_units_are() {
    let stock = with_cart(&[(1, 1, 1), (1, 2, 9)], &[(1, 1, 2)]);
    let three = plan(&stock, &[change(1, &[(1, 3, None)], None)]);
    assert_eq!(lines(&changed(&three)), [(1, 1, 3)]);
    let five = plan(&stock, &[change(1, &[(1, 5, None)], None)]);
    assert_eq!(lines(&changed(&five)), [(1, 2, 5)]);
    let named = plan(&stock, &[change(1, &[(1, 8, None), (1, 3, Some(1))], Some(600))]);
    assert_eq!(lines(&changed(&named)), [(1, 2, 8), (1, 1, 3)]);
    assert_eq!(changed(&named).expires_at, Some(at(NOW + 600)));
}

#[test]
fn a_block_of_a_cart_is_not_changed_alone() {
    let stock = with_cart(&[(1, 1, 1)], &[(1, 1, 3)]);
    let block = BlockId(CART.0);
    let requests =
        [Request::Confirm(block, None), Request::Release(block), Request::Extend(block, Ttl::default())];
    let in_cart = || Err(Error::BlockInCart { block, cart: CART });
    assert_eq!(plan(&stock, &requests).decisions, [in_cart(), in_cart(), in_cart()]);
}

#[test]
fn a_reference_that_is_asked_to_be_unique_is_of_one_cart() {
    let Request::PlaceCart(placed) = cart(&[(1, 1, None)]) else { panic!("a cart") };
    let unique = || Request::PlaceCart(placed.clone().with_unique_reference(true).expect("a cart"));
    let shared = || Request::PlaceCart(placed.clone());
    let decisions = plan(&stock(&[(1, 1, 9)]), &[unique(), unique(), shared()]).decisions;
    let taken = Error::CartReferenceTaken { reference: "buyer".into(), cart: CartId(100) };
    assert!(decisions[0].is_ok() && decisions[2].is_ok(), "{decisions:?}");
    assert_eq!(decisions[1], Err(taken));
}

proptest! {
    /// A change is granted exactly if the lines fit into the available units and those of the cart. It changes no sum of
    /// available and held units, and leaves everything as it was if it is refused.
    #[test]
    fn a_change_moves_units_between_the_levels_and_the_cart(
        levels in prop::collection::btree_map((1..4i64, 1..3i64), 0..8i32, 1..7),
        held in prop::collection::vec((1..4i64, 1..3i64, 1..4i32), 1..4),
        wanted in prop::collection::vec((1..4i64, 1..8i64, 1..3i64), 1..4),
    ) {
        let levels: Vec<_> = levels.into_iter().map(|((item, warehouse), units)| (item, warehouse, units)).collect();
        let before = with_cart(&levels, &held);
        // Every line names a warehouse, so the sums per level decide.
        let mut sums = BTreeMap::<_, i64>::new();
        for (item, units, warehouse) in &wanted {
            *sums.entry(key(*item, *warehouse)).or_default() += units;
        }
        let held_on = |stock: &Snapshot, level| -> i64 {
            stock.blocks.values().filter(|block| block.key == level).map(|block| i64::from(block.quantity)).sum()
        };
        let available = |stock: &Snapshot, level| i64::from(stock.levels.get(&level).copied().unwrap_or(0));
        let fits = sums.iter().all(|(level, units)| available(&before, *level) + held_on(&before, *level) >= *units);
        let asked: Vec<_> = wanted.iter().map(|(item, units, warehouse)| (*item, *units, Some(*warehouse))).collect();
        let mut stock = before.clone();
        stock.items = (1..4).map(ItemId).collect();
        let plan = plan(&stock, &[change(1, &asked, None)]);
        prop_assert_eq!(plan.decisions[0].is_ok(), fits, "{:?}", plan.decisions);
        if !fits {
            prop_assert!(plan.changes.is_empty());
            return Ok(());
        }
        let mut after = stock.clone();
        apply(&mut after, &plan);
        for new in &plan.changes.placed {
            after.blocks.insert(new.block.id, new.block);
        }
        for (level, units) in &before.levels {
            let sum = i64::from(*units) + held_on(&before, *level);
            prop_assert_eq!(available(&after, *level) + held_on(&after, *level), sum);
            prop_assert_eq!(held_on(&after, *level), sums.get(level).copied().unwrap_or(0));
            let ledger: i64 = plan.changes.movements.iter().filter(|line| line.key == *level).map(|line| i64::from(line.change)).sum();
            prop_assert_eq!(available(&after, *level) - i64::from(*units), ledger);
        }
        let members: std::collections::BTreeSet<_> = plan.changes.carts[&CART].blocks.iter().copied().collect();
        prop_assert_eq!(members, after.blocks.keys().copied().collect());
    }
}
