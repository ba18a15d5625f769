use crate::events::notifier::CommitNotifier;
use crate::idempotency::Command;
use crate::{Context, Engine, Kind, Outcome, Result};
use domain::{Item, ItemQuery, LevelKey, NewWarehouse, Page, Warehouse, WarehouseId};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use store::{Generation, Store, WriteTransaction};

/// A cache of the warehouses. They are few, so it has all of them.
///
/// Every change of a warehouse is announced, also one in SQL, and the next use reads them again. Ids that are not in
/// the cache, and a statement that finds a warehouse gone, lead to a reading too.
pub(crate) struct Warehouses {
    store: Store,
    notifier: Arc<CommitNotifier>,
    cached: RwLock<Cached>,
}

#[derive(Default)]
struct Cached {
    known: Known,
    /// The count of announced changes, and the database's generation, when `known` was read. `None` after
    /// [`Warehouses::invalidate`].
    changes: Option<(u64, Generation)>,
}

/// Warehouse ids, and the one that takes stock for which none is named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) ids: HashSet<WarehouseId>,
    pub(crate) default: Option<WarehouseId>,
}

impl Warehouses {
    pub(crate) async fn load(store: Store, notifier: Arc<CommitNotifier>) -> Result<Self> {
        let warehouses = Self { store, notifier, cached: RwLock::default() };
        warehouses.reload().await?;
        Ok(warehouses)
    }

    /// The cached warehouses, read again after a change, and if any of `named` is not among them.
    pub(crate) async fn knowing(&self, named: impl IntoIterator<Item = WarehouseId>) -> Result<Known> {
        let cached = {
            let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
            let is_valid = cached.changes == Some(self.changes());
            is_valid.then(|| cached.known.clone())
        };
        match cached {
            Some(known) if named.into_iter().all(|warehouse| known.ids.contains(&warehouse)) => Ok(known),
            _ => self.reload().await,
        }
    }

    /// Lets the next use read the warehouses again.
    pub(crate) fn invalidate(&self) {
        self.cached.write().unwrap_or_else(PoisonError::into_inner).changes = None;
    }

    fn changes(&self) -> (u64, Generation) {
        (self.notifier.touched()[Kind::Warehouses as usize], self.store.generation())
    }

    async fn reload(&self) -> Result<Known> {
        // Before the reading: a change during it leads to another one.
        let changes = Some(self.changes());
        let (ids, default) = self.store.warehouse_ids().await?;
        let known = Known { ids: ids.into_iter().collect(), default };
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) =
            Cached { known: known.clone(), changes };
        Ok(known)
    }
}

impl Engine {
    /// Every warehouse with the units available in it, by code.
    pub async fn warehouse_list(&self, _context: &Context) -> Result<Vec<Warehouse>> {
        let sums = self.shared.sums.now().await?;
        Ok(self.store().warehouse_list(&sums.warehouses).await?)
    }

    /// A page of the items that lie in a warehouse, each with its units there.
    pub async fn warehouse_items(
        &self,
        _context: &Context,
        warehouse: WarehouseId,
        query: ItemQuery,
    ) -> Result<Page<(Item, i32)>> {
        let query = ItemQuery { warehouse: Some(warehouse), ..query };
        let Page { rows, next } = self.store().item_list(&query).await?;
        let keys = rows.iter().map(|item| LevelKey { item: item.id, warehouse }).collect::<Vec<_>>();
        let levels = self.store().levels_get(&keys).await?;
        let level = |key: &LevelKey| levels.get(key).copied().unwrap_or(0);
        Ok(Page { rows: rows.into_iter().zip(keys.iter().map(level)).collect(), next })
    }

    /// Adds a warehouse.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseCodeTaken`].
    pub async fn warehouse_create(&self, context: &Context, warehouse: NewWarehouse) -> Result<Warehouse> {
        let created = self.once(context, Create(warehouse)).await;
        self.touched(Kind::Warehouses, created)
    }
}

struct Create(NewWarehouse);

impl Command for Create {
    type Done = Warehouse;

    async fn act(&self, transaction: &mut WriteTransaction) -> store::Result<Warehouse> {
        transaction.warehouse_create(&self.0).await
    }

    fn outcome(done: &Warehouse) -> Outcome<'_> {
        Outcome::WarehouseCreated(done)
    }
}
