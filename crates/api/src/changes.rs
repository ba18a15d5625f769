use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A change of an item's details, of a category or of a warehouse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub id: i64,
    pub created_at: DateTime<Utc>,
    /// item.created, item.changed, item.archived, item.restored, category.renamed, warehouse.created, warehouse.changed,
    /// warehouse.archived or warehouse.restored.
    pub kind: String,
    /// The item, if it is a change of an item.
    pub item_id: Option<i64>,
    /// The warehouse, if it is a change of a warehouse.
    pub warehouse_id: Option<i64>,
    /// The name before, if it is a change of a category.
    pub category: Option<String>,
    /// The principal that made the change, such as `person:anna`, `client:webshop` or `local`.
    pub actor: String,
    /// The changed values before the change. Null for something that was created.
    pub before: Option<Value>,
    /// The changed values after the change.
    pub after: Option<Value>,
}
