//! The verification of webhooks, by Standard Webhooks 1.0.

use crate::types::{Movement, Signal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use standardwebhooks::Webhook;

/// The prefix of the secret of an HMAC.
const SECRET_PREFIX: &str = "whsec_";

/// The prefix of an ed25519 public key.
const PUBLIC_KEY_PREFIX: &str = "whpk_";

/// The prefix of an ed25519 signature.
const ED25519_PREFIX: &str = "v1a,";

/// The greatest difference between the times of message and receiver, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// A message that was verified.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookMessage {
    /// A movement of stock, such as `movement.blocked`.
    Movement { kind: String, at: DateTime<Utc>, movement: Box<Movement> },
    /// A signal, such as `stock.low`.
    Signal { kind: String, at: DateTime<Utc>, signal: Box<Signal> },
    /// A test, or an event of a later version of the server, with its `data`.
    Other { kind: String, at: DateTime<Utc>, data: serde_json::Value },
}

/// A message that is not verified. It must not be processed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A secret, a header, the time or the signature is wrong.
    #[error("the webhook is not verified: {0}")]
    Unverified(String),
    /// The body is verified, but no message of a webhook.
    #[error("the webhook can't be read: {0}")]
    Body(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Body {
    r#type: String,
    timestamp: DateTime<Utc>,
    data: serde_json::Value,
}

/// Verifies the signature and the time of a message, and returns it. `secret` is `whsec_…` for the signature v1, or the public
/// key `whpk_…` for v1a. `body` is the request's body as it was received.
///
/// `webhook-id` is the same for all attempts of a message: process each id once.
///
/// # Errors
/// [`WebhookError::Unverified`]: the secret, a header, the signature or the time (300 s of tolerance) is wrong.
/// [`WebhookError::Body`]: the body is no message.
pub fn verify_webhook(
    secret: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<WebhookMessage, WebhookError> {
    let timestamp = header(headers, "webhook-timestamp")?;
    let sent: i64 = timestamp.parse().map_err(|_| unverified("the time is no number"))?;
    if Utc::now().timestamp().saturating_sub(sent).saturating_abs() > TOLERANCE_SECONDS {
        return Err(unverified("the message is too old or too new"));
    }
    let key = |prefix| secret.strip_prefix(prefix).filter(|key| !key.is_empty());
    if let Some(key) = key(PUBLIC_KEY_PREFIX) {
        verify_ed25519(key, headers, timestamp, body)?;
    } else if let Some(key) = key(SECRET_PREFIX) {
        let verified = Webhook::new(key).and_then(|webhook| webhook.verify(body, headers));
        verified.map_err(|error| unverified(&error.to_string()))?;
    } else {
        return Err(unverified("the secret is no key with the prefix whsec_ or whpk_"));
    }
    let Body { r#type: kind, timestamp: at, data } = serde_json::from_slice(body)?;
    Ok(match kind.split('.').next() {
        Some("movement") => WebhookMessage::Movement { movement: serde_json::from_value(data)?, kind, at },
        Some("stock") => WebhookMessage::Signal { signal: serde_json::from_value(data)?, kind, at },
        _ => WebhookMessage::Other { kind, at, data },
    })
}

/// Verifies an ed25519 signature. The crate `standardwebhooks` verifies HMAC only.
fn verify_ed25519(key: &str, headers: &HeaderMap, timestamp: &str, body: &[u8]) -> Result<(), WebhookError> {
    let id = header(headers, "webhook-id")?;
    let key = STANDARD.decode(key).map_err(|_| unverified("the key is not base64"))?;
    let key = UnparsedPublicKey::new(&ED25519, key);
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    let signatures =
        header(headers, "webhook-signature")?.split(' ').filter_map(|text| text.strip_prefix(ED25519_PREFIX));
    let mut signatures = signatures.filter_map(|text| STANDARD.decode(text).ok());
    let is_verified = signatures.any(|signature| key.verify(&signed, &signature).is_ok());
    is_verified.then_some(()).ok_or_else(|| unverified("no signature matches"))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, WebhookError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| unverified(&format!("{name} is missing")))
}

fn unverified(reason: &str) -> WebhookError {
    WebhookError::Unverified(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(secret: &str, timestamp: &str) -> Result<WebhookMessage, WebhookError> {
        let headers =
            [("webhook-id", "msg_1"), ("webhook-timestamp", timestamp), ("webhook-signature", "v1,AA==")];
        let headers = headers.map(|(name, value)| {
            (name.parse::<http::HeaderName>().expect("a name"), value.parse().expect("a value"))
        });
        verify_webhook(secret, &headers.into_iter().collect(), b"{}")
    }

    #[test]
    fn an_empty_secret_verifies_nothing() {
        let now = Utc::now().timestamp();
        let body = b"{}";
        let webhook = Webhook::from_bytes(Vec::new()).expect("an empty key");
        let signature = webhook.sign("msg_1", now, body).expect("signed");
        let headers = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", now.to_string()),
            ("webhook-signature", signature),
        ];
        let headers = headers.map(|(name, value)| {
            (name.parse::<http::HeaderName>().expect("a name"), value.parse().expect("a value"))
        });
        let headers: HeaderMap = headers.into_iter().collect();
        for secret in ["", "whsec_", "whpk_", "secret"] {
            let outcome = verify_webhook(secret, &headers, body);
            assert!(matches!(outcome, Err(WebhookError::Unverified(_))), "{secret}: {outcome:?}");
        }
    }

    #[test]
    fn any_time_in_the_header_is_judged() {
        for timestamp in ["-9223372036854775808", "9223372036854775807", "", "now"] {
            let outcome = verified("whsec_AAAA", timestamp);
            assert!(matches!(outcome, Err(WebhookError::Unverified(_))), "{timestamp}: {outcome:?}");
        }
    }
}
