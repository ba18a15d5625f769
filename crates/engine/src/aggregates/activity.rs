//! What happened within the last hour: the ledger, followed as long as somebody looks.
//!
//! Nothing is counted where stock is changed. Each look reads on in the ledger from the low watermark of the last one,
//! and adds the committed lines beyond the watermark, which the next look reads again.

use crate::Result;
use chrono::{DurationRound as _, TimeDelta};
use domain::{ActivityMinute, ItemId, LedgerCursor, MovementReason, Time};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};
use store::{ActivityRow, Store};
use tokio::sync::Mutex;

/// How many minutes are told.
const MINUTES: i32 = 60;

/// What was followed longer ago is of no use: the place from where to tell the hour is looked up anew.
const FOLLOWED_AGE_MAX: Duration = Duration::from_secs(50 * 60);

/// Items whose units are counted in each minute that is over: what is not among a minute's hottest does not
/// make it to the hottest of the hour.
const ITEMS_A_MINUTE_MAX: usize = 1_000;

/// The most lines beyond the low watermark that each look reads again. With more, the oldest are counted for good: if a
/// transaction stays open while so many lines are written, the hour leaves its lines out.
const LINES_BEYOND_MAX: i64 = 100_000;

/// How many hottest items are told.
const HOTTEST_MAX: usize = 10;

/// What happened of late.
pub(crate) struct Lately {
    /// Oldest first; the last one is running.
    pub(crate) minutes: Vec<ActivityMinute>,
    /// Units blocked, most first.
    pub(crate) hottest: Vec<(ItemId, i64)>,
}

/// How far the ledger was followed.
#[derive(Default)]
pub(crate) struct Activity(Mutex<Option<Followed>>);

struct Followed {
    begun: Instant,
    /// A place of the ledger that shows whether it still has the same history.
    cursor: LedgerCursor,
    /// The lines up to here are in `minutes`.
    place: i64,
    minutes: BTreeMap<Time, Minute>,
    /// The committed lines after `place`.
    beyond: BTreeMap<Time, Minute>,
}

#[derive(Default)]
struct Minute {
    told: ActivityMinute,
    units: HashMap<ItemId, i64>,
}

impl Activity {
    /// What happened until now.
    pub(crate) async fn lately(&self, store: &Store) -> Result<Lately> {
        let asked = Instant::now();
        let mut followed = self.0.lock().await;
        let now = store.now().await?;
        let running = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let first = running - TimeDelta::minutes(i64::from(MINUTES) - 1);
        if followed.as_ref().is_none_or(|followed| followed.begun < asked) {
            // What is left of a reading that fails is not to be counted twice.
            let before = followed.take();
            *followed = Some(follow(store, before, first).await?);
        }
        let Some(followed) = &mut *followed else { return Err(crate::Error::Internal) };
        followed.minutes.retain(|minute, _| *minute >= first);
        for (_, minute) in followed.minutes.range_mut(..running) {
            minute.forget_the_coolest();
        }
        Ok(followed.tell(first))
    }
}

async fn follow(store: &Store, before: Option<Followed>, first: Time) -> Result<Followed> {
    let begun = Instant::now();
    let before = before.filter(|before| before.begun.elapsed() < FOLLOWED_AGE_MAX);
    let followed = match before {
        Some(before) => match store.low_watermark_after(&before.cursor).await {
            Err(store::Error::Refused(domain::Error::CursorUnknown)) => None,
            watermark => Some((watermark?, before.place, before.minutes)),
        },
        None => None,
    };
    let (watermark, after, mut minutes) = match followed {
        Some(followed) => followed,
        None => {
            let after = store.ledger_place(first).await?;
            (store.low_watermark().await?, after, BTreeMap::new())
        }
    };
    let place = watermark.cursor.position.max(watermark.last_id - LINES_BEYOND_MAX).max(after);
    count(store, after, place, first, &mut minutes).await?;
    let mut beyond = BTreeMap::new();
    if watermark.last_id > place {
        count(store, place, i64::MAX, first, &mut beyond).await?;
    }
    Ok(Followed { begun, cursor: watermark.cursor, place, minutes, beyond })
}

/// Counts the committed lines after one place and up to another.
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
    let hottest_max = i64::try_from(ITEMS_A_MINUTE_MAX).unwrap_or(i64::MAX);
    for row in store.hot_items(after, until, first, hottest_max).await? {
        *minutes.entry(row.minute).or_default().units.entry(row.item).or_default() += row.units;
    }
    Ok(())
}

impl Minute {
    fn count(&mut self, row: &ActivityRow) {
        let told = &mut self.told;
        match row.reason {
            MovementReason::Blocked => {
                told.blocks += row.lines;
                told.units_blocked -= row.change;
            }
            MovementReason::Allocated => told.allocations += row.orders,
            MovementReason::Confirmed => told.confirmed += row.lines,
            MovementReason::Released => told.released += row.lines,
            MovementReason::Expired => told.expired += row.lines,
            _ => {}
        }
    }

    fn forget_the_coolest(&mut self) {
        if self.units.len() > ITEMS_A_MINUTE_MAX {
            let mut units: Vec<_> = self.units.drain().collect();
            units.sort_unstable_by_key(|(item, units)| (std::cmp::Reverse(*units), *item));
            self.units = units.into_iter().take(ITEMS_A_MINUTE_MAX).collect();
        }
    }
}

impl Followed {
    fn tell(&self, first: Time) -> Lately {
        let minute = |index: i32| {
            let minute = first + TimeDelta::minutes(index.into());
            let of = |minutes: &BTreeMap<Time, Minute>| minutes.get(&minute).map(|counted| counted.told);
            let mut told = of(&self.minutes).unwrap_or_default();
            if let Some(beyond) = of(&self.beyond) {
                told.blocks += beyond.blocks;
                told.units_blocked += beyond.units_blocked;
                told.allocations += beyond.allocations;
                told.confirmed += beyond.confirmed;
                told.released += beyond.released;
                told.expired += beyond.expired;
            }
            ActivityMinute { minute, ..told }
        };
        let mut sums = HashMap::<ItemId, i64>::new();
        for (item, units) in
            self.minutes.values().chain(self.beyond.values()).flat_map(|minute| &minute.units)
        {
            *sums.entry(*item).or_default() += units;
        }
        let mut hottest: Vec<_> = sums.into_iter().collect();
        hottest.sort_unstable_by_key(|(item, units)| (std::cmp::Reverse(*units), *item));
        hottest.truncate(HOTTEST_MAX);
        Lately { minutes: (0..MINUTES).map(minute).collect(), hottest }
    }
}
