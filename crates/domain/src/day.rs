use crate::{Error, Time};
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// Returns the start of a day in UTC, `later` days later. A text with a time, such as `2026-11-28T18:00:00Z`, is that time.
///
/// # Errors
/// [`Error::Invalid`] for a text that is neither a day, such as `2026-11-28`, nor a time.
pub fn day(field: &'static str, text: &str, later: u64) -> Result<Time, Error> {
    if let Ok(time) = text.trim().parse::<Time>() {
        return Ok(time);
    }
    let day = text.trim().parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(later)));
    let day = day.ok_or_else(|| Error::invalid(field, "must be a day such as 2026-11-28"))?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

/// Returns the start of a day in a time zone that is `zone_minutes` ahead of UTC, `later` days later. A text with a time is that
/// time.
///
/// # Errors
/// The errors of [`day`].
pub fn local_day(field: &'static str, text: &str, later: u64, zone_minutes: i64) -> Result<Time, Error> {
    if let Ok(time) = text.trim().parse::<Time>() {
        return Ok(time);
    }
    let zone = TimeDelta::try_minutes(zone_minutes);
    let day = zone.and_then(|zone| day(field, text, later).ok()?.checked_sub_signed(zone));
    day.ok_or_else(|| Error::invalid(field, "must be a day such as 2026-11-28"))
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
    let before =
        |moment: Time, zone: Time| moment.checked_sub_signed(TimeDelta::try_seconds(seconds_ahead(zone))?);
    let time = moment.map(|moment| moment.and_utc()).and_then(|moment| {
        // The offset before a change of the clocks on that day, and the offset at the time that it leads to.
        let earlier = before(moment, moment.checked_sub_signed(TimeDelta::days(1))?)?;
        let time = before(moment, earlier)?;
        let is_skipped = before(moment, time) != Some(time);
        Some(if is_skipped { earlier } else { time })
    });
    let time = time.filter(|time| crate::time_filter::YEARS.contains(&time.year()));
    time.ok_or_else(|| Error::invalid(field, "must be a date and a time such as 2026-11-28T18:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zone that changes from one hour ahead to two at 2026-03-29 01:00 UTC, and back at 2026-10-25 01:00 UTC, as Berlin does.
    fn berlin(time: Time) -> i64 {
        let at = |text: &str| text.parse::<Time>().expect("a time");
        match time >= at("2026-03-29T01:00:00Z") && time < at("2026-10-25T01:00:00Z") {
            true => 7_200,
            false => 3_600,
        }
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
