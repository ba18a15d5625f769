use crate::Item;
use crate::deserialize;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A location that has stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Its place in the order of allocation by priority: a lower number comes first.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub priority: i32,
    /// Degrees, north is positive. Null without a position.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub latitude: Option<f64>,
    /// Degrees, east is positive. Null without a position.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub longitude: Option<f64>,
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateWarehouse {
    /// 1 to 32 characters, unique.
    pub code: String,
    /// 1 to 255 characters.
    pub name: String,
    /// Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// -90 to 90 degrees, north is positive. Required with `longitude`. Rounded to six decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// -180 to 180 degrees, east is positive. Required with `latitude`. Rounded to six decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// A new warehouse from the console. Its position is text, so that the browser neither parses nor formats fractions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WarehouseForm {
    /// 1 to 32 characters, unique.
    pub code: String,
    /// 1 to 255 characters.
    pub name: String,
    /// Its place in the order of allocation by priority: a lower number comes first. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Degrees, north is positive. Empty without a position.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", serde(deserialize_with = "deserialize::optional_number_text"))]
    pub latitude: Option<String>,
    /// Degrees, east is positive. Empty without a position.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", serde(deserialize_with = "deserialize::optional_number_text"))]
    pub longitude: Option<String>,
}

/// A request to change a warehouse. Absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// -90 to 90 degrees, north is positive. Required with `longitude`. Null for both removes the position.
    #[serde(default, deserialize_with = "deserialize::present", skip_serializing_if = "Option::is_none")]
    pub latitude: Option<Option<f64>>,
    /// -180 to 180 degrees, east is positive. Required with `latitude`. Null for both removes the position.
    #[serde(default, deserialize_with = "deserialize::present", skip_serializing_if = "Option::is_none")]
    pub longitude: Option<Option<f64>>,
}
