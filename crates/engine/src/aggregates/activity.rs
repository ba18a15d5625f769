//! Activity of the last hour, aggregated incrementally from the ledger.
//!
//! Writes maintain no counters. Each read aggregates the movements since the low watermark of the previous read. It adds
//! the committed movements above the low watermark, which the next read aggregates again.

use crate::Result;
use chrono::{DurationRound as _, TimeDelta};
use domain::{ActivityMinute, ItemId, LedgerCursor, MovementReason, Time};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};
use store::{ActivityRow, Store};
use tokio::sync::Mutex;

/// The number of minutes in the result.
const MINUTES: i32 = 60;

/// The age from which the aggregates of the previous read are discarded, and the hour is read again.
const AGGREGATES_AGE_MAX: Duration = Duration::from_secs(50 * 60);

/// The items with the most units that are kept per completed minute. Other items are assumed not to be among the hottest
/// of the hour.
const ITEMS_PER_MINUTE_MAX: usize = 1_000;

/// The most movements above the low watermark that each read aggregates again. With more, the oldest ones are aggregated for
/// good. The movements of a transaction that stays open for so long are then missing from the hour.
const ROWS_ABOVE_MAX: i64 = 100_000;

/// The number of hottest items in the result.
const HOTTEST_MAX: usize = 10;

/// The activity of the last hour.
pub(crate) struct RecentActivity {
    /// Oldest first. The last minute is not complete.
    pub(crate) minutes: Vec<ActivityMinute>,
    /// The items with the most blocked units, most first.
    pub(crate) hottest: Vec<(ItemId, i64)>,
}

/// Aggregates of the last hour, cached between reads.
#[derive(Default)]
pub(crate) struct Activity(Mutex<Option<Aggregates>>);

struct Aggregates {
    begun: Instant,
    /// The low watermark, which detects a replaced ledger.
    cursor: LedgerCursor,
    /// The movements up to this id are in `minutes`.
    position: i64,
    minutes: BTreeMap<Time, Minute>,
    /// The committed movements after `position`.
    above: BTreeMap<Time, Minute>,
}

#[derive(Default)]
struct Minute {
    counts: ActivityMinute,
    units: HashMap<ItemId, i64>,
}

impl Activity {
    /// Returns the activity of the last hour. Concurrent calls share one read.
    pub(crate) async fn recent(&self, store: &Store) -> Result<RecentActivity> {
        let requested = Instant::now();
        let mut cached = self.0.lock().await;
        let now = store.now().await?;
        let running = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let first = running - TimeDelta::minutes(i64::from(MINUTES) - 1);
        if cached.as_ref().is_none_or(|aggregates| aggregates.begun < requested) {
            // Partial aggregates of a failed read are dropped.
            let before = cached.take();
            *cached = Some(advance(store, before, first).await?);
        }
        let Some(aggregates) = &mut *cached else { return Err(crate::Error::Internal) };
        aggregates.minutes.retain(|minute, _| *minute >= first);
        for (_, minute) in aggregates.minutes.range_mut(..running) {
            minute.keep_hottest();
        }
        Ok(aggregates.result(first))
    }
}

async fn advance(store: &Store, before: Option<Aggregates>, first: Time) -> Result<Aggregates> {
    let begun = Instant::now();
    let before = before.filter(|before| before.begun.elapsed() < AGGREGATES_AGE_MAX);
    let continued = match before {
        Some(before) => match store.low_watermark_after(&before.cursor).await {
            Err(store::Error::Rejected(
                domain::Error::CursorUnknown | domain::Error::CursorArchived { .. },
            )) => None,
            watermark => Some((watermark?, before.position, before.minutes)),
        },
        None => None,
    };
    let (watermark, after, mut minutes) = match continued {
        Some(continued) => continued,
        None => {
            let after = store.ledger_place(first).await?;
            (store.low_watermark().await?, after, BTreeMap::new())
        }
    };
    let position = watermark.cursor.position.max(watermark.last_id - ROWS_ABOVE_MAX).max(after);
    count(store, after, position, first, &mut minutes).await?;
    let mut above = BTreeMap::new();
    if watermark.last_id > position {
        count(store, position, i64::MAX, first, &mut above).await?;
    }
    Ok(Aggregates { begun, cursor: watermark.cursor, position, minutes, above })
}

/// Aggregates the committed movements after one position and up to another.
async fn count(
    store: &Store,
    after: i64,
    until: i64,
    first: Time,
    minutes: &mut BTreeMap<Time, Minute>,
) -> Result<()> {
    for row in store.activity(after, until, first).await? {
        minutes.entry(row.minute).or_default().count(&row);
    }
    let hottest_max = i64::try_from(ITEMS_PER_MINUTE_MAX).unwrap_or(i64::MAX);
    for row in store.hot_items(after, until, first, hottest_max).await? {
        *minutes.entry(row.minute).or_default().units.entry(row.item).or_default() += row.units;
    }
    Ok(())
}

impl Minute {
    fn count(&mut self, row: &ActivityRow) {
        let counts = &mut self.counts;
        match row.reason {
            MovementReason::Blocked => {
                counts.blocks += row.lines;
                counts.units_blocked += row.units;
            }
            MovementReason::Allocated => counts.allocations += row.orders,
            MovementReason::Confirmed => counts.confirmed += row.lines,
            MovementReason::Released => counts.released += row.lines,
            MovementReason::Expired => counts.expired += row.lines,
            _ => {}
        }
    }

    fn keep_hottest(&mut self) {
        if self.units.len() > ITEMS_PER_MINUTE_MAX {
            let mut units: Vec<_> = self.units.drain().collect();
            units.sort_unstable_by_key(|(item, units)| (std::cmp::Reverse(*units), *item));
            self.units = units.into_iter().take(ITEMS_PER_MINUTE_MAX).collect();
        }
    }
}

impl Aggregates {
    fn result(&self, first: Time) -> RecentActivity {
        let minute = |index: i32| {
            let minute = first + TimeDelta::minutes(index.into());
            let of = |minutes: &BTreeMap<Time, Minute>| minutes.get(&minute).map(|minute| minute.counts);
            let mut counts = of(&self.minutes).unwrap_or_default();
            if let Some(above) = of(&self.above) {
                counts.blocks += above.blocks;
                counts.units_blocked += above.units_blocked;
                counts.allocations += above.allocations;
                counts.confirmed += above.confirmed;
                counts.released += above.released;
                counts.expired += above.expired;
            }
            ActivityMinute { minute, ..counts }
        };
        let mut sums = HashMap::<ItemId, i64>::new();
        for (item, units) in self.minutes.values().chain(self.above.values()).flat_map(|minute| &minute.units)
        {
            *sums.entry(*item).or_default() += units;
        }
        let mut hottest: Vec<_> = sums.into_iter().collect();
        hottest.sort_unstable_by_key(|(item, units)| (std::cmp::Reverse(*units), *item));
        hottest.truncate(HOTTEST_MAX);
        RecentActivity { minutes: (0..MINUTES).map(minute).collect(), hottest }
    }
}
