//! Cache of the items of SKUs and of the warehouses of codes.
//!
//! A resolved request carries the [`KeyVersion`] at which its keys were resolved. Its write compares the version with the
//! database's, which is incremented in each transaction that changes or removes a key. After a mismatch nothing is written:
//! the cache is cleared, and the request is resolved again. A key that the database does not have is not cached.
//!
//! The cache has the texts of requests. Only the database folds them, so a text that this program and the database fold
//! differently leads to no wrong item.

use super::generational::Generational;
use crate::{Error, Result};
use domain::{ItemId, KeyDirectory, Keyed, Keys, Sku, WarehouseCode, WarehouseId};
use std::collections::HashMap;
use store::{Generation, Store};

/// The most SKUs, and the most codes in the cache, about 100 bytes each. The cache is cleared before it would exceed them.
const KEYS_MAX: usize = 100_000;

/// The version of the database's keys at which a request was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyVersion {
    pub(crate) generation: Generation,
    pub(crate) version: i64,
}

/// A request by ids, with the version of its keys; `None` for a request that names everything by id.
pub(crate) type ResolvedRequest<T> = (T, Option<KeyVersion>);

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
        let cached = self.cached.read(generation, |cached| (request.resolve(cached), cached.version));
        if let Some((Ok(resolved), version)) = cached {
            return Ok((resolved, Some(KeyVersion { generation, version })));
        }
        // Read again: a missing key, and any other error of the request, count only with the keys of the database.
        let read = self.read(&keys).await?;
        let resolved = request.resolve(&read).map_err(Error::Rejected);
        let version = read.version;
        self.record(generation, read);
        Ok((resolved?, Some(KeyVersion { generation, version })))
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

    /// Clears the cache, after a write has found another version.
    pub(crate) fn invalidate(&self) {
        self.cached.invalidate(|cached| {
            cached.items.clear();
            cached.warehouses.clear();
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
