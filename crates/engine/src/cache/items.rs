//! Cache of items. It is validated with each batch of reads.
//!
//! A cached item is returned to callers, so it must be current. Every change of an item writes a row, to the ledger or to
//! `item_changes`, in its own transaction. Each batch of reads therefore also reads the rows after the low watermark of the
//! previous batch, and invalidates the items in them. The cost is a few index entries per batch.

use crate::{CachedJson, Result};
use domain::{Item, ItemId};
use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Generation, PinnedConnection, Store};

/// The fewest items in a batch that uses the cache. A smaller batch reads its items from the database.
const ITEMS_MIN: usize = 16;

/// The most bytes that the cache holds, estimated by [`Bytes`].
const BYTES_MAX: u64 = 32 << 20;

/// The expected number of cached items. It sizes the history that the eviction policy keeps of evicted items.
const ITEMS_EXPECTED: usize = 50_000;

/// The estimated bytes of an item, its JSON and its entry, without the item's texts.
const ITEM_BYTES: u64 = 512;

/// The age from which a new low watermark is read.
const WATERMARK_AGE_MAX: Duration = Duration::from_millis(100);

/// The age from which the changes after a low watermark are no longer read. The cache is cleared instead.
const CHANGES_AGE_MAX: Duration = Duration::from_secs(1);

/// The number of changes from which the cache is cleared. To read so many takes as long as to read the items.
const CHANGES_MAX: u16 = 1_000;

/// The time for which the cache is unused after there were too many changes.
const BACK_OFF: Duration = Duration::from_secs(1);

/// A cache of items and their JSON, for one connection.
pub(crate) struct ItemCache {
    items: Cache<ItemId, Arc<CachedJson<Item>>, Bytes>,
    /// All changes up to this one have been applied to the cache. `None` if the cache must not be used.
    watermark: Option<LowWatermark>,
    /// The generation of the database that the cache belongs to.
    generation: Generation,
    backs_off_since: Option<Instant>,
}

/// A position in the ledger before which no transaction is open.
#[derive(Clone, Copy)]
struct LowWatermark {
    position: i64,
    read_at: Instant,
}

impl Default for ItemCache {
    fn default() -> Self {
        let items = Cache::with_weighter(ITEMS_EXPECTED, BYTES_MAX, Bytes);
        Self { items, watermark: None, generation: Generation::FIRST, backs_off_since: None }
    }
}

impl ItemCache {
    /// Reads the items with these distinct ids. Ids without an item are left out.
    ///
    /// # Errors
    /// An error of the database. The cache is empty then.
    pub(crate) async fn read(
        &mut self,
        store: &Store,
        pinned: &PinnedConnection,
        ids: &[i64],
    ) -> Result<HashMap<ItemId, Arc<CachedJson<Item>>>> {
        let generation = store.generation();
        if self.generation != generation {
            self.items.clear();
            (self.watermark, self.generation) = (None, generation);
        }
        let backs_off = self.backs_off_since.is_some_and(|since| since.elapsed() < BACK_OFF);
        if backs_off || ids.len() < ITEMS_MIN {
            return Ok(found(rendered(pinned.items_get(ids).await?)));
        }
        // The watermark is taken out until all changes are applied. A cancelled call leaves an unused cache.
        let applied = self.watermark.take().filter(|applied| applied.read_at.elapsed() < CHANGES_AGE_MAX);
        let next = match applied {
            Some(applied) if applied.read_at.elapsed() < WATERMARK_AGE_MAX => applied,
            _ => {
                let position = store.low_watermark().await?.cursor.position;
                LowWatermark { position, read_at: Instant::now() }
            }
        };
        let Some(applied) = applied else {
            self.items.clear();
            let read = rendered(pinned.items_get(ids).await?);
            self.insert(&read);
            self.watermark = Some(next);
            return Ok(found(read));
        };
        self.read_changed(pinned, ids, applied, next).await
    }

    /// Returns cached items, and reads the ones that are not cached or have changed since the `applied` watermark. The
    /// changes are read after the `next` watermark was, so that all changes before it are among them.
    async fn read_changed(
        &mut self,
        pinned: &PinnedConnection,
        ids: &[i64],
        applied: LowWatermark,
        next: LowWatermark,
    ) -> Result<HashMap<ItemId, Arc<CachedJson<Item>>>> {
        let mut items = HashMap::with_capacity(ids.len());
        items.extend(ids.iter().filter_map(|id| Some((ItemId(*id), self.items.get(&ItemId(*id))?.clone()))));
        let missing: Vec<_> = ids.iter().copied().filter(|id| !items.contains_key(&ItemId(*id))).collect();
        let (read, changed) =
            pinned.items_get_with_changes(&missing, applied.position, CHANGES_MAX.into()).await?;
        if changed.len() >= usize::from(CHANGES_MAX) {
            self.items.clear();
            self.backs_off_since = Some(Instant::now());
            return Ok(found(rendered(pinned.items_get(ids).await?)));
        }
        let mut again = Vec::new();
        for id in changed {
            self.items.remove(&id);
            again.extend(items.remove(&id).map(|_| id.0));
        }
        let mut read = rendered(read);
        if !again.is_empty() {
            read.extend(rendered(pinned.items_get(&again).await?));
        }
        self.insert(&read);
        self.watermark = Some(next);
        items.extend(found(read));
        Ok(items)
    }

    fn insert(&mut self, read: &[Arc<CachedJson<Item>>]) {
        for item in read {
            self.items.insert(item.id, item.clone());
        }
    }
}

fn rendered(items: Vec<Item>) -> Vec<Arc<CachedJson<Item>>> {
    items.into_iter().map(CachedJson::of).collect()
}

fn found(items: Vec<Arc<CachedJson<Item>>>) -> HashMap<ItemId, Arc<CachedJson<Item>>> {
    items.into_iter().map(|item| (item.id, item)).collect()
}

/// Estimates the bytes that a cached item takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<ItemId, Arc<CachedJson<Item>>> for Bytes {
    fn weight(&self, _: &ItemId, item: &Arc<CachedJson<Item>>) -> u64 {
        let texts = [Some(&item.name), item.description.as_ref(), item.category.as_ref(), item.sku.as_ref()];
        // Once in the item, and once in its JSON.
        ITEM_BYTES
            + 2 * texts.into_iter().flatten().chain(&item.barcodes).map(|text| text.len() as u64).sum::<u64>()
    }
}
