//! The planner that decides a batch of stock requests.
//!
//! Requests are decided in the order of their arrival, each against what the ones before it have left: one
//! that does not fit is refused, and a smaller one behind it may still fit. Deciding a batch equals
//! deciding its requests one by one; a property test holds it to that.

use crate::{
    Allocation, BlockEnd, BlockId, BlockLimits, CartId, Error, HeldBlock, ItemId, MovementReason, NewBlock,
    OrderAllocation, OrderId, OrderStatus, OrderStub, PlaceBlock, PlaceCart, Quantity, Reference,
    StockAdjusted, StockAdjustment, StockMove, StockMoved, Time, Ttl, UNITS_MAX, WarehouseId,
    plan_allocation,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

#[cfg(test)]
mod bounds_tests;
mod carts;
mod decide;
mod moves;
#[cfg(test)]
mod tests;

/// Names a stock level. In this order stock levels are locked, everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelKey {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
}

/// Available units of one item in one warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Which one.
    pub key: LevelKey,
    /// Units, never negative.
    pub available: i32,
}

/// One thing asked of the stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Hold units in a temporary block.
    Place(PlaceBlock),
    /// Hold units of several items: every line, or none.
    PlaceCart(PlaceCart),
    /// Make a temporary block permanent; in part where a quantity is given, and the rest goes back.
    Confirm(BlockId, Option<Quantity>),
    /// Give a temporary block's units back.
    Release(BlockId),
    /// Let a temporary block hold for longer.
    Extend(BlockId, Ttl),
    /// Make every temporary block of a cart permanent, or none.
    ConfirmCart(CartId),
    /// Give the units of a cart's temporary blocks back.
    ReleaseCart(CartId),
    /// Let every temporary block of a cart hold for longer.
    ExtendCart(CartId, Ttl),
    /// Receive or write off units.
    Adjust(StockAdjustment),
    /// Move units from one warehouse to another.
    Move(StockMove),
    /// Take every line of an order out of a warehouse, or nothing.
    Allocate(OrderId, WarehouseId),
    /// Cancel an order and give back what it took.
    Cancel(OrderId),
}

/// What a request that was granted is told. A refused allocation is an answer too: it names its shortages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Request::Place`].
    Placed(BlockPlaced),
    /// To [`Request::Confirm`]: the block, now permanent.
    Confirmed(HeldBlock),
    /// To [`Request::Release`].
    Released(BlockReleased),
    /// To [`Request::Extend`].
    Extended(BlockExtended),
    /// To [`Request::PlaceCart`].
    CartPlaced(CartPlaced),
    /// To [`Request::ConfirmCart`]: the blocks, now permanent.
    CartConfirmed(CartId, Vec<HeldBlock>),
    /// To [`Request::ReleaseCart`].
    CartReleased(CartId, Vec<BlockReleased>),
    /// To [`Request::ExtendCart`].
    CartExtended(CartId, Vec<BlockExtended>),
    /// To [`Request::Adjust`].
    Adjusted(StockAdjusted),
    /// To [`Request::Move`].
    Moved(StockMoved),
    /// To [`Request::Allocate`].
    Allocated(OrderAllocation),
    /// To [`Request::Cancel`].
    Cancelled(OrderId),
}

/// A block that was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockPlaced {
    /// The block's id.
    pub id: BlockId,
    /// The stock level that it took from.
    pub key: LevelKey,
    /// Units that it holds.
    pub quantity: i32,
    /// Units of the item that can still be sold, over all warehouses.
    pub remaining: i32,
    /// When it expires.
    pub expires_at: Time,
}

/// A cart whose blocks were placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartPlaced {
    /// The cart's id.
    pub id: CartId,
    /// A block for each line, in the lines' order.
    pub blocks: Vec<BlockPlaced>,
    /// When they expire.
    pub expires_at: Time,
}

/// A block that was extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockExtended {
    /// The block's id.
    pub id: BlockId,
    /// The item whose units it holds.
    pub item: ItemId,
    /// When it expires now.
    pub expires_at: Time,
}

/// A block that was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockReleased {
    /// The block's id.
    pub id: BlockId,
    /// The stock level that its units went back to.
    pub key: LevelKey,
    /// Units that went back.
    pub quantity: i32,
    /// Units of the item that can be sold now, over all warehouses.
    pub remaining: i32,
}

/// Everything that a batch is decided on, read under lock.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The database's time.
    pub now: Time,
    /// Items that exist although no level of theirs is in `levels`.
    pub items: HashSet<ItemId>,
    /// Warehouses that exist; needed for the ones that requests name.
    pub warehouses: HashSet<WarehouseId>,
    /// Where units are received if no warehouse is named.
    pub default_warehouse: Option<WarehouseId>,
    /// Available units. All levels of an item are here, or those that the requests can touch.
    pub levels: BTreeMap<LevelKey, i32>,
    /// Units in temporary blocks and in allocated orders, of items that are to be received: they may come back.
    pub held: HashMap<ItemId, i64>,
    /// The blocks that requests name and that still have their units.
    pub blocks: HashMap<BlockId, HeldBlock>,
    /// The blocks that requests name and that are gone.
    pub ended: HashMap<BlockId, BlockEnd>,
    /// The blocks of the carts that requests name; each of them is in `blocks`.
    pub carts: HashMap<CartId, Vec<BlockId>>,
    /// For whom those of `blocks` are that have a reference.
    pub references: HashMap<BlockId, Reference>,
    /// How many temporary blocks each reference that requests name has.
    pub active: HashMap<Reference, i64>,
    /// What a single buyer may have.
    pub limits: BlockLimits,
    /// The orders that requests name.
    pub orders: HashMap<OrderId, OrderStub>,
    /// Expired blocks whose units are taken back before anything is decided.
    pub expired: Vec<HeldBlock>,
    /// Unused ids, at least one for each block that is asked for.
    pub fresh: Vec<BlockId>,
}

/// One line for the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Which stock level.
    pub key: LevelKey,
    /// Units added.
    pub change: i32,
    /// Why.
    pub reason: MovementReason,
    /// For which block.
    pub block: Option<BlockId>,
    /// For which order.
    pub order: Option<OrderId>,
    /// Why, in the words of who asked.
    pub note: Option<String>,
    /// The request that caused it; `None` where the system did (an expiry).
    pub request: Option<usize>,
}

/// How an order whose status changed stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderChange {
    /// Its status.
    pub status: OrderStatus,
    /// Where it was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// The request that allocated it, if one of these did.
    pub allocated: Option<usize>,
    /// The request that cancelled it.
    pub cancelled: Option<usize>,
}

/// What is to be written, all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Units to add to stock levels that exist; none is 0.
    pub levels: BTreeMap<LevelKey, i32>,
    /// Stock levels that are new, with their units.
    pub new_levels: BTreeMap<LevelKey, i32>,
    /// Blocks that are new.
    pub placed: Vec<NewBlock>,
    /// Blocks that were confirmed or extended, as they are now.
    pub updated: BTreeMap<BlockId, HeldBlock>,
    /// Blocks that are over, with their item.
    pub ended: BTreeMap<BlockId, ItemId>,
    /// Orders whose status changed.
    pub orders: BTreeMap<OrderId, OrderChange>,
    /// The ledger of it all, in order.
    pub ledger: Vec<LedgerLine>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.ledger.is_empty() && self.updated.is_empty() && self.orders.is_empty()
    }
}

/// A batch, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// An answer or a refusal for each request, in their order.
    pub answers: Vec<Result<Answer, Error>>,
    /// What is to be written.
    pub changes: Changes,
    /// Items of which some request found too little. If any of them has expired blocks, they go into
    /// [`Snapshot::expired`] and the batch is decided anew: nobody is refused over stock that is due back.
    pub short: BTreeSet<ItemId>,
}

/// How many blocks are asked for each reference, granted or not.
pub fn reference_blocks(requests: &[Request]) -> BTreeMap<&Reference, i64> {
    let mut blocks = BTreeMap::new();
    for request in requests {
        if let Request::PlaceCart(cart) = request
            && let Some(reference) = &cart.reference
        {
            *blocks.entry(reference).or_default() += i64::try_from(cart.lines().len()).unwrap_or(i64::MAX);
        }
    }
    blocks
}

/// Decides a batch.
pub fn plan(snapshot: &Snapshot, requests: &[Request]) -> Plan {
    let mut draft = decide::Draft::new(snapshot);
    let answers = requests.iter().enumerate().map(|(index, request)| draft.decide(index, request)).collect();
    let (changes, short) = draft.finish();
    Plan { answers, changes, short }
}
