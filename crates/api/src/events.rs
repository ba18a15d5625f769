use crate::Movement;
use serde::{Deserialize, Serialize};

/// What was committed, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// Ledger lines by ascending id. Those of one item are in the order in which they happened, and none is
    /// ever passed over.
    pub events: Vec<Movement>,
    /// For the parameter `after` of the next reading.
    pub cursor: i64,
}
