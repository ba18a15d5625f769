//! Counts of refused units, in memory until the next flush.
//!
//! The hot path adds them once per batch. A task writes them every few seconds with one statement. The counts since the last
//! flush are lost if the process is killed. See decision record 0112.

use chrono::{DurationRound as _, TimeDelta};
use domain::{Decision, ItemId, Refused, Request, Time, refused_units};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::RefusedCount;

/// The most counts in memory, one per item and hour. Further items are not counted until the next flush.
const COUNTS_MAX: usize = 50_000;

/// The refused units since the last flush, by item and hour.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<(ItemId, Time), Refused>>);

impl Refusals {
    /// Counts the refused requests of a batch at the time `now`. The lock is taken only if there are any.
    pub(crate) fn record<'a>(&self, now: Time, answers: impl Iterator<Item = (&'a Request, &'a Decision)>) {
        let refused: Vec<_> =
            answers.flat_map(|(request, decision)| refused_units(request, decision)).collect();
        if refused.is_empty() {
            return;
        }
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        let counts = refused.into_iter().map(|(item, units)| RefusedCount {
            item,
            hour,
            refused: Refused { requests: 1, units },
        });
        self.add(counts);
    }

    /// Takes all counts, for a flush.
    pub(crate) fn take(&self) -> Vec<RefusedCount> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let count = |((item, hour), refused)| RefusedCount { item, hour, refused };
        counts.into_iter().map(count).collect()
    }

    /// Adds counts, also those of a flush that failed.
    pub(crate) fn add(&self, counts: impl IntoIterator<Item = RefusedCount>) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for RefusedCount { item, hour, refused } in counts {
            if sums.len() < COUNTS_MAX || sums.contains_key(&(item, hour)) {
                sums.entry((item, hour)).or_default().add(refused);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_summed_by_hour_and_bounded() {
        let refusals = Refusals::default();
        let time = |text: &str| text.parse::<Time>().expect("a time");
        let short = |item| {
            (
                Request::Allocate(domain::OrderId(1), domain::WarehouseId(1)),
                Err(domain::Error::InsufficientStock {
                    item: ItemId(item),
                    warehouse: None,
                    requested: 5,
                    available: 2,
                }),
            )
        };
        let record = |now, item| {
            let (request, decision) = short(item);
            refusals.record(time(now), [(&request, &decision)].into_iter());
        };
        record("2026-11-30T08:10:00Z", 1);
        record("2026-11-30T08:50:00Z", 1);
        record("2026-11-30T09:00:00Z", 1);
        let mut counts = refusals.take();
        counts.sort_by_key(|count| count.hour);
        let sums: Vec<_> = counts.iter().map(|count| (count.refused.requests, count.refused.units)).collect();
        assert_eq!(sums, [(2, 6), (1, 3)]);
        assert_eq!(refusals.take(), []);
        for item in 0..=i64::try_from(COUNTS_MAX).unwrap_or(i64::MAX) {
            record("2026-11-30T08:10:00Z", item);
        }
        assert_eq!(refusals.take().len(), COUNTS_MAX);
    }
}
