use crate::time::{DateTime, Utc};
use crate::{BlockConfirmed, BlockExtended, BlockPlaced, BlockReleased};
use serde::{Deserialize, Serialize};

/// The response to a placed cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartPlaced {
    /// The id by which the blocks are confirmed, released and extended together.
    pub cart_id: i64,
    /// One block per line, in the order of the lines.
    pub blocks: Vec<BlockPlaced>,
    pub expires_at: DateTime<Utc>,
}

/// The response to a confirmed cart: its blocks are permanent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartConfirmed {
    pub cart_id: i64,
    pub blocks: Vec<BlockConfirmed>,
    /// Whether the cart had expired, and its units were taken again.
    pub retaken: bool,
}

/// The response to a released cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartReleased {
    pub cart_id: i64,
    pub blocks: Vec<BlockReleased>,
}

/// The response to an extended cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartExtended {
    pub cart_id: i64,
    pub blocks: Vec<BlockExtended>,
}

/// The state of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CartState {
    /// Its blocks hold their units until `expiresAt`.
    Active,
    /// It was confirmed: its units are sold.
    Confirmed,
    /// It was released.
    Released,
    /// It has expired.
    Expired,
    /// Its units belong to the order `orderId`.
    Converted,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cart {
    pub cart_id: i64,
    pub state: CartState,
    /// 1 for a new cart. Each change of its lines increments it.
    pub version: i64,
    /// The shop's key of the cart, or its name for the buyer.
    pub reference: Option<String>,
    /// The note about the cart.
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The time at which it expires or expired; `null` for a confirmed or a released cart.
    pub expires_at: Option<DateTime<Utc>>,
    /// The order that its units became.
    pub order_id: Option<i64>,
    /// Its last payment; `null` without one, and after a request ended the payment.
    pub payment: Option<CartPayment>,
    /// Its units, one line per block. A released or an expired cart has the lines that it held last.
    pub lines: Vec<CartHolding>,
}

/// The payment of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartPayment {
    /// The shop's key of the payment.
    pub payment_reference: String,
    /// The end of the time for the payment. An active cart can only be confirmed before.
    pub until: DateTime<Utc>,
    /// The time at which the units of the expired cart were taken again for this payment.
    pub retaken_at: Option<DateTime<Utc>>,
}

/// The units of one block of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartHolding {
    pub block_id: i64,
    pub item_id: i64,
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    pub quantity: i32,
}
