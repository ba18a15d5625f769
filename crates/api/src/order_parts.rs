//! Answers about a part of an order.

use crate::{ItemUnits, LevelUnits, OrderAllocation, OrderCancelled, OrderStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// The result of a partial allocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderFilled {
    /// True: no units are missing any more.
    pub allocated: bool,
    pub order_id: i64,
    pub status: OrderStatus,
    /// The units that were taken.
    pub taken: Vec<LevelUnits>,
    /// The units that are still missing.
    pub missing: Vec<ItemUnits>,
}

/// The result of an allocation: of the whole order, or of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AllocationAnswer {
    Partial(OrderFilled),
    Whole(OrderAllocation),
}

/// The units of an order that were cancelled or reassigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPartChanged {
    /// The changed order; of a reassignment, the order that received the units.
    pub order_id: i64,
    pub status: OrderStatus,
    /// The cancelled or reassigned units.
    pub units: Vec<ItemUnits>,
    /// The part of the cancelled units that returned to stock.
    pub returned: Vec<LevelUnits>,
}

/// The response to a cancellation: of an order, or of units of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CancelAnswer {
    Lines(OrderPartChanged),
    Order(OrderCancelled),
}
