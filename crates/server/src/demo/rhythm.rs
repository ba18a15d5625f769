//! The mapping from the shop's time to the calendar: evenings and weekends are busier than nights, and the shop grows.
//!
//! A simulation counts *ticks*, in which the same number of customers comes per tick. The mapping stretches quiet hours and
//! compresses busy ones (time rescaling of a Poisson process). The rates follow the calendar. The order and
//! the quantities of events do not depend on the time of the load.

use chrono::{Datelike as _, Days, DurationRound as _, TimeDelta, Timelike as _};
use domain::Time;

/// A time of the simulation: milliseconds since the start of the history, at the mean rate of customers.
pub(super) type Tick = u64;

/// Ticks of a second.
pub(super) const SECOND: Tick = 1_000;
/// Ticks of a minute.
pub(super) const MINUTE: Tick = 60 * SECOND;
/// Ticks of an hour.
pub(super) const HOUR: Tick = 60 * MINUTE;
/// Ticks of a day.
pub(super) const DAY: Tick = 24 * HOUR;

/// The days of the history: eight weeks.
pub(super) const HISTORY_DAYS: u64 = 56;

/// The ticks of the history.
pub(super) const SPAN: Tick = HISTORY_DAYS * DAY;

/// The customers in each hour of a day (UTC), in percent of the mean.
const HOURS: [u64; 24] = [
    55, 42, 34, 30, 30, 34, 45, 65, 90, 105, 118, 125, 128, 118, 112, 112, 120, 138, 160, 180, 190, 172, 125,
    80,
];

/// The customers on each day from Monday on, in percent of the mean.
const WEEKDAYS: [u64; 7] = [100, 94, 92, 96, 102, 118, 132];

/// The growth of the shop during the history, in percent.
const GROWTH: u64 = 45;

/// The mapping for a history that ends at one time.
pub(super) struct Rhythm {
    now: Time,
    hours: Vec<Hour>,
    /// The weight of the whole history.
    total: u128,
}

/// A calendar hour, or the part of it that is in the history.
struct Hour {
    start: Time,
    /// Customers per microsecond, in a unit of its own.
    rate: u128,
    /// The weight of the earlier hours.
    before: u128,
}

impl Rhythm {
    /// Creates the mapping of a history that ends at `now`.
    pub(super) fn new(now: Time) -> Self {
        let now = now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now);
        let mut start = now.checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(now);
        let (mut hours, mut total) = (Vec::new(), 0);
        while start < now {
            let next = start.duration_trunc(TimeDelta::hours(1)).unwrap_or(start) + TimeDelta::hours(1);
            let end = next.min(now);
            let hour = HOURS.get(start.hour() as usize).copied().unwrap_or(100);
            let day = WEEKDAYS.get(start.weekday().num_days_from_monday() as usize).copied().unwrap_or(100);
            let growth = 100 + GROWTH * hours.len() as u64 / (24 * HISTORY_DAYS);
            let rate = u128::from(hour * day * growth);
            hours.push(Hour { start, rate, before: total });
            let micros = (end - start).num_microseconds().unwrap_or(0);
            total += rate * u128::from(micros.unsigned_abs());
            start = end;
        }
        Self { now, hours, total }
    }

    /// Returns the calendar time of a tick. After the history, a tick is a millisecond.
    pub(super) fn time(&self, tick: Tick) -> Time {
        if tick >= SPAN {
            return self.now + TimeDelta::milliseconds(i64::try_from(tick - SPAN).unwrap_or(i64::MAX));
        }
        let weight = self.total * u128::from(tick) / u128::from(SPAN);
        let index = self.hours.partition_point(|hour| hour.before <= weight).saturating_sub(1);
        let Some(hour) = self.hours.get(index) else { return self.now };
        let micros = (weight - hour.before) / hour.rate.max(1);
        hour.start + TimeDelta::microseconds(i64::try_from(micros).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm() -> (Time, Rhythm) {
        let now = "2026-11-25T13:37:11.5Z".parse().expect("a time");
        (now, Rhythm::new(now))
    }

    #[test]
    fn the_history_has_eight_weeks_and_ascends() {
        let (now, rhythm) = rhythm();
        assert_eq!(rhythm.time(0), now - TimeDelta::days(56));
        assert_eq!(rhythm.time(SPAN), now);
        assert_eq!(rhythm.time(SPAN + SECOND), now + TimeDelta::seconds(1));
        let times: Vec<_> = (0..=10_000).map(|part| rhythm.time(part * SPAN / 10_000)).collect();
        assert!(times.is_sorted());
    }

    #[test]
    fn evenings_are_busier_than_nights_and_weekends_than_weekdays() {
        let (now, rhythm) = rhythm();
        let times: Vec<_> = (0..56_000).map(|part| rhythm.time(part * SPAN / 56_000)).collect();
        let count = |wanted: &dyn Fn(&Time) -> bool| times.iter().filter(|time| wanted(time)).count();
        assert!(count(&|time| time.hour() == 20) > 5 * count(&|time| time.hour() == 4));
        assert!(count(&|time| time.weekday().num_days_from_monday() == 6) * 4 > 5 * 56_000 / 7);
        let week = TimeDelta::days(7);
        assert!(count(&|time| *time > now - week) * 4 > 5 * count(&|time| *time < now - TimeDelta::days(49)));
    }
}
