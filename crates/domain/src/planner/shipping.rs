//! The decision about a single request: units that leave the shelf, and units that come back.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use crate::{
    BlockId, CartId, CartShipped, Error, HeldBlock, ItemId, LevelKey, MovementReason, OrderReturned,
    OrderShipped, OrderStatus, OrderSummary, OrderUnits, ReturnOrder, ShipOrder, UNITS_MAX, WarehouseId,
};
use std::collections::BTreeMap;

impl Draft<'_> {
    pub(super) fn ship(&mut self, index: usize, request: &ShipOrder) -> Decision {
        let mut order = self.order(request.order)?;
        if order.status == OrderStatus::Cancelled {
            return Err(Error::OrderCancelled(order.id));
        }
        let taken = units_to_ship(&order, request)?;
        taken.keys().try_for_each(|key| self.check_warehouse(key.warehouse))?;
        for (key, units) in &taken {
            if let Some(held) = order.allocations.get_mut(key) {
                held.allocated -= units;
                held.shipped += units;
            }
            let cause = Cause { order: Some(order.id), units: Some(*units), ..Cause::request(index) };
            self.record_movement(*key, 0, MovementReason::Shipped, cause);
        }
        if is_shipped(&order) {
            order.status = OrderStatus::Shipped;
        }
        let (id, status) = (order.id, order.status);
        self.record_order(order);
        Ok(Granted::Shipped(OrderShipped { order: id, status, units: taken.into_iter().collect() }))
    }

    pub(super) fn return_order(&mut self, index: usize, request: &ReturnOrder) -> Decision {
        let mut order = self.order(request.order)?;
        let mut taken = BTreeMap::<LevelKey, i32>::new();
        // Lines that name a warehouse are served first. The other lines take the rest.
        let mut lines: Vec<_> = request.lines().iter().collect();
        lines.sort_by_key(|line| line.warehouse.is_none());
        for line in lines {
            let rest = |units: &OrderUnits| units.shipped - units.returned;
            let free = units_left(&order, line.item, line.warehouse, &taken, rest);
            let units = line.quantity.get();
            take_units(&free, units, &mut taken).map_err(|present| {
                // The units that earlier lines return are among those that the request asks for.
                let earlier: i32 =
                    taken.iter().filter(|(key, _)| key.item == line.item).map(|(_, units)| units).sum();
                let (order, item, warehouse) = (order.id, line.item, line.warehouse);
                let requested = units.saturating_add(earlier);
                Error::OverReturned {
                    order,
                    item,
                    warehouse,
                    requested,
                    returnable: present.saturating_add(earlier),
                }
            })?;
        }
        taken.keys().try_for_each(|key| self.check_warehouse(key.warehouse))?;
        taken.keys().try_for_each(|key| self.check_receives(key.warehouse))?;
        if request.into.is_none() {
            let mut items = BTreeMap::<ItemId, i32>::new();
            taken.iter().for_each(|(key, units)| *items.entry(key.item).or_default() += units);
            items.iter().try_for_each(|(item, units)| self.check_receivable(*item, *units))?;
            self.check_all_bounds(taken.iter().map(|(key, units)| (*key, *units)))?;
            items.into_iter().for_each(|(item, units)| self.record_received(item, units));
        }
        let mut unsellable = BTreeMap::new();
        if let Some(condition) = request.into {
            for (key, units) in &taken {
                unsellable.insert(*key, self.with_units(*key, self.unsellable(*key), condition, *units)?);
            }
        }
        for (key, units) in &taken {
            if let Some(held) = order.allocations.get_mut(key) {
                held.returned += units;
            }
            let (id, condition) = (order.id, request.into);
            let cause = Cause { order: Some(id), units: Some(*units), condition, ..Cause::request(index) };
            let change = if condition.is_none() { *units } else { 0 };
            self.change_level(*key, change, MovementReason::Returned, cause)?;
        }
        self.unsellable.extend(unsellable);
        let id = order.id;
        self.record_order(order);
        let units = taken.into_iter().collect();
        Ok(Granted::Returned(OrderReturned { order: id, into: request.into, units }))
    }

    pub(super) fn ship_block(&mut self, index: usize, id: BlockId) -> Decision {
        let block = self.block(id)?;
        self.check_warehouse(block.key.warehouse)?;
        if let Some(cart) = block.cart {
            return Err(Error::BlockInCart { block: id, cart });
        }
        self.check_shippable(&block)?;
        self.record_block_shipped(index, &block);
        Ok(Granted::BlockShipped(block))
    }

    /// Ships a confirmed cart as a whole.
    pub(super) fn ship_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let blocks = self.confirmed_blocks_of(cart)?;
        blocks.iter().try_for_each(|block| self.check_warehouse(block.key.warehouse))?;
        blocks.iter().try_for_each(|block| self.check_shippable(block))?;
        blocks.iter().for_each(|block| self.record_block_shipped(index, block));
        Ok(Granted::CartShipped(CartShipped { cart, blocks }))
    }

    /// Returns the blocks of a confirmed cart.
    ///
    /// # Errors
    /// [`Error::CartNotConfirmed`] for an active cart; the error of its end for any other cart.
    fn confirmed_blocks_of(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        match self.active_blocks_of(cart) {
            Err(Error::CartConfirmed(_)) => {}
            Err(other) => return Err(other),
            Ok(_) => return Err(Error::CartNotConfirmed(cart)),
        }
        let first = [BlockId(cart.0)];
        let members = self.before.carts.get(&cart).map_or(first.as_slice(), Vec::as_slice);
        let blocks = members.iter().filter_map(|id| self.block(*id).ok());
        let mut blocks: Vec<_> =
            blocks.filter(|block| block.cart == Some(cart) && block.expires_at.is_none()).collect();
        blocks.sort_unstable_by_key(|block| block.id);
        blocks.dedup_by_key(|block| block.id);
        Ok(blocks)
    }

    /// Checks that a block is permanent and on the shelf.
    fn check_shippable(&self, block: &HeldBlock) -> Result<(), Error> {
        if block.expires_at.is_some() {
            block.active_until(self.before.now)?;
            return Err(Error::BlockNotPermanent(block.id));
        }
        self.check_on_shelf(block.id)
    }

    /// Checks that a block was shipped neither before nor by an earlier request of the plan.
    pub(super) fn check_on_shelf(&self, block: BlockId) -> Result<(), Error> {
        match self.before.shipped_blocks.contains(&block) || self.shipped.contains_key(&block) {
            true => Err(Error::BlockAlreadyShipped(block)),
            false => Ok(()),
        }
    }

    fn record_block_shipped(&mut self, index: usize, block: &HeldBlock) {
        self.shipped.insert(block.id, block.key.item);
        let cause = Cause { units: Some(block.quantity), ..Cause::block(block.id, index) };
        self.record_movement(block.key, 0, MovementReason::Shipped, cause);
    }
}

/// Returns the units of an order that a request ships, by stock level.
///
/// # Errors
/// [`Error::NotAllocated`] without lines, if no unit can be shipped. [`Error::UnitsNotAllocated`] for a line with too few
/// allocated units.
fn units_to_ship(order: &OrderSummary, request: &ShipOrder) -> Result<BTreeMap<LevelKey, i32>, Error> {
    let is_here = |key: &LevelKey| request.warehouse.is_none_or(|warehouse| key.warehouse == warehouse);
    if request.lines().is_empty() {
        let allocated = order.allocations.iter().filter(|(key, units)| is_here(key) && units.allocated > 0);
        let all: BTreeMap<_, _> = allocated.map(|(key, units)| (*key, units.allocated)).collect();
        return match (all.is_empty(), order.status) {
            (true, OrderStatus::Shipped) => Err(Error::OrderShipped(order.id)),
            (true, _) => Err(Error::NotAllocated(order.id)),
            (false, _) => Ok(all),
        };
    }
    let mut sums = BTreeMap::<ItemId, i64>::new();
    for (item, quantity) in request.lines() {
        *sums.entry(*item).or_default() += i64::from(quantity.get());
    }
    let mut taken = BTreeMap::new();
    for (item, requested) in sums {
        let requested = i32::try_from(requested).unwrap_or(UNITS_MAX);
        let free = units_left(order, item, request.warehouse, &taken, |units| units.allocated);
        take_units(&free, requested, &mut taken).map_err(|allocated| {
            let (order, warehouse) = (order.id, request.warehouse);
            Error::UnitsNotAllocated { order, item, warehouse, requested, allocated }
        })?;
    }
    Ok(taken)
}

/// Returns the units of an item that a request can still take from an order, by ascending stock level.
fn units_left(
    order: &OrderSummary,
    item: ItemId,
    warehouse: Option<WarehouseId>,
    taken: &BTreeMap<LevelKey, i32>,
    units_of: impl Fn(&OrderUnits) -> i32,
) -> Vec<(LevelKey, i32)> {
    let of_item = order.allocations.iter().filter(|(key, _)| key.item == item);
    let here = of_item.filter(|(key, _)| warehouse.is_none_or(|warehouse| key.warehouse == warehouse));
    here.map(|(key, units)| (*key, units_of(units) - taken.get(key).copied().unwrap_or(0))).collect()
}

/// Takes units from the first levels that have some. Returns the present units if they are too few.
fn take_units(free: &[(LevelKey, i32)], units: i32, taken: &mut BTreeMap<LevelKey, i32>) -> Result<(), i32> {
    let present: i64 = free.iter().map(|(_, free)| i64::from(*free)).sum();
    if present < i64::from(units) {
        return Err(i32::try_from(present).unwrap_or(UNITS_MAX));
    }
    let mut rest = units;
    for (key, free) in free {
        let part = rest.min(*free);
        if part > 0 {
            *taken.entry(*key).or_default() += part;
            rest -= part;
        }
    }
    Ok(())
}

/// Returns whether every unit that the customer wants has left the shelf.
fn is_shipped(order: &OrderSummary) -> bool {
    let nothing_left = order.allocations.values().all(|units| units.allocated == 0);
    let shipped = |item| {
        let units = order.allocations.iter().filter(|(key, _)| key.item == item);
        units.map(|(_, units)| i64::from(units.shipped)).sum::<i64>()
    };
    nothing_left && order.lines.iter().all(|(item, wanted)| shipped(*item) >= i64::from(*wanted))
}
