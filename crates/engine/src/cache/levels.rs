//! What this server knows of stock levels without asking: how its own last batches left them, in whichever queue.
//!
//! Nothing is decided on it for good. What was planned on it is written by a statement that compares it with the
//! levels under lock, and does nothing where they differ.

use domain::{ItemId, LevelKey, WarehouseId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use store::Generation;

/// As many items are remembered; with one more, all are forgotten. Some 100 bytes each.
const ITEMS_KNOWN_MAX: usize = 100_000;

/// For how many batches nothing is taken for known once that was wrong: where somebody else keeps changing the
/// same items, each try is a round trip for nothing.
const BATCHES_UNSURE: u32 = 8;

/// The stock levels of items as they were left.
#[derive(Default)]
pub(crate) struct LevelCache(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    /// The generation of the database that all of it belongs to.
    generation: Generation,
    /// All levels of an item, or it is not here.
    items: HashMap<ItemId, Vec<(WarehouseId, i32)>>,
    unsure: u32,
}

impl LevelCache {
    /// All levels of those of `items` that are known; `None` while nothing is believed.
    pub(crate) fn of(
        &self,
        generation: Generation,
        items: impl Iterator<Item = ItemId>,
    ) -> Option<BTreeMap<LevelKey, i32>> {
        self.with(|memory| {
            if !memory.admit(generation) {
                return None;
            }
            if memory.unsure > 0 {
                memory.unsure -= 1;
                return None;
            }
            let mut levels = BTreeMap::new();
            for item in items {
                let of_item = memory.items.get(&item).into_iter().flatten();
                levels.extend(of_item.map(|(warehouse, units)| {
                    let warehouse = *warehouse;
                    (LevelKey { item, warehouse }, *units)
                }));
            }
            Some(levels)
        })
    }

    /// Remembers `levels`, which are all that their items have, with `changes` added.
    pub(crate) fn record<'a>(
        &self,
        generation: Generation,
        levels: &BTreeMap<LevelKey, i32>,
        changes: impl IntoIterator<Item = (&'a LevelKey, &'a i32)>,
    ) {
        let mut left = levels.clone();
        for (key, units) in changes {
            *left.entry(*key).or_default() += units;
        }
        self.with(|memory| {
            if !memory.admit(generation) {
                return;
            }
            for key in left.keys() {
                memory.items.remove(&key.item);
            }
            if memory.items.len() + left.len() > ITEMS_KNOWN_MAX {
                memory.items.clear();
            }
            for (key, units) in left {
                memory.items.entry(key.item).or_default().push((key.warehouse, units));
            }
        });
    }

    /// Nothing of these items is known any more.
    pub(crate) fn invalidate(&self, items: impl IntoIterator<Item = ItemId>) {
        self.with(|memory| items.into_iter().for_each(|item| _ = memory.items.remove(&item)));
    }

    /// Some of it was wrong, or may be: for a while nothing is believed.
    pub(crate) fn back_off(&self, items: impl IntoIterator<Item = ItemId>) {
        self.invalidate(items);
        self.with(|memory| memory.unsure = BATCHES_UNSURE);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Memory {
    /// Whether a caller of this generation may use the cache. A later generation empties it first; what was read or
    /// written in an earlier one is not added.
    fn admit(&mut self, generation: Generation) -> bool {
        if generation > self.generation {
            *self = Self { generation, ..Self::default() };
        }
        generation == self.generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Generation = Generation::FIRST;

    fn key(item: i64, warehouse: i64) -> LevelKey {
        LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
    }

    fn of(known: &LevelCache, items: &[i64]) -> Option<BTreeMap<LevelKey, i32>> {
        known.of(FIRST, items.iter().map(|item| ItemId(*item)))
    }

    #[test]
    fn levels_are_known_as_they_were_left() {
        let known = LevelCache::default();
        assert_eq!(of(&known, &[1]), Some(BTreeMap::new()));
        let levels = BTreeMap::from([(key(1, 1), 5), (key(1, 2), 7), (key(2, 1), 9)]);
        known.record(FIRST, &levels, &BTreeMap::from([(key(1, 2), -3)]));
        assert_eq!(of(&known, &[1, 1]), Some(BTreeMap::from([(key(1, 1), 5), (key(1, 2), 4)])));
        assert_eq!(of(&known, &[2, 3]), Some(BTreeMap::from([(key(2, 1), 9)])));
        known.record(FIRST, &BTreeMap::from([(key(1, 1), 2)]), &BTreeMap::new());
        assert_eq!(of(&known, &[1]), Some(BTreeMap::from([(key(1, 1), 2)])));
    }

    #[test]
    fn what_was_wrong_is_forgotten_and_the_rest_not_believed_for_a_while() {
        let known = LevelCache::default();
        known.record(FIRST, &BTreeMap::from([(key(1, 1), 5), (key(2, 1), 9)]), &BTreeMap::new());
        known.back_off([ItemId(1)]);
        for _ in 0..BATCHES_UNSURE {
            assert_eq!(of(&known, &[2]), None);
        }
        assert_eq!(of(&known, &[2]), Some(BTreeMap::from([(key(2, 1), 9)])));
        assert_eq!(of(&known, &[1]), Some(BTreeMap::new()));
    }

    #[test]
    fn levels_are_known_in_their_generation_only() {
        let (known, later) = (LevelCache::default(), FIRST.next());
        let levels = BTreeMap::from([(key(1, 1), 5)]);
        known.record(FIRST, &levels, &BTreeMap::new());
        let of = |generation| known.of(generation, [ItemId(1)].into_iter());
        assert_eq!(of(later), Some(BTreeMap::new()));
        known.record(FIRST, &levels, &BTreeMap::new());
        assert_eq!((of(later), of(FIRST)), (Some(BTreeMap::new()), None));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let known = LevelCache::default();
        let many: BTreeMap<_, _> = (0..ITEMS_KNOWN_MAX as i64).map(|item| (key(item, 1), 1)).collect();
        known.record(FIRST, &many, &BTreeMap::new());
        assert!(!of(&known, &[0]).expect("levels").is_empty());
        known.record(FIRST, &BTreeMap::from([(key(-1, 1), 1)]), &BTreeMap::new());
        assert_eq!(of(&known, &[0, -1]), Some(BTreeMap::from([(key(-1, 1), 1)])));
    }
}
