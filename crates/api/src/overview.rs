use crate::Problem;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Totals over the whole stock, and recent activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The time of the totals. With very many blocks they are slightly older than the response.
    pub totals_at: DateTime<Utc>,
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Units available now.
    pub units_available: i64,
    /// Units in active blocks: temporary ones that have not expired.
    pub units_held: i64,
    /// Units in permanent blocks and in allocated orders.
    pub units_sold: i64,
    /// Units in active blocks that expire within `expiringSeconds`.
    pub units_expiring: i64,
    /// The period of `unitsExpiring` and `blocksExpiring`, in seconds.
    pub expiring_seconds: i64,
    /// Active blocks.
    pub blocks_active: i64,
    /// Active blocks that expire within `expiringSeconds`.
    pub blocks_expiring: i64,
    /// Orders that are not allocated yet.
    pub orders_pending: i64,
    /// The last 60 minutes, oldest first. The last entry is the current minute.
    pub activity: Vec<ActivityMinute>,
    /// At most 10 items: most units blocked within the last hour first.
    pub hottest: Vec<HotItem>,
    /// At most 10 categories with items that are low on stock: most such items first. `GET /api/items?low=true` lists the
    /// items.
    pub low: Vec<LowCategory>,
    /// The threshold of items without `lowStock`, in units. An item with at most as many available units as its threshold is
    /// low. 0 for never.
    pub low_units: i32,
    /// At most 50 rejections and failures since the start of this server, latest first.
    pub failures: Vec<Failure>,
}

/// The activity within one minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActivityMinute {
    /// The start of the minute.
    pub minute: DateTime<Utc>,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Units in them.
    pub units_blocked: i64,
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that were released, completely or partially.
    pub released: i64,
    /// Blocks that expired.
    pub expired: i64,
}

/// An item in high demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HotItem {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub item_name: String,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
    /// Units available now.
    pub quantity: i32,
}

/// A category with items that are low on stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LowCategory {
    pub category: String,
    /// The number of its items.
    pub items: i64,
    /// Items with at most as many available units as their threshold.
    pub items_low: i64,
    /// Units available now, over all its items.
    pub units_available: i64,
}

/// A rejection or a failure. Repetitions are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The number of occurrences.
    pub count: i64,
    /// The time of the last occurrence.
    pub at: DateTime<Utc>,
    /// The principal of the last request.
    pub actor: String,
    /// The last response: with its code, its numbers, and the id of the request.
    pub problem: Problem,
}

/// The units that are sold.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// Units in permanent blocks.
    pub confirmed: i64,
    /// Units of orders: allocated ones, and shipped ones that have not come back.
    pub of_orders: i64,
    /// A page of the orders, highest id first.
    pub orders: crate::Page<SoldOrder>,
}

/// The units of an order.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldOrder {
    pub order_id: i64,
    /// The order's reference; `None` without one.
    pub reference: Option<String>,
    pub status: crate::OrderStatus,
    /// Units that were taken from stock and are on the shelf.
    pub allocated: i64,
    /// Units that have left the shelf.
    pub shipped: i64,
    /// The part of the shipped units that came back.
    pub returned: i64,
}

/// The first steps of a new shop, and whether each is done.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSteps {
    pub has_warehouse: bool,
    pub has_items: bool,
    pub has_holds: bool,
    pub has_clients: bool,
}
