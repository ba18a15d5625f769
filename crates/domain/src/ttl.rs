use crate::{Error, Time};
use chrono::TimeDelta;

/// The default time to live of a block, in seconds.
pub const TTL_SECONDS_DEFAULT: i64 = 3_600;

/// The maximum time to live of a block, in seconds: 30 days.
pub const TTL_SECONDS_MAX: i64 = 30 * 24 * 3_600;

/// The seconds of a minute.
const MINUTE_SECONDS: i64 = 60;

/// The maximum time to live of a block, in minutes: 30 days.
pub const TTL_MINUTES_MAX: i64 = TTL_SECONDS_MAX / MINUTE_SECONDS;

/// The time to live of a block: 1 to [`TTL_SECONDS_MAX`] seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(i64);

impl Ttl {
    /// Creates a time to live.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `seconds` is 1 to [`TTL_SECONDS_MAX`].
    pub fn new(seconds: i64) -> Result<Self, Error> {
        if (1..=TTL_SECONDS_MAX).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(Error::invalid("ttlSeconds", format!("must be 1 to {TTL_SECONDS_MAX}, not {seconds}")))
    }

    /// Creates a time to live.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `minutes` is 1 to [`TTL_MINUTES_MAX`].
    pub fn from_minutes(minutes: i64) -> Result<Self, Error> {
        if (1..=TTL_MINUTES_MAX).contains(&minutes) {
            return Ok(Self(minutes * MINUTE_SECONDS));
        }
        Err(Error::invalid("minutes", format!("must be 1 to {TTL_MINUTES_MAX}, not {minutes}")))
    }

    /// The seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// Returns the expiry time of a block that is placed at `now`.
    pub fn from(self, now: Time) -> Time {
        now + TimeDelta::seconds(self.0)
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self(TTL_SECONDS_DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_have_the_bounds_of_seconds() {
        let seconds = |minutes| Ttl::from_minutes(minutes).map(Ttl::seconds).ok();
        assert_eq!((seconds(1), seconds(TTL_MINUTES_MAX)), (Some(60), Some(TTL_SECONDS_MAX)));
        for minutes in [i64::MIN, -1, 0, TTL_MINUTES_MAX + 1, i64::MAX] {
            assert_eq!(seconds(minutes), None, "{minutes}");
        }
    }
}
