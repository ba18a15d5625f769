//! Partial allocation: an order takes the units that are there, and its missing units wait.

use crate::{
    Error, ItemId, KeyDirectory, Keyed, Keys, LevelKey, OrderId, OrderPriority, OrderStatus, OrderSummary,
    WarehouseId, WarehouseKey, missing_units,
};
use std::collections::{BTreeMap, BTreeSet};

/// A request to take the missing units of an order that are available, also those of expired blocks. `W` names the warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillOrder<W = WarehouseId> {
    /// The order.
    pub order: OrderId,
    /// The warehouse of the units. `None`: all warehouses that the caller may change, for each item the one with the most
    /// units first.
    pub warehouse: Option<W>,
    /// Whether the units that are still missing wait. `false` leaves an order in the queue that waits already.
    pub waits: bool,
    /// The priority in the queue; `None` for the present one.
    pub priority: Option<OrderPriority>,
    /// The items whose missing units it takes; `None` for all items.
    pub items: Option<BTreeSet<ItemId>>,
}

impl FillOrder {
    /// Returns the request of the queue of missing units. `items` are those that no earlier order of the queue misses.
    pub fn of_queue(order: OrderId, items: BTreeSet<ItemId>) -> Self {
        Self { order, warehouse: None, waits: false, priority: None, items: Some(items) }
    }
}

/// A request to put an order that lacks units into the queue of missing units, or to take it out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueOrder {
    /// The order.
    pub order: OrderId,
    /// Whether its missing units wait.
    pub waits: bool,
    /// The priority in the queue; `None` for the present one.
    pub priority: Option<OrderPriority>,
}

impl QueueOrder {
    /// Checks that the order lacks units.
    ///
    /// # Errors
    /// [`Error::OrderAlreadyAllocated`], [`Error::OrderShipped`], [`Error::OrderCancelled`].
    pub fn check(&self, present: &OrderSummary) -> Result<(), Error> {
        match present.status {
            OrderStatus::Pending | OrderStatus::Partial => Ok(()),
            OrderStatus::Allocated => {
                Err(Error::OrderAlreadyAllocated { order: self.order, warehouse: present.warehouse })
            }
            OrderStatus::Shipped => Err(Error::OrderShipped(self.order)),
            OrderStatus::Cancelled => Err(Error::OrderCancelled(self.order)),
        }
    }
}

impl Keyed for FillOrder<WarehouseKey> {
    type Resolved = FillOrder;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(None, &self.warehouse)
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<FillOrder, Error> {
        let warehouse = self.warehouse.as_ref().map(|warehouse| warehouse.resolve(directory)).transpose()?;
        let items = self.items.clone();
        Ok(FillOrder { order: self.order, warehouse, waits: self.waits, priority: self.priority, items })
    }
}

/// The result of a partial allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFilled {
    /// The order.
    pub order: OrderId,
    /// Its status after it.
    pub status: OrderStatus,
    /// The units that were taken, by ascending stock level.
    pub taken: Vec<(LevelKey, i32)>,
    /// The units that are still missing, by ascending item id.
    pub missing: Vec<(ItemId, i32)>,
}

impl OrderSummary {
    /// Returns the units that are neither allocated nor shipped, by item. No entry is 0.
    pub fn missing(&self) -> BTreeMap<ItemId, i32> {
        let taken = self.allocations.iter();
        let taken = taken.map(|(key, units)| (key.item, units.allocated.saturating_add(units.shipped)));
        missing_units(self.lines.iter().copied(), taken)
    }

    /// Returns the units that an allocation takes: those of all lines, or the missing ones, by ascending item id.
    pub fn demand(&self) -> Vec<(ItemId, i32)> {
        self.missing().into_iter().collect()
    }

    /// Sets the status that follows from the units.
    pub fn set_status_by_units(&mut self) {
        let has_allocated = self.allocations.values().any(|units| units.allocated > 0);
        self.status = match (self.missing().is_empty(), has_allocated, self.has_shipped()) {
            (false, false, false) => OrderStatus::Pending,
            (false, ..) => OrderStatus::Partial,
            (true, false, true) => OrderStatus::Shipped,
            (true, ..) => OrderStatus::Allocated,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrderUnits;

    #[test]
    fn the_status_follows_from_the_units() {
        let key = |item, warehouse| LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) };
        let units = |allocated, shipped| OrderUnits { allocated, shipped, returned: 0 };
        for (allocations, status, missing) in [
            (vec![], OrderStatus::Pending, vec![(1, 3), (2, 1)]),
            (vec![(key(1, 1), units(2, 0))], OrderStatus::Partial, vec![(1, 1), (2, 1)]),
            (vec![(key(1, 1), units(0, 3))], OrderStatus::Partial, vec![(2, 1)]),
            (
                vec![(key(1, 1), units(1, 0)), (key(1, 2), units(0, 2)), (key(2, 1), units(1, 0))],
                OrderStatus::Allocated,
                vec![],
            ),
            (vec![(key(1, 1), units(0, 3)), (key(2, 2), units(0, 1))], OrderStatus::Shipped, vec![]),
        ] {
            let mut order = OrderSummary {
                id: OrderId(1),
                status: OrderStatus::Cancelled,
                warehouse: None,
                lines: vec![(ItemId(1), 3), (ItemId(2), 1)],
                allocations: allocations.into_iter().collect(),
            };
            order.set_status_by_units();
            assert_eq!(order.status, status);
            let missing: Vec<_> = missing.into_iter().map(|(item, units)| (ItemId(item), units)).collect();
            assert_eq!(order.missing().into_iter().collect::<Vec<_>>(), missing);
        }
    }
}
