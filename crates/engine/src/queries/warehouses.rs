use crate::{Context, Engine, Result};
use domain::{Item, ItemQuery, LevelKey, Page, Warehouse, WarehouseId};

impl Engine {
    /// Returns all warehouses by code, each with the units available in it. Archived warehouses are left out.
    pub async fn warehouse_list(&self, context: &Context) -> Result<Vec<Warehouse>> {
        self.warehouse_list_of(context, false).await
    }

    /// Returns the archived warehouses, or the others, by code, each with the units available in it.
    pub async fn warehouse_list_of(&self, _context: &Context, archived: bool) -> Result<Vec<Warehouse>> {
        let sums = self.shared.sums.now().await?;
        Ok(self.store().warehouse_list(archived, &sums.warehouses).await?)
    }

    /// Returns a warehouse, archived or not, with the units available in it.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`].
    pub async fn warehouse_get(&self, _context: &Context, id: WarehouseId) -> Result<Warehouse> {
        let warehouse = self.store().warehouse_get(id).await?;
        self.with_units(warehouse).await
    }

    /// Adds the units available in a warehouse.
    pub(crate) async fn with_units(&self, warehouse: Warehouse) -> Result<Warehouse> {
        let units = self.shared.sums.now().await?.warehouses.get(&warehouse.id).copied();
        Ok(Warehouse { units_available: units.unwrap_or(0), ..warehouse })
    }

    /// Returns a page of the items with a stock level in a warehouse, each with its units there.
    pub async fn warehouse_items(
        &self,
        context: &Context,
        warehouse: WarehouseId,
        query: ItemQuery,
    ) -> Result<Page<(Item, i32)>> {
        let query = ItemQuery { warehouse: Some(warehouse), ..query };
        let Page { rows, next } = context.read(self.store().item_list(&query)).await?;
        let keys = rows.iter().map(|item| LevelKey { item: item.id, warehouse }).collect::<Vec<_>>();
        let levels = self.store().levels_get(&keys).await?;
        let level = |key: &LevelKey| levels.get(key).copied().unwrap_or(0);
        Ok(Page { rows: rows.into_iter().zip(keys.iter().map(level)).collect(), next })
    }
}
