//! The requests of the console's lists, and their results.

use crate::Problem;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The filters of the console's list of blocks. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockFilter {
    /// `temporary` or `permanent`, or `expiring` for the active blocks that expire soon. Another name is no filter.
    #[serde(default)]
    pub state: String,
    pub item: Option<i64>,
    /// The warehouse's id.
    pub warehouse: Option<i64>,
    /// The first day of the placement, in UTC, such as `2026-11-28`.
    #[serde(default)]
    pub from: String,
    /// The last day of the placement, in UTC.
    #[serde(default)]
    pub to: String,
    #[serde(default)]
    pub reference: String,
    /// The name of a [`BlockSort`](crate::BlockSort).
    #[serde(default)]
    pub sort: String,
}

/// An action on several items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ItemAction {
    /// Change the category to `value`; an empty one removes it.
    Category,
    /// Change the threshold of low stock to `value`; an empty one removes it.
    LowStock,
    Archive,
}

/// A bulk request: one action on several items. Each item succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActOnItems {
    pub action: ItemAction,
    /// 1 to 500 ids without duplicates.
    pub ids: Vec<i64>,
    /// The new category or threshold.
    #[serde(default)]
    pub value: String,
}

/// An action on several orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderAction {
    /// Take the missing units that are available.
    Fill,
    Cancel,
}

/// The result for one item or order of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub id: i64,
    /// The error; null after a success.
    pub problem: Option<Problem>,
}

/// A view of a list that all people see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    pub id: i64,
    pub list: String,
    pub name: String,
    /// The query of the list's address, without the question mark.
    pub query: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}
