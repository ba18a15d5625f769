//! The rows that a batch of requests touches.

use super::request::Entry;
use domain::{
    BlockId, CartId, ConditionChange, HoldSource, ItemId, LevelTarget, OrderId, OrderSource, Reference,
    Request, RetakeCart, SourceOrder, StartPayment, WarehouseId, parcel_levels,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{CartRecord, LevelSelection, RequestedRows};

/// The rows that requests name, and the number of block ids that they need.
#[derive(Debug, Default)]
pub(super) struct Footprint<'a> {
    /// The number of blocks that the requests place.
    pub(super) new_blocks: usize,
    /// Stock levels. The answer to a block, a release or an adjustment contains the units left over all warehouses, so
    /// these requests need all levels of their item.
    pub(super) levels: LevelSelection,
    /// The items of counts, which need the units on the shelf.
    pub(super) counted: BTreeSet<ItemId>,
    /// The items of changes of condition and of returns, which need the unsellable units.
    pub(super) inspected: BTreeSet<ItemId>,
    /// The units that each item receives, also those that come back or are restored.
    pub(super) received: BTreeMap<ItemId, i64>,
    /// Blocks in ascending order.
    pub(super) blocks: BTreeSet<BlockId>,
    pub(super) carts: BTreeSet<CartId>,
    /// The carts whose lines change.
    pub(super) changed_carts: BTreeSet<CartId>,
    /// The carts of changes and payments, which are compared with their rows under lock.
    pub(super) compared_carts: BTreeSet<CartId>,
    /// The carts of late confirmations, each with the payment reference of the request.
    pub(super) retaken_carts: BTreeMap<CartId, Option<&'a Reference>>,
    pub(super) references: BTreeSet<&'a Reference>,
    /// The references that no other cart may have.
    pub(super) unique_references: BTreeSet<&'a Reference>,
    /// The number of orders that the requests make of blocks.
    pub(super) new_orders: usize,
    /// The references that no other order may have.
    pub(super) order_references: BTreeSet<&'a Reference>,
    /// Orders, each with the warehouse of the levels that it needs; `None` for all warehouses.
    pub(super) orders: BTreeSet<(OrderId, Option<WarehouseId>)>,
    pub(super) warehouses: BTreeSet<WarehouseId>,
    /// Orders that are allocated from several warehouses. The levels of a policy are chosen after the orders are locked.
    pub(super) sourced: Vec<&'a SourceOrder>,
}

impl<'a> Footprint<'a> {
    /// Returns the footprint of several requests.
    pub(super) fn of(requests: impl IntoIterator<Item = &'a Request>) -> Self {
        let mut footprint = Self::default();
        requests.into_iter().for_each(|request| footprint.add(request));
        footprint
    }

    fn add(&mut self, request: &'a Request) {
        match request {
            Request::Place(place) => {
                self.new_blocks += 1;
                self.levels.insert((place.item, None));
                self.warehouses.extend(place.warehouse);
            }
            Request::PlaceHold(hold) => {
                self.new_blocks += 1;
                self.levels.insert((hold.block.item, None));
                self.references.extend(&hold.reference);
                self.warehouses.extend(hold.block.warehouse);
            }
            Request::PlaceCart(cart) => {
                self.new_blocks += cart.lines().len();
                self.levels.extend(cart.lines().iter().map(|line| (line.item, None)));
                self.references.extend(&cart.reference);
                self.unique_references.extend(cart.reference.iter().filter(|_| cart.has_unique_reference));
                self.warehouses.extend(cart.lines().iter().filter_map(|line| line.warehouse));
            }
            Request::ChangeCart(change) => {
                self.new_blocks += change.lines().len();
                self.levels.extend(change.lines().iter().map(|line| (line.item, None)));
                self.carts.insert(change.id);
                self.changed_carts.insert(change.id);
                self.compared_carts.insert(change.id);
                self.warehouses.extend(change.lines().iter().filter_map(|line| line.warehouse));
            }
            Request::Adjust(adjustment) => {
                self.levels.insert((adjustment.item, None));
                if adjustment.delta > 0 {
                    *self.received.entry(adjustment.item).or_default() += i64::from(adjustment.delta);
                }
                self.warehouses.extend(adjustment.warehouse);
            }
            Request::ChangeLevel(change) => {
                self.levels.insert((change.item, None));
                self.counted.insert(change.item);
                let received = match change.target {
                    LevelTarget::Set { units, .. } => units.get(),
                    LevelTarget::Change(units) | LevelTarget::Move(units) => units.max(0),
                };
                if received > 0 {
                    *self.received.entry(change.item).or_default() += i64::from(received);
                }
                self.warehouses.extend(change.warehouse);
            }
            Request::Move(movement) => {
                self.levels.insert((movement.item, None));
                self.warehouses.extend([movement.from, movement.to]);
            }
            Request::ChangeCondition(change) => {
                self.levels.insert((change.item, None));
                self.inspected.insert(change.item);
                if let ConditionChange::Restore(_) = change.change {
                    *self.received.entry(change.item).or_default() += i64::from(change.quantity.get());
                }
                self.warehouses.extend(change.warehouse);
            }
            Request::ConfirmPart(id, _) => {
                self.new_blocks += 1;
                self.blocks.insert(*id);
            }
            Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => {
                self.blocks.insert(*id);
            }
            Request::ConfirmCart(cart) => _ = self.carts.insert(*cart),
            Request::ReleaseCart(cart)
            | Request::ExtendCart(cart, _)
            | Request::StartPayment(StartPayment { cart, .. })
            | Request::EndPayment(cart) => {
                self.carts.insert(*cart);
                self.compared_carts.insert(*cart);
            }
            Request::RetakeCart(retake) => {
                self.carts.insert(retake.cart);
                self.compared_carts.insert(retake.cart);
                self.retaken_carts.insert(retake.cart, retake.payment.as_ref());
            }
            Request::Convert(convert) => {
                self.new_orders += 1;
                match convert.source() {
                    HoldSource::Cart(cart) => _ = self.carts.insert(*cart),
                    HoldSource::Blocks(blocks) => self.blocks.extend(blocks),
                }
                let unique = convert.reference.iter().filter(|_| convert.has_unique_reference);
                self.order_references.extend(unique);
            }
            Request::Allocate(order, warehouse) => {
                self.orders.insert((*order, Some(*warehouse)));
                self.warehouses.insert(*warehouse);
            }
            Request::Source(source) => {
                if let OrderSource::Plan(parcels) = &source.source {
                    let levels = parcel_levels(parcels).map(|(key, _)| (key.item, Some(key.warehouse)));
                    self.levels.extend(levels);
                    self.warehouses.extend(parcels.iter().map(|parcel| parcel.warehouse));
                }
                self.sourced.push(source);
            }
            Request::Cancel(order) => _ = self.orders.insert((*order, None)),
            Request::Fill(fill) => {
                self.orders.insert((fill.order, fill.warehouse));
                self.warehouses.extend(fill.warehouse);
            }
            Request::CancelLines(cancel) => _ = self.orders.insert((cancel.order, None)),
            Request::Reassign(reassign) => self.orders.extend([(reassign.from, None), (reassign.to, None)]),
            Request::Ship(shipment) => {
                self.orders.insert((shipment.order, None));
                self.warehouses.extend(shipment.warehouse);
            }
            Request::Return(returned) => {
                self.orders.insert((returned.order, None));
                self.inspected.extend(returned.lines().iter().map(|line| line.item));
                for line in returned.lines().iter().filter(|_| returned.into.is_none()) {
                    *self.received.entry(line.item).or_default() += i64::from(line.quantity.get());
                }
                self.warehouses.extend(returned.lines().iter().filter_map(|line| line.warehouse));
            }
            Request::ShipBlock(id) => _ = self.blocks.insert(*id),
            Request::ShipCart(cart) => _ = self.carts.insert(*cart),
        }
    }

    /// Adds the blocks of the carts.
    pub(super) fn add_cart_blocks(&mut self, carts: &HashMap<CartId, CartRecord>) {
        for record in carts.values() {
            self.blocks.extend(&record.blocks);
        }
    }
}

/// Returns the items of a request. The optimistic path needs their levels. Returns `None` if `item_of` or `blocks_of` does
/// not find one of its blocks, and for the kinds of requests that only the locked path decides. A cart that `has_payment` is
/// released and extended by the locked path only: it reads whether the payment is running.
pub(super) fn needed_items<'a>(
    request: &Request,
    item_of: impl Fn(&BlockId) -> Option<ItemId>,
    blocks_of: impl Fn(&CartId) -> Option<&'a Vec<BlockId>>,
    has_payment: impl Fn(&CartId) -> bool,
) -> Option<Vec<ItemId>> {
    match request {
        Request::Place(place) => Some(vec![place.item]),
        // Only the locked path looks for other carts with the reference, and only it writes notes.
        Request::PlaceCart(cart) if cart.has_unique_reference || cart.note.is_some() => None,
        Request::PlaceCart(cart) => Some(cart.lines().iter().map(|line| line.item).collect()),
        Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => Some(vec![item_of(id)?]),
        Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) if has_payment(cart) => None,
        // Only the locked path records a payment and looks for other carts with it.
        Request::RetakeCart(RetakeCart { payment: Some(_), .. }) => None,
        Request::ConfirmCart(cart)
        | Request::RetakeCart(RetakeCart { cart, .. })
        | Request::ReleaseCart(cart)
        | Request::ExtendCart(cart, _) => blocks_of(cart)?.iter().map(item_of).collect(),
        Request::PlaceHold(_)
        | Request::ConfirmPart(..)
        | Request::ChangeCart(_)
        | Request::StartPayment(_)
        | Request::EndPayment(_)
        | Request::Convert(_)
        | Request::Adjust(_)
        | Request::ChangeLevel(_)
        | Request::Move(_)
        | Request::ChangeCondition(_)
        | Request::Allocate(..)
        | Request::Cancel(_)
        | Request::Fill(_)
        | Request::CancelLines(_)
        | Request::Reassign(_)
        | Request::Ship(_)
        | Request::Return(_)
        | Request::ShipBlock(_)
        | Request::ShipCart(_)
        | Request::Source(_) => None,
    }
}

/// Returns the rows that each request names, for the probe that finds locked rows.
pub(super) fn probed_rows(entries: &[Entry<'_>]) -> RequestedRows {
    let mut rows = RequestedRows::default();
    for entry in entries {
        let Ok(position) = i32::try_from(entry.position) else { break };
        match entry.request {
            Request::Place(block) => rows.levels.push((position, block.item, None)),
            Request::PlaceHold(hold) => {
                rows.levels.push((position, hold.block.item, None));
                rows.references.extend(hold.reference.iter().map(|name| (position, name.to_string())));
            }
            Request::PlaceCart(cart) => {
                rows.levels.extend(cart.lines().iter().map(|line| (position, line.item, None)));
                rows.references.extend(cart.reference.iter().map(|name| (position, name.to_string())));
            }
            Request::ChangeCart(change) => {
                rows.levels.extend(change.lines().iter().map(|line| (position, line.item, None)));
                rows.carts.push((position, change.id));
            }
            Request::Adjust(adjustment) => rows.levels.push((position, adjustment.item, None)),
            Request::ChangeLevel(change) => rows.levels.push((position, change.item, None)),
            Request::Move(movement) => rows.levels.push((position, movement.item, None)),
            Request::ChangeCondition(change) => rows.levels.push((position, change.item, None)),
            Request::Confirm(block, _)
            | Request::ConfirmPart(block, _)
            | Request::Release(block)
            | Request::Extend(block, _) => {
                rows.blocks.push((position, *block));
            }
            Request::ConfirmCart(cart)
            | Request::RetakeCart(RetakeCart { cart, .. })
            | Request::StartPayment(StartPayment { cart, .. })
            | Request::EndPayment(cart)
            | Request::ReleaseCart(cart)
            | Request::ExtendCart(cart, _) => rows.carts.push((position, *cart)),
            Request::Convert(convert) => match convert.source() {
                HoldSource::Cart(cart) => rows.carts.push((position, *cart)),
                HoldSource::Blocks(blocks) => {
                    rows.blocks.extend(blocks.iter().map(|block| (position, *block)));
                }
            },
            Request::Allocate(order, warehouse) => rows.orders.push((position, *order, Some(*warehouse))),
            Request::Source(source) => rows.orders.push((position, source.order, None)),
            Request::Cancel(order) => rows.orders.push((position, *order, None)),
            Request::Fill(fill) => rows.orders.push((position, fill.order, fill.warehouse)),
            Request::CancelLines(cancel) => rows.orders.push((position, cancel.order, None)),
            Request::Reassign(reassign) => {
                rows.orders.extend([(position, reassign.from, None), (position, reassign.to, None)]);
            }
            Request::Ship(shipment) => rows.orders.push((position, shipment.order, None)),
            Request::Return(returned) => rows.orders.push((position, returned.order, None)),
            Request::ShipBlock(block) => rows.blocks.push((position, *block)),
            Request::ShipCart(cart) => rows.carts.push((position, *cart)),
        }
    }
    rows
}
