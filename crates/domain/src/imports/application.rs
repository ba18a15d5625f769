//! Rules for the application of judged rows: a row is applied only while the item or level is the one that was judged.

use super::item_judgement::details_of;
use super::judgement::FieldValues;
use super::state::RowOutcome;
use crate::{
    Barcodes, CountBasis, Error, Item, ItemId, ItemKeys, LevelChange, LevelTarget, Sku, Units, WarehouseId,
    fold_key,
};
use std::collections::{HashMap, HashSet};

/// The most characters of the file's name in the note of a movement.
const NOTE_FILE_CHARS: usize = 80;

/// The number of attempts at a row that is alone in its transaction. A row that fails in each of them is refused.
const ROW_ATTEMPTS: u32 = 5;

/// A row that is still to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRow {
    /// The position among the rows of the file.
    pub ordinal: i64,
    /// Whether the row creates an item.
    pub is_create: bool,
    /// The item; `None` for a row that creates one.
    pub item: Option<ItemId>,
    /// The warehouse of a row of stock.
    pub warehouse: Option<WarehouseId>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The values that the row sets.
    pub values: FieldValues,
    /// The values of the same fields when the row was judged.
    pub before: FieldValues,
    /// The units that this row and the earlier rows of its level remove. `None` if this row removes none.
    pub removed_units: Option<i64>,
}

/// The reason for a conflict or a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReason {
    /// The stable code.
    pub code: String,
    /// The reason in words.
    pub message: String,
}

impl RowReason {
    /// Returns a reason.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<&Error> for RowReason {
    fn from(rejection: &Error) -> Self {
        let code = match rejection {
            Error::InsufficientStock { .. } => "insufficient_stock",
            Error::CountBelowHeld { .. } => "count_below_held",
            Error::StockOverflow { .. } => "stock_overflow",
            Error::StockMismatch { .. } => "stock_mismatch",
            Error::SkuTaken { .. } => "sku_taken",
            Error::BarcodeTaken { .. } => "barcode_taken",
            Error::ItemNotFound(_) => "item_not_found",
            Error::ItemArchived(_) => "item_archived",
            Error::WarehouseNotFound(_) => "warehouse_not_found",
            Error::WarehouseArchived(_) => "warehouse_archived",
            rejection if rejection.is_forbidden() => "forbidden",
            _ => "invalid_value",
        };
        Self::new(code, rejection.to_string())
    }
}

/// The result of a row that was applied or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The position among the rows of the file.
    pub ordinal: i64,
    /// The outcome.
    pub outcome: RowOutcome,
    /// The item that the row created.
    pub created: Option<ItemId>,
    /// The reason for a conflict or a refusal.
    pub reason: Option<RowReason>,
}

impl OpenRow {
    /// Returns the result of an applied row. `created` is the item that it created.
    pub fn applied(&self, created: Option<ItemId>) -> RowResult {
        RowResult { ordinal: self.ordinal, outcome: RowOutcome::Applied, created, reason: None }
    }

    /// Returns the result of a row whose item or level is not the one that was judged.
    pub fn conflicting(&self, reason: impl Into<RowReason>) -> RowResult {
        let reason = Some(reason.into());
        RowResult { ordinal: self.ordinal, outcome: RowOutcome::Conflict, created: None, reason }
    }

    /// Returns the result of a row that a rule refuses.
    pub fn refused(&self, reason: impl Into<RowReason>) -> RowResult {
        let reason = Some(reason.into());
        RowResult { ordinal: self.ordinal, outcome: RowOutcome::Refused, created: None, reason }
    }

    /// Returns the result of a row of stock that the planner rejects. A count expects the units with which it was judged.
    pub fn rejected(&self, rejection: &Error) -> RowResult {
        match rejection {
            Error::StockMismatch { .. } => self.conflicting(rejection),
            _ => self.refused(rejection),
        }
    }

    /// Returns the reason why the item is not the one with which the row was judged.
    pub fn item_conflict(&self, item: &Item) -> Option<RowReason> {
        let mut present = details_of(item);
        let sku = present.get("sku").cloned().flatten();
        present.retain(|field, _| self.values.contains_key(field));
        let is_named = self.values.contains_key("sku")
            || self
                .sku
                .as_deref()
                .is_none_or(|named| sku.as_deref().is_some_and(|sku| fold_key(sku) == fold_key(named)));
        if !is_named {
            return Some(Self::sku_moved());
        }
        let fields: Vec<_> = present
            .iter()
            .filter(|(field, value)| self.before.get(*field) != Some(value))
            .map(|(field, _)| field.as_str())
            .collect();
        let message = || format!("The item was changed after the preview: {}.", fields.join(", "));
        (!fields.is_empty()).then(|| RowReason::new("item_changed", message()))
    }

    /// Returns the reason of a row whose item does not have the SKU of the file any more.
    pub fn sku_moved() -> RowReason {
        RowReason::new("keys_changed", "The item does not have the SKU any more.")
    }

    /// Returns the keys that the row changes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a value that breaks a rule.
    pub fn changed_keys(&self) -> Result<ChangedKeys, Error> {
        let changed = |field: &str| {
            let value = self.values.get(field).filter(|value| self.before.get(field) != Some(*value));
            value.and_then(Option::as_deref)
        };
        Ok(ChangedKeys {
            item: self.item,
            sku: changed("sku").map(Sku::new).transpose()?,
            barcodes: changed("barcodes").map(|texts| Barcodes::new(texts.split('\n'))).transpose()?,
        })
    }

    /// Returns the change of a row of stock. A count expects the units on hand with which it was judged. `file` is the name
    /// of the file, for the note.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a value that breaks a rule.
    pub fn level_change(&self, file: &str) -> Result<LevelChange, Error> {
        let number = |values: &FieldValues, field: &'static str| -> Result<Option<i64>, Error> {
            let text = values.get(field).and_then(Option::as_deref);
            text.map(|text| text.parse().map_err(|_| Error::invalid(field, "is not a number"))).transpose()
        };
        let target = match number(&self.values, "count")? {
            Some(counted) => LevelTarget::Set {
                units: Units::new(counted)?,
                expected: number(&self.before, "onHand")?.map(Units::new).transpose()?,
                basis: CountBasis::OnHand,
            },
            None => LevelTarget::change(number(&self.values, "change")?.unwrap_or_default())?,
        };
        let file: String = file.chars().take(NOTE_FILE_CHARS).collect();
        let reason = self.values.get("reason").and_then(Option::as_deref);
        Ok(LevelChange {
            item: self.item.ok_or_else(|| Error::invalid("item", "is missing"))?,
            sku: self.sku.as_deref().map(Sku::new).transpose()?,
            warehouse: self.warehouse,
            target,
            note: reason.map_or_else(|| format!("Import of {file}"), |reason| format!("{file}: {reason}")),
            write_off_units_max: None,
        })
    }

    /// Returns the reason to refuse a row that, with the earlier rows of its level, removes more units than its caller may
    /// write off.
    pub fn write_off_refusal(&self, units_max: Option<i32>) -> Option<RowReason> {
        let (max, item) = (units_max?, self.item?);
        let units = self.removed_units.filter(|units| *units > i64::from(max))?;
        Some((&Error::WriteOffForbidden { item, units, max }).into())
    }
}

/// The keys that a row changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedKeys {
    item: Option<ItemId>,
    sku: Option<Sku>,
    barcodes: Option<Barcodes>,
}

impl ChangedKeys {
    /// Returns the keys, to find whether another item has them.
    pub fn keys(&self) -> ItemKeys<'_> {
        ItemKeys { item: self.item, sku: self.sku.as_ref(), barcodes: self.barcodes.as_ref() }
    }
}

/// Removes the rows that have to wait for the next transaction: a document has a counted level on one line alone. The rows
/// of a level stay in their order.
pub fn retain_one_count_per_level(rows: &mut Vec<OpenRow>) {
    /// The rows of a level that are kept.
    #[derive(PartialEq)]
    enum Kept {
        Changes,
        Count,
    }
    let (mut kept, mut waiting) = (HashMap::new(), HashSet::new());
    rows.retain(|row| {
        let level = (row.item, row.warehouse);
        let is_count = row.values.contains_key("count");
        let is_kept = !waiting.contains(&level)
            && match kept.get(&level) {
                None => true,
                Some(kept) => !is_count && *kept == Kept::Changes,
            };
        match is_kept {
            true => _ = kept.insert(level, if is_count { Kept::Count } else { Kept::Changes }),
            false => _ = waiting.insert(level),
        }
        is_kept
    });
}

/// The attempts at the row that is alone in its transaction and fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowAttempts {
    ordinal: i64,
    failures: u32,
}

impl RowAttempts {
    /// Counts a failure of a row. Returns whether the row is refused now.
    pub fn failed(&mut self, row: &OpenRow) -> bool {
        let failures = if self.ordinal == row.ordinal { self.failures } else { 0 };
        *self = Self { ordinal: row.ordinal, failures: failures + 1 };
        self.failures >= ROW_ATTEMPTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::testing::item;

    fn values(pairs: &[(&str, &str)]) -> FieldValues {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect()
    }

    fn row(sku: &str, new: &[(&str, &str)], before: &[(&str, &str)]) -> OpenRow {
        OpenRow {
            ordinal: 1,
            is_create: false,
            item: Some(ItemId(7)),
            warehouse: Some(WarehouseId(1)),
            sku: Some(sku.to_owned()),
            values: values(new),
            before: values(before),
            removed_units: None,
        }
    }

    fn code(reason: Option<RowReason>) -> String {
        reason.map(|reason| reason.code).unwrap_or_default()
    }

    #[test]
    fn a_row_conflicts_with_an_item_that_has_changed() {
        let kettle = item(7, "K-1");
        let renamed = row("k-1", &[("name", "Pan")], &[("name", "Kettle")]);
        assert_eq!(renamed.item_conflict(&kettle), None);
        // The price is not a field of the row.
        assert_eq!(
            renamed.item_conflict(&Item { price: "1".parse().expect("a price"), ..kettle.clone() }),
            None
        );
        let other_name = Item { name: "Pot".to_owned(), ..kettle.clone() };
        assert_eq!(code(renamed.item_conflict(&other_name)), "item_changed");
        assert_eq!(code(renamed.item_conflict(&item(7, "K-2"))), "keys_changed");
        let new_sku = row("K-9", &[("sku", "K-9")], &[("sku", "K-1")]);
        assert_eq!(new_sku.item_conflict(&kettle), None);
        assert_eq!(code(new_sku.item_conflict(&item(7, "K-2"))), "item_changed");
    }

    #[test]
    fn only_keys_that_change_are_compared_with_other_items() {
        let same = row(
            "K-1",
            &[("sku", "K-1"), ("barcodes", "96385074")],
            &[("sku", "K-1"), ("barcodes", "96385074")],
        );
        assert_eq!(same.changed_keys().map(|keys| keys.keys().is_empty()), Ok(true));
        let changed = row("K-1", &[("sku", "K-2")], &[("sku", "K-1")]).changed_keys().expect("keys");
        assert_eq!(changed.keys().sku.map(Sku::as_str), Some("K-2"));
    }

    #[test]
    fn a_count_expects_the_units_of_its_judgement() {
        let counted = row("K-1", &[("count", "5"), ("reason", "Found")], &[("onHand", "12")]);
        let change = counted.level_change("a.csv").expect("a change");
        let units = |units| Units::new(units).expect("units");
        let basis = CountBasis::OnHand;
        assert_eq!(change.target, LevelTarget::Set { units: units(5), expected: Some(units(12)), basis });
        assert_eq!(change.note, "a.csv: Found");
        assert!(row("K-1", &[("change", "0")], &[]).level_change("a.csv").is_err());
    }

    #[test]
    fn the_removals_of_a_level_are_limited_together() {
        let removes = |removed_units| OpenRow { removed_units, ..row("K-1", &[("change", "-6")], &[]) };
        assert_eq!(removes(Some(12)).write_off_refusal(None), None);
        assert_eq!(removes(Some(10)).write_off_refusal(Some(10)), None);
        assert_eq!(removes(None).write_off_refusal(Some(10)), None);
        assert_eq!(code(removes(Some(12)).write_off_refusal(Some(10))), "forbidden");
    }

    #[test]
    fn a_count_waits_for_the_other_rows_of_its_level() {
        let stock = |ordinal, warehouse, field| OpenRow {
            ordinal,
            warehouse: Some(WarehouseId(warehouse)),
            ..row("K-1", &[(field, "1")], &[])
        };
        let kept = |rows: &[OpenRow]| -> Vec<i64> {
            let mut rows = rows.to_vec();
            retain_one_count_per_level(&mut rows);
            rows.iter().map(|row| row.ordinal).collect()
        };
        let all = [
            stock(1, 1, "change"),
            stock(2, 2, "count"),
            stock(3, 1, "change"),
            stock(4, 1, "count"),
            stock(5, 1, "change"),
            stock(6, 2, "change"),
        ];
        assert_eq!(kept(&all), [1, 2, 3]);
        assert_eq!(kept(&all[3..]), [4, 6]);
        assert_eq!(kept(&all[4..]), [5, 6]);
    }

    #[test]
    fn attempts_are_those_of_one_row() {
        let [first, second] = [1, 2].map(|ordinal| OpenRow { ordinal, ..row("K-1", &[], &[]) });
        let mut attempts = RowAttempts::default();
        let failed: Vec<_> = (0..4).map(|_| attempts.failed(&first)).collect();
        assert_eq!(failed, [false; 4]);
        assert!(!attempts.failed(&second));
        assert!((0..4).all(|_| !attempts.failed(&first)));
        assert!(attempts.failed(&first));
    }
}
