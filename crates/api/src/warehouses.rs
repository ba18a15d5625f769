use crate::Item;
use serde::{Deserialize, Serialize};

/// A location that has stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Warehouse {
    pub id: i64,
    /// Short and unique, such as "BER-1".
    pub code: String,
    pub name: String,
    /// Whether it receives the stock of requests that name no warehouse. Exactly one warehouse is the default.
    pub is_default: bool,
    /// Units available now, over all items.
    pub units_available: i64,
}

/// An item with a stock level in a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseItem {
    pub item: Item,
    /// Units available now in this warehouse.
    pub available: i32,
}

/// A new warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateWarehouse {
    /// 1 to 32 characters, unique.
    pub code: String,
    /// 1 to 255 characters.
    pub name: String,
}
