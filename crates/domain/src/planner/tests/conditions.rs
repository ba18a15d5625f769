//! Changes of the condition of units.

use super::*;
use crate::{ChangeCondition, Condition, ConditionChange, ConditionChanged, UNITS_MAX, UnsellableUnits};

pub(super) fn change_condition(item: i64, warehouse: i64, quantity: i64, change: ConditionChange) -> Request {
    let note = Note::new("inspected").expect("a note");
    let (item, warehouse) = (ItemId(item), Some(WarehouseId(warehouse)));
    Request::ChangeCondition(ChangeCondition { item, warehouse, quantity: units(quantity), change, note })
}

fn changed(quantity: i32, available: i32, damaged: i32, quarantined: i32) -> Decision {
    let unsellable = UnsellableUnits { damaged, quarantined };
    let (item, warehouse) = (ItemId(1), WarehouseId(1));
    Ok(Granted::ConditionChanged(ConditionChanged { item, warehouse, quantity, available, unsellable }))
}

#[test]
fn units_are_set_aside_reclassified_restored_and_disposed_of() {
    use ConditionChange::{Dispose, Reclassify, Restore, SetAside};
    let request = |quantity, change| change_condition(1, 1, quantity, change);
    let requests = [
        request(5, SetAside(Condition::Quarantine)),
        request(2, Reclassify(Condition::Damaged)),
        request(3, Restore(Condition::Quarantine)),
        request(3, Dispose(Condition::Damaged)),
        request(1, Dispose(Condition::Damaged)),
        request(9, SetAside(Condition::Damaged)),
    ];
    let plan = plan(&stock(&[(1, 1, 10)]), &requests);
    let too_few = Error::TooFewInCondition {
        item: ItemId(1),
        warehouse: WarehouseId(1),
        condition: Condition::Damaged,
        requested: 3,
        present: 2,
    };
    let short = Error::InsufficientStock {
        item: ItemId(1),
        warehouse: Some(WarehouseId(1)),
        requested: 9,
        available: 8,
    };
    let expected = [
        changed(5, 5, 0, 5),
        changed(2, 5, 2, 3),
        changed(3, 8, 2, 0),
        Err(too_few),
        changed(1, 8, 1, 0),
        Err(short),
    ];
    assert_eq!(plan.decisions, expected);
    assert_eq!(plan.short_items, [ItemId(1)].into(), "expired blocks may be reclaimed");
    assert_eq!(plan.changes.levels, [(key(1, 1), -2)].into());
    assert_eq!(plan.changes.unsellable, [(key(1, 1), UnsellableUnits { damaged: 1, quarantined: 0 })].into());
    let movements: Vec<_> = (plan.changes.movements.iter())
        .map(|line| (line.reason.as_str(), line.change, line.units, line.condition, line.on_hand_change()))
        .collect();
    let (damaged, quarantine) = (Some(Condition::Damaged), Some(Condition::Quarantine));
    let expected = [
        ("set_aside", -5, Some(5), quarantine, 0),
        ("reclassified", 0, Some(2), damaged, 0),
        ("restored", 3, Some(3), quarantine, 0),
        ("disposed", 0, Some(1), damaged, -1),
    ];
    assert_eq!(movements, expected);
}

#[test]
fn restored_units_stay_in_bounds_and_a_level_exists() {
    let mut stock = stock(&[(1, 1, UNITS_MAX)]);
    stock.unsellable.insert(key(1, 1), UnsellableUnits { damaged: 1, quarantined: UNITS_MAX });
    let requests = [
        change_condition(1, 1, 1, ConditionChange::Restore(Condition::Damaged)),
        change_condition(1, 1, 1, ConditionChange::Reclassify(Condition::Quarantine)),
        change_condition(2, 1, 1, ConditionChange::SetAside(Condition::Damaged)),
        change_condition(1, 3, 1, ConditionChange::SetAside(Condition::Damaged)),
    ];
    let plan = plan(&stock, &requests);
    let overflow = Err(Error::StockOverflow { item: ItemId(1), available: UNITS_MAX, delta: 1 });
    let not_found = [Err(Error::ItemNotFound(ItemId(2))), Err(Error::WarehouseNotFound(WarehouseId(3)))];
    assert_eq!(plan.decisions[..2], [overflow.clone(), overflow]);
    assert_eq!(plan.decisions[2..], not_found);
    assert!(plan.changes.is_empty());
}

#[test]
fn units_are_not_restored_in_an_archived_warehouse() {
    let damaged = UnsellableUnits { damaged: 2, quarantined: 0 };
    let mut stock = stock(&[(1, 1, 0)]);
    stock.archived_warehouses.insert(WarehouseId(1));
    stock.unsellable.insert(key(1, 1), damaged);
    let requests = [
        change_condition(1, 1, 1, ConditionChange::Restore(Condition::Damaged)),
        change_condition(1, 1, 1, ConditionChange::Dispose(Condition::Damaged)),
    ];
    let archived = Err(Error::WarehouseArchived(WarehouseId(1)));
    assert_eq!(plan(&stock, &requests).decisions, [archived, changed(1, 0, 1, 0)]);
}

/// Like a receipt: the units in blocks and in orders may return to stock too.
#[test]
fn restored_units_leave_room_for_units_that_may_return() {
    use ConditionChange::{Restore, SetAside};
    let (damaged, max) = (UnsellableUnits { damaged: 3, quarantined: 0 }, UNITS_MAX);
    let stock = Snapshot {
        unsellable: [(key(1, 1), damaged)].into(),
        returnable_units: [(ItemId(1), 7)].into(),
        ..stock(&[(1, 1, max - 9)])
    };
    let request = |quantity, change| change_condition(1, 1, quantity, change);
    let requests = [
        request(3, Restore(Condition::Damaged)),
        request(2, Restore(Condition::Damaged)),
        request(1, Restore(Condition::Damaged)),
        request(4, SetAside(Condition::Damaged)),
        request(4, Restore(Condition::Damaged)),
    ];
    assert_eq!(granted(&plan(&stock, &requests)), [false, true, false, true, true]);
}
