//! The input and the output of the planner.

use crate::{
    BlockEnd, BlockId, BlockLimits, Cart, CartDetails, CartId, ChangeCart, Error, HeldBlock, ItemId,
    LevelChange, LevelChanged, LevelKey, MovementReason, NewBlock, OrderAllocation, OrderId, OrderStatus,
    OrderSummary, Permission, PlaceBlock, PlaceCart, Quantity, Reference, StockAdjusted, StockAdjustment,
    StockMove, StockMoved, Time, Ttl, WarehouseId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A request that changes stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Place a temporary block.
    Place(PlaceBlock),
    /// Place a cart: a temporary block for each line, or none.
    PlaceCart(PlaceCart),
    /// Make a temporary block permanent. With a quantity, only these units are confirmed; the remaining units are
    /// released.
    Confirm(BlockId, Option<Quantity>),
    /// Release a temporary block.
    Release(BlockId),
    /// Extend a temporary block.
    Extend(BlockId, Ttl),
    /// Replace the lines of a cart, or none.
    ChangeCart(ChangeCart),
    /// Make every temporary block of a cart permanent, or none.
    ConfirmCart(CartId),
    /// Release the temporary blocks of a cart.
    ReleaseCart(CartId),
    /// Extend every temporary block of a cart.
    ExtendCart(CartId, Ttl),
    /// Receive or write off units.
    Adjust(StockAdjustment),
    /// Set a stock level to counted units, or add units to it. It is a line of a stock document.
    ChangeLevel(LevelChange),
    /// Move units from one warehouse to another.
    Move(StockMove),
    /// Allocate every line of an order from a warehouse, or none.
    Allocate(OrderId, WarehouseId),
    /// Cancel an order and return the units that were allocated to it.
    Cancel(OrderId),
}

impl Request {
    /// Returns the permission that the request needs. A large write-off also needs [`Permission::WriteOffStock`].
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Place(_)
            | Self::PlaceCart(_)
            | Self::Confirm(..)
            | Self::Release(_)
            | Self::Extend(..)
            | Self::ChangeCart(_)
            | Self::ConfirmCart(_)
            | Self::ReleaseCart(_)
            | Self::ExtendCart(..) => Permission::WriteHolds,
            Self::Adjust(_) | Self::ChangeLevel(_) | Self::Move(_) => Permission::WriteStock,
            Self::Allocate(..) | Self::Cancel(_) => Permission::WriteOrders,
        }
    }
}

/// The result of a request that was granted.
///
/// An allocation that lacks units is a result as well, not an error: it changes nothing and lists the shortages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// Of [`Request::Place`].
    Placed(BlockPlaced),
    /// Of [`Request::Confirm`]: the block, now permanent.
    Confirmed(HeldBlock),
    /// Of [`Request::Release`].
    Released(BlockReleased),
    /// Of [`Request::Extend`].
    Extended(BlockExtended),
    /// Of [`Request::PlaceCart`].
    CartPlaced(CartPlaced),
    /// Of [`Request::ChangeCart`]: the changed cart.
    CartChanged(Cart),
    /// Of [`Request::ConfirmCart`]: the blocks, now permanent.
    CartConfirmed(CartId, Vec<HeldBlock>),
    /// Of [`Request::ReleaseCart`].
    CartReleased(CartId, Vec<BlockReleased>),
    /// Of [`Request::ExtendCart`].
    CartExtended(CartId, Vec<BlockExtended>),
    /// Of [`Request::Adjust`].
    Adjusted(StockAdjusted),
    /// Of [`Request::ChangeLevel`].
    LevelChanged(LevelChanged),
    /// Of [`Request::Move`].
    Moved(StockMoved),
    /// Of [`Request::Allocate`].
    Allocated(OrderAllocation),
    /// Of [`Request::Cancel`].
    Cancelled(OrderId),
}

/// The planner's decision about one request: granted, or rejected with the reason.
pub type Decision = Result<Granted, Error>;

/// A block that was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockPlaced {
    /// The block's id.
    pub id: BlockId,
    /// The stock level that its units come from.
    pub key: LevelKey,
    /// Units that it holds.
    pub quantity: i32,
    /// Units of the item that are still available, over all warehouses.
    pub remaining: i32,
    /// The time at which it expires.
    pub expires_at: Time,
}

/// A cart that was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartPlaced {
    /// The cart's id.
    pub id: CartId,
    /// One block per line, in the order of the lines.
    pub blocks: Vec<BlockPlaced>,
    /// The time at which its blocks expire.
    pub expires_at: Time,
}

/// A block that was extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockExtended {
    /// The block's id.
    pub id: BlockId,
    /// The item of its units.
    pub item: ItemId,
    /// The new expiry time.
    pub expires_at: Time,
}

/// A block that was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockReleased {
    /// The block's id.
    pub id: BlockId,
    /// The stock level that its units returned to.
    pub key: LevelKey,
    /// Units that returned.
    pub quantity: i32,
    /// Units of the item that are available now, over all warehouses.
    pub remaining: i32,
}

/// The state that a batch is decided on.
///
/// The locked path reads it under row locks. The optimistic path builds it from caches; the store then compares it
/// with the locked rows before it writes.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The database's time.
    pub now: Time,
    /// Items that exist but have no entry in `levels`.
    pub items: HashSet<ItemId>,
    /// Archived items. Their units can't be blocked or allocated.
    pub archived_items: HashSet<ItemId>,
    /// Archived warehouses, of those that receive units. They can't receive any.
    pub archived_warehouses: HashSet<WarehouseId>,
    /// Warehouses that exist. It must contain each one that a request names, if that one exists.
    pub warehouses: HashSet<WarehouseId>,
    /// The warehouse that receives units if a request names none.
    pub default_warehouse: Option<WarehouseId>,
    /// Available units: of all levels of each item, or at least of the levels that the requests can change.
    pub levels: BTreeMap<LevelKey, i32>,
    /// Units in temporary blocks, also in expired ones, of the levels that requests set to counted units.
    pub held: HashMap<LevelKey, i64>,
    /// Units in temporary blocks and allocated orders, for each item whose quantity may exceed
    /// [`UNITS_RECEIVED_UNCHECKED_MAX`](crate::UNITS_RECEIVED_UNCHECKED_MAX) by receipts. They may return to stock.
    pub returnable_units: HashMap<ItemId, i64>,
    /// The blocks that requests name and that still have their units.
    pub blocks: HashMap<BlockId, HeldBlock>,
    /// The blocks that requests name and that have ended.
    pub ended: HashMap<BlockId, BlockEnd>,
    /// The blocks of the carts that requests name, in the order of the lines; each of them is in `blocks` or in `ended`.
    pub carts: HashMap<CartId, Vec<BlockId>>,
    /// The details of the carts that requests change.
    pub cart_details: HashMap<CartId, CartDetails>,
    /// Carts by reference, for the references that a request asks to be unique.
    pub referenced_carts: HashMap<Reference, CartId>,
    /// The references of those `blocks` that have one.
    pub references: HashMap<BlockId, Reference>,
    /// The number of active blocks of each reference that a request names.
    pub active_blocks: HashMap<Reference, i64>,
    /// The configured limits per block and per reference.
    pub limits: BlockLimits,
    /// The orders that requests name.
    pub orders: HashMap<OrderId, OrderSummary>,
    /// Expired blocks that are reclaimed before the first request is decided.
    pub expired: Vec<HeldBlock>,
    /// Reserved ids: at least one for each block that the requests may place.
    pub new_block_ids: Vec<BlockId>,
}

impl Snapshot {
    /// Returns the available units of an item over the levels of the snapshot.
    pub fn quantity(&self, item: ItemId) -> i64 {
        of_item(&self.levels, item).map(|(_, units)| i64::from(*units)).sum()
    }
}

/// Returns the stock levels of one item.
pub(super) fn of_item(
    levels: &BTreeMap<LevelKey, i32>,
    item: ItemId,
) -> impl Iterator<Item = (&LevelKey, &i32)> {
    let first = LevelKey { item, warehouse: WarehouseId(i64::MIN) };
    let last = LevelKey { item, warehouse: WarehouseId(i64::MAX) };
    levels.range(first..=last)
}

/// A movement to be appended to the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMovement {
    /// The stock level.
    pub key: LevelKey,
    /// Units added to the level; negative for units taken, 0 for a confirmation.
    pub change: i32,
    /// The reason for the change.
    pub reason: MovementReason,
    /// The block that it belongs to.
    pub block: Option<BlockId>,
    /// The order that it belongs to.
    pub order: Option<OrderId>,
    /// The caller's explanation.
    pub note: Option<String>,
    /// The index of the request that caused it; `None` for an expiry.
    pub request: Option<usize>,
}

/// The extension of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// The block.
    pub block: BlockId,
    /// The item of its units.
    pub item: ItemId,
    /// The expiry time before.
    pub before: Time,
    /// The later expiry time after.
    pub after: Time,
    /// The index of the request.
    pub request: usize,
}

/// A cart that the batch placed or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartChange {
    /// Its version before the batch; `None` for a new cart.
    pub version_before: Option<i64>,
    /// Its details after the batch.
    pub details: CartDetails,
    /// Its blocks after the batch, in the order of the lines.
    pub blocks: Vec<BlockId>,
}

/// The new state of an order that the batch changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderChange {
    /// The new status.
    pub status: OrderStatus,
    /// The warehouse that the order was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// The index of the request that allocated it, if one of this batch did.
    pub allocated: Option<usize>,
    /// The index of the request that cancelled it, if one of this batch did.
    pub cancelled: Option<usize>,
}

/// The changes of a batch. They are written in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockChanges {
    /// Units to add to existing stock levels; no entry is 0.
    pub levels: BTreeMap<LevelKey, i32>,
    /// Stock levels to create, with their available units.
    pub new_levels: BTreeMap<LevelKey, i32>,
    /// Blocks to create.
    pub placed: Vec<NewBlock>,
    /// Blocks that were confirmed or extended, in their new state.
    pub updated: BTreeMap<BlockId, HeldBlock>,
    /// Blocks that were released or have expired, with their item.
    pub ended: BTreeMap<BlockId, ItemId>,
    /// Carts that were placed or changed.
    pub carts: BTreeMap<CartId, CartChange>,
    /// Orders that were allocated or cancelled.
    pub orders: BTreeMap<OrderId, OrderChange>,
    /// The movements to append to the ledger, in order.
    pub movements: Vec<NewMovement>,
    /// The extensions, in order. An extension is no movement, so the audit log records it.
    pub extensions: Vec<Extension>,
}

impl StockChanges {
    /// Returns whether the batch has nothing to write.
    pub fn is_empty(&self) -> bool {
        self.movements.is_empty()
            && self.updated.is_empty()
            && self.orders.is_empty()
            && self.carts.is_empty()
    }
}

/// The planner's result for a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One decision per request, in the order of the requests.
    pub decisions: Vec<Decision>,
    /// The changes to write.
    pub changes: StockChanges,
    /// Items that had too few units for a request. If such an item has expired blocks, the caller adds them to
    /// [`Snapshot::expired`] and plans again, so that no request is rejected while stock can be reclaimed.
    pub short_items: BTreeSet<ItemId>,
}

/// Counts the blocks that the requests ask for under each reference, granted or not.
pub fn blocks_by_reference(requests: &[Request]) -> BTreeMap<&Reference, i64> {
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
