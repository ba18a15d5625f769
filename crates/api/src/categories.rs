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
    /// What the available units cost together: decimal text with two decimals, such as "1234.50".
    pub value: String,
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

/// A category's new name. Where another category bears it already, the two become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenameCategory {
    /// 1 to 100 characters, not the name that it has.
    pub to: String,
    /// Change nothing, tell what would change. False where absent.
    #[serde(default)]
    pub dry_run: bool,
}

/// A category was renamed, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CategoryRenamed {
    pub from: String,
    pub to: String,
    /// Whether nothing was changed yet.
    pub dry_run: bool,
    /// Items that change their category.
    pub items: i64,
    /// Items that bore the new name before; above 0 the two categories become one.
    pub items_already: i64,
}
