//! Movements per hour, for the activity of a span. Hours that have ended are cached.

use crate::Result;
use chrono::{DurationRound as _, TimeDelta};
use domain::{ActivityHour, ActivitySpan, LedgerCursor, Time};
use std::collections::BTreeMap;
use store::{LowWatermark, Store};
use tokio::sync::Mutex;

/// The age up to which hours are cached, in hours: the longest preset span of a week, and a day more. It is below the age from
/// which movements may be archived.
const CACHED_HOURS: i64 = 8 * 24;

/// The time between the end of an hour and its first caching. It exceeds the 10 seconds by which the ledger's order by id differs
/// from its order by time.
const SETTLED_AFTER: TimeDelta = TimeDelta::seconds(20);

/// Each hour with movements, by its start in UTC.
type Hours = BTreeMap<Time, ActivityHour>;

/// The hours of all warehouses.
#[derive(Default)]
pub(crate) struct HourlyActivity(Mutex<Option<Cached>>);

struct Cached {
    /// The low watermark of the last read, which detects a replaced ledger.
    cursor: LedgerCursor,
    /// Ended hours, also those without movements. All their movements are below a low watermark, so they do not change.
    hours: Hours,
}

impl HourlyActivity {
    /// Returns the movements in all warehouses within the span, by hour. Concurrent calls read a missing hour once.
    pub(crate) async fn read(&self, store: &Store, span: ActivitySpan, now: Time) -> Result<Hours> {
        let Some(whole) = whole_hours(span, now) else { return Ok(store.hourly_activity(span, None).await?) };
        let mut cached = self.0.lock().await;
        // A failed read drops the cache.
        let (watermark, mut hours) = current(store, cached.take()).await?;
        hours.retain(|hour, _| *hour >= now - TimeDelta::hours(CACHED_HOURS + 1));
        let mut result = match missing(whole, &hours) {
            None => Hours::new(),
            Some(missing) => {
                let mut read = store.hourly_activity(missing, None).await?;
                if store.ledger_place(missing.until + SETTLED_AFTER).await? <= watermark.cursor.position {
                    hours.extend(starts(missing).map(|hour| (hour, read.remove(&hour).unwrap_or_default())));
                }
                read
            }
        };
        result.extend(hours.range(whole.from..whole.until).map(|(hour, moved)| (*hour, moved.clone())));
        *cached = Some(Cached { cursor: watermark.cursor, hours });
        drop(cached);
        let head = ActivitySpan { from: span.from, until: whole.from };
        let tail = ActivitySpan { from: whole.until, until: span.until };
        for part in [head, tail].into_iter().filter(|part| part.from < part.until) {
            result.extend(store.hourly_activity(part, None).await?);
        }
        Ok(result)
    }
}

/// Returns the low watermark, and the cached hours if they belong to the same ledger.
async fn current(store: &Store, cached: Option<Cached>) -> Result<(LowWatermark, Hours)> {
    let Some(Cached { cursor, hours }) = cached else {
        return Ok((store.low_watermark().await?, Hours::new()));
    };
    match store.low_watermark_after(&cursor).await {
        Err(store::Error::Rejected(domain::Error::CursorUnknown | domain::Error::CursorArchived { .. })) => {
            Ok((store.low_watermark().await?, Hours::new()))
        }
        watermark => Ok((watermark?, hours)),
    }
}

/// Returns the whole hours of the span that may be cached; `None` if there are none.
fn whole_hours(span: ActivitySpan, now: Time) -> Option<ActivitySpan> {
    let hour = TimeDelta::hours(1);
    let start = |time: Time| time.duration_trunc(hour).ok();
    let first = start(span.from)?;
    let first = if first < span.from { first + hour } else { first };
    let from = first.max(start(now)? - TimeDelta::hours(CACHED_HOURS));
    let until = start(span.until.min(now - SETTLED_AFTER))?;
    (from < until).then_some(ActivitySpan { from, until })
}

/// Returns the shortest span with all hours that are not cached.
fn missing(whole: ActivitySpan, hours: &Hours) -> Option<ActivitySpan> {
    let mut missing = starts(whole).filter(|hour| !hours.contains_key(hour));
    let from = missing.next()?;
    let last = missing.last().unwrap_or(from);
    Some(ActivitySpan { from, until: last + TimeDelta::hours(1) })
}

/// Returns the starts of the hours of a span of whole hours.
fn starts(span: ActivitySpan) -> impl Iterator<Item = Time> {
    let hours = (span.until - span.from).num_hours();
    (0..hours).map(move |index| span.from + TimeDelta::hours(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn span(from: &str, until: &str) -> ActivitySpan {
        ActivitySpan { from: time(from), until: time(until) }
    }

    #[test]
    fn hours_are_whole_if_they_are_within_the_span_and_have_ended() {
        let now = time("2026-11-30T12:00:10Z");
        let day = span("2026-11-29T12:00:10Z", "2026-11-30T12:00:10Z");
        let whole = span("2026-11-29T13:00:00Z", "2026-11-30T11:00:00Z");
        assert_eq!(whole_hours(day, now), Some(whole));
        let later = time("2026-11-30T12:00:20Z");
        assert_eq!(whole_hours(day, later).map(|whole| whole.until), Some(time("2026-11-30T12:00:00Z")));
        assert_eq!(whole_hours(span("2026-11-30T11:20:00Z", "2026-11-30T11:50:00Z"), now), None);
        let old = span("2026-01-01T00:00:00Z", "2026-11-30T12:00:10Z");
        assert_eq!(whole_hours(old, now).map(|whole| whole.from), Some(time("2026-11-22T12:00:00Z")));
    }

    #[test]
    fn only_missing_hours_are_read() {
        let whole = span("2026-11-30T08:00:00Z", "2026-11-30T12:00:00Z");
        assert_eq!(missing(whole, &Hours::new()), Some(whole));
        let mut hours: Hours = starts(whole).map(|hour| (hour, ActivityHour::default())).collect();
        assert_eq!(missing(whole, &hours), None);
        hours.remove(&time("2026-11-30T10:00:00Z"));
        assert_eq!(missing(whole, &hours), Some(span("2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z")));
    }
}
