use crate::Item;
use serde::{Deserialize, Serialize};

/// A category and the sums over its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Category {
    pub category: String,
    /// How many items bear it.
    pub items: i64,
    /// Units that can be sold now.
    pub units_available: i64,
    /// Units in blocks, temporary and permanent.
    pub units_blocked: i64,
}

/// The items of highest quantity in a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TopItems {
    pub category: String,
    /// At most 100: highest quantity first, ties by id.
    pub items: Vec<Item>,
    /// How many are in `items`.
    pub count: i64,
    /// How many items the category has.
    pub total_items_in_category: i64,
}
