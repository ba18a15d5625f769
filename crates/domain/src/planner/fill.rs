//! The decision about a partial allocation.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use super::model::Wait;
use crate::{Error, FillOrder, ItemId, LevelKey, MovementReason, OrderFilled, OrderStatus, WarehouseId};
use std::cmp::Reverse;

impl Draft<'_> {
    pub(super) fn fill(&mut self, index: usize, fill: &FillOrder) -> Decision {
        let FillOrder { order: id, warehouse, waits, priority, ref items } = *fill;
        let mut order = self.order(id)?;
        if let Some(warehouse) = warehouse {
            self.check_warehouse(warehouse)?;
            if !self.before.warehouses.contains(&warehouse) {
                return Err(Error::WarehouseNotFound(warehouse));
            }
        }
        match order.status {
            OrderStatus::Cancelled => return Err(Error::OrderCancelled(id)),
            OrderStatus::Shipped => return Err(Error::OrderShipped(id)),
            _ => {}
        }
        let missing = order.missing();
        if missing.is_empty() {
            return Err(Error::OrderAlreadyAllocated { order: id, warehouse: order.warehouse });
        }
        let mut taken = Vec::new();
        let is_asked = |item: &ItemId| items.as_ref().is_none_or(|items| items.contains(item));
        for (item, mut units) in missing.into_iter().filter(|(item, _)| is_asked(item)) {
            for (key, available) in self.fill_sources(item, warehouse) {
                let take = units.min(available);
                if take > 0 {
                    let cause = Cause { order: Some(id), ..Cause::request(index) };
                    self.change_level(key, -take, MovementReason::Allocated, cause)?;
                    order.allocate(key, take);
                    taken.push((key, take));
                    units -= take;
                }
            }
            if units > 0 {
                self.short_items.insert(item);
            }
        }
        taken.sort_unstable();
        let missing: Vec<_> = order.missing().into_iter().collect();
        order.set_status_by_units();
        let status = order.status;
        let wait = (waits && !missing.is_empty()).then_some(Wait { request: index, priority });
        if !taken.is_empty() || wait.is_some() {
            let change = self.record_order(order);
            if !taken.is_empty() {
                change.allocated = Some(index);
            }
            change.wait = wait.or(change.wait);
        }
        Ok(Granted::Filled(OrderFilled { order: id, status, taken, missing }))
    }

    /// Returns the stock levels of an item that an order may take units from, with the available units: the one with the most
    /// units first, of equal ones that with the lowest warehouse id. An archived item has none.
    fn fill_sources(&self, item: ItemId, warehouse: Option<WarehouseId>) -> Vec<(LevelKey, i32)> {
        if self.check_sellable(item).is_err() {
            return Vec::new();
        }
        let is_source = |key: &LevelKey| match warehouse {
            Some(warehouse) => key.warehouse == warehouse,
            None => self.check_warehouse(key.warehouse).is_ok(),
        };
        let mut sources: Vec<_> = self
            .levels_of(item)
            .filter(|(key, _)| is_source(key))
            .map(|(key, units)| (*key, *units))
            .collect();
        sources.sort_by_key(|(key, units)| (Reverse(*units), *key));
        sources
    }
}
