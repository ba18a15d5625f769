use crate::idempotency::Deed;
use crate::{Context, Engine, Kind, Outcome, Result};
use domain::{Item, ItemQuery, LevelKey, NewWarehouse, Page, Warehouse, WarehouseId};
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use store::{Store, WriteTransaction};

/// The warehouses that exist. They are few and never go away, so those once seen need not be asked for
/// again.
pub(crate) struct Warehouses {
    store: Store,
    known: RwLock<Known>,
}

/// Warehouse ids, and the one that takes stock for which none is named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) ids: HashSet<WarehouseId>,
    pub(crate) default: Option<WarehouseId>,
}

impl Warehouses {
    pub(crate) async fn load(store: Store) -> Result<Self> {
        let warehouses = Self { store, known: RwLock::default() };
        warehouses.reload().await?;
        Ok(warehouses)
    }

    /// What is known, read anew if it lacks any of `named`.
    pub(crate) async fn knowing(&self, named: impl IntoIterator<Item = WarehouseId>) -> Result<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if named.into_iter().all(|warehouse| known.ids.contains(&warehouse)) {
            return Ok(known);
        }
        self.reload().await
    }

    async fn reload(&self) -> Result<Known> {
        let (ids, default) = self.store.warehouse_ids().await?;
        let known = Known { ids: ids.into_iter().collect(), default };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known.clone();
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

impl Deed for Create {
    type Done = Warehouse;

    async fn act(&self, transaction: &mut WriteTransaction) -> store::Result<Warehouse> {
        transaction.warehouse_create(&self.0).await
    }

    fn outcome(done: &Warehouse) -> Outcome<'_> {
        Outcome::WarehouseCreated(done)
    }
}
