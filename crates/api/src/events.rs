use crate::Movement;
use serde::{Deserialize, Serialize};

/// What was committed, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// Ledger lines by ascending id. Those of one item are in the order in which they happened, and none is
    /// ever passed over.
    pub events: Vec<Movement>,
    /// For the parameter `after` of the next reading. It is opaque: it names a position in this database's history.
    pub cursor: String,
    /// The age of the oldest committed line that can't be delivered yet, in seconds. More than 0 means that a
    /// transaction which has written before it is still open: the log names it.
    pub lag_seconds: u64,
}

/// One message of the live stream: what was committed since the message before, and what the items that it
/// touched have now. Its id is the cursor: a reconnect goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Names the position up to which the messages are complete. It is opaque.
    pub cursor: String,
    /// More happened than one message tells: `events` and `items` are empty, and what is on the screen is
    /// to be read anew.
    pub skipped: bool,
    /// Kinds of things of which something changed that the ledger does not tell: names, a block's time, new
    /// orders. What is shown of them is to be read anew.
    pub touched: Vec<Touched>,
    /// Ledger lines by ascending id; those of one item are in the order in which they happened.
    pub events: Vec<Movement>,
    /// The items that `events` name, as they were just after the last of them, or a moment later.
    pub items: Vec<ChangedItem>,
    /// The age of the oldest committed line that can't be delivered yet, in seconds.
    pub lag_seconds: u64,
}

/// What an item has, now that something of it has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangedItem {
    pub item_id: i64,
    pub item_name: String,
    pub category: Option<String>,
    /// Units available to sell now, over all warehouses.
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
    /// Units that can be sold now.
    pub available: i32,
}

/// Kinds of things that can change without a line in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Touched {
    /// What describes an item, or a new item.
    Items,
    /// Until when a block holds.
    Blocks,
    /// A new order, or one that was given up.
    Orders,
    /// A warehouse.
    Warehouses,
    /// Stock levels whose ledger lines can't be delivered yet. They follow once the transaction that holds them back
    /// has ended.
    Stock,
}
