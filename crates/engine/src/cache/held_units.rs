//! A cache of the units in temporary blocks, by item.

use domain::{ItemId, Time};
use std::time::{Duration, Instant};

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
pub(crate) struct CachedHeldUnits {
    pub(crate) held_units: HeldUnits,
    pub(crate) took: Duration,
}

/// Held units by item.
pub(crate) type HeldUnitsCache = moka::future::Cache<ItemId, CachedHeldUnits>;

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

/// Creates an empty cache of held units.
pub(crate) fn held_units_cache() -> HeldUnitsCache {
    moka::future::Cache::builder().max_capacity(HELD_UNITS_ITEMS_MAX).expire_after(HeldUnitsExpiry).build()
}
