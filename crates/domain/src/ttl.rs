use crate::{Error, Time};
use chrono::TimeDelta;

/// The default time to live of a block, in seconds.
pub const TTL_SECONDS_DEFAULT: i64 = 3_600;

/// The maximum time to live of a block, in seconds: 30 days.
pub const TTL_SECONDS_MAX: i64 = 30 * 24 * 3_600;

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
