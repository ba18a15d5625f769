//! Times of the API: RFC 3339 in UTC. The server uses chrono. The browser only parses, compares and displays times, so
//! it has a small implementation without chrono.

use crate::Time;

#[cfg(feature = "ssr")]
pub use chrono::{DateTime, Utc};

#[cfg(feature = "ssr")]
pub use domain::next_day;

#[cfg(not(feature = "ssr"))]
pub use browser::{DateTime, Utc};

/// Returns the Unix time in seconds.
pub fn seconds(time: Time) -> i64 {
    time.timestamp()
}

/// Returns the time for a Unix time in seconds; the epoch if the value is out of range.
pub fn at(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap_or_default()
}

/// Civil time: calendar date and time of day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

/// The days of the Gregorian calendar's 400-year cycle.
const CYCLE_DAYS: i64 = 146_097;
/// The days from 1 March of the year 0 to 1 January 1970.
const EPOCH_DAYS: i64 = 719_468;

impl Civil {
    /// Converts a time to civil time.
    pub fn of(time: Time) -> Self {
        let seconds = seconds(time);
        // Years begin in March, so that the leap day is the last day.
        let days = seconds.div_euclid(86_400) + EPOCH_DAYS;
        let (cycle, day) = (days.div_euclid(CYCLE_DAYS), days.rem_euclid(CYCLE_DAYS));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let from_march = (5 * day + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let second = seconds.rem_euclid(86_400);
        Self {
            year: cycle * 400 + year + i64::from(month <= 2),
            month,
            day: day - (153 * from_march + 2) / 5 + 1,
            hour: second / 3_600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// Returns the Unix time in seconds.
    #[cfg(any(test, not(feature = "ssr")))]
    fn seconds(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let day = 365 * year + year / 4 - year / 100 + (153 * from_march + 2) / 5 + self.day - 1;
        let days = cycle * CYCLE_DAYS + day - EPOCH_DAYS;
        days * 86_400 + self.hour * 3_600 + self.minute * 60 + self.second
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::Civil;
    use serde::de::{Error, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::fmt;

    /// The time zone of all times of the API.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
    pub struct Utc;

    /// A time with a resolution of one second.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
    pub struct DateTime<Zone> {
        seconds: i64,
        zone: Zone,
    }

    impl DateTime<Utc> {
        /// Returns the Unix time in seconds.
        pub fn timestamp(&self) -> i64 {
            self.seconds
        }

        /// Returns the time for a Unix time in seconds. The signature is chrono's; the result is always `Some`.
        pub fn from_timestamp(seconds: i64, _nanoseconds: u32) -> Option<Self> {
            Some(Self { seconds, zone: Utc })
        }
    }

    impl Serialize for DateTime<Utc> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Civil { year, month, day, hour, minute, second } = Civil::of(*self);
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
            serializer.serialize_str(&text)
        }
    }

    impl<'de> Deserialize<'de> for DateTime<Utc> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(Rfc3339)
        }
    }

    struct Rfc3339;

    impl Visitor<'_> for Rfc3339 {
        type Value = DateTime<Utc>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a time in UTC, such as 2026-11-22T14:05:09Z")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
            let read = || {
                let utc = text.ends_with('Z') && text.get(10..11) == Some("T");
                utc.then_some(Civil {
                    year: part(0, 4)?,
                    month: part(5, 7)?,
                    day: part(8, 10)?,
                    hour: part(11, 13)?,
                    minute: part(14, 16)?,
                    second: part(17, 19)?,
                })
            };
            let civil = read().ok_or_else(|| E::custom(""))?;
            Ok(DateTime { seconds: civil.seconds(), zone: Utc })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_converted_to_civil_time() {
        let civil = |year, month, day, hour, minute, second| Civil { year, month, day, hour, minute, second };
        for (seconds, expected) in [
            (0, civil(1970, 1, 1, 0, 0, 0)),
            (-1, civil(1969, 12, 31, 23, 59, 59)),
            (1_763_820_309, civil(2025, 11, 22, 14, 5, 9)),
            (951_782_400, civil(2000, 2, 29, 0, 0, 0)),
            (4_107_542_399, civil(2100, 2, 28, 23, 59, 59)),
            (4_107_542_400, civil(2100, 3, 1, 0, 0, 0)),
        ] {
            assert_eq!(Civil::of(at(seconds)), expected);
            assert_eq!(expected.seconds(), seconds);
        }
    }

    #[test]
    fn civil_time_is_converted_back_for_every_day() {
        for day in (-800_000..800_000).step_by(97) {
            let time = day * 86_400 + 12_345;
            assert_eq!(Civil::of(at(time)).seconds(), time);
        }
    }

    #[test]
    fn times_are_parsed_as_they_are_formatted() {
        let read = |json: &str| serde_json::from_str::<Time>(json).ok();
        assert_eq!(read("\"2025-11-22T14:05:09Z\""), Some(at(1_763_820_309)));
        assert_eq!(read("\"2025-11-22T14:05:09.123456Z\"").map(seconds), Some(1_763_820_309));
        assert_eq!(read("\"yesterday\""), None);
        assert_eq!(
            serde_json::to_string(&at(1_763_820_309)).ok().as_deref(),
            Some("\"2025-11-22T14:05:09Z\"")
        );
    }
}
