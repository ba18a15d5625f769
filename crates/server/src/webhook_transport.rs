//! The parts of webhooks that the engine lacks: HTTP, signatures and JSON.

use crate::config::WebhookConfig;
use domain::{Attempt, RetrySchedule, SigningKey, Time, WebhookMessage, WebhookSignature};
use engine::{FeedEvent, WebhookSettings, WebhookTransport};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use webhooks::{Sender, Settings};

/// Sends messages by HTTP.
struct Transport(Sender);

impl WebhookTransport for Transport {
    fn send(&self, message: WebhookMessage) -> BoxFuture<'_, Attempt> {
        async move { self.0.send(&message).await }.boxed()
    }

    fn new_key(&self) -> Option<SigningKey> {
        webhooks::new_key().ok()
    }

    fn secret_text(&self, signature: WebhookSignature, key: &SigningKey) -> String {
        webhooks::secret_text(signature, key)
    }

    fn render(&self, event: &FeedEvent) -> String {
        api::webhook_body(event)
    }

    fn render_test(&self, at: Time) -> String {
        api::webhook_test_body(at)
    }
}

/// Returns the engine's settings of webhooks.
pub(crate) fn webhook_settings(config: &WebhookConfig) -> WebhookSettings {
    let timeout = Duration::from_secs(config.webhook_timeout_seconds);
    let allows_private = config.webhook_private_addresses;
    let delays = config.webhook_retry_seconds.iter().map(|seconds| Duration::from_secs((*seconds).into()));
    WebhookSettings {
        transport: Some(Arc::new(Transport(Sender::new(Settings { allows_private, timeout })))),
        allows_private,
        timeout,
        schedule: RetrySchedule::new(delays.collect()),
        concurrency: config.webhook_concurrency,
        retention_days: config.webhook_delivery_days,
        set_aside_days: config.webhook_set_aside_days,
        ..WebhookSettings::default()
    }
}
