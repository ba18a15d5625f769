use crate::deserialize;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum OrderStatus {
    /// Created; no units are allocated.
    Pending,
    /// Some units are allocated, some are missing.
    Partial,
    /// Every unit is allocated, and some have not been shipped.
    Allocated,
    /// Every unit was shipped.
    Shipped,
    /// Cancelled; its allocated units have returned to stock.
    Cancelled,
}

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: i64,
    /// The shop's name for the order.
    pub reference: Option<String>,
    pub status: OrderStatus,
    /// The warehouse of its units; null if there are several.
    pub warehouse_id: Option<i64>,
    /// The code of that warehouse.
    #[cfg(feature = "ssr")]
    pub warehouse_code: Option<String>,
    pub lines: Vec<OrderLine>,
    /// The units that it has, by item and warehouse.
    #[cfg(feature = "ssr")]
    pub allocations: Vec<AllocatedUnits>,
    pub created_at: DateTime<Utc>,
    /// The time of the last change of its status or its lines.
    pub updated_at: DateTime<Utc>,
    /// The time at which it was allocated; a later cancellation keeps it.
    pub allocated_at: Option<DateTime<Utc>>,
    /// The principal that created it. Null if another system or an earlier version did.
    pub created_by: Option<String>,
    /// The principal that allocated it.
    pub allocated_by: Option<String>,
    /// The principal that cancelled it.
    pub cancelled_by: Option<String>,
    /// The units that are neither allocated nor shipped, by ascending item id.
    #[serde(default)]
    pub missing: Vec<crate::ItemUnits>,
    /// The priority in the queue of missing units: higher first.
    #[serde(default)]
    pub priority: i32,
    /// The time since which its missing units wait. Null if they do not.
    #[serde(default)]
    pub waiting_since: Option<DateTime<Utc>>,
    /// The place in the queue, from 1. Null in a list, without waiting units, and after 1,000 others.
    #[serde(default)]
    pub queue_place: Option<i64>,
    /// The version of its lines: the ETag, without its quotes.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub version: String,
}

/// Units of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemUnits {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    /// Units.
    pub quantity: i32,
}

/// The order of a list of orders.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OrderSort {
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
}

/// The filters of the console's list of orders. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderFilter {
    /// The name of an [`OrderStatus`], or `waiting` for the orders in the queue of missing units. Another name is no filter.
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub reference: String,
    /// The SKU of an item.
    #[serde(default)]
    pub sku: String,
    /// The code of a warehouse.
    #[serde(default)]
    pub warehouse: String,
    /// The first day of the creation times, in UTC, such as `2026-11-28`.
    #[serde(default)]
    pub from: String,
    /// The last day of the creation times, in UTC.
    #[serde(default)]
    pub to: String,
}

/// The units of an order from one warehouse.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllocatedUnits {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that were taken from stock and are on the shelf.
    pub allocated: i32,
    /// Units that have left the shelf.
    pub shipped: i32,
    /// The part of the shipped units that came back.
    pub returned: i32,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    pub item_id: i64,
    pub item_name: String,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    /// Units.
    pub quantity: i32,
}

/// A request to create an order. Lines of the same item are added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateOrder {
    /// 1 to 100 characters.
    #[serde(default)]
    pub reference: Option<String>,
    /// 1 to 1,000 lines.
    pub lines: Vec<CreateOrderLine>,
}

/// One item of a new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateOrderLine {
    #[serde(deserialize_with = "deserialize::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
}

/// A request to allocate an order from a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllocateOrder {
    #[serde(deserialize_with = "deserialize::id")]
    pub warehouse_id: i64,
}

/// The result of an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderAllocation {
    /// True: every line was allocated. False: nothing was.
    pub allocated: bool,
    pub order_id: i64,
    /// The warehouse of the request, or of all units. Null if there are several.
    pub warehouse_id: Option<i64>,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: Option<String>,
    /// The units that were taken, by warehouse; empty if nothing was.
    #[cfg(feature = "ssr")]
    pub parcels: Vec<crate::Parcel>,
    /// Whether the search for the plan covered all plans. It does for up to 20 warehouses with units of the order.
    #[cfg(feature = "ssr")]
    pub optimal: bool,
    /// The lines with too few units; empty if the order was allocated.
    pub shortages: Vec<Shortage>,
}

/// A line with too few units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Shortage {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub requested: i32,
    /// Units of the item available in the warehouse; for a policy, those that the best plan could take.
    pub available: i32,
}

/// The response to a cancelled order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderCancelled {
    pub message: String,
    pub order_id: i64,
    pub status: OrderStatus,
}

/// A preview of an order's allocation from each warehouse, with the current stock. A preview reserves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderPreview {
    pub order_id: i64,
    /// The lines of the order, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// By code.
    pub warehouses: Vec<WarehousePreview>,
    /// The best plans by policy, over the warehouses that the caller may change; at most 5, best first. Plans that lack units
    /// are last.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub plans: Vec<crate::SourcingPlan>,
    /// Whether the search for the plans covered all plans. It does for up to 20 warehouses with units of the order.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub optimal: bool,
}

/// A preview of an order's allocation from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WarehousePreview {
    pub warehouse_id: i64,
    pub warehouse_code: String,
    pub warehouse_name: String,
    /// Whether the warehouse has every line completely.
    pub fills: bool,
    /// The number of lines with too few units.
    pub lines_short: i64,
    /// Missing units, over all lines.
    pub units_short: i64,
    /// One entry per line of the order, in the same order.
    pub lines: Vec<PreviewLine>,
}

/// The units of one warehouse for one line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreviewLine {
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    /// Units that the order requests.
    pub requested: i32,
    /// Units that an allocation could take, including the units of expired blocks: they are reclaimed first.
    pub available: i32,
    /// Missing units; 0 if the line can be allocated.
    pub missing: i32,
}
