use crate::Problem;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How the stock stands, and what happened of late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// When the totals were read; with very many blocks, a moment ago.
    pub totals_at: DateTime<Utc>,
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Units that can be sold now.
    pub units_available: i64,
    /// Units in temporary blocks.
    pub units_held: i64,
    /// Units in permanent blocks and allocated orders.
    pub units_sold: i64,
    /// Units in temporary blocks that expire within `expiringSeconds`.
    pub units_expiring: i64,
    /// What "soon" means in `unitsExpiring` and `blocksExpiring`, in seconds.
    pub expiring_seconds: i64,
    /// Temporary blocks.
    pub blocks_active: i64,
    /// Temporary blocks that expire within `expiringSeconds`.
    pub blocks_expiring: i64,
    /// Orders that wait for their allocation.
    pub orders_pending: i64,
    /// The last 60 minutes, oldest first; the last one is the minute that is running.
    pub activity: Vec<ActivityMinute>,
    /// At most 10: most units blocked within the last hour first.
    pub hottest: Vec<HotItem>,
    /// At most 10: the categories with the most items of at most `lowUnits`, and at least one.
    pub low: Vec<LowCategory>,
    /// What "low" means, in units.
    pub low_units: i32,
    /// At most 50: what was refused or failed since this server started, latest first.
    pub failures: Vec<Failure>,
}

/// What happened within a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActivityMinute {
    /// When it began.
    pub minute: DateTime<Utc>,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Units in them.
    pub units_blocked: i64,
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that were given back, whole or in part.
    pub released: i64,
    /// Blocks that expired.
    pub expired: i64,
}

/// An item that many want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HotItem {
    pub item_id: i64,
    pub item_name: String,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
    /// Units available to sell now.
    pub quantity: i32,
}

/// A category in which items run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LowCategory {
    pub category: String,
    /// How many items bear it.
    pub items: i64,
    /// Items of at most `lowUnits` available units.
    pub items_low: i64,
    /// Units of all its items that can be sold now.
    pub units_available: i64,
}

/// Something that was refused or failed; the same again is counted, not listed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// How often, since it was first listed.
    pub count: i64,
    /// When it was told last.
    pub at: DateTime<Utc>,
    /// Who asked last.
    pub actor: String,
    /// What was told last: with its code, its numbers, and the id of the request.
    pub problem: Problem,
}
