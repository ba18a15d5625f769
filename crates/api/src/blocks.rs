use crate::time::{DateTime, Utc};
use crate::{Problem, deserialize};
use serde::{Deserialize, Serialize};

/// The state of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BlockState {
    /// Reserves its units until `expiresAt`.
    Temporary,
    /// Confirmed: its units are sold.
    Permanent,
    /// Past `expiresAt`. Its units were reclaimed or will be reclaimed soon.
    Expired,
    /// Released before it expired.
    Released,
    /// Its units belong to an order.
    Converted,
}

/// The order of a list of blocks.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BlockSort {
    /// Descending id: the newest first.
    IdDesc,
    /// Ascending id: the oldest first.
    Id,
    /// By expiry time, the soonest first.
    Expires,
    /// By expiry time, the latest first.
    ExpiresDesc,
    /// By reference, A to Z, without the blocks that have none.
    Reference,
    /// By reference, Z to A, without the blocks that have none.
    ReferenceDesc,
}

/// Units of a stock level that are reserved or sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Block {
    pub id: i64,
    pub item_id: i64,
    pub item_name: String,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units.
    pub quantity: i32,
    pub state: BlockState,
    pub is_permanent: bool,
    /// Whether its units have left the shelf. Only those of a permanent block can.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub is_shipped: bool,
    pub created_at: DateTime<Utc>,
    /// Null for a permanent or a released block.
    pub expires_at: Option<DateTime<Utc>>,
    /// The shop's name for the buyer; null without one, and for a released, an expired or a converted block.
    #[serde(default)]
    pub reference: Option<String>,
    /// The note about the block or its cart; null without one, and for a released, an expired or a converted block.
    #[serde(default)]
    pub note: Option<String>,
    /// The block's cart; null for a block of no cart, and for a released, an expired or a converted block.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    pub cart_id: Option<i64>,
}

/// A request of the console for a temporary block. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceBlock {
    #[serde(deserialize_with = "deserialize::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// Default: the warehouse with the most available units.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    /// The choice of the time, instead of `ttlSeconds`: seconds, [`PERIOD_OTHER`] or [`PERIOD_UNTIL`].
    #[serde(default)]
    pub period: String,
    /// The amount of `unit`, for [`PERIOD_OTHER`].
    #[serde(default)]
    pub duration: String,
    /// `minutes`, `hours` or `days`.
    #[serde(default)]
    pub unit: String,
    /// The end in the person's time zone, for [`PERIOD_UNTIL`], such as `2026-11-28T18:00`.
    #[serde(default)]
    pub until: String,
    /// The shop's name for the buyer: at most 100 characters.
    #[serde(default)]
    pub reference: String,
    /// A note for the staff: at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// The period of a hold for any duration.
pub const PERIOD_OTHER: &str = "other";

/// The period of a hold until a date and a time.
pub const PERIOD_UNTIL: &str = "until";

/// The response to a placed block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockPlaced {
    pub block_id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub warehouse_id: i64,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: String,
    /// Units of the block.
    pub quantity_blocked: i32,
    /// Units of the item that are still available, over all warehouses.
    pub remaining_quantity: i32,
    pub expires_at: DateTime<Utc>,
}

/// A request to confirm a block, completely or partially.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConfirmBlock {
    #[serde(deserialize_with = "deserialize::id")]
    pub block_id: i64,
    /// Units to confirm, at most the units of the block. The remaining units return to stock. Default: all units.
    #[serde(default)]
    pub quantity: Option<i64>,
    /// Whether the remaining units stay held until the same time, in the new block `restBlockId`, instead of returning to stock.
    #[serde(default)]
    pub keep_rest: bool,
}

/// The response to a confirmed block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockConfirmed {
    pub message: String,
    pub block_id: i64,
    pub quantity: i32,
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    /// The new block of the remaining units; null if none stay held.
    #[serde(default)]
    pub rest_block_id: Option<i64>,
}

/// The response to a released block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockReleased {
    pub message: String,
    pub block_id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub warehouse_id: i64,
    /// The warehouse's code.
    #[cfg(feature = "ssr")]
    pub warehouse_code: String,
    /// Units that returned to stock.
    pub quantity: i32,
    /// Units of the item that are available now, over all warehouses.
    pub remaining_quantity: i32,
}

/// A request to extend a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExtendBlock {
    /// The new time until it expires, from now: 1 to 2,592,000 seconds (30 days). A later expiry time is kept.
    pub ttl_seconds: i64,
}

/// The response to an extended block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockExtended {
    pub block_id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[cfg(feature = "ssr")]
    pub sku: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// The response to a clean-up of expired blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExpiredBlocksRemoved {
    pub message: String,
    pub expired_blocks_removed: i64,
    pub timestamp: DateTime<Utc>,
}

/// An action on several blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BlockAction {
    /// Make them permanent.
    Confirm,
    /// Release them.
    Release,
    /// Extend them to `ttlSeconds` from now.
    Extend,
}

/// A bulk request: one action on several blocks. Each block succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActOnBlocks {
    pub action: BlockAction,
    /// 1 to 500 block ids without duplicates.
    pub block_ids: Vec<i64>,
    /// Only for `extend`: 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

/// The result for one block of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlockOutcome {
    pub block_id: i64,
    /// The error; absent after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The new expiry time of an extended block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// How a block ended.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BlockEnd {
    /// Made permanent: its units are sold.
    Confirmed,
    /// Released, or the part that was not confirmed.
    Released,
    /// Expired.
    Expired,
}

/// The end of a block, from the ledger.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndedBlock {
    /// The id of the movement. A partially confirmed block has two movements.
    pub id: i64,
    pub block_id: i64,
    pub item_id: i64,
    pub item_name: String,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that were sold or returned to stock.
    pub quantity: i32,
    pub end: BlockEnd,
    pub ended_at: DateTime<Utc>,
    /// The principal that ended it; "system" for an expiry.
    pub actor: String,
}
