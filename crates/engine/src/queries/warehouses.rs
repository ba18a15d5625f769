use crate::{Context, Engine, Result};
use domain::{Item, ItemQuery, LevelKey, Page, Warehouse, WarehouseId};

impl Engine {
    /// Returns all warehouses by code, each with the units available in it.
    pub async fn warehouse_list(&self, _context: &Context) -> Result<Vec<Warehouse>> {
        let sums = self.shared.sums.now().await?;
        Ok(self.store().warehouse_list(&sums.warehouses).await?)
    }

    /// Returns a page of the items with a stock level in a warehouse, each with its units there.
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
}
