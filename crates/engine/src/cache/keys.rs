//! Cache of the items of SKUs and of the warehouses of codes.
//!
//! A resolved request carries its [`ResolvedKeys`]: the ids of its keys, and the [`KeyVersion`] at which they were read. Its
//! write compares the version with the database's, which is incremented in each transaction that changes or removes a key.
//! After a mismatch the optimistic path writes nothing and clears the cache, and the locked path compares the request's own
//! keys. If one of them belongs to another item or warehouse now, the request is resolved again. A key that the database does
//! not have is not cached.
//!
//! The cache has the texts of requests. Only the database folds them, so a text that this program and the database fold
//! differently leads to no wrong item.

use super::generational::Generational;
use crate::{Error, Result};
use domain::{ItemId, KeyDirectory, Keyed, Keys, Sku, WarehouseCode, WarehouseId};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Generation, KeyReader as _, Store};

/// The most SKUs, and the most codes in the cache, about 100 bytes each. The cache is cleared before it would exceed them.
const KEYS_MAX: usize = 100_000;

/// The version of the database's keys at which a request was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyVersion {
    pub(crate) generation: Generation,
    pub(crate) version: i64,
}

/// The keys of a request, as they were resolved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ResolvedKeys {
    pub(crate) version: KeyVersion,
    pub(crate) items: Vec<(Sku, ItemId)>,
    pub(crate) warehouses: Vec<(WarehouseCode, WarehouseId)>,
}

impl ResolvedKeys {
    fn new(version: KeyVersion, keys: &Keys<'_>, directory: &Directory) -> Arc<Self> {
        let item = |sku: &&Sku| Some(((*sku).clone(), directory.item(sku)?));
        let warehouse = |code: &&WarehouseCode| Some(((*code).clone(), directory.warehouse(code)?));
        Arc::new(Self {
            version,
            items: keys.skus.iter().filter_map(item).collect(),
            warehouses: keys.codes.iter().filter_map(warehouse).collect(),
        })
    }
}

/// The ids of keys, in the order of the keys; `None` for a key that no item or warehouse has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FoundKeys {
    pub(crate) version: KeyVersion,
    pub(crate) items: Vec<Option<ItemId>>,
    pub(crate) warehouses: Vec<Option<WarehouseId>>,
}

impl FoundKeys {
    fn new(generation: Generation, keys: &Keys<'_>, directory: &Directory) -> Self {
        Self {
            version: KeyVersion { generation, version: directory.version },
            items: keys.skus.iter().map(|sku| directory.item(sku)).collect(),
            warehouses: keys.codes.iter().map(|code| directory.warehouse(code)).collect(),
        }
    }

    fn is_complete(&self) -> bool {
        self.items.iter().all(Option::is_some) && self.warehouses.iter().all(Option::is_some)
    }
}

/// A request by ids, with its keys; `None` for a request that names everything by id.
pub(crate) type ResolvedRequest<T> = (T, Option<Arc<ResolvedKeys>>);

/// A read-through cache of keys.
pub(crate) struct KeyCache {
    store: Store,
    cached: Generational<Directory>,
}

/// Keys that were read at one version.
#[derive(Default)]
struct Directory {
    version: i64,
    items: HashMap<Box<str>, ItemId>,
    warehouses: HashMap<Box<str>, WarehouseId>,
}

impl KeyDirectory for Directory {
    fn item(&self, sku: &Sku) -> Option<ItemId> {
        self.items.get(sku.as_str()).copied()
    }

    fn warehouse(&self, code: &WarehouseCode) -> Option<WarehouseId> {
        self.warehouses.get(code.as_str()).copied()
    }
}

impl KeyCache {
    /// Returns an empty cache.
    pub(crate) fn new(store: Store) -> Self {
        Self { store, cached: Generational::default() }
    }

    /// Returns the request by ids. Reads keys that are not cached with one statement.
    ///
    /// # Errors
    /// [`domain::Error::SkuNotFound`], [`domain::Error::WarehouseCodeNotFound`], another error of the request by ids, and
    /// an error of the database.
    pub(crate) async fn resolve<K: Keyed>(&self, request: &K) -> Result<ResolvedRequest<K::Resolved>> {
        let keys = request.keys();
        if keys.is_empty() {
            return Ok((request.resolve(&Directory::default())?, None));
        }
        let generation = self.store.generation();
        let cached = self.cached.read(generation, |cached| {
            let version = KeyVersion { generation, version: cached.version };
            Some((request.resolve(cached).ok()?, ResolvedKeys::new(version, &keys, cached)))
        });
        if let Some((resolved, keys)) = cached.flatten() {
            return Ok((resolved, Some(keys)));
        }
        // Read again: a missing key, and any other error of the request, count only with the keys of the database.
        let read = self.read(&keys).await?;
        let resolved = request.resolve(&read).map_err(Error::Rejected);
        let version = KeyVersion { generation, version: read.version };
        let resolved_keys = ResolvedKeys::new(version, &keys, &read);
        self.record(generation, read);
        Ok((resolved?, Some(resolved_keys)))
    }

    /// Returns the request by ids, without the cache.
    ///
    /// # Errors
    /// The same as [`KeyCache::resolve`].
    pub(crate) async fn resolve_current<K: Keyed>(&self, request: &K) -> Result<K::Resolved> {
        let keys = request.keys();
        let directory = if keys.is_empty() { Directory::default() } else { self.read(&keys).await? };
        Ok(request.resolve(&directory)?)
    }

    /// Returns the ids of keys. Reads all of them with one statement if one is not cached, so a key without an id is one of
    /// the database.
    ///
    /// # Errors
    /// If the keys have to be read and the database does not answer.
    pub(crate) async fn find(&self, keys: &Keys<'_>) -> Result<FoundKeys> {
        match self.find_cached(keys) {
            Some(found) => Ok(found),
            None => self.find_current(keys).await,
        }
    }

    /// The same as [`KeyCache::find`], but without the cache.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn find_current(&self, keys: &Keys<'_>) -> Result<FoundKeys> {
        let generation = self.store.generation();
        let read = self.read(keys).await?;
        let found = FoundKeys::new(generation, keys, &read);
        self.record(generation, read);
        Ok(found)
    }

    /// The same as [`KeyCache::find`], but cached keys are used only if the database has their version now. For large
    /// requests, for which a second attempt is expensive.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn find_validated(&self, keys: &Keys<'_>) -> Result<FoundKeys> {
        if let Some(found) = self.find_cached(keys) {
            if (&self.store).key_version().await? == found.version.version {
                return Ok(found);
            }
            self.invalidate(found.version);
        }
        self.find_current(keys).await
    }

    fn find_cached(&self, keys: &Keys<'_>) -> Option<FoundKeys> {
        let generation = self.store.generation();
        let found = self.cached.read(generation, |cached| FoundKeys::new(generation, keys, cached))?;
        found.is_complete().then_some(found)
    }

    /// Clears the cache, after a write has found another version than `failed`. A cache of a later version is kept: a
    /// slower write has failed on keys that other requests have read again since.
    pub(crate) fn invalidate(&self, failed: KeyVersion) {
        self.cached.update(failed.generation, |cached| {
            if cached.version <= failed.version {
                cached.items.clear();
                cached.warehouses.clear();
            }
        });
    }

    async fn read(&self, keys: &Keys<'_>) -> Result<Directory> {
        let read = self.store.keys_resolve(keys).await?;
        let items = keys.skus.iter().zip(read.items);
        let warehouses = keys.codes.iter().zip(read.warehouses);
        Ok(Directory {
            version: read.version,
            items: items.filter_map(|(sku, item)| Some((sku.as_str().into(), item?))).collect(),
            warehouses: warehouses.filter_map(|(code, id)| Some((code.as_str().into(), id?))).collect(),
        })
    }

    fn record(&self, generation: Generation, read: Directory) {
        self.cached.update(generation, |cached| {
            // A slower read of an earlier version changes nothing.
            if read.version < cached.version {
                return;
            }
            let is_full = |cached: usize, read: usize| cached + read > KEYS_MAX;
            if read.version > cached.version
                || is_full(cached.items.len(), read.items.len())
                || is_full(cached.warehouses.len(), read.warehouses.len())
            {
                *cached = Directory { version: read.version, ..Directory::default() };
            }
            cached.items.extend(read.items);
            cached.warehouses.extend(read.warehouses);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slower_failure_keeps_later_keys() {
        let (store, _) = store::testing::store().await;
        let generation = store.generation();
        let cache = KeyCache::new(store);
        let lamp = Sku::new("Lamp").expect("an SKU");
        let directory = |version| Directory {
            version,
            items: HashMap::from([("Lamp".into(), ItemId(7))]),
            warehouses: HashMap::new(),
        };
        let is_cached =
            || cache.cached.read(generation, |cached| cached.item(&lamp).is_some()).unwrap_or_default();
        cache.record(generation, directory(5));
        cache.invalidate(KeyVersion { generation, version: 4 });
        assert!(is_cached());
        cache.invalidate(KeyVersion { generation, version: 5 });
        assert!(!is_cached());
        // A failure that is later than the entries clears them too.
        cache.record(generation, directory(5));
        cache.invalidate(KeyVersion { generation, version: 6 });
        assert!(!is_cached());
    }
}
