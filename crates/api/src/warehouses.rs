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
