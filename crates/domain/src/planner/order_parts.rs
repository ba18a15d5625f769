//! The decisions about a part of an order: units of lines are cancelled, or pass to another order.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use crate::{
    CancelLines, Error, ItemId, LevelKey, MovementReason, OrderId, OrderPartChanged, OrderStatus,
    OrderSummary, ReassignUnits,
};

impl Draft<'_> {
    pub(super) fn cancel_lines(&mut self, index: usize, cancel: &CancelLines) -> Decision {
        let id = cancel.order;
        let mut order = self.open_order(id)?;
        let (mut cancelled, mut returned) = (Vec::new(), Vec::new());
        // Each item occurs once, so the units of the others do not matter.
        let (wanted, missing) = (order.wanted(), order.missing());
        for (item, quantity) in cancel.part() {
            let wanted = wanted.get(item).copied();
            let units = cancellable_units(&order, *item, wanted, quantity.map(|quantity| quantity.get()))?;
            let missing = missing.get(item).copied().unwrap_or(0);
            returned.extend(order.deallocate(*item, units - missing.min(units)));
            order.remove_units(*item, units);
            cancelled.push((*item, units));
        }
        returned.iter().try_for_each(|(key, _)| self.check_warehouse(key.warehouse))?;
        self.check_all_bounds(returned.iter().copied())?;
        for (key, units) in &returned {
            let cause = Cause { order: Some(id), ..Cause::request(index) };
            self.change_level(*key, *units, MovementReason::Cancelled, cause)?;
        }
        let is_cancelled = order.lines.is_empty();
        if is_cancelled {
            // A cancelled order keeps its lines.
            order.lines = self.order(id)?.lines;
            order.status = OrderStatus::Cancelled;
        } else {
            order.set_status_by_units();
        }
        let status = order.status;
        let change = self.record_order(order);
        match is_cancelled {
            true => change.cancelled = Some(index),
            false => change.lines_changed = Some(index),
        }
        cancelled.sort_unstable();
        returned.sort_unstable();
        Ok(Granted::PartCancelled(OrderPartChanged { order: id, status, units: cancelled, returned }))
    }

    pub(super) fn reassign(&mut self, index: usize, reassign: &ReassignUnits) -> Decision {
        let (mut from, mut to) = (self.open_order(reassign.from)?, self.open_order(reassign.to)?);
        let missing = to.missing();
        let passed: Vec<(ItemId, i32)> = match reassign.part() {
            None => missing
                .iter()
                .map(|(item, missing)| (*item, from.units_of(*item).0.min(*missing)))
                .filter(|(_, units)| *units > 0)
                .collect(),
            Some(part) => {
                let units = |(item, quantity): &(ItemId, Option<crate::Quantity>)| {
                    let available = from.units_of(*item).0.min(missing.get(item).copied().unwrap_or(0));
                    let requested = quantity.map_or(available.max(1), |quantity| quantity.get());
                    match requested <= available {
                        true => Ok((*item, requested)),
                        false => Err(Error::UnitsNotReassignable {
                            order: reassign.from,
                            item: *item,
                            requested,
                            available,
                        }),
                    }
                };
                part.iter().map(units).collect::<Result<_, _>>()?
            }
        };
        if passed.is_empty() {
            return Err(Error::NothingToReassign { from: reassign.from, to: reassign.to });
        }
        let moved: Vec<_> = passed.iter().flat_map(|(item, units)| from.deallocate(*item, *units)).collect();
        moved.iter().try_for_each(|(key, _)| self.check_warehouse(key.warehouse))?;
        self.check_all_bounds(moved.iter().copied())?;
        for (key, units) in moved {
            self.pass_units(index, key, units, (reassign.from, reassign.to))?;
            to.allocate(key, units);
        }
        from.set_status_by_units();
        to.set_status_by_units();
        let status = to.status;
        self.record_order(from);
        self.record_order(to).allocated = Some(index);
        let changed = OrderPartChanged { order: reassign.to, status, units: passed, returned: Vec::new() };
        Ok(Granted::Reassigned(changed))
    }

    /// Records that units of a level pass from one order to another: they return and are allocated again.
    fn pass_units(
        &mut self,
        index: usize,
        key: LevelKey,
        units: i32,
        (from, to): (OrderId, OrderId),
    ) -> Result<(), Error> {
        let cause = |order| Cause { order: Some(order), ..Cause::request(index) };
        self.change_level(key, units, MovementReason::Cancelled, cause(from))?;
        self.change_level(key, -units, MovementReason::Allocated, cause(to))
    }

    /// Returns an order that is not cancelled.
    fn open_order(&self, id: OrderId) -> Result<OrderSummary, Error> {
        let order = self.order(id)?;
        match order.status {
            OrderStatus::Cancelled => Err(Error::OrderCancelled(id)),
            _ => Ok(order),
        }
    }
}

/// Returns the units of an item to cancel: the requested ones, otherwise all that are not shipped. `wanted` has the units of the
/// line.
fn cancellable_units(
    order: &OrderSummary,
    item: ItemId,
    wanted: Option<i32>,
    requested: Option<i32>,
) -> Result<i32, Error> {
    let Some(wanted) = wanted else {
        return Err(Error::NoOrderLine { order: order.id, item });
    };
    let available = wanted - order.units_of(item).1.min(wanted);
    let requested = requested.unwrap_or(available.max(1));
    match requested {
        requested if requested > wanted => {
            Err(Error::QuantityOverLine { order: order.id, item, requested, available: wanted })
        }
        requested if requested > available => {
            Err(Error::UnitsShipped { order: order.id, item, requested, available })
        }
        requested => Ok(requested),
    }
}
