//! Cache of the SKUs of items, for the answers that carry them beside the ids.
//!
//! Every change of an SKU is announced, also a change in SQL, and clears the cache at the next use. An answer may have the
//! previous SKU until the announcement arrives. Requests by SKU don't use this cache: see [`super::keys`].

use super::generational::Generational;
use crate::events::notifier::CommitNotifier;
use domain::ItemId;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Generation, Result, SkuReader, Store};

/// The most items in the cache, about 100 bytes each. The cache is cleared before it would exceed them.
const ITEMS_MAX: usize = 100_000;

/// The SKU of each item; `None` for an item without one.
pub(crate) type Skus = HashMap<ItemId, Option<Arc<str>>>;

/// A read-through cache of SKUs.
pub(crate) struct SkuCache {
    store: Store,
    notifier: Arc<CommitNotifier>,
    cached: Generational<Cached>,
}

#[derive(Default)]
struct Cached {
    /// The count of announced changes before `skus` were read.
    version: u64,
    skus: Skus,
}

impl SkuCache {
    /// Returns an empty cache.
    pub(crate) fn new(store: Store, notifier: Arc<CommitNotifier>) -> Self {
        Self { store, notifier, cached: Generational::default() }
    }

    /// Returns the SKUs of these items. Reads those that are not cached with one statement of `reader`. Items that don't
    /// exist are left out.
    ///
    /// # Errors
    /// If SKUs have to be read and the database does not answer.
    pub(crate) async fn fetch(
        &self,
        items: impl Iterator<Item = ItemId>,
        reader: &mut impl SkuReader,
    ) -> Result<Skus> {
        // Both are read before the SKUs: a change during the read makes the entries invalid.
        let (generation, version) = (self.store.generation(), self.notifier.sku_version());
        let (mut skus, missing) = self.get(generation, version, items);
        if !missing.is_empty() {
            let read = reader.skus_of(&missing).await?;
            let read: Skus = read.into_iter().map(|(item, sku)| (item, sku.map(Arc::from))).collect();
            self.record(generation, version, &read);
            skus.extend(read);
        }
        Ok(skus)
    }

    /// Returns the cached SKUs of items, without a read.
    pub(crate) fn cached(&self, items: impl Iterator<Item = ItemId>) -> Skus {
        self.get(self.store.generation(), self.notifier.sku_version(), items).0
    }

    /// Returns the cached SKUs, and the distinct items without an entry.
    fn get(
        &self,
        generation: Generation,
        version: u64,
        items: impl Iterator<Item = ItemId>,
    ) -> (Skus, Vec<ItemId>) {
        let items: Vec<_> = items.collect();
        let cached = self.cached.read(generation, |cached| {
            let is_current = cached.version == version;
            let of_item = |item: &ItemId| Some((*item, cached.skus.get(item)?.clone()));
            items.iter().filter(|_| is_current).filter_map(of_item).collect()
        });
        let skus: Skus = cached.unwrap_or_default();
        let mut missing = items;
        missing.retain(|item| !skus.contains_key(item));
        missing.sort_unstable();
        missing.dedup();
        (skus, missing)
    }

    fn record(&self, generation: Generation, version: u64, read: &Skus) {
        self.cached.update(generation, |cached| {
            // A slower read of an earlier version changes nothing.
            if version < cached.version {
                return;
            }
            if version > cached.version || cached.skus.len() + read.len() > ITEMS_MAX {
                *cached = Cached { version, skus: Skus::new() };
            }
            cached.skus.extend(read.iter().map(|(item, sku)| (*item, sku.clone())));
        });
    }
}
