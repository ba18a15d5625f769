use crate::lenient;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Item {
    pub id: i64,
    /// 1 to 255 characters.
    pub name: String,
    pub description: Option<String>,
    /// Units available to sell now, over all warehouses.
    pub quantity: i32,
    /// Decimal text with two decimals, such as "9.99".
    pub price: String,
    /// 1 to 100 characters; null where the item has none.
    pub category: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new item. Its first stock goes to `warehouseId`, or to the default warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateItem {
    /// 1 to 255 characters.
    pub name: String,
    /// First stock, in units: 0 to 2,147,483,647.
    pub quantity: i64,
    /// 0 to 99,999,999.99 with at most two decimals; a number or a string.
    #[serde(deserialize_with = "lenient::price")]
    pub price: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub warehouse_id: Option<i64>,
}

/// Changes of what describes an item; what is absent stays. Units are changed by `/stock`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_price")]
    pub price: Option<String>,
    /// Null takes the description away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    /// Null takes the category away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub category: Option<Option<String>>,
}

/// Units received into a stock level, or written off from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// The default warehouse where absent.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub warehouse_id: Option<i64>,
    /// Units: positive receives, negative writes off; not 0.
    pub delta: i64,
    /// Why, in 1 to 200 characters; kept in the ledger.
    pub reason: String,
}

/// A stock level after it was adjusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockAdjusted {
    pub item_id: i64,
    pub warehouse_id: i64,
    pub delta: i32,
    /// Available units of the item in this warehouse, after the change.
    pub stock_quantity: i32,
    /// Available units of the item over all warehouses, after the change.
    pub quantity: i32,
}

/// One item's units in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockLevel {
    pub item_id: i64,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    pub warehouse_name: String,
    /// Units that can be sold now.
    pub available: i32,
    /// Units in temporary blocks.
    pub held: i64,
    /// Units in permanent blocks and allocated orders.
    pub sold: i64,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    pub id: i64,
    pub item_id: i64,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units added to the stock level (negative: taken).
    pub change: i32,
    /// Units in this warehouse before the change; told by an item's history alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Units in this warehouse after the change; told by an item's history alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// received, written_off, moved, blocked, released, expired, confirmed, allocated, cancelled or corrected.
    pub reason: String,
    /// What the person who made the change gave as the reason.
    pub note: Option<String>,
    pub block_id: Option<i64>,
    pub order_id: Option<i64>,
    /// Who made the change.
    pub actor: String,
    pub created_at: DateTime<Utc>,
}

/// The order of a list of items; ties go by id, ascending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ItemSort {
    /// Ascending id: the order of creation.
    #[default]
    Id,
    /// By name, A to Z.
    Name,
    /// Highest quantity first.
    QuantityDesc,
    /// Lowest quantity first.
    QuantityAsc,
}

/// Units moved from one warehouse to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MoveStock {
    #[serde(deserialize_with = "lenient::id")]
    pub from_warehouse_id: i64,
    /// Another one.
    #[serde(deserialize_with = "lenient::id")]
    pub to_warehouse_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// Why, in 1 to 200 characters; kept in the ledger.
    pub reason: String,
}

/// Both stock levels after units were moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockMoved {
    pub item_id: i64,
    pub from_warehouse_id: i64,
    pub to_warehouse_id: i64,
    /// Units that were moved.
    pub quantity: i32,
    /// Available units where they came from, after the move.
    pub from_available: i32,
    /// Available units where they went to, after the move.
    pub to_available: i32,
}

/// How many units of an item were available over the time: for a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemHistory {
    pub item_id: i64,
    /// The time of the first point: what was asked for, or later where the item has changed too often since
    /// for all of it to be read.
    pub since: DateTime<Utc>,
    /// The time of the last point: now.
    pub until: DateTime<Utc>,
    /// At most 242, by ascending time. Between two of them the quantity is the earlier one's, at their
    /// resolution.
    pub points: Vec<HistoryPoint>,
}

/// An item's available units at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryPoint {
    pub at: DateTime<Utc>,
    /// Units over all warehouses.
    pub quantity: i64,
}
