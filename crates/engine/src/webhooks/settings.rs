//! The settings of webhooks, and the parts that the server passes in: HTTP, JSON and random numbers.

use crate::WithKeys;
use domain::{
    Attempt, Movement, RetrySchedule, Signal, SigningKey, Time, WEBHOOK_LEASE, WEBHOOK_PROBE_INTERVAL,
    WebhookMessage, WebhookSignature,
};
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The most messages to one endpoint at the same time, by default.
const CONCURRENCY_DEFAULT: usize = 16;

/// The days for which deliveries are stored, by default.
const RETENTION_DAYS_DEFAULT: i32 = 14;

/// The days for which an event that was set aside can be sent again, by default.
const SET_ASIDE_DAYS_DEFAULT: i32 = 90;

/// The default time-out of one attempt.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(15);

/// An event of the feed.
#[derive(Debug, Clone)]
pub enum FeedEvent {
    /// A movement.
    Movement(WithKeys<Movement>),
    /// A signal.
    Signal(WithKeys<Signal>),
}

/// Sends messages.
pub trait WebhookTransport: Send + Sync {
    /// Sends a message once. It ends within the time-out, and a second for the body of the answer.
    fn send(&self, message: WebhookMessage) -> BoxFuture<'_, Attempt>;

    /// Returns a new random key. `None` if the operating system returns no random numbers.
    fn new_key(&self) -> Option<SigningKey>;

    /// Returns the text of a secret or public key with which the receiver verifies.
    fn secret_text(&self, signature: WebhookSignature, key: &SigningKey) -> String;

    /// Returns the JSON of an event: its type, time and data.
    fn render(&self, event: &FeedEvent) -> String;

    /// Returns the JSON of a test message.
    fn render_test(&self, at: Time) -> String;
}

/// The settings of webhooks.
#[derive(Clone)]
pub struct WebhookSettings {
    /// Sends the messages. Without it, nothing is sent, and no endpoint can be created.
    pub transport: Option<Arc<dyn WebhookTransport>>,
    /// Whether endpoints may have private addresses, and `http`. Default false.
    pub allows_private: bool,
    /// The time-out of one attempt. Default 15 s.
    pub timeout: Duration,
    /// The delays between attempts. Default: the schedule of Standard Webhooks.
    pub schedule: RetrySchedule,
    /// The time between two probes of an endpoint that fails. Default [`WEBHOOK_PROBE_INTERVAL`].
    pub probe_interval: Duration,
    /// The lease of an endpoint. Another server may send to it after the lease. Default [`WEBHOOK_LEASE`].
    pub lease: Duration,
    /// The most messages to one endpoint at the same time; at least 1. Default 16.
    pub concurrency: usize,
    /// The days for which deliveries are stored. Default 14.
    pub retention_days: i32,
    /// The days for which an event that was set aside can be sent again. Default 90.
    pub set_aside_days: i32,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            transport: None,
            allows_private: false,
            timeout: TIMEOUT_DEFAULT,
            schedule: RetrySchedule::default(),
            probe_interval: WEBHOOK_PROBE_INTERVAL,
            lease: WEBHOOK_LEASE,
            concurrency: CONCURRENCY_DEFAULT,
            retention_days: RETENTION_DAYS_DEFAULT,
            set_aside_days: SET_ASIDE_DAYS_DEFAULT,
        }
    }
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            transport,
            allows_private,
            timeout,
            schedule,
            probe_interval,
            lease,
            concurrency,
            retention_days,
            set_aside_days,
        } = self;
        f.debug_struct("WebhookSettings")
            .field("transport", &transport.is_some())
            .field("allows_private", allows_private)
            .field("timeout", timeout)
            .field("schedule", schedule)
            .field("probe_interval", probe_interval)
            .field("lease", lease)
            .field("concurrency", concurrency)
            .field("retention_days", retention_days)
            .field("set_aside_days", set_aside_days)
            .finish()
    }
}
