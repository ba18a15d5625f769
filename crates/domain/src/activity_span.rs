//! Spans of time for the activity and for lists of movements.

use crate::time_filter::time_filter;
use crate::{Error, Time};
use chrono::{DurationRound as _, NaiveDate, NaiveTime, TimeDelta};

/// The longest span of an activity in days.
pub const ACTIVITY_DAYS_MAX: i64 = 92;

/// The hour of the day at which an evening begins.
const EVENING_HOUR: i64 = 18;

/// The largest distance of a time zone from UTC, in minutes.
const ZONE_MINUTES_MAX: i64 = 14 * 60;

/// A named span of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecentSpan {
    /// Since 18:00 of yesterday in the caller's time zone.
    Evening,
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
}

impl RecentSpan {
    /// Parses the name of a span.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text other than `evening`, `day` and `week`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "evening" => Ok(Self::Evening),
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            _ => Err(Error::invalid("span", "must be evening, day or week")),
        }
    }
}

/// A span of time: `from` is included, `until` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivitySpan {
    /// The start.
    pub from: Time,
    /// The end.
    pub until: Time,
}

/// The choice of a span, as a caller gives it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanChoice {
    /// A named span, instead of `from` and `until`.
    pub recent: Option<RecentSpan>,
    /// The start; by default 24 hours before the end.
    pub from: Option<Time>,
    /// The end; by default now.
    pub until: Option<Time>,
    /// The minutes by which the caller's time zone is ahead of UTC; by default 0.
    pub zone_minutes: Option<i64>,
}

impl SpanChoice {
    /// Returns the span at the time `now`, which is rounded up to a whole second.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a named span together with times, a span that is empty or longer than [`ACTIVITY_DAYS_MAX`], and
    /// a time zone more than 14 hours from UTC.
    pub fn span(self, now: Time) -> Result<ActivitySpan, Error> {
        // A whole second, so that the address of a list has the same end as the number that it sums.
        let now = now.duration_trunc(TimeDelta::seconds(1)).unwrap_or(now) + TimeDelta::seconds(1);
        let zone = self.zone_minutes.unwrap_or(0);
        if !(-ZONE_MINUTES_MAX..=ZONE_MINUTES_MAX).contains(&zone) {
            let reason = format!("must be -{ZONE_MINUTES_MAX} to {ZONE_MINUTES_MAX}");
            return Err(Error::invalid("zoneMinutes", reason));
        }
        if let Some(recent) = self.recent {
            if self.from.is_some() || self.until.is_some() {
                return Err(Error::invalid("span", "must not be combined with from or until"));
            }
            let from = match recent {
                RecentSpan::Evening => yesterday_evening(now, TimeDelta::minutes(zone)),
                RecentSpan::Day => now - TimeDelta::days(1),
                RecentSpan::Week => now - TimeDelta::days(7),
            };
            return Ok(ActivitySpan { from, until: now });
        }
        let (from, until) = (time_filter("from", self.from)?, time_filter("until", self.until)?);
        let until = until.unwrap_or(now);
        let from = match from {
            Some(from) => from,
            None => until
                .checked_sub_signed(TimeDelta::days(1))
                .ok_or_else(|| Error::invalid("until", "is out of range"))?,
        };
        if from >= until {
            return Err(Error::invalid("from", "must be before until"));
        }
        if until - from > TimeDelta::days(ACTIVITY_DAYS_MAX) {
            return Err(Error::invalid(
                "from",
                format!("must be at most {ACTIVITY_DAYS_MAX} days before until"),
            ));
        }
        Ok(ActivitySpan { from, until })
    }
}

impl ActivitySpan {
    /// Returns whether sums over the span are read: it is at most [`ACTIVITY_DAYS_MAX`] long.
    pub fn has_sums(&self) -> bool {
        self.until - self.from <= TimeDelta::days(ACTIVITY_DAYS_MAX)
    }
}

/// Returns the span of a filter by time, from the first day of year 1 until the last day of year 9999 without limits; `None`
/// without a filter.
///
/// # Errors
/// [`Error::Invalid`] for a time out of these years.
pub fn optional_span(since: Option<Time>, until: Option<Time>) -> Result<Option<ActivitySpan>, Error> {
    let (since, until) = (time_filter("since", since)?, time_filter("until", until)?);
    if since.is_none() && until.is_none() {
        return Ok(None);
    }
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let from = since.unwrap_or_else(|| day(1, 1, 1).and_time(NaiveTime::MIN).and_utc());
    let until = until.unwrap_or_else(|| day(9999, 12, 31).and_time(NaiveTime::MIN).and_utc());
    Ok(Some(ActivitySpan { from, until }))
}

/// Returns 18:00 of the day before `now` in a time zone that is `zone` ahead of UTC.
fn yesterday_evening(now: Time, zone: TimeDelta) -> Time {
    let day = TimeDelta::days(1);
    let today = (now + zone).duration_trunc(day).unwrap_or(now);
    today - day + TimeDelta::hours(EVENING_HOUR) - zone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn the_evening_is_that_of_yesterday_in_the_time_zone() {
        let from = |now, zone_minutes| {
            let choice = SpanChoice {
                recent: Some(RecentSpan::Evening),
                zone_minutes: Some(zone_minutes),
                ..SpanChoice::default()
            };
            choice.span(time(now)).map(|span| span.from)
        };
        assert_eq!(from("2026-11-30T08:00:00Z", 0), Ok(time("2026-11-29T18:00:00Z")));
        assert_eq!(from("2026-11-30T08:00:00Z", 60), Ok(time("2026-11-29T17:00:00Z")));
        // It is already the next day in the time zone.
        assert_eq!(from("2026-11-30T23:30:00Z", 60), Ok(time("2026-11-30T17:00:00Z")));
        assert_eq!(from("2026-11-30T02:00:00Z", -300), Ok(time("2026-11-28T23:00:00Z")));
        assert!(from("2026-11-30T08:00:00Z", 841).is_err());
    }

    #[test]
    fn a_span_is_checked() {
        let now = time("2026-11-30T08:00:00Z");
        let choice = |from: Option<&str>, until: Option<&str>| SpanChoice {
            from: from.map(time),
            until: until.map(time),
            ..SpanChoice::default()
        };
        let until = now + TimeDelta::seconds(1);
        let day = ActivitySpan { from: until - TimeDelta::days(1), until };
        assert_eq!(choice(None, None).span(now), Ok(day));
        assert_eq!(choice(None, None).span(now + TimeDelta::milliseconds(900)), Ok(day));
        for (from, until) in [
            (Some("2026-11-30T08:00:01Z"), None),
            (Some("2026-11-30T09:00:00Z"), Some("2026-11-30T07:00:00Z")),
            (Some("2026-08-29T00:00:00Z"), None),
        ] {
            assert!(choice(from, until).span(now).is_err(), "{from:?} {until:?}");
        }
        let both = SpanChoice { recent: Some(RecentSpan::Day), ..choice(Some("2026-11-29T08:00:00Z"), None) };
        assert!(both.span(now).is_err());
        assert!(RecentSpan::parse("month").is_err());
        for zone in [i64::MIN, i64::MAX, -841, 841] {
            let zone_minutes = Some(zone);
            let recent = Some(RecentSpan::Evening);
            assert!(
                SpanChoice { recent, zone_minutes, ..SpanChoice::default() }.span(now).is_err(),
                "{zone}"
            );
        }
    }
}
