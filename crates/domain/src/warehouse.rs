use crate::{WarehouseCode, WarehouseId, WarehouseName};

/// A location that has stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// Its id.
    pub id: WarehouseId,
    /// A short unique name.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it receives the stock of requests that name no warehouse.
    pub is_default: bool,
    /// Units available now, over all items.
    pub units_available: i64,
}

/// A request to create a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWarehouse {
    /// A short unique name.
    pub code: WarehouseCode,
    /// Its name.
    pub name: WarehouseName,
}
