//! Cache of the units of items, and of their JSON. It is validated with each batch of reads.
//!
//! The units are those at the low watermark of the ledger that the previous batch has read. Every change of the units of an
//! item writes a row, to the ledger or to `item_changes`, in its own transaction. Each batch therefore also reads the rows
//! after that low watermark, and reads the items in them again. All other cached items have the same units at the new low
//! watermark, which is the cursor of the answer. An idle ledger costs one look at its sequence.
//!
//! SKUs and codes of warehouses have a version. Another version clears the cache.

use super::json::JsonBytes;
use super::keys::KeyVersion;
use crate::{Error, Result};
use domain::{ItemAvailability, ItemId, LedgerCursor};
use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use store::{PinnedConnection, Store};

/// The most bytes that the cache holds, estimated by [`Bytes`].
const BYTES_MAX: u64 = 32 << 20;

/// The expected number of cached items. It sizes the history that the eviction policy keeps of evicted items.
const ITEMS_EXPECTED: usize = 50_000;

/// The estimated bytes of an item without levels, of its JSON and of its entry.
const ITEM_BYTES: u64 = 512;

/// The estimated bytes of a level and its JSON.
const LEVEL_BYTES: u64 = 256;

/// The most ids of the ledger since the previous batch. To read the changes of more takes as long as to read the items.
const CHANGES_MAX: i64 = 10_000;

/// The most reads for one batch. A read is repeated if the version of the keys, or the database, has changed.
const READS_MAX: usize = 3;

/// The units of an item, and their JSON, which the first callers serialize.
#[derive(Debug)]
pub struct CachedAvailability {
    availability: ItemAvailability,
    sums_json: OnceLock<JsonBytes>,
    levels_json: OnceLock<JsonBytes>,
}

impl CachedAvailability {
    /// Returns the units, not serialized yet.
    pub fn of(availability: ItemAvailability) -> Arc<Self> {
        Arc::new(Self { availability, sums_json: OnceLock::new(), levels_json: OnceLock::new() })
    }

    /// Returns the JSON, with the units of each warehouse if `levels`. The first call serializes the units by `render`.
    pub fn json(&self, levels: bool, render: impl FnOnce(&ItemAvailability) -> Vec<u8>) -> &JsonBytes {
        let json = if levels { &self.levels_json } else { &self.sums_json };
        json.get_or_init(|| JsonBytes::of(render(&self.availability)))
    }
}

impl Deref for CachedAvailability {
    type Target = ItemAvailability;

    fn deref(&self) -> &ItemAvailability {
        &self.availability
    }
}

/// Units at one moment.
pub(crate) struct UnitsRead {
    pub(crate) cursor: LedgerCursor,
    /// See [`domain::Availability::lag_seconds`].
    pub(crate) lag_seconds: u64,
    /// The version of the SKUs and codes.
    pub(crate) keys: KeyVersion,
    /// The requested items that exist.
    pub(crate) items: HashMap<ItemId, Arc<CachedAvailability>>,
}

/// A cache of units, for one connection.
pub(crate) struct AvailabilityCache {
    items: Cache<ItemId, Arc<CachedAvailability>, Bytes>,
    /// The moment of all cached units. `None` if the cache must not be used.
    moment: Option<Moment>,
}

/// A low watermark of the ledger, and the version of the SKUs and codes.
struct Moment {
    cursor: LedgerCursor,
    keys: KeyVersion,
    /// Whether the last read found no change. Then the next one probably finds none either, and asks for that first.
    is_quiet: bool,
}

impl Default for AvailabilityCache {
    fn default() -> Self {
        Self { items: Cache::with_weighter(ITEMS_EXPECTED, BYTES_MAX, Bytes), moment: None }
    }
}

impl AvailabilityCache {
    /// Returns the units of these distinct items at one moment during the call. Ids without an item are left out.
    ///
    /// # Errors
    /// An error of the database. The cache is empty then.
    pub(crate) async fn read(
        &mut self,
        store: &Store,
        pinned: &PinnedConnection,
        ids: &[ItemId],
    ) -> Result<UnitsRead> {
        for _ in 0..READS_MAX {
            let generation = store.generation();
            // The moment is taken out until all changes are applied. A cancelled call leaves an unused cache.
            let moment = self.moment.take().filter(|moment| moment.keys.generation == generation);
            if moment.is_none() {
                self.items.clear();
            }
            let cached: HashMap<_, _> =
                ids.iter().filter_map(|id| Some((*id, self.items.get(id)?.clone()))).collect();
            let (known, others): (Vec<_>, Vec<_>) =
                ids.iter().map(|id| id.0).partition(|id| cached.contains_key(&ItemId(*id)));
            if let Some(current) = moment.as_ref().filter(|moment| moment.is_quiet && others.is_empty()) {
                let version = pinned.key_version_if_unchanged_since(current.cursor.position).await?;
                if version == Some(current.keys.version) && store.generation() == generation {
                    let (cursor, keys) = (current.cursor.clone(), current.keys);
                    self.moment = moment;
                    return Ok(UnitsRead { cursor, lag_seconds: 0, keys, items: cached });
                }
            }
            let after = moment.as_ref().map(|moment| moment.cursor.position);
            let read = pinned.stock_availability(after, &known, &others, CHANGES_MAX).await?;
            let keys = KeyVersion { generation, version: read.key_version };
            let uses_cached = read.changed.is_some() && !cached.is_empty();
            let is_same = moment.as_ref().is_some_and(|moment| moment.keys == keys);
            let is_quiet = read.changed.as_ref().is_some_and(Vec::is_empty);
            // A connection that was opened for this read may have found another database.
            if store.generation() != generation || !is_same && uses_cached {
                continue;
            }
            let fingerprint =
                read.fingerprint.or_else(|| moment.and_then(|moment| moment.cursor.fingerprint));
            let cursor = LedgerCursor { position: read.position, fingerprint };
            let items =
                self.apply(read.changed.filter(|_| is_same), read.items, read.lag_seconds == 0, cached);
            self.moment = Some(Moment { cursor: cursor.clone(), keys, is_quiet });
            return Ok(UnitsRead { cursor, lag_seconds: read.lag_seconds, keys, items });
        }
        Err(Error::Unavailable)
    }

    /// Invalidates the changed items, or all items if `changed` is `None`. Inserts the items that were read, if they are of the
    /// moment. Returns the units of all requested items.
    fn apply(
        &mut self,
        changed: Option<Vec<ItemId>>,
        read: Vec<ItemAvailability>,
        is_of_moment: bool,
        cached: HashMap<ItemId, Arc<CachedAvailability>>,
    ) -> HashMap<ItemId, Arc<CachedAvailability>> {
        let mut items = cached;
        match changed {
            Some(changed) => changed.iter().for_each(|id| {
                self.items.remove(id);
                items.remove(id);
            }),
            None => {
                self.items.clear();
                items.clear();
            }
        }
        for item in read {
            let (id, item) = (item.item, CachedAvailability::of(item));
            if is_of_moment {
                self.items.insert(id, item.clone());
            }
            items.insert(id, item);
        }
        items
    }
}

/// Estimates the bytes that a cached item takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<ItemId, Arc<CachedAvailability>> for Bytes {
    fn weight(&self, _: &ItemId, item: &Arc<CachedAvailability>) -> u64 {
        ITEM_BYTES + LEVEL_BYTES * item.levels.len() as u64
    }
}
