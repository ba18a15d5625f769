use crate::{Error, Time, Version, WarehouseCode, WarehouseId, WarehouseName};

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
    /// The time at which it was archived. An archived warehouse receives no units.
    pub archived_at: Option<Time>,
}

impl Warehouse {
    /// Returns the version of its details: of everything but its units and its times.
    pub fn version(&self) -> Version {
        let Self { id: _, code, name, is_default, units_available: _, archived_at } = self;
        let (default, archived) = (is_default.then_some("default"), archived_at.map(|_| "archived"));
        Version::of(&[Some(code), Some(name), default, archived])
    }
}

/// A request to create a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWarehouse {
    /// A short unique name.
    pub code: WarehouseCode,
    /// Its name.
    pub name: WarehouseName,
}

/// Changed fields of a warehouse. `None` keeps the current value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarehousePatch {
    /// A new short unique name.
    pub code: Option<WarehouseCode>,
    /// A new name.
    pub name: Option<WarehouseName>,
    /// Makes the warehouse the default one. The former default warehouse is no longer the default.
    pub make_default: bool,
}

impl WarehousePatch {
    /// Returns the patch.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it changes nothing.
    pub fn checked(self) -> Result<Self, Error> {
        if self == Self::default() {
            return Err(Error::invalid("body", "must name at least one of code, name, isDefault"));
        }
        Ok(self)
    }
}
