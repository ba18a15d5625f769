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
