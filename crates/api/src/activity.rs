use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The activity within a span of time, and the work that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The start of the span, which is included.
    pub from: DateTime<Utc>,
    /// The end of the span, which is not included.
    pub until: DateTime<Utc>,
    /// Units that were confirmed, allocated to orders, or converted from a temporary block into an order.
    pub units_sold: i64,
    /// Units of new temporary blocks.
    pub units_held: i64,
    /// Units of temporary blocks that expired.
    pub units_expired: i64,
    /// Units of temporary blocks that were released.
    pub units_released: i64,
    /// Units that were received.
    pub units_received: i64,
    /// Units that were written off, and unsellable units that were thrown away.
    pub units_written_off: i64,
    /// Units of orders that came back.
    pub units_returned: i64,
    /// Requests for blocks, carts and allocations that were refused for a lack of units, in the hours from that of `from`. A
    /// cart counts once per item that it lacks. Null with a warehouse. The counts are up to some seconds old.
    pub refused_requests: Option<i64>,
    /// The requested units that were not in stock. Null with a warehouse.
    pub refused_units: Option<i64>,
    /// At most 10 items with refused units, most units first. `GET /api/refusals` has more.
    pub refused_items: Vec<RefusedItem>,
    /// The hours in which units were sold, by ascending time.
    pub sold: Vec<SoldHour>,
    /// At most 10 items with available units that run out first at the pace of the last 7 days. Without a warehouse they are up
    /// to a minute old.
    pub running_out: Vec<RunningOut>,
    /// Items with at most as many available units as their threshold, in all warehouses. `GET /api/items?low=true` lists them.
    pub items_low: i64,
    /// Items without an available unit, in all warehouses. `GET /api/items?maxQuantity=0` lists them.
    pub items_sold_out: i64,
    /// The first 10 waiting orders, in the order of the queue.
    pub waiting: Vec<WaitingOrder>,
    /// The number of waiting orders; at most 1,000 are counted.
    pub orders_waiting: i64,
    /// The last 5 receipts of the span, latest first. `GET /api/movements?kind=received` has more.
    pub receipts: Vec<MovedUnits>,
    /// At most 10 principals with the most units of movements in the span. `GET /api/movements` with `actor` lists these.
    pub movers: Vec<ActorMovements>,
    /// At most 10 principals with the most events of the audit log in the span. Empty without the permission `admin`.
    pub actors: Vec<ActorEvents>,
    /// The last run of `stockhold reconcile`; null before the first one.
    pub reconcile: Option<ReconcileRun>,
    /// The time up to which movements are archived, if it is after `from`; null otherwise. Earlier units do not count.
    pub history_since: Option<DateTime<Utc>>,
}

/// The units that were sold within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldHour {
    /// The start of the hour in UTC.
    pub hour: DateTime<Utc>,
    pub units: i64,
}

/// An item that will run out at its present pace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunningOut {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub item_name: String,
    /// Units available now.
    pub available: i64,
    /// Units that were sold within the last 7 days.
    pub units_sold: i64,
    /// The tenths of days until the available units are sold at the pace of the last 7 days, rounded down.
    pub cover_tenths: i64,
}

/// An order whose missing units wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingOrder {
    pub order_id: i64,
    /// The order's reference; null without one.
    pub reference: Option<String>,
    /// The place in the queue, from 1.
    pub place: i64,
    /// The time from which the order waits.
    pub waiting_since: DateTime<Utc>,
    /// The missing units, by ascending item id.
    pub missing: Vec<MissingUnits>,
}

/// The units of an item that an order misses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingUnits {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub item_name: String,
    pub units: i64,
}

/// A receipt or a sale of units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedUnits {
    /// The id of the movement.
    pub id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    /// Null for an item that was deleted.
    pub item_name: Option<String>,
    pub warehouse_code: String,
    pub units: i64,
    /// The reason in the ledger, such as received, confirmed or allocated.
    pub reason: String,
    /// The order that has the units; null without one.
    pub order_id: Option<i64>,
    /// The principal that made the movement.
    pub actor: String,
    pub created_at: DateTime<Utc>,
}

/// The movements by one principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorMovements {
    /// The principal, such as `person:anna`.
    pub actor: String,
    /// The number of its movements of all kinds.
    pub movements: i64,
    /// The units of these movements.
    pub units: i64,
}

/// The number of events of the audit log by one principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorEvents {
    /// The principal, such as `person:anna`.
    pub actor: String,
    pub events: i64,
    /// The time of the last event.
    pub last_at: DateTime<Utc>,
}

/// A run of `stockhold reconcile`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRun {
    pub finished_at: DateTime<Utc>,
    /// The duration in seconds.
    pub seconds: f64,
    /// The discrepancies that were found.
    pub found: i64,
    /// The discrepancies that are left after the run.
    pub left: i64,
}

/// The reasons for which an item is sold out or short: the states of its units, and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unavailability {
    /// Units available now.
    pub available: i64,
    /// Units in temporary blocks that have not expired.
    pub held: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// At most 10 temporary blocks, most units first, among the 10,000 that expire first.
    pub holds: Vec<crate::Block>,
    /// The time at which the next temporary block expires; null without one.
    pub next_expiry: Option<DateTime<Utc>>,
    /// At most 10 orders with allocated units that are not shipped, most units first, among 10,000 allocations.
    pub orders: Vec<AllocatedOrder>,
    /// The last 10 sales, latest first, among the last 50,000 movements of the item.
    pub sales: Vec<MovedUnits>,
    /// The last receipt, among the last 50,000 movements of the item; null without one.
    pub receipt: Option<MovedUnits>,
    /// Units in open drafts of deliveries.
    pub expected: i64,
    /// The first 10 orders of the queue that miss units of the item.
    pub waiting: Vec<WaitingOrder>,
    /// The orders of the queue that miss units of the item, among its first 1,000.
    pub orders_waiting: i64,
}

/// An order with allocated units of an item that are not shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllocatedOrder {
    pub order_id: i64,
    /// The order's reference; null without one.
    pub reference: Option<String>,
    /// Units of the item.
    pub units: i64,
}

/// The refused requests within a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refusals {
    /// The start of the span. The counts are those of the hours from that of `from`.
    pub from: DateTime<Utc>,
    /// The end of the span, which is not included.
    pub until: DateTime<Utc>,
    /// The refused requests for all items. A cart counts once per item that it lacks.
    pub requests: i64,
    /// The requested units of all items that were not in stock.
    pub units: i64,
    /// At most 500 items, most units first.
    pub items: Vec<RefusedItem>,
}

/// The refused requests for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedItem {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    /// Null for an item that was deleted.
    pub item_name: Option<String>,
    /// Requests that were refused for a lack of units.
    pub requests: i64,
    /// The requested units that were not in stock.
    pub units: i64,
}

/// A movement with the name of its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedMovement {
    /// Null for an item that was deleted.
    pub item_name: Option<String>,
    #[serde(flatten)]
    pub movement: crate::Movement,
}
