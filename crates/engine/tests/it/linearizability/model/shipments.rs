//! The rules of shipments and returns.

use super::*;
use domain::{
    CartShipped, Decision, Granted, OrderReturned, OrderShipped, OrderStatus, ReturnLine, ReturnOrder,
    ShipOrder,
};

impl Ledger {
    /// Ships allocated units of an order. Returns whether the response matches.
    pub(super) fn ship(&mut self, request: &ShipOrder, answer: &Decision) -> bool {
        let id = request.order;
        let Some(mut order) = self.orders.get(&id).cloned() else {
            return *answer == Err(Rejection::OrderNotFound(id));
        };
        if order.status == OrderStatus::Cancelled {
            return *answer == Err(Rejection::OrderCancelled(id));
        }
        let here = |key: &LevelKey| request.warehouse.is_none_or(|warehouse| key.warehouse == warehouse);
        let mut wanted = BTreeMap::<ItemId, i32>::new();
        request.lines().iter().for_each(|(item, units)| *wanted.entry(*item).or_default() += units.get());
        let mut units = BTreeMap::new();
        if request.lines().is_empty() {
            let allocated = order.held.iter().filter(|(key, held)| here(key) && held.allocated > 0);
            units.extend(allocated.map(|(key, held)| (*key, held.allocated)));
        }
        for (item, requested) in wanted {
            let levels = order.held.iter().filter(|(key, _)| key.item == item && here(key));
            let levels: Vec<_> = levels.map(|(key, held)| (*key, held.allocated)).collect();
            let allocated = levels.iter().map(|(_, units)| units).sum::<i32>();
            if allocated < requested {
                let warehouse = request.warehouse;
                let rejection =
                    Rejection::UnitsNotAllocated { order: id, item, warehouse, requested, allocated };
                return *answer == Err(rejection);
            }
            units.extend(first_of(&levels, requested));
        }
        if units.is_empty() {
            let is_over = order.status == OrderStatus::Shipped;
            return *answer
                == Err(if is_over { Rejection::OrderShipped(id) } else { Rejection::NotAllocated(id) });
        }
        for (key, units) in &units {
            let held = order.held.entry(*key).or_default();
            held.allocated -= units;
            held.shipped += units;
        }
        order.set_status();
        let status = order.status;
        self.orders.insert(id, order);
        let units = units.into_iter().collect();
        *answer == Ok(Granted::Shipped(OrderShipped { order: id, status, units }))
    }

    /// Takes shipped units back, one line after the other. Lines that name a warehouse are first.
    pub(super) fn take_back(&mut self, request: &ReturnOrder, answer: &Decision) -> bool {
        let id = request.order;
        let Some(mut order) = self.orders.get(&id).cloned() else {
            return *answer == Err(Rejection::OrderNotFound(id));
        };
        let mut units = BTreeMap::<LevelKey, i32>::new();
        let (named, others): (Vec<&ReturnLine>, Vec<&ReturnLine>) =
            request.lines().iter().partition(|line| line.warehouse.is_some());
        for line in named.into_iter().chain(others) {
            let here = |key: &LevelKey| line.warehouse.is_none_or(|warehouse| key.warehouse == warehouse);
            let levels = order.held.iter().filter(|(key, _)| key.item == line.item && here(key));
            let levels: Vec<_> = levels.map(|(key, held)| (*key, held.shipped - held.returned)).collect();
            let (present, requested) =
                (levels.iter().map(|(_, units)| units).sum::<i32>(), line.quantity.get());
            if present < requested {
                let earlier = units.iter().filter(|(key, _)| key.item == line.item);
                let earlier: i32 = earlier.map(|(_, units)| units).sum();
                let rejection = Rejection::OverReturned {
                    order: id,
                    item: line.item,
                    warehouse: line.warehouse,
                    requested: requested + earlier,
                    returnable: present + earlier,
                };
                return *answer == Err(rejection);
            }
            for (key, part) in first_of(&levels, requested) {
                order.held.entry(key).or_default().returned += part;
                *units.entry(key).or_default() += part;
            }
        }
        units.iter().for_each(|(key, units)| self.shift(*key, request.into, *units));
        self.orders.insert(id, order);
        let returned = OrderReturned { order: id, into: request.into, units: units.into_iter().collect() };
        *answer == Ok(Granted::Returned(returned))
    }

    /// Ships a permanent block. Returns whether the response matches.
    pub(super) fn ship_block(&mut self, id: BlockId, answer: &Decision) -> bool {
        let entry = self.blocks.get(&id);
        let cart = entry.and_then(|entry| entry.cart);
        let rejection = match entry.map(|entry| entry.state) {
            Some(State::Expired | State::Released | State::Converted(_)) | None => self.live(id).err(),
            Some(_) if cart.is_some() => cart.map(|cart| Rejection::BlockInCart { block: id, cart }),
            Some(State::Due) => self.live(id).err(),
            Some(State::Held | State::HeldBriefly) => Some(Rejection::BlockNotPermanent(id)),
            Some(State::Gone) => Some(Rejection::BlockAlreadyShipped(id)),
            Some(State::Sold) => None,
        };
        match (rejection, answer) {
            (Some(wanted), Err(rejection)) => same_end(&wanted, rejection),
            (None, Ok(Granted::BlockShipped(block))) => self.send(id).as_ref() == Some(block),
            _ => false,
        }
    }

    /// Ships a confirmed cart. Returns whether the response matches.
    pub(super) fn ship_cart(&mut self, cart: CartId, answer: &Decision) -> bool {
        match (self.cart_end(cart), answer) {
            (None, Err(rejection)) => *rejection == Rejection::CartNotConfirmed(cart),
            (Some(Rejection::CartConfirmed(_)), answer) => {
                let (sold, gone) = self.sold_of(cart);
                match (gone.first(), answer) {
                    (Some(first), Err(rejection)) => *rejection == Rejection::BlockAlreadyShipped(*first),
                    (None, Ok(Granted::CartShipped(CartShipped { cart: named, blocks }))) => {
                        let sent: Option<Vec<_>> = sold.into_iter().map(|id| self.send(id)).collect();
                        *named == cart && sent.as_ref() == Some(blocks)
                    }
                    _ => false,
                }
            }
            (Some(wanted), Err(rejection)) => same_end(&wanted, rejection),
            _ => false,
        }
    }

    /// Returns the permanent blocks of a cart that are on the shelf, and those that left it.
    pub(super) fn sold_of(&self, cart: CartId) -> (Vec<BlockId>, Vec<BlockId>) {
        let in_state = |state| {
            let blocks = self.blocks.iter().filter(|(_, entry)| entry.cart == Some(cart));
            blocks.filter(|(_, entry)| entry.state == state).map(|(id, _)| *id).collect()
        };
        (in_state(State::Sold), in_state(State::Gone))
    }

    fn send(&mut self, id: BlockId) -> Option<HeldBlock> {
        let entry = self.blocks.get_mut(&id)?;
        entry.state = State::Gone;
        Some(HeldBlock { id, key: entry.key, quantity: entry.units, expires_at: None, cart: entry.cart })
    }
}

/// Divides units among levels, the first ones first.
fn first_of(levels: &[(LevelKey, i32)], mut units: i32) -> Vec<(LevelKey, i32)> {
    let mut parts = Vec::new();
    for (key, available) in levels {
        let part = units.min(*available);
        units -= part;
        parts.extend((part > 0).then_some((*key, part)));
    }
    parts
}
