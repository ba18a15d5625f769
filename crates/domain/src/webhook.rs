//! Webhooks: endpoints of other systems that receive each event, by Standard Webhooks 1.0.

mod address;
mod attempt;
mod endpoint;
mod event;
mod lease;
mod message;
mod url;

pub use address::is_public_address;
pub use attempt::{
    ATTEMPTS_IN_ROW_FAILED_MAX, Attempt, AttemptOutcome, FAILING_FROM, RETRY_AFTER_SECONDS_MAX,
    RetrySchedule, WEBHOOK_PROBE_INTERVAL, outcome_of, probe_pause,
};
pub use endpoint::{
    NewWebhook, OVERLAP_HOURS_DEFAULT, OVERLAP_HOURS_MAX, SigningKey, SigningKeys, WEBHOOK_NAME_CHARS_MAX,
    WEBHOOK_PARKED_MAX, WEBHOOK_RETRIED_MAX, WEBHOOKS_MAX, Webhook, WebhookDelivery, WebhookName,
    WebhookPatch, WebhookSignature, WebhookState, overlap_hours,
};
pub use event::{
    EventKind, WEBHOOK_SKUS_MAX, WEBHOOK_WAREHOUSES_MAX, WebhookEvent, WebhookFilter, message_id,
};
pub use lease::{WEBHOOK_LEASE, usable_lease};
pub use message::WebhookMessage;
pub use url::{WEBHOOK_URL_CHARS_MAX, WebhookUrl};

/// The longest time-out of one attempt, in seconds.
pub const WEBHOOK_SECONDS_MAX: u64 = 60;
