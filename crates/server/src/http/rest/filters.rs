//! Filters of lists by an item or a warehouse, which is named by its id or by its key.

use crate::http::error::ApiError;
use api::by_key::{item_filter, warehouse_filter};
use domain::{ItemId, WarehouseId};
use engine::{Context, Engine};

/// Returns the id of the item of a filter.
///
/// # Errors
/// Both id and SKU, and an SKU that no item has.
pub(crate) async fn item_of(
    engine: &Engine,
    context: &Context,
    id: Option<i64>,
    sku: Option<String>,
) -> Result<Option<ItemId>, ApiError> {
    match item_filter(id, sku)? {
        Some(key) => Ok(Some(engine.item_id(context, &key).await?)),
        None => Ok(None),
    }
}

/// Returns the id of the warehouse of a filter.
///
/// # Errors
/// Both id and code, and a code that no warehouse has.
pub(super) async fn warehouse_of(
    engine: &Engine,
    context: &Context,
    id: Option<i64>,
    code: Option<String>,
) -> Result<Option<WarehouseId>, ApiError> {
    match warehouse_filter(id, code)? {
        Some(key) => Ok(Some(engine.warehouse_id(context, &key).await?)),
        None => Ok(None),
    }
}
