use crate::time::{DateTime, Utc};
use crate::{BlockConfirmed, BlockExtended, BlockPlaced, BlockReleased, deserialize};
use serde::{Deserialize, Serialize};

/// A request for a cart: a temporary block per line, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlaceCart {
    /// 1 to 100 lines.
    pub lines: Vec<CartLine>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    /// The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
    /// reference.
    #[serde(default)]
    pub reference: Option<String>,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartLine {
    #[serde(deserialize_with = "deserialize::id")]
    pub item_id: i64,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// Default: the warehouse with the most available units.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
}

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

/// The response to a confirmed cart: its temporary blocks are permanent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartConfirmed {
    pub cart_id: i64,
    pub blocks: Vec<BlockConfirmed>,
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
