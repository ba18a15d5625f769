use crate::keys_by_id::NamedIds;
use crate::{Context, Engine, Error, KeysById, Result};
use domain::{ItemId, ItemKey, WarehouseId, WarehouseKey};
use std::sync::Arc;

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

    /// Returns the keys of the item and the warehouse that an error is about. The keys explain the error, so they are left
    /// out if they have to be read and the database does not answer.
    pub async fn keys_of(&self, error: &Error) -> Arc<KeysById> {
        let Error::Rejected(rejection) = error else { return Arc::default() };
        let ids = NamedIds::of_rejection(rejection);
        match ids.items.is_empty() && ids.warehouses.is_empty() {
            true => Arc::default(),
            false => self.shared.answer_keys.fetch(ids).await.unwrap_or_default(),
        }
    }
}
