use serde::{Deserialize, Serialize};

/// The result of an import of a CSV file, or of a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// True for a dry run: nothing was changed.
    pub dry_run: bool,
    /// Items that were created.
    pub created: i64,
    /// Items that were changed.
    pub updated: i64,
    /// Lines that equal the current values.
    pub unchanged: i64,
    /// Lines with an error. Nothing was changed for them.
    pub wrong: i64,
    /// One entry per line after the header, in the order of the file.
    pub lines: Vec<ImportLine>,
}

/// The result of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportLine {
    /// The number of the line in the file; the header is line 1.
    pub line: i64,
    pub outcome: ImportOutcome,
    /// The item; null if it is not created yet.
    pub item_id: Option<i64>,
    /// The item's name, if the line has one.
    pub name: String,
    /// The changed fields.
    pub changes: Vec<ImportChange>,
    /// The error of the line.
    pub error: Option<String>,
}

/// The kind of result of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ImportOutcome {
    /// An item is created.
    Create,
    /// An item is changed.
    Update,
    /// The item already has these values.
    Unchanged,
    /// The line has an error.
    Wrong,
}

/// A changed field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportChange {
    /// The column.
    pub field: String,
    /// The previous value; null if there was none.
    pub before: Option<String>,
    /// The new value; null if it was removed.
    pub after: Option<String>,
}
