//! The columns of the chart of sold units.

use super::sold_columns::Sold;
use api::time::{at, next_day, seconds};
use api::{SoldHour, Time};

/// The longest span with a column per hour, in seconds. Longer ones have a column per day.
const HOURLY_SECONDS_MAX: i64 = 2 * 86_400;

const HOUR_SECONDS: i64 = 3_600;

/// Returns the units sold per hour, or per day of a time zone in a long span. `seconds_ahead` returns the seconds by which the zone
/// is ahead of UTC at a time, so that each day has its own offset.
pub(super) fn sold(
    (from, until): (Time, Time),
    hours: &[SoldHour],
    seconds_ahead: impl Fn(Time) -> i64,
) -> Sold {
    let is_hourly = seconds(until) - seconds(from) <= HOURLY_SECONDS_MAX;
    let next = |start: i64| match is_hourly {
        true => Some((start.div_euclid(HOUR_SECONDS) + 1) * HOUR_SECONDS),
        false => next_day(at(start), &seconds_ahead).map(seconds),
    };
    let following = |start: &i64| next(*start).filter(|next| next > start && *next < seconds(until));
    let times: Vec<i64> = std::iter::successors(Some(seconds(from)), following).collect();
    let mut units = vec![0; times.len()];
    for sold in hours {
        // The first hour may begin before the span.
        let start = seconds(sold.hour).max(seconds(from));
        let column = times.partition_point(|time| *time <= start).checked_sub(1);
        if let Some(value) = column.and_then(|column| units.get_mut(column)) {
            *value += sold.units;
        }
    }
    Sold { times, until: seconds(until), units }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    /// Returns the start and the units of each column.
    fn columns(
        from: &str,
        until: &str,
        hours: &[(&str, i64)],
        zone: impl Fn(Time) -> i64,
    ) -> Vec<(String, i64)> {
        let hours: Vec<_> =
            hours.iter().map(|(hour, units)| SoldHour { hour: time(hour), units: *units }).collect();
        let found = sold((time(from), time(until)), &hours, zone);
        assert_eq!(found.until, seconds(time(until)));
        assert_eq!(found.units.iter().sum::<i64>(), hours.iter().map(|hour| hour.units).sum::<i64>());
        let text = |start: &i64| at(*start).format("%m-%d %H:%M").to_string();
        found.times.iter().map(text).zip(found.units).collect()
    }

    fn of<const COUNT: usize>(expected: [(&str, i64); COUNT]) -> Vec<(String, i64)> {
        expected.map(|(start, units)| (start.to_owned(), units)).to_vec()
    }

    #[test]
    fn a_short_span_has_a_column_per_hour() {
        let hours = [("2026-11-28T10:00:00Z", 1), ("2026-11-28T11:00:00Z", 2), ("2026-11-28T12:00:00Z", 4)];
        // The zone is half an hour off: the hours remain those that were counted.
        let found = columns("2026-11-28T10:20:00Z", "2026-11-28T12:30:01Z", &hours, |_| 19_800);
        assert_eq!(found, of([("11-28 10:20", 1), ("11-28 11:00", 2), ("11-28 12:00", 4)]));
    }

    #[test]
    fn each_day_of_a_long_span_has_its_own_offset() {
        let spring = time("2026-03-29T01:00:00Z");
        let berlin = |time: Time| if time >= spring { 7_200 } else { 3_600 };
        let hours = [
            ("2026-03-28T22:00:00Z", 1),
            ("2026-03-28T23:00:00Z", 2),
            ("2026-03-29T21:00:00Z", 4),
            ("2026-03-29T22:00:00Z", 8),
        ];
        let found = columns("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", &hours, berlin);
        assert_eq!(found, of([("03-27 23:00", 1), ("03-28 23:00", 6), ("03-29 22:00", 8)]));

        let autumn = time("2026-10-25T01:00:00Z");
        let berlin = |time: Time| if time < autumn { 7_200 } else { 3_600 };
        let hours = [("2026-10-24T21:00:00Z", 1), ("2026-10-25T22:00:00Z", 2), ("2026-10-25T23:00:00Z", 4)];
        let found = columns("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", &hours, berlin);
        assert_eq!(found, of([("10-23 22:00", 1), ("10-24 22:00", 2), ("10-25 23:00", 4)]));
    }
}
