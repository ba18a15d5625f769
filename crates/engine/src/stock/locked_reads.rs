//! The locked path's reads: everything that a batch is decided on, read under lock.
//!
//! Each statement of a READ COMMITTED transaction has a snapshot of its own. A fact that one statement read is used for
//! the decision only if a lock keeps it until the commit, or if it was true at one moment during the request and the
//! request is refused by it, or if a later statement compares it again. A comparison that fails rolls the transaction
//! back, and the batch is decided again ([`store::Error::Conflict`]).
//!
//! | Fact | Why it holds until the commit |
//! | --- | --- |
//! | the answer stored under a key | the primary key of `idempotency_keys`: a second one is a conflict |
//! | the ids of new blocks | a sequence gives each id once; ids are kept for one generation of the database |
//! | how many blocks a reference has | the reference's advisory lock, which everyone takes who adds some; the count is read in a later statement than the lock |
//! | that an order exists, its status and its warehouse | the order's row lock, FOR UPDATE, taken before anything is read that depends on the order |
//! | an order's lines | read after the order was locked: that lock also stops an insert of a line, which locks its order FOR KEY SHARE |
//! | a stock level | its row lock |
//! | that an item has no other level | `stock_levels_lock` counts the levels again after the locks; all who add a level lock the item's other levels first |
//! | that an item has no level at all | `items_existing` compares it in the statement that finds the item; the insert of a first level counts its rows |
//! | that an item exists | it has a locked level, which stops its deletion; or the insert of its first level, which checks it |
//! | that a warehouse exists | the same, and the foreign key of `orders` |
//! | units held in blocks and orders | the locks of all the item's levels, which everyone takes who changes them |
//! | a block | its row lock and the lock of its level: a block whose level is not locked is a conflict |
//! | which blocks a cart has | read again in the statement that locks the blocks: a member that was not locked for is a conflict |
//! | how a block has ended | the ledger never changes |
//! | an expired block, which is not locked | the DELETE repeats all that was read of it, and counts its rows |
//! | the time | read after the levels were locked: it can only pass |
//!
//! Everything that is written repeats what it was decided on, and counts its rows (`store`'s `write`).

use super::StockBatch;
use crate::cache::warehouses::Warehouses;
use domain::{BlockId, CartId, ItemId, OrderId, Reference, Request, Snapshot, WarehouseId};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::{Generation, LevelSelection, LockedBlocks, WriteTransaction};

impl StockBatch {
    /// Locks and reads everything that the requests are decided on; whether block ids were reserved for it.
    pub(super) async fn read(
        &self,
        transaction: &mut WriteTransaction,
        generation: Generation,
        requests: &[Request],
        warehouses: &Warehouses,
    ) -> store::Result<(Snapshot, bool)> {
        let mut named = Footprint::of(requests);
        let (fresh, reserved) = self.ids.take(transaction, generation, named.places).await?;
        let carts = match named.carts.is_empty() {
            true => HashMap::new(),
            false => transaction.cart_blocks(&named.carts).await?,
        };
        named.add_cart_blocks(&carts);
        let active = match named.references.is_empty() {
            true => HashMap::new(),
            false => transaction.references_lock(&named.references).await?,
        };
        let mut wanted = named.levels;
        let orders: BTreeSet<_> = named.orders.iter().map(|(order, _)| *order).collect();
        let orders = match orders.is_empty() {
            true => HashMap::new(),
            false => transaction.orders_lock(&orders.into_iter().collect::<Vec<_>>()).await?,
        };
        for (order, warehouse) in &named.orders {
            let lines = orders.get(order).map(|order| order.lines.as_slice()).unwrap_or_default();
            wanted.extend(lines.iter().map(|(item, _)| (*item, *warehouse)));
        }
        let locked = transaction.levels_lock(&wanted, &named.blocks).await?;
        let mut items: HashSet<_> = locked.levels.keys().map(|key| key.item).collect();
        let without: BTreeSet<_> = wanted.iter().map(|(item, _)| *item).collect();
        let without: Vec<_> = without.into_iter().filter(|item| !items.contains(item)).collect();
        if !without.is_empty() {
            let whole = |item: &ItemId| wanted.contains(&(*item, None));
            items.extend(transaction.items_existing(&without, whole).await?);
        }
        let held = match named.receiving.is_empty() {
            true => HashMap::new(),
            false => transaction.returnable_units(&named.receiving).await?,
        };
        let (mut of_blocks, mut ended) = (LockedBlocks::default(), HashMap::new());
        if !named.blocks.is_empty() {
            of_blocks = transaction.blocks_lock(&named.blocks, &named.carts, &locked.levels).await?;
            let is_gone = |id: &BlockId| !of_blocks.blocks.contains_key(id);
            let gone: Vec<_> = named.blocks.iter().copied().filter(is_gone).collect();
            if !gone.is_empty() {
                ended = transaction.block_ends(&gone).await?;
            }
        }
        // A block changes only under the lock of its level: the blocks are also those of this moment.
        let now = match locked.locked_at {
            Some(now) => now,
            None => transaction.now().await?,
        };
        let snapshot = Snapshot {
            now,
            items,
            warehouses: warehouses.ids.clone(),
            default_warehouse: warehouses.default,
            levels: locked.levels,
            returnable_units: held,
            blocks: of_blocks.blocks,
            ended,
            carts,
            references: of_blocks.references,
            active_blocks: active,
            limits: self.writer.limits,
            orders,
            expired: Vec::new(),
            new_block_ids: fresh,
        };
        Ok((snapshot, reserved))
    }
}

/// The rows that the requests of a batch name.
#[derive(Default)]
struct Footprint<'a> {
    /// How many new blocks are wanted.
    places: usize,
    /// Stock levels. A block, a release and an adjustment tell what is left over all warehouses, so they
    /// take all of the item's.
    levels: LevelSelection,
    /// Items that are to be received.
    receiving: Vec<ItemId>,
    blocks: Vec<BlockId>,
    carts: Vec<CartId>,
    references: Vec<&'a Reference>,
    /// Orders, and the warehouse whose levels they need; `None` for the levels of all warehouses.
    orders: BTreeSet<(OrderId, Option<WarehouseId>)>,
}

impl<'a> Footprint<'a> {
    fn of(requests: &'a [Request]) -> Self {
        let mut named = Self::default();
        let (mut blocks, mut carts, mut references) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for request in requests {
            match request {
                Request::Place(place) => {
                    named.places += 1;
                    named.levels.insert((place.item, None));
                }
                Request::PlaceCart(cart) => {
                    named.places += cart.lines().len();
                    named.levels.extend(cart.lines().iter().map(|line| (line.item, None)));
                    references.extend(&cart.reference);
                }
                Request::Adjust(adjustment) => {
                    named.levels.insert((adjustment.item, None));
                    if adjustment.delta > 0 {
                        named.receiving.push(adjustment.item);
                    }
                }
                Request::Move(movement) => _ = named.levels.insert((movement.item, None)),
                Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => {
                    blocks.insert(*id);
                }
                Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                    carts.insert(*cart);
                }
                Request::Allocate(order, warehouse) => {
                    named.orders.insert((*order, Some(*warehouse)));
                }
                Request::Cancel(order) => _ = named.orders.insert((*order, None)),
            }
        }
        named.blocks = blocks.into_iter().collect();
        named.carts = carts.into_iter().collect();
        named.references = references.into_iter().collect();
        named
    }

    /// Adds the blocks of the carts that are named; of a cart that has none left the first one, which tells
    /// how it ended.
    fn add_cart_blocks(&mut self, carts: &HashMap<CartId, Vec<BlockId>>) {
        let mut blocks: BTreeSet<_> = self.blocks.iter().copied().collect();
        for cart in &self.carts {
            match carts.get(cart) {
                Some(members) => blocks.extend(members),
                None => _ = blocks.insert(BlockId(cart.0)),
            }
        }
        self.blocks = blocks.into_iter().collect();
    }
}

/// Adds the warehouses that a request names.
pub(super) fn add_warehouses(request: &Request, named: &mut Vec<WarehouseId>) {
    match request {
        Request::Place(place) => named.extend(place.warehouse),
        Request::PlaceCart(cart) => named.extend(cart.lines().iter().filter_map(|line| line.warehouse)),
        Request::Adjust(adjustment) => named.extend(adjustment.warehouse),
        Request::Move(movement) => named.extend([movement.from, movement.to]),
        Request::Allocate(_, warehouse) => named.push(*warehouse),
        Request::Confirm(..)
        | Request::Release(_)
        | Request::Extend(..)
        | Request::ConfirmCart(_)
        | Request::ReleaseCart(_)
        | Request::ExtendCart(..)
        | Request::Cancel(_) => {}
    }
}
