//! The rules of the reference model: the response to each request, and the state after it.

use super::*;
use crate::linearizability::search::Action;
use domain::{Cart, ChangeCart, Decision, Granted, LevelTarget, Request, Shortage, StockMove, StockMoved};

impl Ledger {
    /// Returns the state after a block has expired.
    pub(in crate::linearizability) fn after_expiry(&self, id: BlockId) -> Option<Self> {
        let mut then = self.clone();
        let entry = then.blocks.get_mut(&id).filter(|entry| entry.state == State::HeldBriefly)?;
        entry.state = State::Due;
        Some(then)
    }

    /// Returns the state after an expired block's units were reclaimed.
    pub(in crate::linearizability) fn after_return(&self, id: BlockId) -> Option<Self> {
        let mut then = self.clone();
        let entry = then.blocks.get_mut(&id).filter(|entry| entry.state == State::Due)?;
        entry.state = State::Expired;
        let (key, units) = (entry.key, entry.units);
        then.add(key, units);
        Some(then)
    }

    /// Returns the state after a client's action. `None` if the action is impossible in this state.
    pub(in crate::linearizability) fn after(&self, action: &Action) -> Option<Self> {
        match action {
            Action::Requested(request, answer) => self.after_request(request, answer),
            Action::OrderCreated(id, lines) => {
                let mut then = self.clone();
                let order = Order { status: "pending".into(), warehouse: None, lines: lines.clone() };
                then.orders.insert(*id, order).is_none().then_some(then)
            }
        }
    }

    /// Returns the state after a request with this response. `None` if this state would give another response.
    fn after_request(&self, request: &Request, answer: &Decision) -> Option<Self> {
        let mut then = self.clone();
        let right = match (request, answer) {
            (Request::Place(place), Ok(Granted::Placed(placed))) => {
                let line =
                    CartLine { item: place.item, quantity: place.quantity, warehouse: place.warehouse };
                then.take(&line).ok() == Some(placed.key) && then.hold(&line, placed, None, None)
            }
            (Request::Place(place), Err(rejection)) => {
                let line =
                    CartLine { item: place.item, quantity: place.quantity, warehouse: place.warehouse };
                then.take(&line).as_ref() == Err(rejection) && !self.is_due(place.item, None)
            }
            (Request::PlaceCart(cart), Ok(Granted::CartPlaced(placed))) => {
                let taken = then.take_all(cart);
                taken == Ok(placed.blocks.iter().map(|block| block.key).collect())
                    && placed.blocks.first().is_some_and(|block| block.id.0 == placed.id.0)
                    && cart.lines().iter().zip(&placed.blocks).all(|(line, block)| {
                        let reference = cart.reference.as_ref().map(ToString::to_string);
                        then.hold(line, block, Some(placed.id), reference)
                    })
            }
            (Request::PlaceCart(cart), Err(rejection)) => {
                let due = match rejection {
                    Rejection::CartShort(short) => short.iter().any(|line| self.is_due(line.item, None)),
                    _ => false,
                };
                then.take_all(cart).as_ref() == Err(rejection) && !due
            }
            (Request::Confirm(id, part), answer) => {
                let part = part.map(Quantity::get);
                match (then.alone(*id), part, answer) {
                    (Ok(entry), Some(units), Err(rejection)) if units > entry.units => {
                        *rejection
                            == Rejection::QuantityOverBlock {
                                block: *id,
                                requested: units,
                                held: entry.units,
                            }
                    }
                    (Ok(_), _, Ok(Granted::Confirmed(sold))) => then.sell(*id, part) == Some(*sold),
                    (Err(wanted), _, Err(rejection)) => same_end(&wanted, rejection),
                    _ => false,
                }
            }
            (Request::Release(id), answer) => match (then.alone(*id), answer) {
                (Ok(_), Ok(Granted::Released(released))) => then.give_back(*id) == Some(*released),
                (Err(wanted), Err(rejection)) => same_end(&wanted, rejection),
                _ => false,
            },
            (Request::Extend(id, _), answer) => match (then.alone(*id), answer) {
                (Ok(_), Ok(Granted::Extended(extended))) => extended.id == *id && then.prolong(extended),
                (Err(wanted), Err(rejection)) => same_end(&wanted, rejection),
                _ => false,
            },
            (Request::ConfirmCart(cart), Ok(Granted::CartConfirmed(id, sold))) => {
                let live = then.live_of(*cart);
                let now_sold: Option<Vec<_>> = live.iter().map(|id| then.sell(*id, None)).collect();
                id == cart && !live.is_empty() && now_sold.as_ref() == Some(sold)
            }
            (Request::ReleaseCart(cart), Ok(Granted::CartReleased(id, released))) => {
                let live = then.live_of(*cart);
                let now_released: Option<Vec<_>> = live.iter().map(|id| then.give_back(*id)).collect();
                id == cart && !live.is_empty() && now_released.as_ref() == Some(released)
            }
            (Request::ExtendCart(cart, _), Ok(Granted::CartExtended(id, extended))) => {
                let live = then.live_of(*cart);
                let reported: Vec<_> = extended.iter().map(|block| block.id).collect();
                id == cart
                    && !live.is_empty()
                    && live == reported
                    && extended.iter().all(|block| then.prolong(block))
            }
            (
                Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _),
                Err(rejection),
            ) => self.cart_end(*cart).is_some_and(|wanted| same_end(&wanted, rejection)),
            (Request::ChangeCart(change), answer) => then.change_cart(change, answer),
            (Request::Adjust(adjustment), answer) => {
                let (item, delta) = (adjustment.item, adjustment.delta);
                let warehouse = adjustment.warehouse?;
                let key = LevelKey { item, warehouse };
                let before = self.units(key);
                match answer {
                    Ok(Granted::Adjusted(reported)) => {
                        then.add(key, delta);
                        before + delta >= 0
                            && (reported.item, reported.warehouse, reported.delta) == (item, warehouse, delta)
                            && (reported.available, reported.quantity) == (then.units(key), then.total(item))
                    }
                    Err(rejection) => {
                        let short =
                            Rejection::InsufficientStock { item, requested: -delta, available: before };
                        before + delta < 0 && *rejection == short && !self.is_due(item, None)
                    }
                    _ => false,
                }
            }
            (Request::ChangeLevel(change), answer) => {
                let LevelTarget::Set { units, expected, .. } = change.target else { return None };
                let (item, warehouse) = (change.item, change.warehouse?);
                let key = LevelKey { item, warehouse };
                let (before, counted) = (self.units(key), units.get());
                match answer {
                    Ok(Granted::LevelChanged(reported)) => {
                        then.add(key, counted - before);
                        expected.is_none_or(|expected| expected.get() == before)
                            && (reported.item, reported.warehouse) == (item, warehouse)
                            && reported.delta == counted - before
                            && reported.units.available == i64::from(counted)
                    }
                    Err(Rejection::StockMismatch { present, .. }) => {
                        expected.is_some_and(|expected| expected.get() != before)
                            && *present == i64::from(before)
                    }
                    _ => false,
                }
            }
            (Request::Move(StockMove { item, from, to, quantity, .. }), answer) => {
                let (item, units) = (*item, quantity.get());
                let [from, to] = [from, to].map(|warehouse| LevelKey { item, warehouse: *warehouse });
                let available = self.units(from);
                match answer {
                    Ok(Granted::Moved(reported)) => {
                        then.add(from, -units);
                        then.add(to, units);
                        let (from_available, to_available) = (then.units(from), then.units(to));
                        let (from, to) = (from.warehouse, to.warehouse);
                        let moved =
                            StockMoved { item, from, to, quantity: units, from_available, to_available };
                        available >= units && *reported == moved
                    }
                    Err(rejection) => {
                        let short = Rejection::InsufficientStock { item, requested: units, available };
                        available < units && *rejection == short && !self.is_due(item, None)
                    }
                    _ => false,
                }
            }
            (Request::Allocate(id, warehouse), answer) => then.allocate(*id, *warehouse, answer),
            (Request::Cancel(id), answer) => then.cancel(*id, answer),
            _ => false,
        };
        // A rejected request changes nothing.
        right.then(|| if answer.is_err() { self.clone() } else { then })
    }

    /// Changes a cart whose lines all name warehouses. Returns whether the response matches.
    fn change_cart(&mut self, change: &ChangeCart, answer: &Decision) -> bool {
        let cart = change.id;
        let version = self.versions.get(&cart).copied().unwrap_or(1);
        let rejection = match self.cart_end(cart) {
            Some(end) => Some(end),
            None if version != change.version => Some(Rejection::CartVersionMismatch { cart, version }),
            None => self.change_refused(change),
        };
        match (rejection, answer) {
            (Some(wanted), Err(rejection)) => {
                let due = match rejection {
                    Rejection::CartShort(short) => short.iter().any(|line| self.is_due(line.item, None)),
                    _ => false,
                };
                same_end(&wanted, rejection) && !due
            }
            (None, Ok(Granted::CartChanged(changed))) => self.apply_change(change, changed),
            _ => false,
        }
    }

    /// Returns the units of a cart's lines by level, in the order of the lines.
    fn wanted(change: &ChangeCart) -> Vec<(LevelKey, i32)> {
        let mut wanted = Vec::<(LevelKey, i32)>::new();
        for line in change.lines() {
            let Some(warehouse) = line.warehouse else { continue };
            let key = LevelKey { item: line.item, warehouse };
            match wanted.iter_mut().find(|(other, _)| *other == key) {
                Some((_, units)) => *units += line.quantity.get(),
                None => wanted.push((key, line.quantity.get())),
            }
        }
        wanted
    }

    fn held_by(&self, cart: CartId, key: LevelKey) -> i32 {
        let blocks = self.live_of(cart).into_iter().map(|id| &self.blocks[&id]);
        blocks.filter(|entry| entry.key == key).map(|entry| entry.units).sum()
    }

    /// Returns the error of a change of an active cart with the right version.
    fn change_refused(&self, change: &ChangeCart) -> Option<Rejection> {
        let (cart, wanted) = (change.id, Self::wanted(change));
        let free = |key| self.units(key) + self.held_by(cart, key);
        let short = wanted.iter().filter(|(key, units)| free(*key) < *units);
        let short =
            short.map(|(key, units)| Shortage { item: key.item, requested: *units, available: free(*key) });
        let short: Vec<_> = short.collect();
        if !short.is_empty() {
            return Some(Rejection::CartShort(short));
        }
        let stays = |key: LevelKey| wanted.contains(&(key, self.held_by(cart, key)));
        let added = wanted.iter().filter(|(key, _)| !stays(*key)).count();
        let live = self.live_of(cart);
        let ended = live.iter().filter(|id| !stays(self.blocks[id].key)).count();
        let reference = self.blocks[live.first()?].reference.clone()?;
        let requested = i64::try_from(added.saturating_sub(ended)).expect("few");
        let active = self.active_of(&reference);
        let max = super::super::REFERENCE_BLOCKS_MAX;
        let is_over = requested > 0 && active + requested > max;
        is_over.then_some(Rejection::ReferenceBlocksLimit { reference, active, requested, max })
    }

    /// Applies a granted change. Returns whether the response has the right lines.
    fn apply_change(&mut self, change: &ChangeCart, changed: &Cart) -> bool {
        let (cart, wanted) = (change.id, Self::wanted(change));
        let sums = wanted.iter().all(|(key, units)| {
            let lines = changed.lines.iter().filter(|line| line.key == *key);
            lines.map(|line| line.quantity).sum::<i32>() == *units
        });
        let live = self.live_of(cart);
        let Some(first) = live.first().map(|id| self.blocks[id].clone()) else { return false };
        for id in live {
            let entry = &self.blocks[&id];
            let stays = wanted.contains(&(entry.key, self.held_by(cart, entry.key)));
            if stays != changed.lines.iter().any(|line| line.block == id) {
                return false;
            }
        }
        let ended: Vec<_> = self
            .live_of(cart)
            .into_iter()
            .filter(|id| changed.lines.iter().all(|line| line.block != *id))
            .collect();
        ended.into_iter().for_each(|id| _ = self.give_back(id));
        for line in changed.lines.iter() {
            if !self.blocks.contains_key(&line.block) {
                self.add(line.key, -line.quantity);
                let entry =
                    Entry { key: line.key, units: line.quantity, state: State::Held, ..first.clone() };
                self.blocks.insert(line.block, entry);
            }
        }
        self.versions.insert(cart, change.version + 1);
        let is_complete = changed.lines.iter().all(|line| wanted.iter().any(|(key, _)| *key == line.key));
        sums && is_complete && changed.version == change.version + 1
    }

    fn allocate(&mut self, id: OrderId, warehouse: WarehouseId, answer: &Decision) -> bool {
        let Some(order) = self.orders.get(&id).cloned() else {
            return *answer == Err(Rejection::OrderNotFound(id));
        };
        let level = |item| LevelKey { item, warehouse };
        let reported = match (order.status.as_str(), answer) {
            ("pending", Ok(Granted::Allocated(reported))) => reported,
            ("allocated", Err(Rejection::OrderAlreadyAllocated { order: named, warehouse })) => {
                return *named == id && Some(*warehouse) == order.warehouse;
            }
            ("cancelled", Err(Rejection::OrderCancelled(named))) => return *named == id,
            _ => return false,
        };
        let lines = order.lines.iter().map(|(item, units)| (*item, *units));
        let short = lines.clone().filter(|(item, units)| self.units(level(*item)) < *units);
        let short =
            short.map(|(item, requested)| Shortage { item, requested, available: self.units(level(item)) });
        let short: Vec<_> = short.collect();
        if (reported.order, reported.warehouse, &reported.shortages) != (id, warehouse, &short) {
            return false;
        }
        if short.is_empty() {
            lines.for_each(|(item, units)| self.add(level(item), -units));
            let allocated = Order { status: "allocated".into(), warehouse: Some(warehouse), ..order.clone() };
            self.orders.insert(id, allocated);
        }
        !short.iter().any(|line| self.is_due(line.item, Some(warehouse)))
    }

    fn cancel(&mut self, id: OrderId, answer: &Decision) -> bool {
        let Some(order) = self.orders.get(&id).cloned() else {
            return *answer == Err(Rejection::OrderNotFound(id));
        };
        if order.status == "cancelled" {
            return *answer == Err(Rejection::OrderCancelled(id));
        }
        if let ("allocated", Some(warehouse)) = (order.status.as_str(), order.warehouse) {
            order
                .lines
                .iter()
                .for_each(|(item, units)| self.add(LevelKey { item: *item, warehouse }, *units));
        }
        self.orders.insert(id, Order { status: "cancelled".into(), ..order });
        *answer == Ok(Granted::Cancelled(id))
    }
}

/// Returns whether two rejections match. The time at which an expired block ended depends on the request that found it.
fn same_end(expected: &Rejection, actual: &Rejection) -> bool {
    match (expected, actual) {
        (Rejection::BlockExpired { block, .. }, Rejection::BlockExpired { block: other, .. }) => {
            block == other
        }
        (Rejection::CartExpired { cart, .. }, Rejection::CartExpired { cart: other, .. }) => cart == other,
        _ => expected == actual,
    }
}
