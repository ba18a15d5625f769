//! The wire types of imports.

mod choices;
mod convert;
mod layout;
mod words;

pub use choices::{ChooseImport, ImportColumnChoice, parse_choices};
pub use layout::{ImportColumn, ImportLayout, ImportOption};

use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An import of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    pub id: i64,
    /// - `uploading`: the file arrives.
    /// - `judging`: a server reads the file and judges its rows against the present items and stock.
    /// - `undecided`: the file can be read in several ways: `problems` has the choices that a person has to make.
    /// - `judged`: all rows are judged, and nothing is changed yet. The import can be applied.
    /// - `applying`: a server applies the rows.
    /// - `applied`: all rows are applied or refused.
    /// - `cancelled`: rows that were applied before stay applied.
    /// - `failed`: the file can't be imported, or an internal error ended the import: `problems` has the reason. Rows that
    ///   were applied before stay applied.
    #[schema(pattern = "^(uploading|judging|undecided|judged|applying|applied|cancelled|failed)$")]
    pub state: String,
    pub file_name: String,
    /// The size of the file in bytes.
    pub file_bytes: i64,
    /// Whether the file and the rows are still stored.
    pub is_stored: bool,
    /// The latest earlier import of a file with the same bytes that was applied.
    pub applied_before: Option<i64>,
    /// The progress; null unless a server works on the import.
    pub progress: Option<ImportProgress>,
    pub counts: ImportCounts,
    /// The effect of the import in words, one sentence each.
    pub summary: Vec<String>,
    /// The layout of the file; null until it is detected.
    pub layout: Option<ImportLayout>,
    /// The choices that a person has to make, or the reason for a failure.
    pub problems: Vec<ImportProblem>,
    /// The choices of a person. A part that is null was detected.
    pub choices: ChooseImport,
    /// The revision of the choices. Each change of the choices increments it.
    pub revision: i32,
    /// The principal that uploaded the file, such as `person:anna`.
    pub actor: String,
    /// The principal that applied the import.
    pub applied_by: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The time at which the import was applied, cancelled or failed.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The progress of a server's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    /// `uploading` and `judging` count bytes, `applying` counts rows.
    #[schema(pattern = "^(uploading|judging|applying)$")]
    pub stage: String,
    pub done: i64,
    /// Null while the file is being uploaded.
    pub total: Option<i64>,
}

/// The numbers of rows and units of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// The judged rows.
    pub rows: i64,
    /// Rows with an error. They are not applied.
    pub errors: i64,
    /// Rows with a warning that will be applied.
    pub warnings: i64,
    /// Rows that create an item.
    pub creates: i64,
    /// Rows that change an item or a stock level.
    pub changes: i64,
    /// Rows whose values are the present ones.
    pub unchanged: i64,
    /// Units that the rows add to stock.
    pub units_added: i64,
    /// Units that the rows remove from stock.
    pub units_removed: i64,
    /// The applied rows.
    pub applied: i64,
    /// Rows whose item or stock level was changed by somebody else after the rows were judged. They were not applied.
    pub conflicts: i64,
    /// Rows that were refused when they were applied.
    pub refused: i64,
    /// Rows that were to be applied and were not: those in conflict, refused, and open ones of an import that was cancelled
    /// or failed.
    pub not_applied: i64,
}

/// A problem of a file or of one of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportProblem {
    /// The stable code, such as `not_a_number`.
    pub code: String,
    /// The problem in words.
    pub message: String,
    /// The name of the column.
    pub column: Option<String>,
    /// Whether the row is applied nevertheless.
    pub is_warning: bool,
}

/// A row of an imported file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// The position among the rows of the file, from 1.
    pub ordinal: i64,
    /// The line of the file on which the row begins, as an editor counts.
    pub line: i64,
    /// The effect; null for a row with an error.
    #[schema(pattern = "^(create|change|unchanged)$")]
    pub action: Option<String>,
    pub item_id: Option<i64>,
    pub warehouse_id: Option<i64>,
    pub warehouse_code: Option<String>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The values that the row changes.
    pub changes: Vec<ImportChange>,
    /// All values of a row that was not applied, by the names of its fields; empty for the other rows. A null removes the
    /// value.
    pub values: BTreeMap<String, Option<String>>,
    /// The values of the same fields when the row was judged, and `onHand` and `held` of a row of stock; empty unless the
    /// row was not applied.
    pub before: BTreeMap<String, Option<String>>,
    /// The units that were held when a row of stock was judged. A count includes them.
    pub held: Option<i64>,
    pub problems: Vec<ImportProblem>,
    /// The cells of a row with a problem, as in the file.
    pub cells: Vec<String>,
    /// The outcome; null until the row is applied. A row with `conflict` or `refused` was not applied.
    #[schema(pattern = "^(applied|conflict|refused)$")]
    pub outcome: Option<String>,
    /// The reason why the row was not applied.
    pub reason: Option<ImportProblem>,
}

/// A value that a row changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportChange {
    /// The field, such as `price`, or `onHand` for a row of stock.
    pub field: String,
    /// The value when the row was judged.
    pub before: Option<String>,
    /// The value that the row sets; null removes it.
    pub after: Option<String>,
}

/// The revision of an import to apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyImport {
    /// The `revision` of the judgement that the caller has seen.
    #[schema(minimum = 1)]
    pub revision: i32,
}
