//! How the stock stands as a whole, and what happened of late.

use crate::{Item, Time};

/// Temporary blocks that expire within so many seconds expire soon.
pub const EXPIRING_SECONDS: i64 = 600;

/// An item with at most so many available units runs low.
pub const LOW_UNITS: i32 = 10;

/// How the stock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTotals {
    /// When it stood so.
    pub at: Time,
    /// The items by what they are; those without a category among them.
    pub categories: Vec<CategoryStock>,
    /// Temporary blocks.
    pub blocks_active: i64,
    /// Units in temporary blocks.
    pub units_held: i64,
    /// Temporary blocks that expire within [`EXPIRING_SECONDS`].
    pub blocks_expiring: i64,
    /// Units in them.
    pub units_expiring: i64,
    /// Units in permanent blocks and allocated orders.
    pub units_sold: i64,
    /// Orders that wait for their allocation.
    pub orders_pending: i64,
}

/// The available units of a category's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryStock {
    /// The category; `None` for the items that have none.
    pub name: Option<String>,
    /// How many items it has.
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Items with at most [`LOW_UNITS`].
    pub items_low: i64,
    /// Units that can be sold now.
    pub units_available: i64,
}

/// What happened within a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityMinute {
    /// When it began.
    pub minute: Time,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Units in them.
    pub units_blocked: i64,
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that were given back, whole or in part.
    pub released: i64,
    /// Blocks that expired.
    pub expired: i64,
}

/// An item that many want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotItem {
    /// The item.
    pub item: Item,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
}
