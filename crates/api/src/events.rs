use crate::Movement;
#[cfg(feature = "ssr")]
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A page of the event feed: committed movements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// Movements by ascending id. The movements of one item are in commit order, and none is skipped.
    pub events: Vec<Movement>,
    /// Signals by ascending id. Those of one item are in the order of its movements, and each crossing has exactly one.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub signals: Vec<Signal>,
    /// The cursor for the parameter `after` of the next request. It is opaque: it names a position in this database's
    /// history.
    pub cursor: String,
    /// The age of the oldest committed movement that can't be delivered yet, in seconds. Above 0, a transaction with an
    /// earlier movement is still open; the log names it.
    pub lag_seconds: u64,
}

/// One message of the live stream: the movements since the previous message, and the current stock of their items.
/// Its id is the cursor; a reconnect continues from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The position up to which the messages are complete. It is opaque.
    pub cursor: String,
    /// True if there are too many movements for one message: `events` and `items` are empty, and the client has to
    /// reload its data.
    pub skipped: bool,
    /// Kinds of data that changed without a movement, such as names, expiry times and new orders. The client has to
    /// reload them.
    pub touched: Vec<Touched>,
    /// Movements by ascending id. The movements of one item are in commit order.
    pub events: Vec<Movement>,
    /// Signals by ascending id. The first movement of each is in this message or an earlier one.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub signals: Vec<Signal>,
    /// The items of `events`, in their state after the last of these movements or shortly later.
    pub items: Vec<ChangedItem>,
    /// The age of the oldest committed movement that can't be delivered yet, in seconds.
    pub lag_seconds: u64,
}

/// A signal: an item is low, sold out or back in stock. It is written shortly after its movement. Units in temporary blocks
/// count as on hand, so an item with held units is not sold out.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    pub id: i64,
    /// `stock.low`: the unsold units fell to the threshold or below. `stock.sold_out`: they fell to 0.
    /// `stock.back_in_stock`: they rose above 0.
    pub kind: String,
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    /// The movement that caused it. Its id is lower.
    pub movement_id: i64,
    /// Unsold units after the movement, over all warehouses: available and held ones.
    pub unsold: i64,
    /// The threshold of low stock at that time.
    pub threshold: i32,
    pub created_at: DateTime<Utc>,
}

/// The current stock of an item that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangedItem {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub item_name: String,
    pub category: Option<String>,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// Units available in each warehouse, by ascending warehouse id.
    pub levels: Vec<WarehouseUnits>,
}

/// Units in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WarehouseUnits {
    pub warehouse_id: i64,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: String,
    /// Units available now.
    pub available: i32,
}

/// Kinds of data that can change without a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Touched {
    /// The fields of an item, or a new item.
    Items,
    /// The expiry time of a block.
    Blocks,
    /// A new order, or a cancelled one.
    Orders,
    /// A warehouse.
    Warehouses,
    /// Stock levels with movements that can't be delivered yet. The movements follow after an earlier open transaction
    /// has ended.
    Stock,
}
