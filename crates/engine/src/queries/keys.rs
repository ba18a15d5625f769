use crate::{Context, Engine, Result};
use domain::{ItemId, ItemKey, WarehouseId, WarehouseKey};

impl Engine {
    /// Returns the id of an item. An id is not looked up.
    ///
    /// # Errors
    /// [`domain::Error::SkuNotFound`].
    pub async fn item_id(&self, _context: &Context, key: &ItemKey) -> Result<ItemId> {
        self.shared.keys.resolve_current(key).await
    }

    /// Returns the id of a warehouse. An id is not looked up.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseCodeNotFound`].
    pub async fn warehouse_id(&self, _context: &Context, key: &WarehouseKey) -> Result<WarehouseId> {
        self.shared.keys.resolve_current(key).await
    }
}
