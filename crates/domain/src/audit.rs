//! The audit log: sign-ins, changes of people, clients and credentials, and the changes that are no movement of stock.

use crate::{AuditKind, Origin, Time};

/// An event that has not been written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEvent<'a> {
    /// The principal and the request.
    pub origin: &'a Origin,
    /// The kind.
    pub kind: AuditKind,
    /// The principal or object that the event is about, such as `client:webshop` or `item:7`.
    pub subject: &'a str,
    /// The values before the event, as a JSON object. Never a secret.
    pub before: Option<String>,
    /// The values after the event, as a JSON object. Never a secret.
    pub after: Option<String>,
}

/// An event of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// The id.
    pub id: i64,
    /// The time of its transaction.
    pub created_at: Time,
    /// The principal.
    pub actor: String,
    /// The credential, such as `token:5`.
    pub credential: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The name of the kind. A later version may have written a kind that this version lacks.
    pub kind: String,
    /// The principal or object that the event is about.
    pub subject: String,
    /// The values before the event, as a JSON object.
    pub before: Option<String>,
    /// The values after the event, as a JSON object.
    pub after: Option<String>,
}

/// A movement of the ledger with its origin, for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditMovement {
    /// The id.
    pub id: i64,
    /// The time of its transaction.
    pub created_at: Time,
    /// The warehouse of the stock level.
    pub warehouse: i64,
    /// Units added to the level; negative for units taken.
    pub change: i32,
    /// The units that it concerns, if they are not those of `change`.
    pub units: Option<i32>,
    /// The reason.
    pub reason: String,
    /// The condition that the units enter, or leave when they are restored or disposed of.
    pub condition: Option<String>,
    /// The caller's explanation.
    pub note: Option<String>,
    /// The block that it belongs to.
    pub block: Option<i64>,
    /// The order that it belongs to.
    pub order: Option<i64>,
    /// The principal.
    pub actor: String,
    /// The credential, such as `token:5`.
    pub credential: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}
