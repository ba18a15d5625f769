#[cfg(feature = "ssr")]
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One page of a list, in the order that the request's `sort` names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The cursor of the next page, for the parameter `after`; null on the last page.
    pub next: Option<String>,
}

/// One page of a list of movements, latest first.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The cursor of the next page, for the parameter `after`; null on the last page.
    pub next: Option<String>,
    /// On the last page, the time up to which earlier movements are archived; null if none are.
    pub history_since: Option<DateTime<Utc>>,
}
