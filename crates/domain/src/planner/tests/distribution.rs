//! The distribution of a cart's lines over stock levels: examples, and a comparison with all distributions.

use super::cart_changes::{CART, change, changed};
use super::*;
use crate::CartDetails;
use proptest::prelude::*;

/// Item, units, warehouse.
type Line = (i64, i64, Option<i64>);

/// Available units by item and warehouse.
type Levels = BTreeMap<(i64, i64), i64>;

fn of_levels(levels: &Levels) -> Snapshot {
    let levels: Vec<_> = levels
        .iter()
        .map(|((item, warehouse), units)| (*item, *warehouse, i32::try_from(*units).expect("few")))
        .collect();
    let warehouses = (1..4).map(WarehouseId).collect();
    Snapshot { items: (1..3).map(ItemId).collect(), warehouses, ..stock(&levels) }
}

/// Returns the warehouse and the units of each block of a placed cart.
fn placed(plan: &Plan) -> Vec<(i64, i32)> {
    let Ok(Granted::CartPlaced(placed)) = &plan.decisions[0] else { panic!("{:?}", plan.decisions) };
    placed.blocks.iter().map(|block| (block.key.warehouse.0, block.quantity)).collect()
}

/// Returns the stock after the first cart of a plan was placed, with these available units. The cart has the id [`CART`].
fn after_placing(levels: &Levels, plan: &Plan) -> Snapshot {
    let mut stock = of_levels(levels);
    let blocks: Vec<_> =
        plan.changes.placed.iter().map(|new| HeldBlock { cart: Some(CART), ..new.block }).collect();
    for block in &blocks {
        stock.levels.entry(block.key).or_insert(0);
    }
    stock.carts.insert(CART, blocks.iter().map(|block| block.id).collect());
    stock.blocks = blocks.into_iter().map(|block| (block.id, block)).collect();
    let details =
        CartDetails { version: 1, reference: None, note: None, created_at: at(NOW - 60), payment: None };
    stock.cart_details.insert(CART, details);
    stock.new_block_ids = (200..300).map(BlockId).collect();
    stock
}

/// Returns the stock after a change of the cart.
fn after_change(before: &Snapshot, plan: &Plan) -> Snapshot {
    let mut stock = before.clone();
    for (key, units) in &plan.changes.levels {
        *stock.levels.get_mut(key).expect("a level") += units;
    }
    plan.changes.ended.keys().for_each(|id| _ = stock.blocks.remove(id));
    stock.blocks.extend(plan.changes.placed.iter().map(|new| (new.block.id, new.block)));
    let change = plan.changes.carts[&CART].clone();
    stock.carts.insert(CART, change.blocks);
    stock.cart_details.insert(CART, change.details);
    stock.new_block_ids.drain(..plan.changes.placed.len());
    stock
}

/// Returns the most units that lines could have together, if each takes its units from one of these levels.
fn most(lines: &[i64], free: &[i64]) -> i64 {
    let Some((first, others)) = lines.split_first() else { return 0 };
    let with = |index: usize| {
        let mut left = free.to_vec();
        let taken = (*first).min(left[index]);
        left[index] -= taken;
        taken + most(others, &left)
    };
    (0..free.len()).map(with).max().unwrap_or(0)
}

/// Returns the shortages of these lines, in the order of the lines, by trying every distribution.
fn shortages(free: &Levels, lines: &[Line]) -> Vec<Shortage> {
    let mut short = Vec::new();
    for (index, (item, _, warehouse)) in lines.iter().enumerate() {
        let of_group = |lines: &[Line], warehouse: Option<i64>| -> Vec<i64> {
            lines.iter().filter(|line| (line.0, line.2) == (*item, warehouse)).map(|line| line.1).collect()
        };
        if !of_group(&lines[..index], *warehouse).is_empty() {
            continue;
        }
        let units = of_group(lines, *warehouse);
        let free_in = |place: i64| free.get(&(*item, place)).copied().unwrap_or(0);
        let named = |place: i64| of_group(lines, Some(place)).iter().sum::<i64>();
        let left = |place: i64| {
            if named(place) <= free_in(place) { free_in(place) - named(place) } else { free_in(place) }
        };
        let requested: i64 = units.iter().sum();
        let available = match warehouse {
            Some(place) => free_in(*place).min(requested),
            None => most(&units, &[left(1), left(2), left(3)]),
        };
        if available < requested {
            let units = |units: i64| i32::try_from(units).expect("few");
            short.push(Shortage {
                item: ItemId(*item),
                requested: units(requested),
                available: units(available),
            });
        }
    }
    short
}

fn levels() -> impl Strategy<Value = Levels> {
    prop::collection::btree_map((1..3i64, 1..4i64), 0..9i64, 1..7)
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (1..3i64, 1..7i64, prop::option::weighted(0.25, 1..4i64));
    prop::collection::vec(line, 1..6)
}

#[test]
fn lines_of_one_item_may_come_from_several_warehouses() {
    let stock = of_levels(&[((1, 1), 5), ((1, 2), 5)].into());
    let plan = self::plan(&stock, &[cart(&[(1, 4, None), (1, 4, None)])]);
    assert_eq!(placed(&plan), [(1, 4), (2, 4)]);
    let again = after_placing(&[((1, 1), 1), ((1, 2), 1)].into(), &plan);
    let plan = self::plan(&again, &[change(1, &[(1, 4, None), (1, 4, None)], None)]);
    assert_eq!(changed(&plan).lines.len(), 2);
    assert!(plan.changes.placed.is_empty() && plan.changes.movements.is_empty(), "{plan:?}");
    let eight = self::plan(&again, &[change(1, &[(1, 8, None)], None)]);
    let shortage = Shortage { item: ItemId(1), requested: 8, available: 5 };
    assert_eq!(eight.decisions, [Err(Error::CartShort(vec![shortage]))], "a line has one warehouse");
}

#[test]
fn lines_that_name_a_warehouse_are_served_first() {
    let stock = of_levels(&[((1, 1), 6), ((1, 2), 5)].into());
    let plan = self::plan(&stock, &[cart(&[(1, 5, None), (1, 3, Some(1))])]);
    assert_eq!(placed(&plan), [(2, 5), (1, 3)]);
    let stock = of_levels(&[((1, 1), 6)].into());
    let short = self::plan(&stock, &[cart(&[(1, 5, None), (1, 3, Some(1))])]);
    let shortage = Shortage { item: ItemId(1), requested: 5, available: 3 };
    assert_eq!(short.decisions, [Err(Error::CartShort(vec![shortage]))]);
    let short = self::plan(&stock, &[cart(&[(1, 5, None), (1, 7, Some(1))])]);
    let shortage = Shortage { item: ItemId(1), requested: 7, available: 6 };
    assert_eq!(short.decisions, [Err(Error::CartShort(vec![shortage]))], "the units before this cart");
}

/// The largest lines first, each on the fullest level, would leave two levels with one unit.
#[test]
fn a_cart_that_fits_only_in_one_way_is_placed() {
    let stock = of_levels(&[((1, 1), 6), ((1, 2), 6)].into());
    let lines = [(1, 2, None), (1, 3, None), (1, 2, None), (1, 3, None), (1, 2, None)];
    let plan = self::plan(&stock, &[cart(&lines)]);
    assert_eq!(plan.changes.levels, [(key(1, 1), -6), (key(1, 2), -6)].into());
    let units: Vec<_> = placed(&plan).into_iter().map(|(_, units)| units).collect();
    assert_eq!(units, [2, 3, 2, 3, 2], "in the order of the lines");
}

#[test]
fn a_line_stays_on_the_level_of_its_block() {
    let stock = of_levels(&[((1, 1), 9), ((1, 2), 3)].into());
    let cart = self::plan(&stock, &[cart(&[(1, 6, Some(1)), (1, 2, Some(2))])]);
    let stock = after_placing(&[((1, 1), 20), ((1, 2), 0)].into(), &cart);
    let plan = self::plan(&stock, &[change(1, &[(1, 2, None), (1, 6, None)], None)]);
    assert!(plan.changes.placed.is_empty(), "{plan:?}");
    let plan = self::plan(&stock, &[change(1, &[(1, 2, None)], None)]);
    assert_eq!(plan.changes.carts[&CART].blocks, [BlockId(101)]);
}

/// A cart of the most lines ends at the bound of the search. Its own lines are found without a search.
#[test]
fn many_lines_are_placed_in_bounded_time_and_found_again() {
    let levels: Levels = (1..4).map(|warehouse| ((1, warehouse), 1_700)).collect();
    let lines: Vec<Line> = (0..100).map(|line| (1, 1 + line % 50 * 2, None)).collect();
    let plan = self::plan(&of_levels(&levels), &[cart(&lines)]);
    assert!(plan.decisions[0].is_ok(), "{:?}", plan.decisions);
    let stock = after_placing(&Levels::new(), &plan);
    let again = self::plan(&stock, &[change(1, &lines, None)]);
    assert!(again.decisions[0].is_ok() && again.changes.placed.is_empty(), "{:?}", again.decisions);
    let none: Levels = (1..4).map(|warehouse| ((1, warehouse), 1_666)).collect();
    let short = self::plan(&of_levels(&none), &[cart(&lines)]);
    let shortage = Shortage { item: ItemId(1), requested: 5_000, available: 4_998 };
    assert_eq!(short.decisions, [Err(Error::CartShort(vec![shortage]))]);
}

#[test]
fn added_units_of_an_archived_item_are_summed_over_its_lines() {
    let stock = of_levels(&[((1, 1), 9), ((1, 2), 9)].into());
    let cart = self::plan(&stock, &[cart(&[(1, 3, Some(1))])]);
    let mut stock = after_placing(&[((1, 1), 9), ((1, 2), 9)].into(), &cart);
    stock.archived_items.insert(ItemId(1));
    let more = self::plan(&stock, &[change(1, &[(1, 2, Some(1)), (1, 2, None)], None)]);
    assert_eq!(more.decisions, [Err(Error::ItemArchived(ItemId(1)))]);
}

proptest! {
    /// A cart is placed exactly if some distribution fits. Otherwise the shortages state the units that its lines could have.
    #[test]
    fn a_cart_is_placed_if_any_distribution_fits(levels in levels(), lines in lines()) {
        let stock = of_levels(&levels);
        let plan = plan(&stock, &[cart(&lines)]);
        let short = shortages(&levels, &lines);
        if !short.is_empty() {
            prop_assert_eq!(&plan.decisions, &[Err(Error::CartShort(short))]);
            prop_assert!(plan.changes.is_empty());
            return Ok(());
        }
        let blocks = placed(&plan);
        prop_assert_eq!(blocks.len(), lines.len());
        for ((item, units, warehouse), (place, quantity)) in lines.iter().zip(&blocks) {
            prop_assert_eq!(i64::from(*quantity), *units);
            prop_assert!(warehouse.is_none_or(|warehouse| warehouse == *place));
            let mut same = lines.iter().filter(|other| other.0 == *item);
            if warehouse.is_none() && same.nth(1).is_none() {
                let fullest = (1..4).max_by_key(|place| (levels.get(&(*item, *place)), std::cmp::Reverse(*place)));
                prop_assert_eq!(Some(*place), fullest);
            }
        }
        for (key, change) in &plan.changes.levels {
            prop_assert!(stock.levels[key] + change >= 0);
        }
    }

    /// The decision and the units of each level do not depend on the order of the lines.
    #[test]
    fn the_order_of_the_lines_does_not_matter(levels in levels(), lines in lines()) {
        let stock = of_levels(&levels);
        let forth = plan(&stock, &[cart(&lines)]);
        let back: Vec<_> = lines.iter().rev().copied().collect();
        let back = plan(&stock, &[cart(&back)]);
        prop_assert_eq!(forth.decisions[0].is_ok(), back.decisions[0].is_ok());
        prop_assert_eq!(&forth.changes.levels, &back.changes.levels);
        let sorted = |plan: &Plan| {
            let Err(Error::CartShort(short)) = &plan.decisions[0] else { return Vec::new() };
            let mut short: Vec<_> =
                short.iter().map(|short| (short.item, short.requested, short.available)).collect();
            short.sort_unstable();
            short
        };
        prop_assert_eq!(sorted(&forth), sorted(&back));
    }

    /// A change to the lines of a cart is granted and changes no block, whatever the stock is. The order of the lines does not
    /// matter.
    #[test]
    fn a_cart_can_always_have_its_own_lines(levels in levels(), lines in lines(), left in levels(), turn in 0..5usize) {
        let cart = plan(&of_levels(&levels), &[cart(&lines)]);
        if cart.decisions[0].is_err() {
            return Ok(());
        }
        let stock = after_placing(&left, &cart);
        let mut lines = lines;
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        let again = plan(&stock, &[change(1, &lines, None)]);
        prop_assert!(again.decisions[0].is_ok(), "{:?}", again.decisions);
        prop_assert!(again.changes.placed.is_empty() && again.changes.movements.is_empty(), "{again:?}");
        let named: Vec<_> = changed(&again)
            .lines
            .iter()
            .map(|line| (line.key.item.0, i64::from(line.quantity), Some(line.key.warehouse.0)))
            .collect();
        let named = plan(&stock, &[change(1, &named, None)]);
        prop_assert!(named.decisions[0].is_ok() && named.changes.placed.is_empty(), "{named:?}");
    }

    /// A change is granted exactly if some distribution fits into the available units and those of the cart. The changed cart
    /// can have its lines again.
    #[test]
    fn a_change_is_granted_if_any_distribution_fits(
        levels in levels(),
        lines in lines(),
        left in levels(),
        wanted in lines(),
    ) {
        let cart = plan(&of_levels(&levels), &[cart(&lines)]);
        if cart.decisions[0].is_err() {
            return Ok(());
        }
        let stock = after_placing(&left, &cart);
        let mut free = left.clone();
        for block in stock.blocks.values() {
            *free.entry((block.key.item.0, block.key.warehouse.0)).or_default() += i64::from(block.quantity);
        }
        let plan = self::plan(&stock, &[change(1, &wanted, None)]);
        let short = shortages(&free, &wanted);
        if !short.is_empty() {
            prop_assert_eq!(&plan.decisions, &[Err(Error::CartShort(short))]);
            prop_assert!(plan.changes.is_empty());
            return Ok(());
        }
        let mut sums = BTreeMap::<_, i64>::new();
        for line in &changed(&plan).lines {
            *sums.entry(line.key).or_default() += i64::from(line.quantity);
        }
        for (key, units) in &sums {
            let level = (key.item.0, key.warehouse.0);
            prop_assert!(*units <= free.get(&level).copied().unwrap_or(0));
            let named: i64 = wanted.iter().filter(|line| (line.0, line.2) == (level.0, Some(level.1))).map(|line| line.1).sum();
            prop_assert!(named <= *units);
        }
        for item in 1..3 {
            let of_item = sums.iter().filter(|(key, _)| key.item.0 == item).map(|(_, units)| *units).sum::<i64>();
            prop_assert_eq!(of_item, wanted.iter().filter(|line| line.0 == item).map(|line| line.1).sum::<i64>());
        }
        let mut after = after_change(&stock, &plan);
        after.levels.values_mut().for_each(|units| *units = 0);
        let again = self::plan(&after, &[change(2, &wanted, None)]);
        prop_assert!(again.decisions[0].is_ok() && again.changes.placed.is_empty(), "{again:?}");
    }
}
