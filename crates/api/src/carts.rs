use crate::time::{DateTime, Utc};
use crate::{BlockConfirmed, BlockExtended, BlockPlaced, BlockReleased, lenient};
use serde::{Deserialize, Serialize};

/// A request to hold units of several items for a while: every line, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlaceCart {
    /// 1 to 100 lines.
    pub lines: Vec<CartLine>,
    /// 1 to 2,592,000 seconds (30 days); 3,600 where absent.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    /// The shop's own name for whom it is, of 1 to 100 characters; the server limits how many temporary
    /// blocks one may have.
    #[serde(default)]
    pub reference: Option<String>,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartLine {
    #[serde(deserialize_with = "lenient::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The fullest warehouse that has the whole quantity, where absent.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub warehouse_id: Option<i64>,
}

/// A cart was placed: a block for each line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartPlaced {
    /// By which the blocks are confirmed, released and extended as one.
    pub cart_id: i64,
    /// In the order of the lines.
    pub blocks: Vec<BlockPlaced>,
    pub expires_at: DateTime<Utc>,
}

/// Every temporary block of a cart was made permanent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartConfirmed {
    pub cart_id: i64,
    pub blocks: Vec<BlockConfirmed>,
}

/// Every temporary block of a cart was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartReleased {
    pub cart_id: i64,
    pub blocks: Vec<BlockReleased>,
}

/// Every temporary block of a cart holds until a new time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartExtended {
    pub cart_id: i64,
    pub blocks: Vec<BlockExtended>,
}
