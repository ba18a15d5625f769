use crate::deserialize;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A product that the shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Item {
    pub id: i64,
    /// The shop's key of the item; null without one.
    #[serde(default)]
    pub sku: Option<String>,
    #[serde(default)]
    pub barcodes: Vec<String>,
    /// 1 to 255 characters.
    pub name: String,
    pub description: Option<String>,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// Decimal text with two decimals, such as "9.99".
    pub price: String,
    /// 1 to 100 characters; null without a category.
    pub category: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// An archived item can't be sold, and lists leave it out. Null if it is not archived.
    #[serde(default)]
    pub archived_at: Option<DateTime<Utc>>,
    /// The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never, null for the setting
    /// of the server.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub low_stock: Option<i32>,
    /// The version of everything but `quantity` and the times: the ETag, without its quotes.
    #[serde(default)]
    pub version: String,
}

/// A request to create an item. Its first stock goes to `warehouseId`, or to the default warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateItem {
    /// 1 to 255 characters.
    pub name: String,
    /// First stock, in units: 0 to 2,147,483,647.
    pub quantity: i64,
    /// 0 to 99,999,999.99 with at most two decimals; a number or a string.
    #[serde(deserialize_with = "deserialize::price")]
    pub price: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The shop's key of the item: 1 to 64 characters. No other item may have it, in any case and white space.
    #[serde(default)]
    pub sku: Option<String>,
    /// At most 100 barcodes of 1 to 64 characters. No other item may have one of them.
    #[serde(default)]
    pub barcodes: Vec<String>,
}

/// A request to change fields of an item. Absent fields stay. Units are changed by `/stock`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "deserialize::optional_price"
    )]
    pub price: Option<String>,
    /// Null removes the description.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "deserialize::present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    /// Null removes the category.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "deserialize::present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub category: Option<Option<String>>,
    /// Null removes the SKU.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "deserialize::present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub sku: Option<Option<String>>,
    /// All barcodes of the item, instead of the current ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcodes: Option<Vec<String>>,
    /// The item is low at this number of unsold units or fewer. 0 for never, null for the setting of the server.
    #[cfg(feature = "ssr")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "deserialize::present")]
    #[schema(value_type = Option<i64>)]
    pub low_stock: Option<Option<i64>>,
}

/// A request to receive units into a stock level, or to write off units from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// Default: the default warehouse.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// Units to add: positive for received units, negative for units written off; not 0.
    pub delta: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
}

/// A stock level after an adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockAdjusted {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub warehouse_id: i64,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: String,
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
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    pub warehouse_name: String,
    /// Units available now.
    pub available: i32,
    /// Units in active blocks: temporary ones that have not expired.
    pub held: i64,
    /// Units in permanent blocks, and those that orders have: allocated, or shipped and not returned.
    pub sold: i64,
    /// Those of the sold units that are on the shelf: not shipped.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub committed: i64,
    /// Damaged units.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub damaged: i64,
    /// Units in quarantine.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub quarantined: i64,
    /// Units on the shelf: available, in temporary blocks (also in expired ones until they are reclaimed), committed, damaged,
    /// and in quarantine.
    pub on_hand: i64,
}

/// A movement: one row of the ledger.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    pub id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units added to the stock level; negative for units taken.
    pub change: i32,
    /// The units that the movement concerns, if they are not those of `change`: those of a confirmed block, and units that
    /// were shipped, returned or changed their condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i32>,
    /// Units in this warehouse before the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Units in this warehouse after the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// received, written_off, moved, blocked, released, expired, confirmed, allocated, cancelled, corrected, hold_converted,
    /// sale_converted, shipped, returned, set_aside, restored, reclassified or disposed.
    pub reason: String,
    /// damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of. Absent for
    /// units that can be sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The caller's reason.
    pub note: Option<String>,
    pub block_id: Option<i64>,
    pub order_id: Option<i64>,
    /// The principal that made the change.
    pub actor: String,
    pub created_at: DateTime<Utc>,
}

/// A movement, as far as the browser reads it.
#[cfg(not(feature = "ssr"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    pub order_id: Option<i64>,
}

/// The value of the filter `low` of the console's list of items for the items that are low by their own threshold.
pub const LOW_BY_THRESHOLD: &str = "threshold";

/// The order of a list of items. Items with equal values are ordered by ascending id.
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
    /// Descending id: the newest first.
    IdDesc,
    /// By name, Z to A.
    NameDesc,
}

/// A request to move units from one warehouse to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MoveStock {
    #[serde(deserialize_with = "deserialize::id")]
    pub from_warehouse_id: i64,
    /// Not the source warehouse.
    #[serde(deserialize_with = "deserialize::id")]
    pub to_warehouse_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
}

/// Both stock levels after a move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockMoved {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub from_warehouse_id: i64,
    /// The code of the source warehouse.
    #[cfg(feature = "ssr")]
    pub from_warehouse_code: String,
    pub to_warehouse_id: i64,
    /// The code of the target warehouse.
    #[cfg(feature = "ssr")]
    pub to_warehouse_code: String,
    /// Units that were moved.
    pub quantity: i32,
    /// Available units in the source warehouse, after the move.
    pub from_available: i32,
    /// Available units in the target warehouse, after the move.
    pub to_available: i32,
}

/// The available units of an item over time, for a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemHistory {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    /// The time of the first point. It is later than requested if the item has too many movements.
    pub since: DateTime<Utc>,
    /// The time of the last point: now.
    pub until: DateTime<Utc>,
    /// At most 242 points by ascending time. Between two points the quantity is that of the earlier one.
    pub points: Vec<HistoryPoint>,
}

/// An item's available units at a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryPoint {
    pub at: DateTime<Utc>,
    /// Units over all warehouses.
    pub quantity: i64,
}
