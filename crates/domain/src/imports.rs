//! Imports of files: the states of a job, the judgement of a row against the present items and levels, and the rules for
//! its application.

mod application;
mod item_judgement;
mod judge;
mod judged_row;
mod judgement;
mod level_rows;
mod row;
mod state;
mod stock_judgement;
#[cfg(test)]
mod testing;

pub use application::{ChangedKeys, OpenRow, RowAttempts, RowReason, RowResult, retain_one_count_per_level};
pub use item_judgement::{details_of, new_item};
pub use judge::judge_row;
pub use judged_row::{JudgedRow, ROW_CELLS_BYTES_MAX, counts_of, repeated_claims};
pub use judgement::{FieldValues, Judgement, PresentState, RowAction, RowProblem};
pub use level_rows::LevelRows;
pub use row::{ItemRow, RowValue, StockQuantity, StockRow};
pub use state::{ImportCounts, ImportState, RowOutcome};
