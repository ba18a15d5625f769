//! Judged rows as they are stored, and the rules between the rows of a file.

use super::judgement::{Judgement, RowAction, RowProblem};
use super::row::RowValue;
use super::state::ImportCounts;
use crate::{ItemId, ItemKeys, WarehouseId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The most bytes of the stored cells of a row, with one for each cell's delimiter. The rest is cut.
pub const ROW_CELLS_BYTES_MAX: usize = 64 << 10;

/// The end of a cell that was cut.
const ELLIPSIS: &str = "…";

/// A judged row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRow {
    /// The position among the rows of the file, from 1.
    pub ordinal: i64,
    /// The line of the file.
    pub line: i64,
    /// The item, if it exists.
    pub item: Option<ItemId>,
    /// The warehouse of a row of stock.
    pub warehouse: Option<WarehouseId>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The judgement. A row that can't be read has no values.
    pub judgement: Judgement,
    /// The cells of a row with problems: at most [`ROW_CELLS_BYTES_MAX`].
    pub cells: Vec<String>,
}

impl JudgedRow {
    /// Returns the units that this row and the earlier rows of its level remove. `None` if this row removes none.
    pub fn removed_units(&self) -> Option<i64> {
        let level = self.judgement.level.filter(|_| self.judgement.units < 0);
        level.map(|level| level.removed_units)
    }

    /// Returns whether the row will be applied, and has a warning.
    pub fn has_warning(&self) -> bool {
        let Judgement { action, problems, .. } = &self.judgement;
        let is_applied = matches!(action, Some(RowAction::Create | RowAction::Change));
        is_applied && problems.iter().any(|problem| problem.is_warning)
    }

    /// Returns the keys that the row gives to an item, to find whether another item has them. `values` are the row's.
    pub fn new_keys<'a>(&self, values: &'a RowValue) -> Option<ItemKeys<'a>> {
        let RowValue::Item(values) = values else { return None };
        let judgement = &self.judgement;
        judgement.action.filter(|action| *action != RowAction::Unchanged)?;
        let is_set = |field: &str| {
            judgement.values.get(field).is_some_and(|value| judgement.before.get(field) != Some(value))
        };
        let sku = values.sku.as_ref().filter(|_| is_set("sku"));
        let barcodes = values.barcodes.as_ref().filter(|_| is_set("barcodes"));
        (sku.is_some() || barcodes.is_some()).then_some(ItemKeys { item: self.item, sku, barcodes })
    }

    /// Refuses the row, whose key an earlier line has.
    pub fn refuse_repeated(&mut self, first_line: i64) {
        let message = format!("The row repeats a key of line {first_line}.");
        self.judgement.refuse(RowProblem::error("row_repeated", message));
    }

    /// Removes the cells of a row without problems, which are the values, and cuts those of the others.
    pub fn keep_cells(&mut self) {
        match self.judgement.problems.is_empty() {
            true => self.cells = Vec::new(),
            false => cut_cells(&mut self.cells, ROW_CELLS_BYTES_MAX),
        }
    }
}

/// Cuts cells to `bytes_max` bytes together, with one for each cell's delimiter. A cell that is cut ends with an ellipsis;
/// the cells after it are removed.
fn cut_cells(cells: &mut Vec<String>, bytes_max: usize) {
    let mut room = bytes_max;
    for index in 0..cells.len() {
        let cell = &mut cells[index];
        if let Some(left) = room.checked_sub(cell.len() + 1) {
            room = left;
            continue;
        }
        let has_room = room > ELLIPSIS.len();
        if has_room {
            cell.truncate(cell.floor_char_boundary(room - ELLIPSIS.len() - 1));
            cell.push_str(ELLIPSIS);
            cell.shrink_to_fit();
        }
        cells.truncate(index + usize::from(has_room));
        cells.shrink_to_fit();
        return;
    }
}

/// Removes the claims of rows that an earlier row of `rows` has. Returns the first lines by the index of these rows.
pub fn repeated_claims(rows: &mut [JudgedRow]) -> HashMap<usize, i64> {
    let mut lines = HashMap::new();
    let mut repeated = HashMap::new();
    for (index, row) in rows.iter_mut().enumerate() {
        let claims = std::mem::take(&mut row.judgement.claims);
        let first = claims.iter().find_map(|claim| lines.get(claim)).copied();
        match first {
            Some(first) => _ = repeated.insert(index, first),
            None => {
                for claim in &claims {
                    if let Entry::Vacant(entry) = lines.entry(claim.clone()) {
                        entry.insert(row.line);
                    }
                }
                row.judgement.claims = claims;
            }
        }
    }
    repeated
}

/// Returns the numbers of judged rows.
pub fn counts_of(rows: &[JudgedRow]) -> ImportCounts {
    let mut counts = ImportCounts::default();
    for row in rows {
        let Judgement { action, units, .. } = &row.judgement;
        counts.rows += 1;
        counts.warnings += i64::from(row.has_warning());
        match action {
            None => counts.errors += 1,
            Some(RowAction::Create) => counts.creates += 1,
            Some(RowAction::Change) => counts.changes += 1,
            Some(RowAction::Unchanged) => counts.unchanged += 1,
        }
        counts.units_added += (*units).max(0);
        counts.units_removed -= (*units).min(0);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldValues;
    use proptest::prelude::*;

    fn row(line: i64, claims: &[&str]) -> JudgedRow {
        let mut judgement = Judgement::of(FieldValues::new());
        judgement.claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
        JudgedRow {
            ordinal: line,
            line,
            item: None,
            warehouse: None,
            sku: None,
            judgement,
            cells: Vec::new(),
        }
    }

    #[test]
    fn a_key_belongs_to_its_first_row() {
        let mut rows = [row(2, &["sku:a", "barcode:1"]), row(3, &["sku:b", "barcode:1"]), row(4, &["sku:b"])];
        assert_eq!(repeated_claims(&mut rows), HashMap::from([(1, 2)]));
        assert!(rows[1].judgement.claims.is_empty());
        assert_eq!(rows[2].judgement.claims, ["sku:b"]);
    }

    #[test]
    fn a_refused_row_counts_as_an_error_alone() {
        let mut added = row(2, &[]);
        added.judgement.action = Some(RowAction::Change);
        added.judgement.units = -3;
        let mut refused = added.clone();
        refused.refuse_repeated(2);
        let counts = counts_of(&[added, refused]);
        assert_eq!((counts.rows, counts.changes, counts.errors, counts.units_removed), (2, 1, 1, 3));
    }

    #[test]
    fn a_warning_counts_for_a_row_that_will_be_applied() {
        let mut warned = row(2, &[]);
        warned.judgement.problems.push(RowProblem::warning("no_key", "no key"));
        let mut rows = [warned.clone(), warned.clone(), warned.clone(), warned];
        rows[1].judgement.action = Some(RowAction::Create);
        rows[2].judgement.action = Some(RowAction::Change);
        rows[3].judgement.action = Some(RowAction::Unchanged);
        assert_eq!(counts_of(&rows).warnings, 2);
        assert!(!rows[0].has_warning() && rows[1].has_warning());
    }

    #[test]
    fn long_cells_end_with_an_ellipsis() {
        let mut cells = ["abc", "defghi", "j"].map(ToOwned::to_owned).to_vec();
        cut_cells(&mut cells, 10);
        assert_eq!(cells, ["abc", "de…"]);
    }

    #[test]
    fn empty_cells_are_bounded_too() {
        let mut cells = vec![String::new(); 1_000];
        cut_cells(&mut cells, 100);
        assert_eq!(cells.len(), 100);
    }

    proptest! {
        #[test]
        fn cells_are_cut_at_characters(mut cells in prop::collection::vec("[aé€😀]{0,9}", 0..6), max in 0..40_usize) {
            let before = cells.clone();
            cut_cells(&mut cells, max);
            let bytes = |cells: &[String]| cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
            prop_assert!(bytes(&cells) <= max);
            if bytes(&before) <= max {
                prop_assert_eq!(cells, before);
            }
        }
    }
}
