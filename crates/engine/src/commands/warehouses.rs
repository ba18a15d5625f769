use crate::idempotency::Command;
use crate::{Context, Engine, Outcome, Result, Topic};
use domain::{Item, ItemQuery, LevelKey, NewWarehouse, Page, Warehouse, WarehouseId};
use store::WriteTransaction;

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
        self.publish_on_success(Topic::Warehouses, created)
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
