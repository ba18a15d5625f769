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
