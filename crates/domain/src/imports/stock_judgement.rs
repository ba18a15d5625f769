//! The judgement of a row of stock, after the earlier rows of the file for the same level.

use super::judgement::{FieldValues, Judgement, PresentState, RowAction, RowProblem};
use super::level_rows::LevelRows;
use super::row::{StockQuantity, StockRow};
use crate::{Error, StockUnits};

/// The units from which a decrease to less than half of a level is pointed out.
const LARGE_DECREASE_UNITS: i64 = 10;

pub(super) fn judge_stock(row: &StockRow, line: i64, present: &PresentState<'_>) -> Judgement {
    let mut judgement = Judgement::of(stock_values(row));
    if let Some((code, message)) = level_problem(row, present) {
        return judgement.error(code, message);
    }
    let is_count = matches!(row.quantity, StockQuantity::Count(_));
    let earlier = present.earlier;
    if let Some(counted) = earlier.and_then(|earlier| earlier.counted_line).filter(|_| is_count) {
        return judgement
            .error("row_repeated", format!("The row counts the stock level of line {counted} again."));
    }
    let units = after_earlier(present);
    let (change, left) = match row.quantity {
        StockQuantity::Count(counted) => {
            let counted = i64::from(counted.get());
            (counted.saturating_sub(units.on_hand()), counted)
        }
        StockQuantity::Change(change) => {
            (i64::from(change), units.on_hand().saturating_add(i64::from(change)))
        }
    };
    if let Some((code, message)) = shortage(row.quantity, change, left, units) {
        return judgement.error(code, message);
    }
    for (field, value) in [("onHand", units.on_hand()), ("held", units.held)] {
        judgement.before.insert(field.to_owned(), Some(value.to_string()));
    }
    if -change >= LARGE_DECREASE_UNITS && left.saturating_mul(2) < units.on_hand() {
        let message = format!("A large decrease: {} units on hand become {left}.", units.on_hand());
        judgement.problems.push(RowProblem::warning("large_decrease", message));
    }
    if let Some(earlier) = earlier.filter(|earlier| is_count || earlier.counted_line.is_some()) {
        let message = format!(
            "Line {} is for the same stock level. Both are applied, in the order of the file.",
            earlier.counted_line.unwrap_or(earlier.first_line)
        );
        judgement.problems.push(RowProblem::warning("level_repeated", message));
    }
    judgement.units = change;
    judgement.level = Some(LevelRows::with(earlier, line, is_count, change));
    // A count after other rows is applied in any case: it reports a conflict if one of them was refused.
    let is_unchanged = change == 0 && earlier.is_none();
    judgement.action = Some(if is_unchanged { RowAction::Unchanged } else { RowAction::Change });
    judgement
}

/// Returns the units of the level after the earlier rows of the file.
fn after_earlier(present: &PresentState<'_>) -> StockUnits {
    let added = present.earlier.map_or(0, |earlier| earlier.units);
    StockUnits { available: present.units.available.saturating_add(added), ..present.units }
}

/// Returns the reason why a level can't lose the units of a row.
fn shortage(
    quantity: StockQuantity,
    change: i64,
    left: i64,
    units: StockUnits,
) -> Option<(&'static str, String)> {
    let (available, unavailable) = (units.available, units.unavailable());
    if matches!(quantity, StockQuantity::Count(_)) && left < unavailable {
        let message = format!(
            "{left} counted, but {unavailable} are held, sold and not shipped, damaged or in quarantine. Release, ship or \
             dispose of units first."
        );
        return Some(("count_below_held", message));
    }
    (change < 0 && available.saturating_add(change) < 0).then(|| {
        let message = format!(
            "{} to be removed, but only {available} are available ({} are held).",
            -change, units.held
        );
        ("insufficient_stock", message)
    })
}

/// Returns the reason why a row names no level that may change.
fn level_problem(row: &StockRow, present: &PresentState<'_>) -> Option<(&'static str, String)> {
    let item = match (row.id, &row.sku, present.item_by_id, present.item_by_sku) {
        (Some(id), _, None, _) => return Some(("item_not_found", Error::ItemNotFound(id).to_string())),
        (_, Some(sku), _, None) => {
            return Some(("sku_not_found", Error::SkuNotFound(sku.to_string()).to_string()));
        }
        (_, _, Some(by_id), Some(by_sku)) if by_id.id != by_sku.id => {
            let message =
                format!("The id is that of item {}, but the SKU is that of item {}.", by_id.id, by_sku.id);
            return Some(("keys_differ", message));
        }
        (_, _, by_id, by_sku) => by_id.or(by_sku),
    };
    let Some(item) = item else { return Some(("item_not_found", "The row names no item.".to_owned())) };
    let Some(warehouse) = present.warehouse else {
        return Some(match &row.warehouse {
            Some(code) => ("warehouse_not_found", Error::WarehouseCodeNotFound(code.to_string()).to_string()),
            None => (
                "warehouse_missing",
                "The row names no warehouse, and there is no default warehouse.".to_owned(),
            ),
        });
    };
    if item.archived_at.is_some() {
        return Some(("item_archived", Error::ItemArchived(item.id).to_string()));
    }
    let archived = present.is_warehouse_archived.then_some(Error::WarehouseArchived(warehouse));
    archived.map(|error| ("warehouse_archived", error.to_string()))
}

fn stock_values(row: &StockRow) -> FieldValues {
    let (field, units) = match row.quantity {
        StockQuantity::Count(units) => ("count", units.to_string()),
        StockQuantity::Change(units) => ("change", units.to_string()),
    };
    let mut values = FieldValues::from([(field.to_owned(), Some(units))]);
    if let Some(reason) = &row.reason {
        values.insert("reason".to_owned(), Some(reason.to_string()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::testing::{codes, item};
    use crate::{Item, ItemId, Units, WarehouseCode, WarehouseId};
    use proptest::prelude::*;

    fn stock(quantity: StockQuantity) -> StockRow {
        let warehouse = WarehouseCode::new("MAIN").ok();
        StockRow { id: Some(ItemId(7)), sku: None, warehouse, quantity, reason: None }
    }

    #[test]
    fn a_stock_row_needs_an_item_and_a_warehouse_that_receive_units() {
        let kettle = item(7, "K-1");
        let archived = Item { archived_at: Some(chrono::DateTime::UNIX_EPOCH), ..item(7, "K-1") };
        let row = stock(StockQuantity::Change(5));
        let code_of = |present: &PresentState<'_>| codes(&judge_stock(&row, 2, present)).join(" ");
        let present = PresentState { item_by_id: Some(&kettle), ..PresentState::default() };
        assert_eq!(code_of(&PresentState::default()), "item_not_found");
        assert_eq!(code_of(&present), "warehouse_not_found");
        let present = PresentState { warehouse: Some(WarehouseId(1)), ..present };
        assert_eq!(code_of(&present), "");
        assert_eq!(
            code_of(&PresentState { item_by_id: Some(&archived), ..present.clone() }),
            "item_archived"
        );
        let present = PresentState { is_warehouse_archived: true, ..present };
        assert_eq!(code_of(&present), "warehouse_archived");
    }

    proptest! {
        /// A count sets the units on hand, and never removes held ones.
        #[test]
        fn a_count_ends_at_the_counted_units(available in 0..60_i64, held in 0..60_i64, counted in 0..120_i64) {
            let kettle = item(7, "K-1");
            let units = StockUnits::new(available, held);
            let present = PresentState {
                item_by_id: Some(&kettle), warehouse: Some(WarehouseId(1)), units, ..PresentState::default()
            };
            let judgement = judge_stock(&stock(StockQuantity::Count(Units::new(counted).expect("units"))), 2, &present);
            if counted < held {
                prop_assert_eq!(codes(&judgement), ["count_below_held"]);
            } else {
                prop_assert_eq!(units.on_hand() + judgement.units, counted);
                prop_assert!(available + judgement.units >= 0);
                let is_large = judgement.units <= -LARGE_DECREASE_UNITS && counted * 2 < units.on_hand();
                prop_assert_eq!(codes(&judgement).contains(&"large_decrease"), is_large);
            }
        }

        /// A change never removes more units than are available.
        #[test]
        fn a_change_leaves_held_units(available in 0..60_i64, held in 0..60_i64, change in -80..80_i32) {
            let kettle = item(7, "K-1");
            let present = PresentState {
                item_by_id: Some(&kettle), warehouse: Some(WarehouseId(1)),
                units: StockUnits::new(available, held), ..PresentState::default()
            };
            let judgement = judge_stock(&stock(StockQuantity::Change(change)), 2, &present);
            prop_assert_eq!(judgement.action.is_none(), available + i64::from(change) < 0);
            prop_assert!(available + judgement.units >= 0);
        }
    }

    /// Judges rows of one level in the order of a file, from line 2. Returns their codes, units and cumulated removals.
    fn judge_all(available: i64, held: i64, rows: &[StockQuantity]) -> Vec<(String, i64, i64)> {
        let kettle = item(7, "K-1");
        let mut present = PresentState {
            item_by_id: Some(&kettle),
            warehouse: Some(WarehouseId(1)),
            units: StockUnits::new(available, held),
            ..PresentState::default()
        };
        let judged = (2..).zip(rows).map(|(line, quantity)| {
            let judgement = judge_stock(&stock(*quantity), line, &present);
            present.earlier = judgement.level.or(present.earlier);
            let removed = present.earlier.map_or(0, |level| level.removed_units);
            (codes(&judgement).join(" "), judgement.units, removed)
        });
        judged.collect()
    }

    #[test]
    fn the_rows_of_a_level_are_judged_one_after_another() {
        let count = |units| StockQuantity::Count(Units::new(units).expect("units"));
        let change = StockQuantity::Change;
        let none = String::new;
        let repeated = || "level_repeated".to_owned();
        assert_eq!(
            judge_all(10, 2, &[change(-6), change(-6), change(3), change(-6)]),
            [(none(), -6, 6), ("insufficient_stock".to_owned(), 0, 6), (none(), 3, 6), (none(), -6, 12)]
        );
        assert_eq!(judge_all(10, 2, &[change(5), count(9)]), [(none(), 5, 0), (repeated(), -8, 8)]);
        assert_eq!(judge_all(10, 2, &[count(9), change(5)]), [(none(), -3, 3), (repeated(), 5, 3)]);
        let twice = judge_all(10, 2, &[count(9), count(9)]);
        assert_eq!(twice, [(none(), -3, 3), ("row_repeated".to_owned(), 0, 3)]);
    }

    #[test]
    fn a_count_after_a_change_is_applied_even_if_it_changes_nothing() {
        let kettle = item(7, "K-1");
        let counted = stock(StockQuantity::Count(Units::new(10).expect("units")));
        let present = PresentState {
            item_by_id: Some(&kettle),
            warehouse: Some(WarehouseId(1)),
            units: StockUnits::new(10, 0),
            ..PresentState::default()
        };
        assert_eq!(judge_stock(&counted, 2, &present).action, Some(RowAction::Unchanged));
        let earlier = Some(LevelRows { first_line: 2, ..LevelRows::default() });
        let after = judge_stock(&counted, 3, &PresentState { earlier, ..present });
        assert_eq!((after.action, after.units), (Some(RowAction::Change), 0));
    }
}
