//! A cache of the units in temporary blocks, by item.

use crate::{Error, Result};
use domain::{ItemId, Time};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Semaphore;

/// Units of an item in temporary blocks, which may become available again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldUnits {
    /// Units in temporary blocks.
    pub held: i64,
    /// The next expiry among these blocks.
    pub until: Option<Time>,
}

/// Held units, and the time to read them.
#[derive(Debug, Clone, Copy)]
struct CachedHeldUnits {
    held_units: HeldUnits,
    took: Duration,
}

/// The most reads of held units at the same time. A read takes time in proportion to the blocks of its items.
const HELD_READS_MAX: usize = 2;

/// The most items in the cache of held units.
const HELD_UNITS_ITEMS_MAX: u64 = 10_000;

/// The shortest time for which held units are cached.
const HELD_UNITS_CACHED_MIN: Duration = Duration::from_millis(250);

/// The longest time for which held units are cached.
const HELD_UNITS_CACHED_MAX: Duration = Duration::from_secs(2);

/// Held units are cached for this multiple of the time to read them. The blocks of an item are therefore read for at most a
/// fifth of the time.
const HELD_UNITS_CACHED_TIMES: u32 = 4;

struct HeldUnitsExpiry;

impl moka::Expiry<ItemId, CachedHeldUnits> for HeldUnitsExpiry {
    fn expire_after_create(&self, _: &ItemId, read: &CachedHeldUnits, _: Instant) -> Option<Duration> {
        Some((read.took * HELD_UNITS_CACHED_TIMES).clamp(HELD_UNITS_CACHED_MIN, HELD_UNITS_CACHED_MAX))
    }
}

/// A cache of held units, which reads those that it lacks.
#[derive(Clone)]
pub(crate) struct HeldUnitsCache {
    store: Store,
    cached: moka::future::Cache<ItemId, CachedHeldUnits>,
    reads: Arc<Semaphore>,
}

impl HeldUnitsCache {
    /// Returns an empty cache.
    pub(crate) fn new(store: Store) -> Self {
        let cached = moka::future::Cache::builder().max_capacity(HELD_UNITS_ITEMS_MAX);
        let cached = cached.expire_after(HeldUnitsExpiry).build();
        Self { store, cached, reads: Arc::new(Semaphore::new(HELD_READS_MAX)) }
    }

    /// Returns the held units of items, by one read for all that are not cached. Items whose units can't be read are left
    /// out.
    pub(crate) async fn fetch(&self, items: &[ItemId]) -> HashMap<ItemId, HeldUnits> {
        if let [item] = items {
            // Concurrent rejections of a hot item share one read (single-flight).
            let read =
                async { self.read(&[*item]).await?.pop().map(|(_, read)| read).ok_or(Error::Internal) };
            let read = self.cached.try_get_with(*item, read).await;
            return read.ok().map(|cached| (*item, cached.held_units)).into_iter().collect();
        }
        let (mut found, mut missing) = (HashMap::new(), BTreeSet::new());
        for item in items {
            match self.cached.get(item).await {
                Some(cached) => _ = found.insert(*item, cached.held_units),
                None => _ = missing.insert(*item),
            }
        }
        if !missing.is_empty() {
            let missing: Vec<_> = missing.into_iter().collect();
            for (item, read) in self.read(&missing).await.unwrap_or_default() {
                self.cached.insert(item, read).await;
                found.insert(item, read.held_units);
            }
        }
        found
    }

    async fn read(&self, items: &[ItemId]) -> Result<Vec<(ItemId, CachedHeldUnits)>> {
        let _permit = self.reads.acquire().await.map_err(|_| Error::Internal)?;
        let begun = Instant::now();
        let read = self.store.items_held(items).await?;
        let took = begun.elapsed();
        let cached =
            |(item, held, until)| (item, CachedHeldUnits { held_units: HeldUnits { held, until }, took });
        Ok(read.into_iter().map(cached).collect())
    }
}
