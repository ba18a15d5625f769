use crate::deserialize;
use serde::{Deserialize, Serialize};

/// A request for the availability of items. It is for the server only: the console has other reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadAvailability {
    /// The ids of the items. With the SKUs 1 to 1,000. An item that is named twice is returned once.
    #[serde(default, deserialize_with = "deserialize::ids")]
    pub item_ids: Vec<i64>,
    /// The SKUs of the items.
    #[serde(default)]
    pub skus: Vec<String>,
    /// Whether to return the units of each warehouse; default false.
    #[serde(default)]
    pub warehouses: bool,
}

/// The units of several items at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// The position in the ledger, for the parameter `after` of `/api/events`: the units are those after exactly the
    /// movements up to it, while `lagSeconds` is 0.
    pub cursor: String,
    /// Usually 0. Above 0, an open transaction of another application holds the cursor back, and the units include later
    /// movements: the age of the oldest one, in seconds.
    pub lag_seconds: u64,
    /// The items that exist, in the order of the request: those of ids, then those of SKUs.
    pub items: Vec<ItemAvailability>,
    /// The requested ids without an item.
    pub unknown_item_ids: Vec<i64>,
    /// The requested SKUs without an item.
    pub unknown_skus: Vec<String>,
}

/// The units of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemAvailability {
    pub item_id: i64,
    /// Null without a SKU.
    pub sku: Option<String>,
    /// Units that can be sold now.
    pub available: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    /// Units on the shelf: available and held.
    pub on_hand: i64,
    /// The units in each warehouse that has a stock level, by warehouse id; only if the request asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouses: Option<Vec<LevelAvailability>>,
}

/// The units of an item in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelAvailability {
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that can be sold now.
    pub available: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    /// Units on the shelf: available and held.
    pub on_hand: i64,
}

impl Availability {
    /// Converts the engine's answer. Without `warehouses`, only sums are returned.
    pub fn new(availability: domain::Availability, warehouses: bool) -> Self {
        let item = |item: domain::ItemAvailability| {
            let units = item.units();
            let levels = warehouses.then(|| item.levels.into_iter().map(LevelAvailability::from).collect());
            let (available, held, on_hand) = (units.available, units.held, units.on_hand());
            ItemAvailability {
                item_id: item.item.0,
                sku: item.sku,
                available,
                held,
                on_hand,
                warehouses: levels,
            }
        };
        Self {
            cursor: availability.cursor.to_string(),
            lag_seconds: availability.lag_seconds,
            items: availability.items.into_iter().map(item).collect(),
            unknown_skus: availability.unknown_skus,
            unknown_item_ids: availability.unknown.into_iter().map(|item| item.0).collect(),
        }
    }
}

impl From<domain::LevelAvailability> for LevelAvailability {
    fn from(level: domain::LevelAvailability) -> Self {
        Self {
            warehouse_id: level.warehouse.0,
            warehouse_code: level.warehouse_code,
            available: level.units.available,
            held: level.units.held,
            on_hand: level.units.on_hand(),
        }
    }
}
