use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whether the service can do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// "ok" or "unavailable".
    pub status: String,
    pub timestamp: DateTime<Utc>,
    /// "up" or "down".
    pub database: String,
}
