use crate::lenient;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum OrderStatus {
    /// Created; no stock was taken for it.
    Pending,
    /// Every line was taken out of `warehouseId`.
    Allocated,
    /// Given up; what it had taken is back.
    Cancelled,
}

/// What a customer bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: i64,
    /// The shop's own name for the order.
    pub reference: Option<String>,
    pub status: OrderStatus,
    /// Where it was allocated from.
    pub warehouse_id: Option<i64>,
    pub lines: Vec<OrderLine>,
    pub created_at: DateTime<Utc>,
    /// When its status last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was allocated, also where it was cancelled since.
    pub allocated_at: Option<DateTime<Utc>>,
    /// Who allocated it.
    pub allocated_by: Option<String>,
    /// Who cancelled it.
    pub cancelled_by: Option<String>,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    pub item_id: i64,
    pub item_name: String,
    /// Units.
    pub quantity: i32,
}

/// A new order. Lines that name the same item are added up.
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
    #[serde(deserialize_with = "lenient::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
}

/// Names the warehouse that an order is to be taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllocateOrder {
    #[serde(deserialize_with = "lenient::id")]
    pub warehouse_id: i64,
}

/// Whether an order was allocated, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderAllocation {
    /// True: every line was taken. False: nothing was.
    pub allocated: bool,
    pub order_id: i64,
    pub warehouse_id: i64,
    /// The lines that stopped it; empty where it was allocated.
    pub shortages: Vec<Shortage>,
}

/// A line that stopped an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Shortage {
    pub item_id: i64,
    pub requested: i32,
    /// Units of the item that this warehouse has.
    pub available: i32,
}

/// An order was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderCancelled {
    pub message: String,
    pub order_id: i64,
    pub status: OrderStatus,
}

/// What would become of an order in each warehouse if it were allocated now. Nothing is held by asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderPreview {
    pub order_id: i64,
    /// What is asked for, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// By code.
    pub warehouses: Vec<WarehousePreview>,
}

/// What would become of an order in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WarehousePreview {
    pub warehouse_id: i64,
    pub warehouse_code: String,
    pub warehouse_name: String,
    /// Whether it has every line whole.
    pub fills: bool,
    /// How many lines fall short.
    pub lines_short: i64,
    /// Units that are missing, over all lines.
    pub units_short: i64,
    /// One for each line of the order, in their order.
    pub lines: Vec<PreviewLine>,
}

/// What one warehouse has for one line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreviewLine {
    pub item_id: i64,
    /// Units that the order asks for.
    pub requested: i32,
    /// Units that an allocation would find: those of expired blocks are taken back first, so they count.
    pub available: i32,
    /// Units that are missing: 0 where the line can be filled.
    pub missing: i32,
}
