//! The records of attempts.

use domain::{Attempt, WebhookEvent};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::NewDelivery;

/// The part of a request's body that is stored, in characters.
const REQUEST_CHARS_MAX: usize = 2_000;

/// The part of an error's text that is stored, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// The most attempts per second and endpoint that are stored. The others are not: at a high rate the records would cost more
/// than the deliveries.
pub(super) const RECORDS_PER_SECOND_MAX: u32 = 10;

/// The most failed attempts per second and endpoint that are logged.
pub(super) const LINES_PER_SECOND_MAX: u32 = 1;

/// Limits the records of attempts of one endpoint.
pub(super) struct RecordLimit {
    per_second: u32,
    /// The start of the present second, and the records in it.
    window: Mutex<(Instant, u32)>,
}

impl RecordLimit {
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second, window: Mutex::new((Instant::now(), 0)) }
    }

    /// Returns whether another attempt may be recorded now.
    pub(super) fn allows(&self) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= Duration::from_secs(1) {
            *window = (Instant::now(), 0);
        }
        window.1 = window.1.saturating_add(1);
        window.1 <= self.per_second
    }
}

/// Returns the record of an attempt.
pub(super) fn record(
    event: Option<&WebhookEvent>,
    kind: String,
    message: String,
    body: &str,
    number: u32,
    attempt: &Attempt,
) -> NewDelivery {
    NewDelivery {
        message,
        event: event.map(|event| event.id),
        kind,
        attempt: i32::try_from(number).unwrap_or(i32::MAX),
        status: attempt.status.map(i32::from),
        duration_ms: i32::try_from(attempt.duration.as_millis()).unwrap_or(i32::MAX),
        request: body.chars().take(REQUEST_CHARS_MAX).collect(),
        answer: attempt.answer.clone(),
        error: attempt.error.as_deref().map(|error| error.chars().take(ERROR_CHARS_MAX).collect()),
    }
}

/// Returns the reason of a failed attempt.
pub(super) fn reason(attempt: &Attempt) -> String {
    match (&attempt.error, attempt.status) {
        (Some(error), _) => error.chars().take(ERROR_CHARS_MAX).collect(),
        (None, Some(status)) => format!("status {status}"),
        (None, None) => "no answer".to_owned(),
    }
}
