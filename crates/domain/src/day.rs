use crate::{Error, Time};
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// Returns the first moment of a day in a time zone, `later` days later. `seconds_ahead` returns the seconds by which the zone is
/// ahead of UTC at a time. A text with a time, such as `2026-11-28T18:00:00Z`, is that time.
///
/// # Errors
/// [`Error::Invalid`] for a text that is neither a day, such as `2026-11-28`, nor a time.
pub fn local_day(
    field: &'static str,
    text: &str,
    later: u64,
    seconds_ahead: impl Fn(Time) -> i64,
) -> Result<Time, Error> {
    if let Ok(time) = text.trim().parse::<Time>() {
        return Ok(time);
    }
    let day = text.trim().parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(later)));
    let time = day.and_then(|day| day_start(day, seconds_ahead));
    time.ok_or_else(|| Error::invalid(field, "must be a day such as 2026-11-28"))
}

/// Returns the first moment of a day in a time zone. It is not midnight if the clocks skip midnight. Nothing for a day at the ends
/// of the calendar.
pub(crate) fn day_start(day: NaiveDate, seconds_ahead: impl Fn(Time) -> i64) -> Option<Time> {
    local_time(day.and_time(NaiveTime::MIN), seconds_ahead)
}

/// Returns the first moment of the day after the day of a time, in a time zone. Nothing at the ends of the calendar.
pub fn next_day(time: Time, seconds_ahead: impl Fn(Time) -> i64) -> Option<Time> {
    let local = time.checked_add_signed(TimeDelta::try_seconds(seconds_ahead(time))?)?;
    day_start(local.date_naive().succ_opt()?, seconds_ahead)
}

/// Returns the time of a moment in a time zone, such as `2026-11-28T18:00`. `seconds_ahead` returns the seconds by which the zone
/// is ahead of UTC at a time. A moment that the clocks skip is an hour later, of a repeated one the first is meant.
///
/// # Errors
/// [`Error::Invalid`] for another text.
pub fn local_moment(
    field: &'static str,
    text: &str,
    seconds_ahead: impl Fn(Time) -> i64,
) -> Result<Time, Error> {
    let text = text.trim();
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let moment = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let time = moment.and_then(|moment| local_time(moment, seconds_ahead));
    let time = time.filter(|time| crate::time_filter::YEARS.contains(&time.year()));
    time.ok_or_else(|| Error::invalid(field, "must be a date and a time such as 2026-11-28T18:00"))
}

/// Returns the time of a moment in a time zone. A moment that the clocks skip is an hour later, of a repeated one the first is
/// meant. Nothing for a moment at the ends of the calendar.
pub(crate) fn local_time(moment: NaiveDateTime, seconds_ahead: impl Fn(Time) -> i64) -> Option<Time> {
    let moment = moment.and_utc();
    let before = |zone: Time| moment.checked_sub_signed(TimeDelta::try_seconds(seconds_ahead(zone))?);
    // The offset before a change of the clocks on that day, and the offset at the time that it leads to.
    let earlier = before(moment.checked_sub_signed(TimeDelta::days(1))?)?;
    let time = before(earlier)?;
    let is_skipped = before(time)? != time;
    Some(if is_skipped { earlier } else { time })
}

/// Zones of the tests.
#[cfg(test)]
pub(crate) mod zones {
    use crate::Time;

    fn is_between(time: Time, from: &str, until: &str) -> bool {
        let at = |text: &str| text.parse::<Time>().expect("a time");
        time >= at(from) && time < at(until)
    }

    /// A zone that changes from one hour ahead to two at 2026-03-29 01:00 UTC, and back at 2026-10-25 01:00 UTC, as Berlin does.
    pub(crate) fn berlin(time: Time) -> i64 {
        if is_between(time, "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z") { 7_200 } else { 3_600 }
    }

    /// A zone west of UTC, as New York: the clocks change at 2026-03-08 07:00 UTC and at 2026-11-01 06:00 UTC.
    pub(crate) fn new_york(time: Time) -> i64 {
        if is_between(time, "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z") { -14_400 } else { -18_000 }
    }

    /// A zone whose clocks change at midnight, as Santiago: from 24:00 back to 23:00 on 2026-04-04, and from 0:00 to 1:00 on
    /// 2026-09-06.
    pub(crate) fn santiago(time: Time) -> i64 {
        if is_between(time, "2026-04-05T03:00:00Z", "2026-09-06T04:00:00Z") { -14_400 } else { -10_800 }
    }

    /// A zone that has no 30 December 2011, as Samoa.
    pub(crate) fn samoa(time: Time) -> i64 {
        if is_between(time, "2011-12-30T10:00:00Z", "9999-01-01T00:00:00Z") { 50_400 } else { -36_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::zones::{berlin, new_york, samoa, santiago};
    use super::*;

    #[test]
    fn a_day_begins_with_its_first_moment_in_the_time_zone() {
        type Zone = fn(Time) -> i64;
        let check = |zone: Zone, text: &str, later: u64, expected: &str| {
            let time = local_day("from", text, later, zone).map(|time| time.to_rfc3339());
            assert_eq!(time.as_deref(), Ok(expected), "{text} + {later}");
        };
        // The days on which the clocks change have 23 and 25 hours.
        check(berlin, "2026-03-29", 0, "2026-03-28T23:00:00+00:00");
        check(berlin, "2026-03-29", 1, "2026-03-29T22:00:00+00:00");
        check(berlin, " 2026-10-25 ", 0, "2026-10-24T22:00:00+00:00");
        check(berlin, "2026-10-25", 1, "2026-10-25T23:00:00+00:00");
        check(new_york, "2026-03-08", 0, "2026-03-08T05:00:00+00:00");
        check(new_york, "2026-03-08", 1, "2026-03-09T04:00:00+00:00");
        check(new_york, "2026-11-01", 0, "2026-11-01T04:00:00+00:00");
        check(new_york, "2026-11-01", 1, "2026-11-02T05:00:00+00:00");
        // The clocks skip midnight, and repeat the hour before it.
        check(santiago, "2026-09-06", 0, "2026-09-06T04:00:00+00:00");
        check(santiago, "2026-04-05", 0, "2026-04-05T04:00:00+00:00");
        // The zone lacks the day, so it has no moment: it begins when the next one begins.
        check(samoa, "2011-12-30", 0, "2011-12-30T10:00:00+00:00");
        check(samoa, "2011-12-30", 1, "2011-12-30T10:00:00+00:00");
        check(|_| 0, "2026-11-28", 1, "2026-11-29T00:00:00+00:00");
        check(berlin, "2026-11-28T18:00:00Z", 1, "2026-11-28T18:00:00+00:00");
        for text in ["", "today", "2026-02-30", "2026-11-28T18:00"] {
            assert!(local_day("from", text, 0, berlin).is_err(), "{text}");
        }
        assert!(local_day("to", "2026-11-28", u64::MAX, berlin).is_err());
        assert!(local_day("to", "2026-11-28", 0, |_| i64::MAX).is_err());
    }

    #[test]
    fn the_next_day_begins_after_23_24_or_25_hours() {
        let check = |zone: fn(Time) -> i64, time: &str, expected: &str| {
            let next = next_day(time.parse().expect("a time"), zone).map(|time| time.to_rfc3339());
            assert_eq!(next.as_deref(), Some(expected), "{time}");
        };
        check(berlin, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00+00:00");
        check(berlin, "2026-03-29T22:00:00Z", "2026-03-30T22:00:00+00:00");
        check(berlin, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00+00:00");
        check(new_york, "2026-11-01T03:59:59Z", "2026-11-01T04:00:00+00:00");
        check(santiago, "2026-09-05T12:00:00Z", "2026-09-06T04:00:00+00:00");
        // The day after 29 December is 31 December.
        check(samoa, "2011-12-29T12:00:00Z", "2011-12-30T10:00:00+00:00");
        check(samoa, "2011-12-30T10:00:00Z", "2011-12-31T10:00:00+00:00");
        assert_eq!(next_day(Time::MAX_UTC, berlin), None);
    }

    #[test]
    fn a_moment_is_that_of_the_time_zone() {
        let check = |text: &str, expected: Option<&str>| {
            let time = local_moment("until", text, berlin).ok().map(|time| time.to_rfc3339());
            assert_eq!(time.as_deref(), expected, "{text}");
        };
        check("2026-11-28T18:00", Some("2026-11-28T17:00:00+00:00"));
        check(" 2026-07-01T18:00:30 ", Some("2026-07-01T16:00:30+00:00"));
        check("2026-03-29T00:30", Some("2026-03-28T23:30:00+00:00"));
        check("2026-03-29T12:00", Some("2026-03-29T10:00:00+00:00"));
        // The clocks skip this moment, and repeat the next one.
        check("2026-03-29T02:30", Some("2026-03-29T01:30:00+00:00"));
        check("2026-10-25T02:30", Some("2026-10-25T00:30:00+00:00"));
        check("2026-10-25T12:00", Some("2026-10-25T11:00:00+00:00"));
        for text in
            ["", "tomorrow", "2026-11-28", "2026-13-01T00:00", "2026-11-28T25:00", "99999-01-01T00:00"]
        {
            check(text, None);
        }
    }
}
