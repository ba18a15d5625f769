use crate::{Context, Engine, Error, Failure, Result};
use domain::{ActivityMinute, CategoryStock, CategorySums, HotItem, ItemId, StockTotals, Time};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// From how many active blocks on their sums are kept for a moment instead of being read anew each time.
const MANY_BLOCKS: i64 = 50_000;

/// How the stock stands, and what happened of late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The totals; with very many blocks their sums are some tenths of a second old.
    pub totals: StockTotals,
    /// The last hour, oldest minute first.
    pub activity: Vec<ActivityMinute>,
    /// Most units blocked within the last hour first.
    pub hottest: Vec<HotItem>,
    /// What was refused or failed since this server started, latest first.
    pub failures: Vec<Failure>,
}

/// What of an item may come back, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayOut {
    /// Units in temporary blocks.
    pub held: i64,
    /// When the first of them come back, unless they are sold or released before.
    pub until: Option<Time>,
}

/// A way out, and how long reading it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CachedWayOut {
    way_out: WayOut,
    took: Duration,
}

/// Ways out by item.
pub(crate) type WaysOut = moka::future::Cache<ItemId, CachedWayOut>;

/// The maximum number of cached ways out.
const WAYS_OUT_MAX: u64 = 10_000;

/// The shortest time for which a way out is cached.
const WAY_OUT_CACHED_MIN: Duration = Duration::from_millis(250);

/// The longest time for which a way out is cached.
const WAY_OUT_CACHED_MAX: Duration = Duration::from_secs(2);

/// A way out is cached for this many times as long as reading it took, so that the blocks of an item are read for at
/// most a fifth of the time.
const WAY_OUT_CACHED_TIMES: u32 = 4;

struct WayOutExpiry;

impl moka::Expiry<ItemId, CachedWayOut> for WayOutExpiry {
    fn expire_after_create(&self, _: &ItemId, read: &CachedWayOut, _: Instant) -> Option<Duration> {
        Some((read.took * WAY_OUT_CACHED_TIMES).clamp(WAY_OUT_CACHED_MIN, WAY_OUT_CACHED_MAX))
    }
}

/// An empty cache.
pub(crate) fn ways_out() -> WaysOut {
    moka::future::Cache::builder().max_capacity(WAYS_OUT_MAX).expire_after(WayOutExpiry).build()
}

impl Engine {
    /// How the stock stands, and what happened of late.
    pub async fn overview(&self, _context: &Context) -> Result<Overview> {
        let are_many = |totals: &StockTotals| totals.blocks_active >= MANY_BLOCKS;
        let store = self.store().clone();
        let read = move || {
            let store = store.clone();
            async move { Ok(store.stock_totals().await?) }
        };
        let (mut totals, sums, lately) = tokio::try_join!(
            self.shared.totals.get(are_many, read),
            self.shared.sums.now(),
            self.shared.activity.lately(self.store())
        )?;
        totals.categories = sums.categories.values().map(CategorySums::stock).collect();
        let ids: Vec<_> = lately.hottest.iter().map(|(item, _)| item.0).collect();
        let items = self.store().items_get(&ids).await?;
        let mut items: HashMap<ItemId, _> = items.into_iter().map(|item| (item.id, item)).collect();
        let hot = |(id, units_blocked)| Some(HotItem { item: items.remove(&id)?, units_blocked });
        let hottest = lately.hottest.into_iter().filter_map(hot).collect();
        let failures = self.shared.failures.lately();
        Ok(Overview { totals, activity: lately.minutes, hottest, failures })
    }

    /// What may come back of the item that an error says too little is left of. `None` for any other error, and
    /// where the database does not tell.
    pub async fn way_out(&self, error: &Error) -> Option<WayOut> {
        let Error::Refused(domain::Error::InsufficientStock { item, .. }) = error else { return None };
        // Concurrent refusals share one reading (single-flight).
        let read = async {
            let _permit = self.shared.item_levels.scan_permit().await?;
            let begun = Instant::now();
            let (held, until) = self.store().item_held(*item).await?;
            Ok::<_, Error>(CachedWayOut { way_out: WayOut { held, until }, took: begun.elapsed() })
        };
        self.shared.ways_out.try_get_with(*item, read).await.ok().map(|cached| cached.way_out)
    }
}

impl Overview {
    /// The categories in which items run low, the one with the most such items first.
    pub fn low(&self) -> Vec<&CategoryStock> {
        let low = |category: &&CategoryStock| category.name.is_some() && category.items_low > 0;
        let mut low: Vec<_> = self.totals.categories.iter().filter(low).collect();
        low.sort_by_key(|category| (std::cmp::Reverse(category.items_low), category.name.clone()));
        low
    }
}
