use crate::Item;
use serde::{Deserialize, Serialize};

/// A place that stock lies in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Warehouse {
    pub id: i64,
    /// Short and unique, such as "BER-1".
    pub code: String,
    pub name: String,
    /// Takes the first stock of items for which no warehouse is named. Exactly one has this.
    pub is_default: bool,
    /// Available units of all items here.
    pub units_available: i64,
}

/// An item that lies in a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseItem {
    pub item: Item,
    /// Its units that can be sold now, out of this warehouse.
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
