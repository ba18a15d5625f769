use crate::Item;
use crate::time::{DateTime, Utc};
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
    /// An archived warehouse receives no units, and the list leaves it out. Null if it is not archived.
    #[serde(default)]
    pub archived_at: Option<DateTime<Utc>>,
    /// The version of everything but `unitsAvailable` and the time: the ETag, without its quotes.
    #[serde(default)]
    pub version: String,
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

/// A request to change a warehouse. Absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateWarehouse {
    /// 1 to 32 characters, unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 1 to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// True makes the warehouse the default one, instead of the former. False is not allowed: make another one the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}
