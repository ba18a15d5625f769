//! Imports of files: the states of a job, and the judgement of a row against the present items and levels.

mod judgement;
mod row;
mod state;

pub use judgement::{
    FieldValues, Judgement, PresentState, RowAction, RowProblem, details_of, judge_row, new_item,
};
pub use row::{ItemRow, RowValue, StockQuantity, StockRow};
pub use state::{ImportCounts, ImportState, RowOutcome};
