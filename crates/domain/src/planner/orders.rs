//! The decision about a single request: orders.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use super::model::OrderChange;
use crate::{
    Allocation, Error, LevelKey, MovementReason, OrderAllocation, OrderId, OrderStatus, OrderSummary, Parcel,
    WarehouseId, plan_allocation,
};
use std::collections::BTreeMap;

impl Draft<'_> {
    /// Returns an order in its current state.
    ///
    /// # Errors
    /// [`Error::OrderNotFound`].
    pub(super) fn order(&self, id: OrderId) -> Result<OrderSummary, Error> {
        let changed = self.orders.get(&id).map(|change| &change.after);
        changed.or(self.before.orders.get(&id)).cloned().ok_or(Error::OrderNotFound(id))
    }

    /// Returns an order that lacks units: a pending or a partial one.
    ///
    /// # Errors
    /// [`Error::OrderNotFound`], [`Error::OrderAlreadyAllocated`], [`Error::OrderShipped`], [`Error::OrderCancelled`].
    pub(super) fn lacking_order(&self, id: OrderId) -> Result<OrderSummary, Error> {
        let order = self.order(id)?;
        match order.status {
            OrderStatus::Pending | OrderStatus::Partial => Ok(order),
            OrderStatus::Cancelled => Err(Error::OrderCancelled(id)),
            OrderStatus::Shipped => Err(Error::OrderShipped(id)),
            OrderStatus::Allocated => {
                Err(Error::OrderAlreadyAllocated { order: id, warehouse: order.warehouse })
            }
        }
    }

    /// Records the new state of an order.
    pub(super) fn record_order(&mut self, after: OrderSummary) -> &mut OrderChange {
        let change = OrderChange {
            after: after.clone(),
            allocated: None,
            cancelled: None,
            wait: None,
            has_left_queue: false,
            lines_changed: None,
        };
        let change = self.orders.entry(after.id).or_insert(change);
        if after.is_complete() {
            (change.wait, change.has_left_queue) = (None, true);
        }
        change.after = after;
        change
    }

    /// Takes all missing units of an order from one warehouse, or none.
    pub(super) fn allocate(&mut self, index: usize, id: OrderId, warehouse: WarehouseId) -> Decision {
        self.order(id)?;
        self.check_warehouse(warehouse)?;
        let mut order = self.lacking_order(id)?;
        if !self.before.warehouses.contains(&warehouse) {
            return Err(Error::WarehouseNotFound(warehouse));
        }
        // The lines of one item may have more units than an `i32`. The plan adds them up without a bound.
        let demand = match order.status {
            OrderStatus::Pending => order.lines.clone(),
            _ => order.demand(),
        };
        demand.iter().try_for_each(|(item, _)| self.check_sellable(*item))?;
        let available = |item| self.levels.get(&LevelKey { item, warehouse }).copied().unwrap_or(0);
        let mut parcels = Vec::new();
        let shortages = match plan_allocation(&demand, available) {
            Allocation::Short(shortages) => {
                self.short_items.extend(shortages.iter().map(|shortage| shortage.item));
                shortages
            }
            Allocation::Take(lines) => {
                let units: BTreeMap<_, _> = lines.iter().copied().collect();
                parcels.extend((!units.is_empty()).then_some(Parcel { warehouse, units }));
                for (item, quantity) in lines {
                    let key = LevelKey { item, warehouse };
                    let cause = Cause { order: Some(id), ..Cause::request(index) };
                    self.change_level(key, -quantity, MovementReason::Allocated, cause)?;
                    order.allocate(key, quantity);
                }
                // An order without lines is allocated as well.
                if order.allocations.is_empty() {
                    order.warehouse = Some(warehouse);
                }
                order.status = OrderStatus::Allocated;
                self.record_order(order).allocated = Some(index);
                Vec::new()
            }
        };
        let warehouse = Some(warehouse);
        Ok(Granted::Allocated(OrderAllocation { order: id, warehouse, parcels, is_optimal: true, shortages }))
    }

    pub(super) fn cancel(&mut self, index: usize, id: OrderId) -> Decision {
        let mut order = self.order(id)?;
        if order.status == OrderStatus::Cancelled {
            return Err(Error::OrderCancelled(id));
        }
        if order.has_shipped() {
            return Err(Error::OrderShipped(id));
        }
        let returned = order.deallocate_all();
        returned.iter().try_for_each(|(key, _)| self.check_warehouse(key.warehouse))?;
        self.check_all_bounds(returned.iter().copied())?;
        for (key, units) in returned {
            let cause = Cause { order: Some(id), ..Cause::request(index) };
            self.change_level(key, units, MovementReason::Cancelled, cause)?;
        }
        order.status = OrderStatus::Cancelled;
        self.record_order(order).cancelled = Some(index);
        Ok(Granted::Cancelled(id))
    }
}
