//! Webhook endpoints and their deliveries.

use crate::webhook::event::WebhookFilter;
use crate::webhook::url::WebhookUrl;
use crate::{Error, LedgerCursor, Time, WebhookId, text};
use std::fmt;

/// The most endpoints.
pub const WEBHOOKS_MAX: usize = 100;

/// The longest name of an endpoint, in characters.
pub const WEBHOOK_NAME_CHARS_MAX: usize = 100;

/// The most events of an endpoint that wait for another attempt. With more, its cursor waits.
pub const WEBHOOK_PARKED_MAX: i64 = 1_000;

/// The most set-aside events that one request sends again.
pub const WEBHOOK_RETRIED_MAX: i64 = 1_000;

/// The time for which a replaced secret signs too, in hours, if a request does not say it.
pub const OVERLAP_HOURS_DEFAULT: i32 = 24;

/// The longest time for which a replaced secret signs too, in hours: a week.
pub const OVERLAP_HOURS_MAX: i64 = 168;

/// The name of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookName(String);

impl WebhookName {
    /// Trims a name and checks it.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it has 1 to [`WEBHOOK_NAME_CHARS_MAX`] characters in one line.
    pub fn new(name: &str) -> Result<Self, Error> {
        Ok(Self(text::checked("name", name, WEBHOOK_NAME_CHARS_MAX, false)?))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The state of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    /// Events are sent to it.
    Active,
    /// A person or a client has paused it. Its cursor stays.
    Paused,
    /// The receiver answered 410, or the database no longer has the history before the cursor.
    Disabled,
}

impl WebhookState {
    /// Returns its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }

    /// Parses a name. An unknown one counts as disabled.
    pub fn parse(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "paused" => Self::Paused,
            _ => Self::Disabled,
        }
    }
}

/// The signature scheme of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookSignature {
    /// `v1`: HMAC with SHA-256. Both sides have the secret.
    Hmac,
    /// `v1a`: ed25519. The receiver has the public key only.
    Ed25519,
}

impl WebhookSignature {
    /// Returns the identifier of Standard Webhooks.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hmac => "v1",
            Self::Ed25519 => "v1a",
        }
    }

    /// Parses an identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn parse(name: &str) -> Result<Self, Error> {
        match name {
            "v1" => Ok(Self::Hmac),
            "v1a" => Ok(Self::Ed25519),
            _ => Err(Error::invalid("signature", "must be v1 or v1a")),
        }
    }
}

/// The key that signs the messages of an endpoint: an HMAC secret, or the seed of an ed25519 key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(pub [u8; 32]);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The keys that sign a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeys {
    /// The scheme.
    pub signature: WebhookSignature,
    /// The present key.
    pub current: SigningKey,
    /// The replaced key, and the end of its use.
    pub previous: Option<(SigningKey, Time)>,
}

impl SigningKeys {
    /// Returns the keys that are in use at a time, the present one first.
    pub fn at(&self, now: Time) -> impl Iterator<Item = &SigningKey> {
        let previous = self.previous.as_ref().filter(move |(_, until)| *until > now);
        std::iter::once(&self.current).chain(previous.map(|(key, _)| key))
    }
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// The name.
    pub name: String,
    /// The URL.
    pub url: String,
    /// The events that it receives.
    pub filter: WebhookFilter,
    /// The state.
    pub state: WebhookState,
    /// The reason of the state `disabled`.
    pub disabled_reason: Option<String>,
    /// The position in the ledger up to which every event was delivered, is excluded by the filter, waits for another
    /// attempt or is set aside.
    pub cursor: LedgerCursor,
    /// The keys.
    pub keys: SigningKeys,
    /// Raised by each change of the endpoint and of its server: a fencing token. Senders stop when it changes.
    pub revision: i64,
    /// The failed attempts since the last delivery.
    pub failures_in_row: u32,
    /// The first of these.
    pub failing_since: Option<Time>,
    /// Nothing is sent before: the receiver has asked for it.
    pub waits_until: Option<Time>,
    /// The last delivery.
    pub delivered_at: Option<Time>,
    /// Events that wait for another attempt.
    pub waiting: i64,
    /// Events that were set aside after their last attempt; at most 10,000 are counted.
    pub set_aside: i64,
    /// The time of its creation.
    pub created_at: Time,
}

/// A request to create an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// The name.
    pub name: WebhookName,
    /// The URL.
    pub url: WebhookUrl,
    /// The events that it receives.
    pub filter: WebhookFilter,
    /// The signature scheme.
    pub signature: WebhookSignature,
    /// The position after which its first event is. `None` for now.
    pub after: Option<LedgerCursor>,
}

/// New values of an endpoint. An absent one is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookPatch {
    /// The name.
    pub name: Option<WebhookName>,
    /// The URL.
    pub url: Option<WebhookUrl>,
    /// The names of the kinds of events.
    pub kinds: Option<Vec<String>>,
    /// The ids of the warehouses.
    pub warehouses: Option<Vec<i64>>,
    /// The SKUs.
    pub skus: Option<Vec<String>>,
}

impl WebhookPatch {
    /// Returns the filter of an endpoint after the change.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn filter(&self, present: &WebhookFilter) -> Result<WebhookFilter, Error> {
        let kinds = self.kinds.clone().unwrap_or_else(|| present.kinds());
        let warehouses = self.warehouses.clone().unwrap_or_else(|| present.warehouses());
        WebhookFilter::new(&kinds, &warehouses, &self.skus.clone().unwrap_or_else(|| present.skus()))
    }
}

/// One attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// The id, which rises with time.
    pub id: i64,
    /// The id of the message.
    pub message: String,
    /// The event. `None` for a test.
    pub event: Option<i64>,
    /// The kind of the event.
    pub kind: String,
    /// The number of the attempt, from 1.
    pub attempt: i32,
    /// The end of the attempt.
    pub at: Time,
    /// The status of the answer.
    pub status: Option<i32>,
    /// The time from the start of the attempt to its end, in milliseconds.
    pub duration_ms: i32,
    /// The beginning of the request's body.
    pub request: String,
    /// The beginning of the answer's body.
    pub answer: String,
    /// The reason without an answer.
    pub error: Option<String>,
}

/// Returns the time for which a replaced secret signs too, in hours.
///
/// # Errors
/// [`Error::Invalid`] unless it is 0 to [`OVERLAP_HOURS_MAX`].
pub fn overlap_hours(hours: Option<i64>) -> Result<i32, Error> {
    let hours = hours.unwrap_or_else(|| OVERLAP_HOURS_DEFAULT.into());
    let checked = i32::try_from(hours).ok().filter(|_| (0..=OVERLAP_HOURS_MAX).contains(&hours));
    checked.ok_or_else(|| {
        Error::invalid("overlapHours", format!("must be 0 to {OVERLAP_HOURS_MAX}, not {hours}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_replaced_key_signs_until_the_end_of_the_overlap() {
        let now = Time::UNIX_EPOCH;
        let (new, old) = (SigningKey([1; 32]), SigningKey([2; 32]));
        let previous = Some((old.clone(), now + TimeDelta::hours(1)));
        let keys = SigningKeys { signature: WebhookSignature::Hmac, current: new.clone(), previous };
        assert_eq!(keys.at(now).collect::<Vec<_>>(), [&new, &old]);
        assert_eq!(keys.at(now + TimeDelta::hours(1)).collect::<Vec<_>>(), [&new]);
    }

    #[test]
    fn a_key_is_never_in_a_log() {
        assert_eq!(format!("{:?}", SigningKey([7; 32])), "SigningKey(…)");
    }

    #[test]
    fn the_overlap_is_bounded() {
        assert_eq!(overlap_hours(None), Ok(24));
        assert_eq!(overlap_hours(Some(0)), Ok(0));
        for hours in [-1, 169, i64::MAX] {
            assert!(overlap_hours(Some(hours)).is_err());
        }
    }
}
