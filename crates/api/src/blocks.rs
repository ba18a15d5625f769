use crate::time::{DateTime, Utc};
use crate::{Problem, lenient};
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

/// What can be done to several blocks at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BlockAction {
    /// Make them permanent.
    Confirm,
    /// Give their units back.
    Release,
    /// Let them hold for `ttlSeconds` from now.
    Extend,
}

/// Something to be done to several blocks, to each by itself: what one refuses does not stop the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActOnBlocks {
    pub action: BlockAction,
    /// 1 to 500, each once.
    pub block_ids: Vec<i64>,
    /// For `extend` alone: 1 to 2,592,000 seconds (30 days); 3,600 where absent.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

/// What became of one of several blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockOutcome {
    pub block_id: i64,
    /// Why nothing was done to it; absent where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Until when it holds, where it was extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BlockEnd {
    /// It was made permanent: its units are sold.
    Confirmed,
    /// It was given back, or the part of it that was not confirmed.
    Released,
    /// Its time was over.
    Expired,
}

/// The end of a block, as the ledger tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EndedBlock {
    /// The ledger's line that tells it: a block that was confirmed in part has two.
    pub id: i64,
    pub block_id: i64,
    pub item_id: i64,
    pub item_name: String,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that were sold or went back.
    pub quantity: i32,
    pub end: BlockEnd,
    pub ended_at: DateTime<Utc>,
    /// Who ended it; "system" where it expired by itself.
    pub actor: String,
}
