//! The delays of retries.

use crate::Error;
use chrono::Utc;
use std::time::Duration;

/// The statuses after which a repeatable request is sent again.
const STATUSES: [i32; 4] = [429, 502, 503, 504];

/// The failure after which only an idempotency key tells whether the change happened.
const UNKNOWN_OUTCOME: &str = "outcome_unknown";

/// The bound of the first delay. It doubles with each retry.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// The longest delay, also of `Retry-After`.
const DELAY_MAX: Duration = Duration::from_secs(30);

/// Returns whether a failure may end by itself.
pub(crate) fn is_transient(error: &Error) -> bool {
    match error {
        Error::Connection(_) => true,
        Error::Rejected(rejection) => {
            let problem = &rejection.problem;
            STATUSES.contains(&problem.status) || problem.code == UNKNOWN_OUTCOME
        }
        Error::Answer(_) | Error::Request(_) => false,
    }
}

/// Returns the delay before a retry, counted from 0: back-off with full jitter, at least `Retry-After`. None if it is longer
/// than 30 seconds.
pub(crate) fn delay_before(retry: u32, retry_after: Option<&str>) -> Option<Duration> {
    let bound = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(retry)).min(DELAY_MAX);
    let back_off = bound.mul_f64(fastrand::f64());
    let asked = retry_after.and_then(wait_of).unwrap_or_default();
    Some(asked + back_off).filter(|_| asked <= DELAY_MAX)
}

/// Returns `Retry-After`, from a number of seconds or a date. A date in the past is no wait.
fn wait_of(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.to_utc() - Utc::now()).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_at_least_that_of_the_server_and_bounded() {
        for retry in [0, 3, 40] {
            let delay = delay_before(retry, Some("2")).expect("a delay");
            assert!(delay >= Duration::from_secs(2) && delay <= Duration::from_secs(32), "{delay:?}");
        }
        assert!(delay_before(0, None).expect("a delay") <= FIRST_DELAY);
        assert_eq!(delay_before(0, Some("31")), None);
    }

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date() {
        assert_eq!(wait_of("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait_of("Mon, 02 Jan 2006 15:04:05 GMT"), Some(Duration::ZERO));
        assert!(wait_of("Fri, 01 Jan 2100 00:00:00 GMT") > Some(DELAY_MAX));
        assert_eq!(wait_of("soon"), None);
    }
}
