use crate::{WarehouseCode, WarehouseId, WarehouseName};

/// A place that stock lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// Its id.
    pub id: WarehouseId,
    /// Short and unique.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Takes the first stock of items for which no warehouse is named.
    pub is_default: bool,
    /// Available units of all items here.
    pub units_available: i64,
}

/// A warehouse to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWarehouse {
    /// Short and unique.
    pub code: WarehouseCode,
    /// What people call it.
    pub name: WarehouseName,
}
