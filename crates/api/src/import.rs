use serde::{Deserialize, Serialize};

/// What became of each line of an uploaded CSV file, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Whether nothing was changed yet.
    pub dry_run: bool,
    /// Items that were created.
    pub created: i64,
    /// Items whose description or stock was changed.
    pub updated: i64,
    /// Lines that say what is there already.
    pub unchanged: i64,
    /// Lines of which nothing was done.
    pub wrong: i64,
    /// One for each line below the header, in their order.
    pub lines: Vec<ImportLine>,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportLine {
    /// The line's number in the file; the header is line 1.
    pub line: i64,
    pub outcome: ImportOutcome,
    /// The item; null for one that is not created yet.
    pub item_id: Option<i64>,
    /// The item's name, as far as the line tells it.
    pub name: String,
    /// What changes.
    pub changes: Vec<ImportChange>,
    /// What is wrong with the line.
    pub error: Option<String>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ImportOutcome {
    /// An item is created.
    Create,
    /// An item is changed.
    Update,
    /// Everything is as the line says.
    Unchanged,
    /// The line can't be done.
    Wrong,
}

/// One thing that a line changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportChange {
    /// The column.
    pub field: String,
    /// Null where there was nothing.
    pub before: Option<String>,
    /// Null where nothing is left.
    pub after: Option<String>,
}
