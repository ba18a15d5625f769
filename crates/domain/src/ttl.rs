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

    /// Creates a time to live of an amount of minutes, hours or days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another unit, and unless the time is 1 minute to [`TTL_SECONDS_MAX`].
    pub fn of_unit(amount: i64, unit: &str) -> Result<Self, Error> {
        let seconds = match unit {
            "minutes" => MINUTE_SECONDS,
            "hours" => 60 * MINUTE_SECONDS,
            "days" => 24 * 60 * MINUTE_SECONDS,
            _ => return Err(Error::invalid("unit", "must be minutes, hours or days")),
        };
        let max = TTL_SECONDS_MAX / seconds;
        match (1..=max).contains(&amount) {
            true => Ok(Self(amount * seconds)),
            false => Err(Error::invalid("duration", format!("must be 1 to {max}, not {amount}"))),
        }
    }

    /// Creates a time to live from `now` to a time, rounded up to a second.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that is not after `now`, or later than [`TTL_SECONDS_MAX`] after it.
    pub fn until(until: Time, now: Time) -> Result<Self, Error> {
        let left = until - now;
        let seconds = left.num_seconds() + i64::from(left.subsec_nanos() > 0);
        match seconds {
            ..=0 => Err(Error::invalid("until", "must be in the future")),
            1..=TTL_SECONDS_MAX => Ok(Self(seconds)),
            _ => {
                let days = TTL_SECONDS_MAX / (24 * 60 * MINUTE_SECONDS);
                Err(Error::invalid("until", format!("must be within {days} days")))
            }
        }
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
    fn an_amount_of_a_unit_has_the_bounds_of_seconds() {
        let seconds = |amount, unit| Ttl::of_unit(amount, unit).map(Ttl::seconds).ok();
        assert_eq!(seconds(90, "minutes"), Some(5_400));
        assert_eq!(
            (seconds(720, "hours"), seconds(30, "days")),
            (Some(TTL_SECONDS_MAX), Some(TTL_SECONDS_MAX))
        );
        for (amount, unit) in
            [(0, "minutes"), (-1, "hours"), (721, "hours"), (31, "days"), (i64::MAX, "days"), (1, "weeks")]
        {
            assert_eq!(seconds(amount, unit), None, "{amount} {unit}");
        }
    }

    #[test]
    fn a_time_must_be_in_the_future_and_within_the_longest_life() {
        let now = Time::from_timestamp(1_000, 500_000_000).unwrap_or_default();
        let seconds = |after: TimeDelta| {
            Ttl::until(now + after, now).map(Ttl::seconds).map_err(|error| error.to_string())
        };
        assert_eq!(seconds(TimeDelta::milliseconds(1_200)), Ok(2));
        assert_eq!(seconds(TimeDelta::days(30)), Ok(TTL_SECONDS_MAX));
        let in_the_past = Err("until must be in the future".to_owned());
        assert_eq!(
            (seconds(TimeDelta::zero()), seconds(TimeDelta::hours(-1))),
            (in_the_past.clone(), in_the_past)
        );
        assert_eq!(seconds(TimeDelta::days(31)), Err("until must be within 30 days".to_owned()));
    }

    #[test]
    fn minutes_have_the_bounds_of_seconds() {
        let seconds = |minutes| Ttl::from_minutes(minutes).map(Ttl::seconds).ok();
        assert_eq!((seconds(1), seconds(TTL_MINUTES_MAX)), (Some(60), Some(TTL_SECONDS_MAX)));
        for minutes in [i64::MIN, -1, 0, TTL_MINUTES_MAX + 1, i64::MAX] {
            assert_eq!(seconds(minutes), None, "{minutes}");
        }
    }
}
