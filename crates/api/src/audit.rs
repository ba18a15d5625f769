use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// An event of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub id: i64,
    pub created_at: DateTime<Utc>,
    /// The principal that caused the event, such as `person:anna`, `client:webshop` or `local`.
    pub actor: String,
    /// The token or session, such as `token:5`. Null on the command line and for local access.
    pub credential: Option<String>,
    /// The address of the connection. Null on the command line.
    pub address: Option<String>,
    pub request_id: Option<String>,
    /// Such as `token.created` or `item.changed`.
    pub kind: String,
    /// The principal or object that the event is about, such as `client:webshop`, `item:7` or `order:5`.
    pub subject: String,
    /// The values before the event.
    pub before: Option<Value>,
    /// The values after the event.
    pub after: Option<Value>,
}

/// A movement of the ledger with its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditMovement {
    pub id: i64,
    pub created_at: DateTime<Utc>,
    pub warehouse_id: i64,
    /// Units added; negative for units taken.
    pub change: i32,
    /// The units that it concerns, if they are not those of `change`.
    pub units: Option<i32>,
    pub reason: String,
    /// damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of.
    pub condition: Option<String>,
    pub note: Option<String>,
    pub block_id: Option<i64>,
    pub order_id: Option<i64>,
    /// The principal that made the change.
    pub actor: String,
    /// The token or session, such as `token:5`. Null for local access, commands and the system.
    pub credential: Option<String>,
    /// The client's address. Null for commands and the system.
    pub address: Option<String>,
    pub request_id: Option<String>,
}
