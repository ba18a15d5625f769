use crate::line_sums::sum_lines;
use crate::{
    Error, ItemId, LevelKey, OrderId, OrderPriority, OrderStatus, Quantity, Reference, Time, Version,
    WarehouseId,
};
use std::collections::BTreeMap;

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The shop's name for it.
    pub reference: Option<String>,
    /// Its status.
    pub status: OrderStatus,
    /// The warehouse of its units; `None` if there are several.
    pub warehouse: Option<WarehouseId>,
    /// The code of that warehouse.
    pub warehouse_code: Option<String>,
    /// One line per item, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// The units that it has, by ascending stock level.
    pub allocations: Vec<OrderHolding>,
    /// The time at which it was created.
    pub created_at: Time,
    /// The time of the last change of its status or its lines.
    pub updated_at: Time,
    /// The time at which it was allocated; a later cancellation keeps it.
    pub allocated_at: Option<Time>,
    /// The principal that created it. `None` if another system or an earlier version did.
    pub created_by: Option<String>,
    /// The principal that allocated it.
    pub allocated_by: Option<String>,
    /// The principal that cancelled it.
    pub cancelled_by: Option<String>,
    /// Its priority in the queue of missing units: higher first.
    pub priority: i32,
    /// The time since which its missing units wait; `None` if they do not.
    pub waiting_since: Option<Time>,
    /// Its place in the queue, from 1; `None` in a list, without waiting units, and after 1,000 others.
    pub queue_place: Option<i64>,
}

impl Order {
    /// Returns the version of its lines. Equal lines have equal versions.
    pub fn lines_version(&self) -> Version {
        Version::of_lines(self.lines.iter().map(|line| (line.item, line.quantity)))
    }

    /// Returns the units that are neither allocated nor shipped, by item. A cancelled order misses none.
    pub fn missing(&self) -> BTreeMap<ItemId, i32> {
        if self.status == OrderStatus::Cancelled {
            return BTreeMap::new();
        }
        let lines = self.lines.iter().map(|line| (line.item, line.quantity));
        let taken = self
            .allocations
            .iter()
            .map(|held| (held.key.item, held.units.allocated.saturating_add(held.units.shipped)));
        missing_units(lines, taken)
    }
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The item.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// Units.
    pub quantity: i32,
}

/// The units of an order from one stock level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderUnits {
    /// Units that were taken from the level and are on the shelf.
    pub allocated: i32,
    /// Units that have left the shelf.
    pub shipped: i32,
    /// The part of the shipped units that came back.
    pub returned: i32,
}

/// The units of an order from one stock level, as they are shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHolding {
    /// The stock level.
    pub key: LevelKey,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// The units.
    pub units: OrderUnits,
}

/// A request to create an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The shop's name for it.
    pub reference: Option<Reference>,
    /// Whether no other order may have the reference.
    pub has_unique_reference: bool,
    /// Units of each item, by ascending item id. Not empty.
    pub lines: BTreeMap<ItemId, Quantity>,
    /// Its priority in the queue of missing units.
    pub priority: OrderPriority,
    /// Whether its units wait in the queue.
    pub waits: bool,
}

impl NewOrder {
    /// Creates a request. Lines of the same item are added up.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`crate::ORDER_LINES_MAX`] lines, and if a sum exceeds [`crate::UNITS_MAX`].
    pub fn new(
        reference: Option<Reference>,
        lines: impl IntoIterator<Item = (ItemId, Quantity)>,
    ) -> Result<Self, Error> {
        Ok(Self {
            reference,
            has_unique_reference: false,
            lines: sum_lines(lines)?,
            priority: OrderPriority::default(),
            waits: false,
        })
    }

    /// Returns the request with the condition that no other order has its reference, if `is_unique`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the condition without a reference.
    pub fn with_unique_reference(self, is_unique: bool) -> Result<Self, Error> {
        match is_unique && self.reference.is_none() {
            true => Err(Error::invalid("uniqueReference", "needs a reference")),
            false => Ok(Self { has_unique_reference: is_unique, ..self }),
        }
    }
}

/// The fields of an order that the planner needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// Its status.
    pub status: OrderStatus,
    /// The warehouse of its units; `None` if there are several.
    pub warehouse: Option<WarehouseId>,
    /// Units of each item, by ascending item id.
    pub lines: Vec<(ItemId, i32)>,
    /// The units that it has. An entry with no allocated and no shipped units is removed.
    pub allocations: BTreeMap<LevelKey, OrderUnits>,
}

impl OrderSummary {
    /// Returns the version of its lines, as [`Order::lines_version`].
    pub fn lines_version(&self) -> Version {
        Version::of_lines(self.lines.iter().copied())
    }

    /// Allocates more units of a stock level.
    pub fn allocate(&mut self, key: LevelKey, units: i32) {
        self.allocations.entry(key).or_default().allocated += units;
        self.set_warehouse();
    }

    /// Takes the allocated units out of the order and returns them, by ascending stock level.
    pub fn deallocate_all(&mut self) -> Vec<(LevelKey, i32)> {
        let allocated = self.allocations.iter().filter(|(_, units)| units.allocated > 0);
        let allocated: Vec<_> = allocated.map(|(key, units)| (*key, units.allocated)).collect();
        self.allocations.retain(|_, units| {
            units.allocated = 0;
            units.shipped > 0
        });
        allocated
    }

    /// Returns whether the order has every unit of its lines.
    pub fn is_complete(&self) -> bool {
        let mut units = BTreeMap::<ItemId, i64>::new();
        for (key, of_level) in &self.allocations {
            *units.entry(key.item).or_default() +=
                i64::from(of_level.allocated) + i64::from(of_level.shipped);
        }
        self.lines.iter().all(|(item, wanted)| units.get(item).copied().unwrap_or(0) >= i64::from(*wanted))
    }

    /// Returns whether units of the order have left the shelf.
    pub fn has_shipped(&self) -> bool {
        self.allocations.values().any(|units| units.shipped > 0)
    }

    /// Sets the warehouse to the only one that the order has units of.
    pub(crate) fn set_warehouse(&mut self) {
        let mut warehouses = self.allocations.keys().map(|key| key.warehouse);
        let first = warehouses.next();
        self.warehouse = first.filter(|first| warehouses.all(|other| other == *first));
    }
}

/// Returns the missing units of an order: those of its lines that are neither allocated nor shipped, by item. No entry is 0.
pub fn missing_units(
    lines: impl IntoIterator<Item = (ItemId, i32)>,
    taken: impl IntoIterator<Item = (ItemId, i32)>,
) -> BTreeMap<ItemId, i32> {
    let mut missing = BTreeMap::<ItemId, i64>::new();
    for (item, units) in lines {
        *missing.entry(item).or_default() += i64::from(units);
    }
    for (item, units) in taken {
        if let Some(left) = missing.get_mut(&item) {
            *left -= i64::from(units);
        }
    }
    let positive = missing.into_iter().filter(|(_, units)| *units > 0);
    positive.map(|(item, units)| (item, i32::try_from(units).unwrap_or(i32::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_same_item_are_added_up() -> Result<(), Error> {
        let lines = [(2, 1), (1, 5), (2, 3)];
        let lines = lines.map(|(item, quantity)| Ok((ItemId(item), Quantity::new(quantity)?)));
        let order = NewOrder::new(None, lines.into_iter().collect::<Result<Vec<_>, Error>>()?)?;
        let sums: Vec<_> = order.lines.iter().map(|(item, quantity)| (item.0, quantity.get())).collect();
        assert_eq!(sums, [(1, 5), (2, 4)]);
        assert!(NewOrder::new(None, []).is_err());
        let huge = Quantity::new(i64::from(crate::UNITS_MAX))?;
        assert!(NewOrder::new(None, [(ItemId(1), huge), (ItemId(1), huge)]).is_err());
        Ok(())
    }
}
