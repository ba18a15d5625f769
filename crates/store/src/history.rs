//! Bulk load of a shop with its history: items, stock, blocks, orders and a ledger with times in the past.
//!
//! A history numbers its rows from 0, apart for each kind. The load assigns the ids: all ids of a kind ascend with the
//! numbers, and ledger ids with the time.

mod load;

use domain::{
    BlockId, Condition, Coordinates, Description, ItemName, LevelKey, MovementReason, OrderSummary, Price,
    Priority, SignalKind, Time, UnsellableUnits, WarehouseCode, WarehouseName,
};
use std::collections::BTreeMap;

/// A shop with its history. The numbers of warehouses, items, blocks and orders stand for their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The warehouses. One that exists by its code is used; it gets the position and the priority if it has no position.
    pub warehouses: Vec<HistoryWarehouse>,
    /// The items.
    pub items: Vec<HistoryItem>,
    /// The stock levels.
    pub levels: BTreeMap<LevelKey, HistoryLevel>,
    /// The number of blocks that were placed, also those that have ended.
    pub blocks_placed: usize,
    /// The blocks that have not ended.
    pub blocks: BTreeMap<BlockId, HistoryBlock>,
    /// The carts. The id of a cart is that of its first block.
    pub carts: Vec<HistoryCart>,
    /// The orders. The id of each is its number.
    pub orders: Vec<HistoryOrder>,
    /// The ledger, by ascending time.
    pub movements: Vec<HistoryMovement>,
    /// The signals, by ascending movement.
    pub signals: Vec<HistorySignal>,
    /// The unsold units of each item after the last movement, as signals count them.
    pub unsold: Vec<i64>,
}

/// A warehouse of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryWarehouse {
    /// Its code.
    pub code: WarehouseCode,
    /// Its name.
    pub name: WarehouseName,
    /// Its priority.
    pub priority: Priority,
    /// Its position.
    pub coordinates: Coordinates,
}

/// An item of a history. Its first movement has the time at which it was created.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryItem {
    /// Its name.
    pub name: ItemName,
    /// Its description.
    pub description: Description,
    /// Its category.
    pub category: domain::CategoryName,
    /// The price of one unit.
    pub price: Price,
    /// Its SKU.
    pub sku: domain::Sku,
    /// Its barcode.
    pub barcode: domain::Barcode,
    /// Its threshold of low stock in units; `None` for the default one.
    pub low_stock: Option<i32>,
    /// When it was created.
    pub created_at: Time,
    /// When its units or its details changed last.
    pub updated_at: Time,
    /// When it was archived.
    pub archived_at: Option<Time>,
}

/// The units of a stock level, by their state. Units of blocks and orders are not included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryLevel {
    /// The available units.
    pub available: i32,
    /// The units that can't be sold because of their condition.
    pub unsellable: UnsellableUnits,
}

/// A block that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryBlock {
    /// The stock level of its units.
    pub key: LevelKey,
    /// Its units.
    pub quantity: i32,
    /// When it was placed.
    pub created_at: Time,
    /// When it expires; `None` for a permanent one.
    pub expires_at: Option<Time>,
    /// The number of its cart.
    pub cart: Option<usize>,
    /// The shop's key of the cart, or its name for the buyer.
    pub reference: Option<String>,
    /// Whether its units have left the shelf.
    pub is_shipped: bool,
}

/// A cart, active or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryCart {
    /// Its blocks, at least one.
    pub blocks: Vec<BlockId>,
    /// The shop's key of the cart, or its name for the buyer.
    pub reference: Option<String>,
    /// When it was placed.
    pub created_at: Time,
    /// The reference of the payment that runs. It ends when the cart expires.
    pub payment: Option<String>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryOrder {
    /// Its status, its lines and its units.
    pub summary: OrderSummary,
    /// The shop's name for it.
    pub reference: String,
    /// When it was created.
    pub created_at: Time,
    /// When it changed last.
    pub updated_at: Time,
    /// When units were allocated last.
    pub allocated_at: Option<Time>,
    /// The principal that created it.
    pub created_by: String,
    /// The principal that allocated it.
    pub allocated_by: Option<String>,
    /// The principal that cancelled it.
    pub cancelled_by: Option<String>,
    /// Its priority in the queue of missing units.
    pub priority: i32,
    /// Since when its missing units wait; `None` if they do not wait.
    pub waiting_since: Option<Time>,
}

/// A movement of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryMovement {
    /// When it happened.
    pub created_at: Time,
    /// The stock level.
    pub key: LevelKey,
    /// The change of the available units.
    pub change: i32,
    /// The units that it concerns, if they are not those of the change.
    pub units: Option<i32>,
    /// The reason.
    pub reason: MovementReason,
    /// The condition that the units enter or leave.
    pub condition: Option<Condition>,
    /// The block.
    pub block: Option<BlockId>,
    /// The order.
    pub order: Option<domain::OrderId>,
    /// The note.
    pub note: Option<String>,
    /// The principal.
    pub actor: &'static str,
}

/// A signal of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySignal {
    /// The number of the movement that caused it.
    pub movement: usize,
    /// The kind.
    pub kind: SignalKind,
    /// Unsold units after the movement.
    pub unsold: i64,
    /// The threshold of low stock that applied, in units.
    pub threshold: i32,
}
