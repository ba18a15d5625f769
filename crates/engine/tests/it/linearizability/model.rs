//! The reference model: the state of the stock, and the changes that one request at a time can make. [`rules`] has the
//! rules. Neither uses batches or the planner.

use crate::*;
use domain::{
    BlockExtended, BlockId, BlockPlaced, BlockReleased, CartId, CartLine, CartPayment, Condition,
    Error as Rejection, HeldBlock, LevelKey, PlaceCart, Shortage, Time,
};
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

mod carts;
mod conditions;
mod conversions;
mod holds;
mod lines;
mod orders;
mod payments;
mod read;
mod rules;
mod shipments;
mod sourcing;

use orders::Order;
pub(super) use payments::PAYMENT_SECONDS;
use rules::same_end;

/// The state of the model. Levels without units are left out.
#[derive(Clone, PartialEq)]
pub(super) struct Ledger {
    levels: BTreeMap<LevelKey, i32>,
    blocks: BTreeMap<BlockId, Entry>,
    orders: BTreeMap<OrderId, Order>,
    /// Units that can't be sold because of their condition. Conditions without units are left out.
    unsellable: BTreeMap<(LevelKey, Condition), i32>,
    /// The versions of the carts that were changed.
    versions: BTreeMap<CartId, i64>,
    /// The running payments, and the payments of retaken carts.
    payments: BTreeMap<CartId, CartPayment>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    key: LevelKey,
    units: i32,
    state: State,
    expires_at: Option<Time>,
    cart: Option<CartId>,
    reference: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Held,
    /// Active. It expires before the test ends unless it is extended.
    HeldBriefly,
    /// Expired. Its units have not been reclaimed.
    Due,
    Sold,
    /// Permanent, and shipped.
    Gone,
    Expired,
    Released,
    /// Its units became this order's.
    Converted(OrderId),
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.levels.iter().try_for_each(|(key, units)| writeln!(f, "  {key:?}: {units}"))?;
        self.blocks.iter().try_for_each(|(id, entry)| writeln!(f, "  {id:?}: {entry:?}"))?;
        self.orders.iter().try_for_each(|(id, order)| writeln!(f, "  {id:?}: {order:?}"))?;
        writeln!(f, "  {:?} {:?}", self.unsellable, self.payments)
    }
}

impl Ledger {
    /// Returns a number of the state that the responses alone do not determine.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.levels, &self.orders).hash(&mut hasher);
        hasher.finish()
    }

    /// Returns the blocks that have expired, or that may expire on the way to the final tables `read`. Those that the history
    /// creates, as a changed cart or the rest of a block does, are known by their end.
    pub(super) fn expiring(&self, read: &Self) -> Vec<BlockId> {
        let is_brief = |entry: &Entry| matches!(entry.state, State::Due | State::HeldBriefly);
        let first = self.blocks.iter().filter(|(_, entry)| is_brief(entry));
        let may_have_expired = |entry: &Entry| !matches!(entry.state, State::Held | State::Released);
        let created = read.blocks.iter().filter(|(id, _)| !self.blocks.contains_key(id));
        let created = created.filter(|(_, entry)| may_have_expired(entry));
        first.chain(created).map(|(id, _)| *id).collect()
    }

    /// Returns whether the final tables match. Blocks may have expired by then. Ended blocks are compared by their reason only.
    pub(super) fn agrees_with(&self, read: &Self) -> bool {
        let settled = |ledger: &Self| {
            let mut blocks = ledger.blocks.clone();
            for entry in blocks.values_mut() {
                match entry.state {
                    State::HeldBriefly => entry.state = State::Due,
                    State::Released | State::Expired | State::Converted(_) => {
                        (entry.units, entry.expires_at, entry.cart, entry.reference) = (0, None, None, None);
                    }
                    _ => {}
                }
            }
            blocks
        };
        let orders = |ledger: &Self| {
            ledger.orders.iter().map(|(id, order)| (*id, order.settled())).collect::<Vec<_>>()
        };
        let is_stock_same = self.levels == read.levels && self.unsellable == read.unsellable;
        is_stock_same && orders(self) == orders(read) && settled(self) == settled(read)
    }

    fn units(&self, key: LevelKey) -> i32 {
        self.levels.get(&key).copied().unwrap_or(0)
    }

    fn total(&self, item: ItemId) -> i32 {
        self.levels.iter().filter(|(key, _)| key.item == item).map(|(_, units)| units).sum()
    }

    fn add(&mut self, key: LevelKey, change: i32) {
        let units = self.levels.entry(key).or_insert(0);
        *units += change;
        if *units == 0 {
            self.levels.remove(&key);
        }
    }

    /// Returns whether units of the item must be reclaimed before a request is rejected.
    fn is_due(&self, item: ItemId, warehouse: Option<WarehouseId>) -> bool {
        self.blocks.values().any(|entry| {
            let here = warehouse.is_none_or(|warehouse| entry.key.warehouse == warehouse);
            entry.state == State::Due && entry.key.item == item && here
        })
    }

    /// Takes a line's units from the warehouse that it names, or from the largest level.
    fn take(&mut self, line: &CartLine) -> Result<LevelKey, Rejection> {
        let item = line.item;
        let levels = self.levels.iter().filter(|(key, _)| key.item == item);
        let fullest = levels.max_by_key(|(key, units)| (**units, std::cmp::Reverse(key.warehouse)));
        let named = line.warehouse.map(|warehouse| LevelKey { item, warehouse });
        let source = named.or(fullest.map(|(key, _)| *key));
        let (requested, available) = (line.quantity.get(), source.map_or(0, |key| self.units(key)));
        match source {
            Some(key) if available >= requested => {
                self.add(key, -requested);
                Ok(key)
            }
            _ => {
                let named = source.filter(|_| line.warehouse.is_some() || available > 0);
                let warehouse = named.map(|key| key.warehouse);
                Err(Rejection::InsufficientStock { item, warehouse, requested, available })
            }
        }
    }

    /// Returns the number of active blocks of a reference.
    fn active_of(&self, reference: &str) -> i64 {
        let is_active = |entry: &&Entry| {
            let live = matches!(entry.state, State::Held | State::HeldBriefly);
            live && entry.reference.as_deref() == Some(reference)
        };
        i64::try_from(self.blocks.values().filter(is_active).count()).expect("few")
    }

    /// Adds a placed block, if the response matches.
    fn hold(
        &mut self,
        line: &CartLine,
        placed: &BlockPlaced,
        cart: Option<CartId>,
        reference: Option<String>,
    ) -> bool {
        let BlockPlaced { id, key, quantity, remaining, expires_at } = *placed;
        let expires_at = Some(expires_at);
        let entry = Entry { key, units: quantity, state: State::Held, expires_at, cart, reference };
        let is_new = self.blocks.insert(id, entry).is_none();
        is_new && quantity == line.quantity.get() && remaining == self.total(line.item)
    }

    /// Returns a block that can be confirmed, released and extended, or the error.
    fn live(&self, id: BlockId) -> Result<&Entry, Rejection> {
        match self.blocks.get(&id) {
            None => Err(Rejection::BlockNotFound(id)),
            Some(entry) => match entry.state {
                State::Held | State::HeldBriefly => Ok(entry),
                State::Sold | State::Gone => Err(Rejection::BlockAlreadyPermanent(id)),
                State::Converted(order) => Err(Rejection::BlockConverted { block: id, order }),
                State::Released => Err(Rejection::BlockReleased(id)),
                State::Due | State::Expired => {
                    Err(Rejection::BlockExpired { block: id, at: entry.expires_at.unwrap_or_default() })
                }
            },
        }
    }

    /// Returns a block that can be changed without its cart, or the error.
    fn alone(&self, id: BlockId) -> Result<&Entry, Rejection> {
        let entry = self.live(id)?;
        entry.cart.map_or(Ok(entry), |cart| Err(Rejection::BlockInCart { block: id, cart }))
    }

    /// Confirms an active block, or a part of it.
    fn sell(&mut self, id: BlockId, part: Option<i32>) -> Option<HeldBlock> {
        let entry = self.blocks.get_mut(&id)?;
        let (key, held, entry_cart) = (entry.key, entry.units, entry.cart);
        let quantity = part.unwrap_or(held);
        (entry.units, entry.state, entry.expires_at) = (quantity, State::Sold, None);
        self.add(key, held - quantity);
        Some(HeldBlock { id, key, quantity, expires_at: None, cart: entry_cart })
    }

    fn give_back(&mut self, id: BlockId) -> Option<BlockReleased> {
        let entry = self.blocks.get_mut(&id)?;
        entry.state = State::Released;
        let (key, quantity) = (entry.key, entry.units);
        self.add(key, quantity);
        Some(BlockReleased { id, key, quantity, remaining: self.total(key.item) })
    }

    /// Extends an active block to the returned time, which is never earlier than before.
    fn prolong(&mut self, extended: &BlockExtended) -> bool {
        let Some(entry) = self.blocks.get_mut(&extended.id) else { return false };
        let longer = entry.expires_at.is_some_and(|at| at <= extended.expires_at);
        (entry.state, entry.expires_at) = (State::Held, Some(extended.expires_at));
        longer && entry.key.item == extended.item
    }
}
