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
    /// Every line is allocated from `warehouseId`.
    Allocated,
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
    /// The warehouse that it was allocated from.
    pub warehouse_id: Option<i64>,
    /// The code of that warehouse.
    #[cfg(feature = "ssr")]
    pub warehouse_code: Option<String>,
    pub lines: Vec<OrderLine>,
    pub created_at: DateTime<Utc>,
    /// The time of the last change of its status.
    pub updated_at: DateTime<Utc>,
    /// The time at which it was allocated; a later cancellation keeps it.
    pub allocated_at: Option<DateTime<Utc>>,
    /// The principal that created it. Null if another system or an earlier version did.
    pub created_by: Option<String>,
    /// The principal that allocated it.
    pub allocated_by: Option<String>,
    /// The principal that cancelled it.
    pub cancelled_by: Option<String>,
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
    pub warehouse_id: i64,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: String,
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
    /// Units of the item available in the warehouse.
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
