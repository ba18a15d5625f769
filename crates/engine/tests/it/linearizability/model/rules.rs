//! The rules of the reference model: the response to each request, and the state after it.

use super::*;
use crate::linearizability::search::Action;
use domain::{Decision, Granted, LevelTarget, Request, StockMove, StockMoved};

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

    /// Returns the state after an action. `None` if the action is impossible in this state. `is_alone` if no other action
    /// happened at the same time.
    pub(in crate::linearizability) fn after(&self, action: &Action, is_alone: bool) -> Option<Self> {
        match action {
            Action::Requested(request, answer) => self.after_request(request, answer, is_alone),
            Action::OrderCreated(id, lines) => {
                let mut then = self.clone();
                then.orders.insert(*id, Order::pending(lines.clone())).is_none().then_some(then)
            }
            Action::QueueFilled(id, units) => {
                let mut then = self.clone();
                then.fill_waiting(*id, units).then_some(then)
            }
        }
    }

    /// Returns the state after a request with this response. `None` if this state would give another response.
    fn after_request(&self, request: &Request, answer: &Decision, is_alone: bool) -> Option<Self> {
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
            (Request::PlaceCart(cart), answer) => then.place_cart(cart, answer),
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
            (Request::PlaceHold(hold), answer) => then.place_hold(hold, answer),
            (Request::ConfirmPart(id, units), answer) => then.confirm_part(*id, *units, answer),
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
            (Request::ConfirmCart(cart), Ok(Granted::CartConfirmed(confirmed))) => {
                then.confirm_cart(*cart, confirmed)
            }
            (Request::RetakeCart(retake), answer) => then.confirm_late(retake, answer),
            (Request::ReleaseCart(cart), Ok(Granted::CartReleased(id, released))) => {
                let is_whole = same_blocks(&then.live_of(*cart), released.iter().map(|block| block.id));
                let now_released: Option<Vec<_>> =
                    released.iter().map(|block| then.give_back(block.id)).collect();
                let is_allowed = self.change_rejected(*cart).is_none();
                is_allowed && id == cart && is_whole && now_released.as_ref() == Some(released)
            }
            (Request::ExtendCart(cart, _), Ok(Granted::CartExtended(id, extended))) => {
                let is_whole = same_blocks(&then.live_of(*cart), extended.iter().map(|block| block.id));
                self.change_rejected(*cart).is_none()
                    && id == cart
                    && is_whole
                    && extended.iter().all(|block| then.prolong(block))
            }
            (Request::ConfirmCart(cart), Err(rejection)) => {
                self.cart_end(*cart).is_some_and(|wanted| same_end(&wanted, rejection))
            }
            (Request::ReleaseCart(cart) | Request::ExtendCart(cart, _), Err(rejection)) => {
                self.change_rejected(*cart).is_some_and(|wanted| same_end(&wanted, rejection))
            }
            (Request::StartPayment(start), answer) => then.start_payment(start, answer),
            (Request::EndPayment(cart), answer) => then.end_payment(*cart, answer),
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
                        let short = Rejection::InsufficientStock {
                            item,
                            warehouse: Some(warehouse),
                            requested: -delta,
                            available: before,
                        };
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
                        let short = Rejection::InsufficientStock {
                            item,
                            warehouse: Some(from.warehouse),
                            requested: units,
                            available,
                        };
                        available < units && *rejection == short && !self.is_due(item, None)
                    }
                    _ => false,
                }
            }
            (Request::ChangeCondition(change), answer) => then.change_condition(change, answer),
            (Request::Allocate(id, warehouse), answer) => then.allocate(*id, *warehouse, answer),
            (Request::Cancel(id), answer) => then.cancel(*id, answer),
            (Request::Source(source), answer) => then.source(source, answer, is_alone),
            (Request::Fill(fill), answer) => then.fill(fill, answer),
            (Request::CancelLines(cancel), answer) => then.cancel_lines(cancel, answer),
            (Request::Reassign(reassign), answer) => then.reassign(reassign, answer),
            (Request::Convert(convert), answer) => then.convert(convert, answer),
            (Request::Ship(shipment), answer) => then.ship(shipment, answer),
            (Request::Return(returned), answer) => then.take_back(returned, answer),
            (Request::ShipBlock(block), answer) => then.ship_block(*block, answer),
            (Request::ShipCart(cart), answer) => then.ship_cart(*cart, answer),
            _ => false,
        };
        // A rejected request changes nothing.
        right.then(|| if answer.is_err() { self.clone() } else { then })
    }
}

/// Returns whether a response names exactly these blocks. Its order is that of the cart's lines, which differs from that of the
/// ids after a change by another server.
fn same_blocks(expected: &[BlockId], reported: impl Iterator<Item = BlockId>) -> bool {
    let mut reported: Vec<_> = reported.collect();
    reported.sort_unstable();
    expected == reported
}

/// Returns whether two rejections match. The time at which an expired block ended depends on the request that found it.
pub(super) fn same_end(expected: &Rejection, actual: &Rejection) -> bool {
    match (expected, actual) {
        (Rejection::BlockExpired { block, .. }, Rejection::BlockExpired { block: other, .. }) => {
            block == other
        }
        (Rejection::CartExpired { cart, .. }, Rejection::CartExpired { cart: other, .. }) => cart == other,
        _ => expected == actual,
    }
}
