//! The judgement of a row of either kind.

use super::item_judgement::judge_item;
use super::judgement::{Judgement, PresentState};
use super::row::RowValue;
use super::stock_judgement::judge_stock;

/// Judges a row against the present state. `line` is that of the row in the file.
pub fn judge_row(row: &RowValue, line: i64, present: &PresentState<'_>) -> Judgement {
    match row {
        RowValue::Item(row) => judge_item(row, present),
        RowValue::Stock(row) => judge_stock(row, line, present),
    }
}
