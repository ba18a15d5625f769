use crate::{Coordinates, Error, Time, Version, WarehouseCode, WarehouseId, WarehouseName};

/// The maximum of a priority's absolute value.
pub const PRIORITY_MAX: i32 = 1_000_000;

/// The place of a warehouse in the order of allocation: a lower one comes first. -[`PRIORITY_MAX`] to [`PRIORITY_MAX`];
/// default 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(i32);

impl Priority {
    /// Creates a priority.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is out of range.
    pub fn new(priority: i64) -> Result<Self, Error> {
        match i32::try_from(priority) {
            Ok(priority) if (-PRIORITY_MAX..=PRIORITY_MAX).contains(&priority) => Ok(Self(priority)),
            _ => {
                let reason = format!("must be -{PRIORITY_MAX} to {PRIORITY_MAX}, not {priority}");
                Err(Error::invalid("priority", reason))
            }
        }
    }

    /// The number.
    pub fn get(self) -> i32 {
        self.0
    }
}

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
    /// Its place in the order of allocation.
    pub priority: Priority,
    /// Its position, for the nearest warehouse of an order.
    pub coordinates: Option<Coordinates>,
}

impl Warehouse {
    /// Returns the version of its details: of everything but its units and its times.
    pub fn version(&self) -> Version {
        let Self { id: _, code, name, is_default, units_available: _, archived_at, priority, coordinates } =
            self;
        let (default, archived) = (is_default.then_some("default"), archived_at.map(|_| "archived"));
        let priority = priority.get().to_string();
        let position = coordinates.map(|at| format!("{} {}", at.latitude(), at.longitude()));
        Version::of(&[Some(code), Some(name), default, archived, Some(&priority), position.as_deref()])
    }
}

/// A request to create a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWarehouse {
    /// A short unique name.
    pub code: WarehouseCode,
    /// Its name.
    pub name: WarehouseName,
    /// Its place in the order of allocation.
    pub priority: Priority,
    /// Its position.
    pub coordinates: Option<Coordinates>,
}

impl NewWarehouse {
    /// Creates a request with the default priority and without a position.
    pub fn new(code: WarehouseCode, name: WarehouseName) -> Self {
        Self { code, name, priority: Priority::default(), coordinates: None }
    }
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
    /// A new place in the order of allocation.
    pub priority: Option<Priority>,
    /// A new position; `Some(None)` removes it.
    pub coordinates: Option<Option<Coordinates>>,
}

impl WarehousePatch {
    /// Returns the patch.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it changes nothing.
    pub fn checked(self) -> Result<Self, Error> {
        if self == Self::default() {
            return Err(Error::invalid(
                "body",
                "must name at least one of code, name, isDefault, priority, latitude and longitude",
            ));
        }
        Ok(self)
    }
}
