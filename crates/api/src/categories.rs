use crate::Item;
use serde::{Deserialize, Serialize};

/// A category with totals over its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Category {
    pub category: String,
    /// The number of its items.
    pub items: i64,
    /// Units available now.
    pub units_available: i64,
    /// Units in temporary and permanent blocks.
    pub units_blocked: i64,
    /// The value of the available units: decimal text with two decimals, such as "1234.50".
    pub value: String,
}

/// The items of a category with the highest quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TopItems {
    pub category: String,
    /// At most 100 items: highest quantity first, equal quantities by ascending id.
    pub items: Vec<Item>,
    /// The number of entries in `items`.
    pub count: i64,
    /// The number of items in the category.
    pub total_items_in_category: i64,
}

/// A request to rename a category. If a category with the new name exists, the two are merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenameCategory {
    /// 1 to 100 characters; not the current name.
    pub to: String,
    /// With true, the response lists the changes and nothing is changed. Default: false.
    #[serde(default)]
    pub dry_run: bool,
}

/// The response to a renamed category, or to a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CategoryRenamed {
    pub from: String,
    pub to: String,
    /// True for a dry run: nothing was changed.
    pub dry_run: bool,
    /// Items of the renamed category.
    pub items: i64,
    /// Items that had the new category before. Above 0, the two categories are merged.
    pub items_already: i64,
    /// The version of a category with exactly the items that the request has moved, for the `If-Match` of the undo. The
    /// category has another version if it had items before, and after an item has entered or left it. After a dry run with
    /// `If-Match`, the version of the category; otherwise a dry run has none.
    pub version: Option<String>,
}
