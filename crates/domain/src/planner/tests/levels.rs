//! Counts of stock levels, and units that are added to them.

use super::*;
use crate::{CountBasis, LevelChange, LevelChanged, LevelTarget, StockUnits, UNITS_MAX, Units};
use proptest::prelude::*;

fn change(item: i64, target: LevelTarget) -> Request {
    Request::ChangeLevel(LevelChange {
        item: ItemId(item),
        sku: None,
        warehouse: Some(WarehouseId(1)),
        target,
        note: "count".to_owned(),
        write_off_units_max: Some(1_000),
    })
}

fn count(units: i64, expected: Option<i64>, basis: CountBasis) -> LevelTarget {
    let units_of = |units| Units::new(units).expect("units");
    LevelTarget::Set { units: units_of(units), expected: expected.map(units_of), basis }
}

/// A level of item 1 in warehouse 1, with held units.
fn level(available: i32, held: i64) -> Snapshot {
    Snapshot { shelf: [(key(1, 1), StockUnits::new(0, held))].into(), ..stock(&[(1, 1, available)]) }
}

fn changed(delta: i32, available: i64, held: i64) -> Decision {
    changed_to(delta, StockUnits::new(available, held))
}

fn changed_to(delta: i32, units: StockUnits) -> Decision {
    Ok(Granted::LevelChanged(LevelChanged { item: ItemId(1), warehouse: WarehouseId(1), delta, units }))
}

#[test]
fn a_count_on_hand_includes_the_held_units() {
    let counts = [12, 7, 3].map(|units| change(1, count(units, None, CountBasis::OnHand)));
    let plan = plan(&level(5, 4), &counts);
    let refused = Error::CountBelowHeld {
        item: ItemId(1),
        warehouse: WarehouseId(1),
        counted: 3,
        held: 4,
        unavailable: 4,
    };
    assert_eq!(plan.decisions, [changed(3, 8, 4), changed(-5, 3, 4), Err(refused)]);
    assert_eq!(plan.changes.levels, [(key(1, 1), -2)].into());
    assert_eq!(plan.short_items, [ItemId(1)].into(), "expired blocks may be reclaimed");
}

#[test]
fn held_units_follow_the_requests_of_the_batch() {
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 4, expires_at: Some(at(NOW + 60)), cart: None };
    let mut stock = level(5, 4);
    stock.blocks.insert(block.id, block);
    let on_hand = |units| change(1, count(units, None, CountBasis::OnHand));
    let requests = [place(1, 2, None), on_hand(9), Request::Confirm(BlockId(7), None), on_hand(5)];
    let plan = plan(&stock, &requests);
    assert_eq!(&plan.decisions[1], &changed(0, 3, 6));
    let refused = Error::CountBelowHeld {
        item: ItemId(1),
        warehouse: WarehouseId(1),
        counted: 5,
        held: 2,
        unavailable: 6,
    };
    assert_eq!(
        &plan.decisions[3],
        &Err(refused),
        "the confirmed units are on the shelf until they are shipped"
    );
}

#[test]
fn a_count_on_hand_includes_committed_and_unsellable_units() {
    let shelf = StockUnits { committed: 20, damaged: 300, quarantined: 4_000, ..StockUnits::new(0, 1) };
    let stock = Snapshot { shelf: [(key(1, 1), shelf)].into(), ..stock(&[(1, 1, 5)]) };
    let plan = plan(&stock, &[change(1, count(4_330, Some(4_326), CountBasis::OnHand))]);
    assert_eq!(plan.decisions, [changed_to(4, StockUnits { available: 9, ..shelf })]);
}

#[test]
fn expired_blocks_are_held_until_they_are_reclaimed() {
    let block =
        HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 4, expires_at: Some(at(NOW)), cart: None };
    let stock = Snapshot { expired: vec![block], ..level(0, 4) };
    let plan = plan(&stock, &[change(1, count(3, None, CountBasis::OnHand))]);
    assert_eq!(plan.decisions, [changed(-1, 3, 0)]);
}

#[test]
fn a_large_write_off_needs_its_permission() {
    let stock = level(5_000, 0);
    let units = [change(1, LevelTarget::Change(-1_001)), change(1, count(3_999, None, CountBasis::OnHand))];
    let refused = Error::WriteOffForbidden { item: ItemId(1), units: 1_001, max: 1_000 };
    let plan = plan(&stock, &units);
    assert_eq!(plan.decisions, [Err(refused.clone()), Err(refused)]);
    assert!(plan.changes.is_empty());
    let allowed = [change(1, LevelTarget::Change(-1_000))];
    assert_eq!(granted(&super::super::plan(&stock, &allowed)), [true]);
}

#[test]
fn the_first_level_of_an_item_is_created() {
    let mut stock = stock(&[]);
    stock.items.insert(ItemId(1));
    let plan =
        plan(&stock, &[change(1, count(3, Some(0), CountBasis::OnHand)), change(2, LevelTarget::Change(1))]);
    assert_eq!(plan.decisions, [changed(3, 3, 0), Err(Error::ItemNotFound(ItemId(2)))]);
    assert_eq!(plan.changes.new_levels, [(key(1, 1), 3)].into());
}

fn basis() -> impl Strategy<Value = CountBasis> {
    prop_oneof![Just(CountBasis::OnHand), Just(CountBasis::Available)]
}

proptest! {
    #[test]
    fn a_granted_count_leaves_the_counted_units(
        available in 0..2_000i32, held in 0..50i64, units in 0..2_000i64, basis in basis(),
    ) {
        let plan = plan(&level(available, held), &[change(1, count(units, None, basis))]);
        match &plan.decisions[0] {
            Ok(Granted::LevelChanged(changed)) => {
                prop_assert_eq!(basis.of(changed.units), units);
                prop_assert_eq!(changed.units.available, i64::from(available + changed.delta));
                let moved: i32 = plan.changes.movements.iter().map(|movement| movement.change).sum();
                prop_assert_eq!(moved, changed.delta);
                prop_assert_eq!(plan.changes.is_empty(), changed.delta == 0, "an unchanged level has no movement");
            }
            Err(Error::CountBelowHeld { .. }) => prop_assert!(basis == CountBasis::OnHand && units < held),
            Err(Error::WriteOffForbidden { .. }) => {
                let present = basis.of(StockUnits::new(available.into(), held));
                prop_assert!(present - units > 1_000);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_compare_and_set_is_refused_exactly_if_the_level_differs(
        available in 0..20i32, held in 0..20i64, expected in 0..40i64, units in 20..60i64, basis in basis(),
    ) {
        let plan = plan(&level(available, held), &[change(1, count(units, Some(expected), basis))]);
        let present = basis.of(StockUnits::new(available.into(), held));
        match &plan.decisions[0] {
            Err(Error::StockMismatch { present: reported, .. }) => {
                prop_assert!(present != expected);
                prop_assert_eq!(*reported, present);
                prop_assert!(plan.changes.is_empty());
            }
            decision => prop_assert!(decision.is_ok() && present == expected, "{decision:?}"),
        }
    }

    #[test]
    fn changes_add_up_and_stay_in_bounds(
        available in prop_oneof![0..50i32, UNITS_MAX - 50..=UNITS_MAX],
        deltas in prop::collection::vec(prop_oneof![-60..60i32, Just(UNITS_MAX), Just(-UNITS_MAX)], 1..20),
    ) {
        let requests: Vec<_> = deltas.iter().filter(|delta| **delta != 0)
            .map(|delta| change(1, LevelTarget::Change(*delta))).collect();
        let plan = plan(&level(available, 0), &requests);
        let sum: i64 = plan.decisions.iter().filter_map(|decision| match decision {
            Ok(Granted::LevelChanged(changed)) => Some(i64::from(changed.delta)),
            _ => None,
        }).sum();
        let after = i64::from(available) + sum;
        prop_assert!((0..=i64::from(UNITS_MAX)).contains(&after));
        let written = plan.changes.levels.get(&key(1, 1)).copied().unwrap_or(0);
        prop_assert_eq!(i64::from(written), sum);
    }
}
