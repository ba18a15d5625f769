//! The rows that a batch of requests touches.

use super::request::Entry;
use domain::{BlockId, CartId, ItemId, LevelTarget, OrderId, Reference, Request, WarehouseId};
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
    /// The items whose held units are needed.
    pub(super) counted: BTreeSet<ItemId>,
    /// The units that each item receives.
    pub(super) received: BTreeMap<ItemId, i64>,
    /// Blocks in ascending order.
    pub(super) blocks: BTreeSet<BlockId>,
    pub(super) carts: BTreeSet<CartId>,
    /// The carts whose lines change.
    pub(super) changed_carts: BTreeSet<CartId>,
    pub(super) references: BTreeSet<&'a Reference>,
    /// The references that no other cart may have.
    pub(super) unique_references: BTreeSet<&'a Reference>,
    /// Orders, each with the warehouse of the levels that it needs; `None` for all warehouses.
    pub(super) orders: BTreeSet<(OrderId, Option<WarehouseId>)>,
    pub(super) warehouses: BTreeSet<WarehouseId>,
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
                    LevelTarget::Change(units) => units.max(0),
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
            Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => {
                self.blocks.insert(*id);
            }
            Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                self.carts.insert(*cart);
            }
            Request::Allocate(order, warehouse) => {
                self.orders.insert((*order, Some(*warehouse)));
                self.warehouses.insert(*warehouse);
            }
            Request::Cancel(order) => _ = self.orders.insert((*order, None)),
        }
    }

    /// Adds the blocks of the carts. For an unknown cart, adds the block with its id: an earlier version may have placed and
    /// ended it.
    pub(super) fn add_cart_blocks(&mut self, carts: &HashMap<CartId, CartRecord>) {
        for cart in &self.carts {
            match carts.get(cart) {
                Some(record) => self.blocks.extend(&record.blocks),
                None => _ = self.blocks.insert(BlockId(cart.0)),
            }
        }
    }
}

/// Returns the items of a request. The optimistic path needs their levels. Returns `None` if `item_of` or `blocks_of` does
/// not find one of its blocks, and for the kinds of requests that only the locked path decides.
pub(super) fn needed_items<'a>(
    request: &Request,
    item_of: impl Fn(&BlockId) -> Option<ItemId>,
    blocks_of: impl Fn(&CartId) -> Option<&'a Vec<BlockId>>,
) -> Option<Vec<ItemId>> {
    match request {
        Request::Place(place) => Some(vec![place.item]),
        // Only the locked path looks for other carts with the reference.
        Request::PlaceCart(cart) if cart.has_unique_reference => None,
        Request::PlaceCart(cart) => Some(cart.lines().iter().map(|line| line.item).collect()),
        Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => Some(vec![item_of(id)?]),
        Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
            blocks_of(cart)?.iter().map(item_of).collect()
        }
        Request::ChangeCart(_)
        | Request::Adjust(_)
        | Request::ChangeLevel(_)
        | Request::Move(_)
        | Request::Allocate(..)
        | Request::Cancel(_) => None,
    }
}

/// Returns the rows that each request names, for the probe that finds locked rows.
pub(super) fn probed_rows(entries: &[Entry<'_>]) -> RequestedRows {
    let mut rows = RequestedRows::default();
    for entry in entries {
        let Ok(position) = i32::try_from(entry.position) else { break };
        match entry.request {
            Request::Place(block) => rows.levels.push((position, block.item, None)),
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
            Request::Confirm(block, _) | Request::Release(block) | Request::Extend(block, _) => {
                rows.blocks.push((position, *block));
            }
            Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                rows.carts.push((position, *cart));
            }
            Request::Allocate(order, warehouse) => rows.orders.push((position, *order, Some(*warehouse))),
            Request::Cancel(order) => rows.orders.push((position, *order, None)),
        }
    }
    rows
}
