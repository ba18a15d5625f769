use crate::lenient;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BlockState {
    /// Holds its units until `expiresAt`.
    Temporary,
    /// Confirmed: its units are sold.
    Permanent,
    /// Past `expiresAt`; its units are back, or come back with the next clean-up.
    Expired,
    /// Given back before it expired.
    Released,
}

/// Units taken out of a stock level and held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Block {
    pub id: i64,
    pub item_id: i64,
    pub item_name: String,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units.
    pub quantity: i32,
    pub state: BlockState,
    pub is_permanent: bool,
    pub created_at: DateTime<Utc>,
    /// Null once permanent.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A request to hold units of one item in one warehouse for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlaceBlock {
    #[serde(deserialize_with = "lenient::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The fullest warehouse that has the whole quantity, where absent.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub warehouse_id: Option<i64>,
    /// 1 to 2,592,000 seconds (30 days); 3,600 where absent.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

/// A block was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockPlaced {
    pub block_id: i64,
    pub item_id: i64,
    pub warehouse_id: i64,
    /// Units that are now held.
    pub quantity_blocked: i32,
    /// Units of the item that can still be sold, over all warehouses.
    pub remaining_quantity: i32,
    pub expires_at: DateTime<Utc>,
}

/// Names the block to confirm, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConfirmBlock {
    #[serde(deserialize_with = "lenient::id")]
    pub block_id: i64,
    /// Units to confirm, at most what the block holds; the rest goes back. All of them where absent.
    #[serde(default)]
    pub quantity: Option<i64>,
}

/// A block was made permanent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockConfirmed {
    pub message: String,
    pub block_id: i64,
    pub quantity: i32,
    pub item_id: i64,
}

/// A block was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockReleased {
    pub message: String,
    pub block_id: i64,
    pub item_id: i64,
    pub warehouse_id: i64,
    /// Units that went back.
    pub quantity: i32,
    /// Units of the item that can be sold now, over all warehouses.
    pub remaining_quantity: i32,
}

/// For how long, from now, a block is to hold its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExtendBlock {
    /// 1 to 2,592,000 seconds (30 days). A block that already holds for longer keeps its time.
    pub ttl_seconds: i64,
}

/// A block holds until a new time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockExtended {
    pub block_id: i64,
    pub item_id: i64,
    pub expires_at: DateTime<Utc>,
}

/// Expired blocks were cleaned up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExpiredBlocksRemoved {
    pub message: String,
    pub expired_blocks_removed: i64,
    pub timestamp: DateTime<Utc>,
}
