//! Webhook endpoints and their deliveries.

use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The signature scheme of an endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum WebhookSignature {
    /// HMAC with SHA-256. The receiver has the secret `whsec_…`.
    #[default]
    #[serde(rename = "v1")]
    V1,
    /// ed25519. The receiver has the public key `whpk_…`.
    #[serde(rename = "v1a")]
    V1a,
}

/// The state of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebhookState {
    /// Events are sent to it.
    Active,
    /// It was paused.
    Paused,
    /// The receiver answered 410, or the database no longer has the history before the cursor.
    Disabled,
}

/// An endpoint that receives events by Standard Webhooks 1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    pub id: i64,
    pub name: String,
    pub url: String,
    /// The kinds of events, such as `movement.blocked` and `stock.low`. Empty: all.
    pub event_kinds: Vec<String>,
    /// The warehouses of movements. Empty: all. Signals are of no warehouse and pass.
    pub warehouse_ids: Vec<i64>,
    /// The SKUs of items, compared without regard to case. Empty: all items.
    pub skus: Vec<String>,
    pub signature: WebhookSignature,
    /// The public key of an endpoint with the signature v1a.
    pub public_key: Option<String>,
    /// The end of the time for which the replaced secret signs too. Null without one.
    pub previous_secret_until: Option<DateTime<Utc>>,
    pub state: WebhookState,
    /// Why it is disabled: `gone` (the receiver answered 410), `cursor_unknown` (the cursor is of another history) or
    /// `cursor_archived` (the next events were archived). After the last two, replay from another cursor.
    pub disabled_reason: Option<String>,
    /// The position in the event feed up to which each event was delivered, excluded, set aside, or waits for another attempt.
    pub cursor: String,
    /// Failed attempts since the last delivery.
    pub failures_in_row: u32,
    pub failing_since: Option<DateTime<Utc>>,
    /// Nothing is sent before: the receiver answered with `Retry-After`.
    pub waits_until: Option<DateTime<Utc>>,
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// Events that wait for another attempt, and later events of the same items.
    pub waiting_events: i64,
    /// Events whose last attempt failed.
    pub set_aside_events: i64,
    pub created_at: DateTime<Utc>,
}

/// A new endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateWebhook {
    /// 1 to 100 characters.
    pub name: String,
    /// `https`, at most 2,000 characters, without credentials, a fragment or a private address.
    pub url: String,
    /// The kinds of events. Absent or empty: all.
    #[serde(default)]
    pub event_kinds: Vec<String>,
    /// At most 100 warehouses of movements. Absent or empty: all.
    #[serde(default)]
    pub warehouse_ids: Vec<i64>,
    /// At most 1,000 SKUs. Absent or empty: all items.
    #[serde(default)]
    pub skus: Vec<String>,
    #[serde(default)]
    pub signature: WebhookSignature,
    /// The cursor of the event feed after which the first event is. Absent: now.
    #[serde(default)]
    pub after: Option<String>,
}

/// New values of an endpoint. An absent field and null keep the value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateWebhook {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_kinds: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Vec<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skus: Option<Vec<String>>,
}

/// A replacement of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotateWebhookSecret {
    /// The time for which the replaced secret signs too: 0 to 168 hours; default 24.
    #[serde(default)]
    pub overlap_hours: Option<i64>,
}

/// An endpoint with its secret, which no other response contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookWithSecret {
    pub webhook: Webhook,
    /// The secret `whsec_…`, or the public key `whpk_…` of the signature v1a.
    pub secret: String,
}

/// A position to send from: a cursor, or a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayWebhook {
    /// A cursor of the event feed, or 0 for its start.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Send the events since this time. Events of up to a minute before it may be sent too.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
}

/// One attempt to deliver a message. At a high rate not every attempt is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    pub id: i64,
    /// The header `webhook-id`, which is the same for all attempts.
    pub message_id: String,
    /// The event; null for a test.
    pub event_id: Option<i64>,
    pub kind: String,
    /// The number of the attempt, from 1.
    pub attempt: i32,
    pub at: DateTime<Utc>,
    /// True if the receiver answered with 2xx.
    pub is_delivered: bool,
    /// The status of the answer; null without one.
    pub status: Option<i32>,
    pub duration_milliseconds: i32,
    /// The beginning of the request's body.
    pub request: String,
    /// The beginning of the answer's body.
    pub answer: String,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// An event whose last attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetAsideEvent {
    pub event_id: i64,
    /// The kind of the event.
    pub kind: Option<String>,
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub attempts: i32,
    /// The time of the last attempt.
    pub set_aside_at: DateTime<Utc>,
    /// The reason of the last failure.
    pub error: Option<String>,
}

/// Events to send again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetryWebhookEvents {
    /// 1 to 500 events that were set aside. Absent or null: the first 1,000 of the endpoint.
    #[serde(default)]
    pub event_ids: Option<Vec<i64>>,
}

/// The result of sending events again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEventsRetried {
    /// The number of events that wait for another attempt now.
    pub events: u64,
    /// The events of the endpoint that are still set aside; at most 10,000 are counted.
    pub set_aside_events: i64,
}
