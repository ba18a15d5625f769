//! Cache of stock levels, with the values after this server's last commits. It may be stale, because other servers and
//! applications change the same levels.
//!
//! A stale entry never leads to a wrong decision. The optimistic path plans on cached levels. Its write statement locks the
//! rows, compares them with the cached values, and writes only if they are equal. After a mismatch the cache backs off.

use super::generational::Generational;
use domain::{ItemId, LevelKey, WarehouseId};
use std::collections::{BTreeMap, HashMap};
use store::Generation;

/// The most items in the cache, about 100 bytes each. The cache is cleared before it would exceed them.
const ITEMS_MAX: usize = 100_000;

/// The batches that skip the cache after a mismatch. While another application keeps changing the same items, each
/// optimistic write would be a wasted round trip.
const BACK_OFF_BATCHES: u32 = 8;

/// A cache of stock levels by item.
#[derive(Default)]
pub(crate) struct LevelCache(Generational<Levels>);

#[derive(Default)]
struct Levels {
    /// All levels of each item. An item is never cached with only some of its levels.
    items: HashMap<ItemId, Vec<(WarehouseId, i32)>>,
    /// The batches that will still skip the cache.
    back_off_batches: u32,
}

impl LevelCache {
    /// Returns whether a batch may use the cache. While the cache backs off, each call counts as one batch that skips it.
    pub(crate) fn admit_batch(&self, generation: Generation) -> bool {
        let is_admitted = self.0.update(generation, |cached| {
            let is_admitted = cached.back_off_batches == 0;
            cached.back_off_batches = cached.back_off_batches.saturating_sub(1);
            is_admitted
        });
        is_admitted.unwrap_or(false)
    }

    /// Returns all levels of the `items` that are cached.
    pub(crate) fn get(
        &self,
        generation: Generation,
        items: impl Iterator<Item = ItemId>,
    ) -> BTreeMap<LevelKey, i32> {
        let levels = self.0.read(generation, |cached| {
            let mut levels = BTreeMap::new();
            for item in items {
                let of_item = cached.items.get(&item).into_iter().flatten();
                levels.extend(of_item.map(|(warehouse, units)| {
                    let warehouse = *warehouse;
                    (LevelKey { item, warehouse }, *units)
                }));
            }
            levels
        });
        levels.unwrap_or_default()
    }

    /// Caches `levels` with the committed `changes` added. `levels` must hold all levels of their items.
    pub(crate) fn record<'a>(
        &self,
        generation: Generation,
        levels: &BTreeMap<LevelKey, i32>,
        changes: impl IntoIterator<Item = (&'a LevelKey, &'a i32)>,
    ) {
        let mut committed = levels.clone();
        for (key, units) in changes {
            *committed.entry(*key).or_default() += units;
        }
        self.0.update(generation, |cached| {
            for key in committed.keys() {
                cached.items.remove(&key.item);
            }
            if cached.items.len() + committed.len() > ITEMS_MAX {
                cached.items.clear();
            }
            for (key, units) in committed {
                cached.items.entry(key.item).or_default().push((key.warehouse, units));
            }
        });
    }

    /// Removes the levels of these items.
    pub(crate) fn invalidate(&self, items: impl IntoIterator<Item = ItemId>) {
        self.0.invalidate(|cached| items.into_iter().for_each(|item| _ = cached.items.remove(&item)));
    }

    /// Removes the levels of these items, which did not match the database, and backs off.
    pub(crate) fn back_off(&self, items: impl IntoIterator<Item = ItemId>) {
        self.0.invalidate(|cached| {
            items.into_iter().for_each(|item| _ = cached.items.remove(&item));
            cached.back_off_batches = BACK_OFF_BATCHES;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Generation = Generation::FIRST;

    fn key(item: i64, warehouse: i64) -> LevelKey {
        LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
    }

    fn get(cache: &LevelCache, items: &[i64]) -> BTreeMap<LevelKey, i32> {
        cache.get(FIRST, items.iter().map(|item| ItemId(*item)))
    }

    #[test]
    fn levels_are_cached_as_commits_left_them() {
        let cache = LevelCache::default();
        assert_eq!(get(&cache, &[1]), BTreeMap::new());
        let levels = BTreeMap::from([(key(1, 1), 5), (key(1, 2), 7), (key(2, 1), 9)]);
        cache.record(FIRST, &levels, &BTreeMap::from([(key(1, 2), -3)]));
        assert_eq!(get(&cache, &[1, 1]), BTreeMap::from([(key(1, 1), 5), (key(1, 2), 4)]));
        assert_eq!(get(&cache, &[2, 3]), BTreeMap::from([(key(2, 1), 9)]));
        cache.record(FIRST, &BTreeMap::from([(key(1, 1), 2)]), &BTreeMap::new());
        assert_eq!(get(&cache, &[1]), BTreeMap::from([(key(1, 1), 2)]));
    }

    #[test]
    fn a_mismatch_removes_the_item_and_backs_off_for_some_batches() {
        let cache = LevelCache::default();
        cache.record(FIRST, &BTreeMap::from([(key(1, 1), 5), (key(2, 1), 9)]), &BTreeMap::new());
        cache.back_off([ItemId(1)]);
        for _ in 0..BACK_OFF_BATCHES {
            assert!(!cache.admit_batch(FIRST));
        }
        assert!(cache.admit_batch(FIRST));
        assert_eq!(get(&cache, &[1, 2]), BTreeMap::from([(key(2, 1), 9)]));
    }

    #[test]
    fn a_full_cache_is_cleared() {
        let cache = LevelCache::default();
        let many: BTreeMap<_, _> = (0..ITEMS_MAX as i64).map(|item| (key(item, 1), 1)).collect();
        cache.record(FIRST, &many, &BTreeMap::new());
        assert!(!get(&cache, &[0]).is_empty());
        cache.record(FIRST, &BTreeMap::from([(key(-1, 1), 1)]), &BTreeMap::new());
        assert_eq!(get(&cache, &[0, -1]), BTreeMap::from([(key(-1, 1), 1)]));
    }
}
