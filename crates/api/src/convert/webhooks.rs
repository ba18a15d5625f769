//! Conversions of webhooks, and the JSON of their messages.

use crate::*;
use domain::{Error, EventKind, LedgerCursor, PAGE_LIMIT_MAX};
use engine::{Engine, FeedEvent};
use serde::Serialize;

/// The body of a message, by Standard Webhooks 1.0.
#[derive(Serialize)]
struct MessageBody<T> {
    r#type: String,
    timestamp: Time,
    data: T,
}

fn body<T: Serialize>(kind: String, timestamp: Time, data: T) -> String {
    // Serializing these types never fails.
    serde_json::to_string(&MessageBody { r#type: kind, timestamp, data }).unwrap_or_default()
}

/// Returns the body of an event's message. `data` is the same JSON as in `GET /api/events`.
pub fn webhook_body(event: &FeedEvent) -> String {
    match event.clone() {
        FeedEvent::Movement(movement) => {
            let kind = EventKind::Movement(movement.reason).to_string();
            body(kind, movement.created_at, Movement::from(movement))
        }
        FeedEvent::Signal(signal) => {
            let kind = EventKind::Signal(signal.kind).to_string();
            body(kind, signal.created_at, Signal::from(signal))
        }
    }
}

/// Returns the body of a test message.
pub fn webhook_test_body(at: Time) -> String {
    body("webhook.test".to_owned(), at, serde_json::json!({"message": "This is a test of Stockhold."}))
}

impl From<domain::WebhookSignature> for WebhookSignature {
    fn from(signature: domain::WebhookSignature) -> Self {
        match signature {
            domain::WebhookSignature::Hmac => Self::V1,
            domain::WebhookSignature::Ed25519 => Self::V1a,
        }
    }
}

impl From<WebhookSignature> for domain::WebhookSignature {
    fn from(signature: WebhookSignature) -> Self {
        match signature {
            WebhookSignature::V1 => Self::Hmac,
            WebhookSignature::V1a => Self::Ed25519,
        }
    }
}

impl From<domain::WebhookState> for WebhookState {
    fn from(state: domain::WebhookState) -> Self {
        match state {
            domain::WebhookState::Active => Self::Active,
            domain::WebhookState::Paused => Self::Paused,
            domain::WebhookState::Disabled => Self::Disabled,
        }
    }
}

impl Webhook {
    /// Returns an endpoint without its secrets.
    pub fn new(engine: &Engine, webhook: domain::Webhook) -> Self {
        Self {
            id: webhook.id.0,
            public_key: engine.webhook_public_key(&webhook),
            event_kinds: webhook.filter.kinds(),
            warehouse_ids: webhook.filter.warehouses(),
            skus: webhook.filter.skus(),
            signature: webhook.keys.signature.into(),
            previous_secret_until: webhook.keys.previous.as_ref().map(|(_, until)| *until),
            state: webhook.state.into(),
            disabled_reason: webhook.disabled_reason,
            cursor: webhook.cursor.to_string(),
            failures_in_row: webhook.failures_in_row,
            failing_since: webhook.failing_since,
            waits_until: webhook.waits_until,
            last_delivered_at: webhook.delivered_at,
            waiting_events: webhook.waiting,
            set_aside_events: webhook.set_aside,
            created_at: webhook.created_at,
            name: webhook.name,
            url: webhook.url,
        }
    }
}

impl CreateWebhook {
    /// Checks a request. `allows_private` allows `http` and private addresses.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self, allows_private: bool) -> Result<domain::NewWebhook, Error> {
        Ok(domain::NewWebhook {
            name: domain::WebhookName::new(&self.name)?,
            url: domain::WebhookUrl::new(&self.url, allows_private)?,
            filter: domain::WebhookFilter::new(&self.event_kinds, &self.warehouse_ids, &self.skus)?,
            signature: self.signature.into(),
            after: self.after.as_deref().map(|after| cursor("after", after)).transpose()?,
        })
    }
}

impl UpdateWebhook {
    /// Checks a request. `allows_private` allows `http` and private addresses.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self, allows_private: bool) -> Result<domain::WebhookPatch, Error> {
        let url = self.url.as_deref().map(|url| domain::WebhookUrl::new(url, allows_private)).transpose()?;
        Ok(domain::WebhookPatch {
            name: self.name.as_deref().map(domain::WebhookName::new).transpose()?,
            url,
            kinds: self.event_kinds,
            warehouses: self.warehouse_ids,
            skus: self.skus,
        })
    }
}

/// The position of a replay.
pub enum ReplayFrom {
    /// After a cursor.
    Cursor(LedgerCursor),
    /// Since a time.
    Since(Time),
}

impl TryFrom<ReplayWebhook> for ReplayFrom {
    type Error = Error;

    fn try_from(replay: ReplayWebhook) -> Result<Self, Error> {
        match (replay.cursor, replay.since) {
            (Some(text), None) => Ok(Self::Cursor(cursor("cursor", &text)?)),
            (None, Some(since)) => Ok(Self::Since(since)),
            _ => Err(Error::invalid("cursor", "must be given, or since, but not both")),
        }
    }
}

impl RetryWebhookEvents {
    /// Returns the ids of the events; `None` for all of the endpoint.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`PAGE_LIMIT_MAX`] ids.
    pub fn into_ids(self) -> Result<Option<Vec<i64>>, Error> {
        let max = usize::try_from(PAGE_LIMIT_MAX).unwrap_or(usize::MAX);
        match self.event_ids {
            Some(ids) if !(1..=max).contains(&ids.len()) => {
                Err(Error::invalid("eventIds", format!("must have 1 to {max} ids, not {}", ids.len())))
            }
            ids => Ok(ids),
        }
    }
}

fn cursor(field: &'static str, text: &str) -> Result<LedgerCursor, Error> {
    LedgerCursor::parse(text)
        .ok_or_else(|| Error::invalid(field, "must be a cursor that this server has returned, or 0"))
}

impl From<domain::WebhookDelivery> for WebhookDelivery {
    fn from(delivery: domain::WebhookDelivery) -> Self {
        let status = delivery.status.and_then(|status| u16::try_from(status).ok());
        Self {
            id: delivery.id,
            message_id: delivery.message,
            event_id: delivery.event,
            kind: delivery.kind,
            attempt: delivery.attempt,
            at: delivery.at,
            is_delivered: domain::outcome_of(status) == domain::AttemptOutcome::Delivered,
            status: delivery.status,
            duration_milliseconds: delivery.duration_ms,
            request: delivery.request,
            answer: delivery.answer,
            error: delivery.error,
        }
    }
}

impl From<engine::SetAsideEvent> for SetAsideEvent {
    fn from(event: engine::SetAsideEvent) -> Self {
        let engine::SetAsideEvent { parked, kind, keys } = event;
        Self {
            event_id: parked.event,
            kind: kind.map(|kind| kind.to_string()),
            item_id: parked.item.0,
            sku: keys.sku(parked.item),
            attempts: parked.attempts,
            set_aside_at: parked.due_at,
            error: parked.error,
        }
    }
}
