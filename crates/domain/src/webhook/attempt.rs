//! Attempts to deliver a message: their outcome, and the schedule of retries.

use std::time::Duration;

/// The consecutive failed attempts of an endpoint after which no further events are sent to it: only those that failed are
/// tried again, until one is delivered.
pub const ATTEMPTS_IN_ROW_FAILED_MAX: u32 = 10;

/// The consecutive failed attempts from which an endpoint is reported as failing.
pub const FAILING_FROM: u32 = 3;

/// The longest wait that a receiver can ask for, in seconds: a day.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 86_400;

/// The delays between attempts. Standard Webhooks 1.0 proposes this schedule, which ends after about three days.
const DELAYS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3_600),
    Duration::from_secs(5 * 3_600),
    Duration::from_secs(10 * 3_600),
    Duration::from_secs(14 * 3_600),
    Duration::from_secs(20 * 3_600),
    Duration::from_secs(24 * 3_600),
];

/// The greatest jitter, as a part of the delay. It spreads the retries of many events.
const JITTER_MAX: f64 = 0.2;

/// The time between two probes of an endpoint to which no new events are sent.
pub const WEBHOOK_PROBE_INTERVAL: Duration = Duration::from_secs(60);

/// Returns the pause before the next probe, with jitter. `random` is from 0 to 1.
///
/// A probe is an attempt before the time of the schedule. It shows that the receiver is back, so its interval does not grow
/// with the time of the outage. It is not counted in the schedule of its event.
pub fn probe_pause(interval: Duration, random: f64) -> Duration {
    with_jitter(interval, random)
}

/// The delays between the attempts to deliver one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule(Vec<Duration>);

impl Default for RetrySchedule {
    /// The schedule of Standard Webhooks.
    fn default() -> Self {
        Self(DELAYS.to_vec())
    }
}

impl RetrySchedule {
    /// Returns a schedule of these delays. The number of attempts is one more.
    pub fn new(delays: Vec<Duration>) -> Self {
        Self(delays)
    }

    /// Returns the delay after the failed attempt `attempts`, counted from 1, with jitter. `None` after the last attempt.
    /// `random` is from 0 to 1: the jitter adds up to a fifth.
    pub fn delay_after(&self, attempts: u32, random: f64) -> Option<Duration> {
        let index = usize::try_from(attempts.saturating_sub(1)).ok()?;
        let delay = self.0.get(index)?;
        Some(with_jitter(*delay, random))
    }
}

fn with_jitter(delay: Duration, random: f64) -> Duration {
    delay.mul_f64(1.0 + JITTER_MAX * random.clamp(0.0, 1.0))
}

/// The result of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the answer. `None` if there was no answer.
    pub status: Option<u16>,
    /// The wait that the answer asks for, in seconds.
    pub retry_after_seconds: Option<u64>,
    /// The time from the start of the attempt to its end.
    pub duration: Duration,
    /// The beginning of the answer's body.
    pub answer: String,
    /// The reason without an answer.
    pub error: Option<String>,
}

impl Attempt {
    /// Returns an attempt without an answer.
    pub fn failed(error: impl Into<String>, duration: Duration) -> Self {
        let error = Some(error.into());
        Self { status: None, retry_after_seconds: None, duration, answer: String::new(), error }
    }

    /// Returns its outcome.
    pub fn outcome(&self) -> AttemptOutcome {
        outcome_of(self.status)
    }

    /// Returns the wait that a failed attempt asks for, at most [`RETRY_AFTER_SECONDS_MAX`].
    pub fn requested_wait(&self) -> Option<Duration> {
        let seconds = self.retry_after_seconds.filter(|_| self.outcome() == AttemptOutcome::Failed)?;
        Some(Duration::from_secs(seconds.min(RETRY_AFTER_SECONDS_MAX)))
    }
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The receiver has accepted the message.
    Delivered,
    /// The message is sent again later.
    Failed,
    /// The receiver wants no messages any more.
    Gone,
}

impl AttemptOutcome {
    /// Each outcome.
    pub const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::Gone];

    /// Returns its name: "delivered", "failed" or "gone".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Gone => "gone",
        }
    }
}

/// Returns the outcome of an answer's status: 2xx accepts the message, and 410 disables the endpoint. Any other answer, also a
/// redirect, and no answer are failures.
pub fn outcome_of(status: Option<u16>) -> AttemptOutcome {
    match status {
        Some(200..=299) => AttemptOutcome::Delivered,
        Some(410) => AttemptOutcome::Gone,
        _ => AttemptOutcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_2xx_is_a_delivery_and_410_is_the_end() {
        for status in [200, 204, 299] {
            assert_eq!(outcome_of(Some(status)), AttemptOutcome::Delivered);
        }
        for status in [None, Some(100), Some(301), Some(307), Some(400), Some(429), Some(500), Some(600)] {
            assert_eq!(outcome_of(status), AttemptOutcome::Failed);
        }
        assert_eq!(outcome_of(Some(410)), AttemptOutcome::Gone);
    }

    #[test]
    fn a_receiver_can_ask_for_a_wait_of_a_day_at_most() {
        let attempt = |status, seconds| Attempt {
            status,
            retry_after_seconds: Some(seconds),
            ..Attempt::failed("", Duration::ZERO)
        };
        assert_eq!(attempt(Some(503), 7).requested_wait(), Some(Duration::from_secs(7)));
        assert_eq!(attempt(Some(429), u64::MAX).requested_wait(), Some(Duration::from_secs(86_400)));
        assert_eq!(attempt(Some(200), 7).requested_wait(), None);
    }

    #[test]
    fn a_receiver_is_probed_about_once_per_minute() {
        assert_eq!(probe_pause(WEBHOOK_PROBE_INTERVAL, 0.0), Duration::from_secs(60));
        assert_eq!(probe_pause(WEBHOOK_PROBE_INTERVAL, 1.0), Duration::from_secs(72));
        assert_eq!(probe_pause(WEBHOOK_PROBE_INTERVAL, 9.0), Duration::from_secs(72));
    }

    proptest! {
        #[test]
        fn the_delays_never_shrink_and_end(attempts in 1_u32..40, random in 0.0_f64..=1.0) {
            let schedule = RetrySchedule::default();
            let delay = schedule.delay_after(attempts, random);
            prop_assert_eq!(delay.is_some(), attempts <= 9);
            if let (Some(delay), Some(plain)) = (delay, schedule.delay_after(attempts, 0.0)) {
                prop_assert!(plain <= delay && delay <= plain.mul_f64(1.2));
                prop_assert!(schedule.delay_after(attempts + 1, 0.0).is_none_or(|next| next > plain));
            }
        }
    }
}
