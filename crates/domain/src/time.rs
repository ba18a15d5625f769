use crate::Error;
use chrono::{DateTime, TimeDelta, Utc};

/// A point in time; the database's clock is the only clock.
pub type Time = DateTime<Utc>;

/// How long a block holds where the request does not say, in seconds.
pub const TTL_SECONDS_DEFAULT: i64 = 3_600;

/// The longest that a block can be asked to hold, in seconds: 30 days.
pub const TTL_SECONDS_MAX: i64 = 30 * 24 * 3_600;

/// How long a block holds: 1 to [`TTL_SECONDS_MAX`] seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(i64);

impl Ttl {
    /// Refuses what is not 1 to [`TTL_SECONDS_MAX`] seconds.
    pub fn new(seconds: i64) -> Result<Self, Error> {
        if (1..=TTL_SECONDS_MAX).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(Error::invalid("ttlSeconds", format!("must be 1 to {TTL_SECONDS_MAX}, not {seconds}")))
    }

    /// The seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// When it ends, counted from `now`.
    pub fn from(self, now: Time) -> Time {
        now + TimeDelta::seconds(self.0)
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self(TTL_SECONDS_DEFAULT)
    }
}
