//! Spans of time for the activity and for lists of movements.

use crate::day::{day_start, local_time};
use crate::time_filter::time_filter;
use crate::{Error, Time};
use chrono::{DurationRound as _, NaiveDate, NaiveTime, TimeDelta, Weekday};

/// The longest span of an activity in days.
pub const ACTIVITY_DAYS_MAX: i64 = 92;

/// The seconds by which [`ACTIVITY_DAYS_MAX`] days of a time zone may be longer: the clocks go back within them.
const CLOCKS_BACK_SECONDS_MAX: i64 = 3_600;

/// The hour of the day at which an evening begins.
const EVENING_HOUR: u32 = 18;

/// The largest distance of a time zone from UTC, in minutes.
const ZONE_MINUTES_MAX: i64 = 14 * 60;

/// The most seconds by which a time zone is ahead of UTC or behind it: more than any zone has.
const ZONE_SECONDS_MAX: i64 = 2 * 86_400;

/// A time zone of a choice.
#[derive(Debug, Clone, Copy)]
pub enum Zone {
    /// A zone that is this many minutes ahead of UTC all the time.
    Minutes(i64),
    /// A zone whose clocks change. The function returns the seconds by which it is ahead of UTC at a time.
    Clocks(fn(Time) -> i64),
}

impl Default for Zone {
    fn default() -> Self {
        Self::Minutes(0)
    }
}

impl Zone {
    /// Returns the longest span of an activity: [`ACTIVITY_DAYS_MAX`] days of the zone.
    fn span_max(self) -> TimeDelta {
        let days = TimeDelta::days(ACTIVITY_DAYS_MAX);
        match self {
            Self::Minutes(_) => days,
            Self::Clocks(_) => days + TimeDelta::seconds(CLOCKS_BACK_SECONDS_MAX),
        }
    }

    /// Returns the seconds by which the zone is ahead of UTC at a time, at most two days.
    fn seconds_ahead(self, time: Time) -> i64 {
        let seconds = match self {
            Self::Minutes(minutes) => minutes.saturating_mul(60),
            Self::Clocks(seconds_ahead) => seconds_ahead(time),
        };
        seconds.clamp(-ZONE_SECONDS_MAX, ZONE_SECONDS_MAX)
    }

    /// Returns the day of a time.
    fn day(self, time: Time) -> NaiveDate {
        let local = time.checked_add_signed(TimeDelta::seconds(self.seconds_ahead(time)));
        local.unwrap_or(time).date_naive()
    }

    /// Returns the first moment of the week of a time.
    fn week_start(self, time: Time, first: Weekday) -> Option<Time> {
        self.start(self.day(time).week(first).checked_first_day()?)
    }

    fn start(self, day: NaiveDate) -> Option<Time> {
        day_start(day, |time| self.seconds_ahead(time))
    }

    /// Returns the time at which the evening before the day of a time begins.
    fn evening_before(self, time: Time) -> Option<Time> {
        let evening = self.day(time).pred_opt()?.and_hms_opt(EVENING_HOUR, 0, 0)?;
        local_time(evening, |time| self.seconds_ahead(time))
    }

    /// Returns the first moment of the week before the one of a time, and the end of that week.
    fn week_before(self, time: Time, first: Weekday) -> Option<(Time, Time)> {
        let week = self.day(time).week(first).checked_first_day()?;
        Some((self.start(week.checked_sub_signed(TimeDelta::days(7))?)?, self.start(week)?))
    }
}

/// A named span of time. All but the last week end now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecentSpan {
    /// Since 18:00 of yesterday in the caller's time zone.
    Evening,
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
    /// Since the start of this week in the caller's time zone. The week begins on this day.
    ThisWeek(Weekday),
    /// The week before this one in the caller's time zone, of seven whole days.
    LastWeek(Weekday),
}

impl RecentSpan {
    /// Parses the name of a span that needs no first day of the week.
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
#[derive(Debug, Clone, Copy, Default)]
pub struct SpanChoice {
    /// A named span, instead of `from` and `until`.
    pub recent: Option<RecentSpan>,
    /// The start; by default 24 hours before the end.
    pub from: Option<Time>,
    /// The end; by default now.
    pub until: Option<Time>,
    /// The caller's time zone; by default UTC.
    pub zone: Zone,
}

impl SpanChoice {
    /// Returns the span at the time `now`, which is rounded up to a whole second.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a named span together with times, a span that is empty or longer than [`ACTIVITY_DAYS_MAX`], and
    /// a time zone more than 14 hours from UTC.
    pub fn span(self, now: Time) -> Result<ActivitySpan, Error> {
        // A whole second, so that the address of a list has the same end as the number that it sums.
        let second = now.duration_trunc(TimeDelta::seconds(1)).unwrap_or(now);
        let now = second + TimeDelta::seconds(1);
        if matches!(self.zone, Zone::Minutes(zone) if !(-ZONE_MINUTES_MAX..=ZONE_MINUTES_MAX).contains(&zone))
        {
            let reason = format!("must be -{ZONE_MINUTES_MAX} to {ZONE_MINUTES_MAX}");
            return Err(Error::invalid("zoneMinutes", reason));
        }
        if let Some(recent) = self.recent {
            if self.from.is_some() || self.until.is_some() {
                return Err(Error::invalid("span", "must not be combined with from or until"));
            }
            let zone = self.zone;
            // The day and the week are those of the last second of the span: its end may be the start of the next week.
            let since = |from: Option<Time>| from.map(|from| (from, now));
            let times = match recent {
                RecentSpan::Evening => since(zone.evening_before(second)),
                RecentSpan::Day => since(now.checked_sub_signed(TimeDelta::days(1))),
                RecentSpan::Week => since(now.checked_sub_signed(TimeDelta::days(7))),
                RecentSpan::ThisWeek(first) => since(zone.week_start(second, first)),
                RecentSpan::LastWeek(first) => zone.week_before(second, first),
            };
            let (from, until) = times.ok_or_else(|| Error::invalid("span", "is out of range"))?;
            return Ok(ActivitySpan { from, until });
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
        if until - from > self.zone.span_max() {
            return Err(Error::invalid(
                "from",
                format!("must be at most {ACTIVITY_DAYS_MAX} days before until"),
            ));
        }
        Ok(ActivitySpan { from, until })
    }
}

impl ActivitySpan {
    /// Returns whether sums over the span are read: it is at most [`ACTIVITY_DAYS_MAX`] days long, of any time zone.
    pub fn has_sums(&self) -> bool {
        self.until - self.from <= TimeDelta::seconds(ACTIVITY_DAYS_MAX * 86_400 + CLOCKS_BACK_SECONDS_MAX)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::zones::{berlin, new_york};

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn the_evening_is_that_of_yesterday_in_the_time_zone() {
        let from = |now, zone_minutes| {
            let choice = SpanChoice {
                recent: Some(RecentSpan::Evening),
                zone: Zone::Minutes(zone_minutes),
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

    /// Returns the start and the end of a named span in a zone whose clocks change.
    fn span(recent: RecentSpan, clocks: fn(Time) -> i64, now: &str) -> (String, String) {
        let choice = SpanChoice { recent: Some(recent), zone: Zone::Clocks(clocks), ..SpanChoice::default() };
        let span = choice.span(time(now)).expect("a span");
        (span.from.to_rfc3339(), span.until.to_rfc3339())
    }

    #[test]
    fn the_evening_has_the_offset_of_its_own_day() {
        let from = |clocks, now| span(RecentSpan::Evening, clocks, now).0;
        // The clocks change in the night between the evening and the morning.
        assert_eq!(from(berlin, "2026-03-29T08:00:00Z"), "2026-03-28T17:00:00+00:00");
        assert_eq!(from(berlin, "2026-03-30T08:00:00Z"), "2026-03-29T16:00:00+00:00");
        assert_eq!(from(berlin, "2026-10-25T08:00:00Z"), "2026-10-24T16:00:00+00:00");
        assert_eq!(from(berlin, "2026-10-26T08:00:00Z"), "2026-10-25T17:00:00+00:00");
        assert_eq!(from(new_york, "2026-03-08T13:00:00Z"), "2026-03-07T23:00:00+00:00");
        assert_eq!(from(new_york, "2026-11-01T13:00:00Z"), "2026-10-31T22:00:00+00:00");
        // The last second of a day belongs to the day.
        assert_eq!(from(berlin, "2026-11-30T22:59:59.5Z"), "2026-11-29T17:00:00+00:00");
    }

    #[test]
    fn weeks_begin_on_the_chosen_day_in_the_time_zone() {
        let check = |recent, clocks: fn(Time) -> i64, now, from: &str, until: &str| {
            let found = span(recent, clocks, now);
            assert_eq!(found, (from.to_owned(), until.to_owned()), "{recent:?} {now}");
        };
        use RecentSpan::{LastWeek, ThisWeek};
        // 30 November 2026 is a Monday.
        let (now, until) = ("2026-12-03T08:00:00Z", "2026-12-03T08:00:01+00:00");
        check(ThisWeek(Weekday::Mon), berlin, now, "2026-11-29T23:00:00+00:00", until);
        check(ThisWeek(Weekday::Sat), berlin, now, "2026-11-27T23:00:00+00:00", until);
        check(ThisWeek(Weekday::Sun), new_york, now, "2026-11-29T05:00:00+00:00", until);
        let (monday, earlier) = ("2026-11-29T23:00:00+00:00", "2026-11-22T23:00:00+00:00");
        check(LastWeek(Weekday::Mon), berlin, now, earlier, monday);
        check(
            LastWeek(Weekday::Sun),
            new_york,
            now,
            "2026-11-22T05:00:00+00:00",
            "2026-11-29T05:00:00+00:00",
        );
        // It is Monday in Berlin and Sunday in New York.
        let (now, until) = ("2026-11-30T00:30:00Z", "2026-11-30T00:30:01+00:00");
        check(ThisWeek(Weekday::Mon), berlin, now, monday, until);
        check(ThisWeek(Weekday::Mon), new_york, now, "2026-11-23T05:00:00+00:00", until);
        // The last second of a week belongs to the week, although the span ends with it.
        check(ThisWeek(Weekday::Mon), berlin, "2026-11-29T22:59:59.9Z", earlier, monday);
        // The weeks in which the clocks change have an hour less and an hour more.
        let now = "2026-03-31T10:00:00Z";
        check(ThisWeek(Weekday::Mon), berlin, now, "2026-03-29T22:00:00+00:00", "2026-03-31T10:00:01+00:00");
        check(LastWeek(Weekday::Mon), berlin, now, "2026-03-22T23:00:00+00:00", "2026-03-29T22:00:00+00:00");
        let now = "2026-10-27T10:00:00Z";
        check(LastWeek(Weekday::Mon), berlin, now, "2026-10-18T22:00:00+00:00", "2026-10-25T23:00:00+00:00");
    }

    #[test]
    fn the_longest_span_has_as_many_days_of_the_zone_when_the_clocks_go_back() {
        // 1 August until 31 October.
        let (from, until) = (time("2026-07-31T22:00:00Z"), time("2026-10-31T23:00:00Z"));
        let span =
            |zone, until| SpanChoice { from: Some(from), until: Some(until), recent: None, zone }.span(until);
        assert!(span(Zone::Clocks(berlin), until).is_ok_and(|span| span.has_sums()));
        assert!(span(Zone::Clocks(berlin), until + TimeDelta::seconds(1)).is_err());
        assert!(span(Zone::Minutes(60), until).is_err());
        assert!(!ActivitySpan { from, until: until + TimeDelta::seconds(1) }.has_sums());
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
        for minutes in [i64::MIN, i64::MAX, -841, 841] {
            let zone = Zone::Minutes(minutes);
            let recent = Some(RecentSpan::Evening);
            assert!(SpanChoice { recent, zone, ..SpanChoice::default() }.span(now).is_err(), "{minutes}");
        }
    }
}
