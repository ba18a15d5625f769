use crate::Time;
use crate::webhook::endpoint::SigningKeys;
use std::sync::Arc;

/// A message to one endpoint.
#[derive(Debug, Clone)]
pub struct WebhookMessage {
    /// The URL of the endpoint.
    pub url: String,
    /// The id, which is the same for all attempts.
    pub id: String,
    /// The time of the attempt.
    pub sent_at: Time,
    /// The span of the attempt, as the header `traceparent` of W3C Trace Context.
    pub traceparent: String,
    /// The keys that sign it.
    pub keys: SigningKeys,
    /// The body: JSON.
    pub body: Arc<str>,
}
