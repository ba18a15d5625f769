//! Cache of all warehouses.

use crate::events::notifier::CommitNotifier;
use crate::{Result, Topic};
use domain::{AllowedWarehouses, Coordinates, Priority, SourcingCandidate, WarehouseId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use store::{Generation, Store, WarehouseIds};

/// A read-through cache of all warehouses, which are few.
///
/// Every change of a warehouse is announced, also a change in SQL, and makes the next use read again. An id that is not
/// cached does the same. A statement that finds a warehouse deleted invalidates the cache.
pub(crate) struct WarehouseCache {
    store: Store,
    notifier: Arc<CommitNotifier>,
    cached: RwLock<Cached>,
}

#[derive(Default)]
struct Cached {
    warehouses: Warehouses,
    /// The count of announced changes and the database's generation when `warehouses` was read. `None` after
    /// [`WarehouseCache::invalidate`].
    version: Option<(u64, Generation)>,
}

/// The warehouses' ids and codes, the archived ones among them, and the default warehouse, which takes stock if a request
/// names no warehouse.
#[derive(Debug, Clone, Default)]
pub(crate) struct Warehouses {
    pub(crate) ids: HashSet<WarehouseId>,
    pub(crate) archived: HashSet<WarehouseId>,
    pub(crate) default: Option<WarehouseId>,
    pub(crate) codes: WarehouseCodes,
    /// By ascending id.
    places: Arc<[(WarehouseId, Priority, Option<Coordinates>)]>,
}

impl Warehouses {
    /// Returns the warehouses that a caller may change, with their distances to a destination, by ascending id.
    pub(crate) fn candidates(
        &self,
        allowed: &AllowedWarehouses,
        near: Option<Coordinates>,
    ) -> Vec<SourcingCandidate> {
        let places = self.places.iter().filter(|(id, ..)| allowed.contains(*id));
        let candidate = |(id, priority, position): &(WarehouseId, Priority, Option<Coordinates>)| {
            let distance = near.zip(*position).map(|(near, position)| near.distance_metres(position));
            SourcingCandidate { id: *id, priority: priority.get(), distance }
        };
        places.map(candidate).collect()
    }
}

/// The code of each warehouse.
pub(crate) type WarehouseCodes = Arc<HashMap<WarehouseId, Arc<str>>>;

impl WarehouseCache {
    /// Reads the warehouses and returns the cache.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn load(store: Store, notifier: Arc<CommitNotifier>) -> Result<Self> {
        let cache = Self { store, notifier, cached: RwLock::default() };
        cache.read().await?;
        Ok(cache)
    }

    /// Returns the warehouses. Reads them again after a change, and if one of `required` is not cached.
    ///
    /// # Errors
    /// If they have to be read and the database does not answer.
    pub(crate) async fn fetch(&self, required: impl IntoIterator<Item = WarehouseId>) -> Result<Warehouses> {
        let cached = {
            let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
            let is_valid = cached.version == Some(self.version());
            is_valid.then(|| cached.warehouses.clone())
        };
        match cached {
            Some(cached) if required.into_iter().all(|id| cached.ids.contains(&id)) => Ok(cached),
            _ => Ok(self.read().await?),
        }
    }

    /// Returns the codes of the warehouses. Reads the warehouses again as [`WarehouseCache::fetch`] does.
    ///
    /// # Errors
    /// If they have to be read and the database does not answer.
    pub(crate) async fn codes(&self, required: &[WarehouseId]) -> store::Result<WarehouseCodes> {
        let cached = {
            let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
            let codes = &cached.warehouses.codes;
            let is_valid = cached.version == Some(self.version())
                && required.iter().all(|warehouse| codes.contains_key(warehouse));
            is_valid.then(|| codes.clone())
        };
        match cached {
            Some(codes) => Ok(codes),
            None => Ok(self.read().await?.codes),
        }
    }

    /// Returns the cached codes, which may be outdated.
    pub(crate) fn cached_codes(&self) -> WarehouseCodes {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).warehouses.codes.clone()
    }

    /// Makes the next use read the warehouses again.
    pub(crate) fn invalidate(&self) {
        self.cached.write().unwrap_or_else(PoisonError::into_inner).version = None;
    }

    fn version(&self) -> (u64, Generation) {
        (self.notifier.topic_versions()[Topic::Warehouses as usize], self.store.generation())
    }

    async fn read(&self) -> store::Result<Warehouses> {
        // Taken before the read: a change during the read makes the entry invalid.
        let version = Some(self.version());
        let WarehouseIds { codes, archived, default, mut places } = self.store.warehouse_ids().await?;
        places.sort_unstable_by_key(|(id, ..)| *id);
        let warehouses = Warehouses {
            ids: codes.iter().map(|(id, _)| *id).collect(),
            archived: archived.into_iter().collect(),
            default,
            places: places.into(),
            codes: Arc::new(codes.into_iter().map(|(id, code)| (id, code.into())).collect()),
        };
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) =
            Cached { warehouses: warehouses.clone(), version };
        Ok(warehouses)
    }
}
