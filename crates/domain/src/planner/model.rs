//! The state that a batch is planned on, and the changes that the planner makes.

use super::granted::Decision;
use crate::{
    BlockEnd, BlockId, BlockLimits, CartDetails, CartHolding, CartId, CartPayment, Condition, HeldBlock,
    HoldNote, ItemId, LevelKey, MovementReason, NewBlock, OrderId, OrderPriority, OrderSummary, Reference,
    SeenLevel, StockUnits, Time, UnsellableUnits, WarehouseId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// The units on the shelf that are not available, of the levels that requests set to counted units. The field `available`
    /// is not used.
    pub shelf: HashMap<LevelKey, StockUnits>,
    /// The unsellable units of the levels that requests name. A level without an entry has none.
    pub unsellable: HashMap<LevelKey, UnsellableUnits>,
    /// The levels of the orders that a policy allocates, read without a lock. If a level is locked and its expired blocks are in
    /// `expired`, its entry counts none of them. See [`Plan::lacks_locks`].
    pub seen_levels: BTreeMap<LevelKey, SeenLevel>,
    /// Units in temporary blocks and allocated orders, for each item whose quantity may exceed
    /// [`UNITS_RECEIVED_UNCHECKED_MAX`](crate::UNITS_RECEIVED_UNCHECKED_MAX) by receipts. They may return to stock.
    pub returnable_units: HashMap<ItemId, i64>,
    /// The blocks that requests name and that still have their units.
    pub blocks: HashMap<BlockId, HeldBlock>,
    /// Those of `blocks` that are shipped.
    pub shipped_blocks: HashSet<BlockId>,
    /// The blocks that requests name and that have ended.
    pub ended: HashMap<BlockId, BlockEnd>,
    /// The blocks of the carts that requests name, in the order of the lines; each of them is in `blocks` or in `ended`.
    pub carts: HashMap<CartId, Vec<BlockId>>,
    /// The details of the carts that requests name.
    pub cart_details: HashMap<CartId, CartDetails>,
    /// The units that the blocks of `ended` had.
    pub ended_lines: HashMap<BlockId, CartHolding>,
    /// The confirmed and the active carts of each payment reference that a request retakes a cart for.
    pub paid_carts: HashMap<Reference, Vec<CartId>>,
    /// Carts by reference, for the references that a request asks to be unique.
    pub referenced_carts: HashMap<Reference, CartId>,
    /// The references of those `blocks` that have one.
    pub references: HashMap<BlockId, Reference>,
    /// The notes of those `blocks` that have one.
    pub notes: HashMap<BlockId, HoldNote>,
    /// The number of active blocks of each reference that a request names.
    pub active_blocks: HashMap<Reference, i64>,
    /// The configured limits per block and per reference.
    pub limits: BlockLimits,
    /// The orders that requests name.
    pub orders: HashMap<OrderId, OrderSummary>,
    /// Expired blocks that are reclaimed before the first request is decided.
    pub expired: Vec<HeldBlock>,
    /// The newest order of each reference that a request asks to be unique.
    pub referenced_orders: HashMap<Reference, OrderId>,
    /// The names of the items in orders that requests may make.
    pub item_names: HashMap<ItemId, String>,
    /// Reserved ids: one for each order that the requests may make.
    pub new_order_ids: Vec<OrderId>,
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
    /// The units that it concerns, if they are not those of `change`; positive.
    pub units: Option<i32>,
    /// The units by which it counts as activity, if they are not all: a request that returns units of the level and takes units
    /// of it again moves only the difference.
    pub activity_units: Option<i32>,
    /// The reason for the change.
    pub reason: MovementReason,
    /// The condition that the units enter, or leave when they are restored or disposed of.
    pub condition: Option<Condition>,
    /// The block that it belongs to.
    pub block: Option<BlockId>,
    /// The order that it belongs to.
    pub order: Option<OrderId>,
    /// The caller's explanation.
    pub note: Option<String>,
    /// The index of the request that caused it; `None` for an expiry.
    pub request: Option<usize>,
}

impl NewMovement {
    /// Returns the units by which the movement changes the units on hand of its level.
    pub fn on_hand_change(&self) -> i64 {
        self.reason.on_hand_change(self.change, self.units)
    }
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

/// The start or the end of a cart's payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentChange {
    /// The cart.
    pub cart: CartId,
    /// The payment.
    pub payment: CartPayment,
    /// The expiry time of the cart during the payment.
    pub expires_during: Time,
    /// Whether the payment was started; otherwise it was ended.
    pub has_started: bool,
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

/// An order that the batch makes of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertedOrder {
    /// The order.
    pub order: OrderSummary,
    /// The shop's name for it.
    pub reference: Option<Reference>,
    /// The converted cart.
    pub cart: Option<CartId>,
    /// The index of the request.
    pub request: usize,
}

/// The new state of an order that the batch changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    /// The order after the batch.
    pub after: OrderSummary,
    /// The index of the request that allocated it, if one of this batch did.
    pub allocated: Option<usize>,
    /// The index of the request that cancelled it, if one of this batch did.
    pub cancelled: Option<usize>,
    /// Its missing units begin to wait.
    pub wait: Option<Wait>,
    /// It was complete after a request of the batch, so it left the queue, even if it lacks units now.
    pub has_left_queue: bool,
    /// The index of the request that changed its lines, if one of this batch did.
    pub lines_changed: Option<usize>,
}

/// The missing units of an order wait in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The index of the request.
    pub request: usize,
    /// The priority; `None` for the present one.
    pub priority: Option<OrderPriority>,
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
    /// Permanent blocks that were shipped, with their item.
    pub shipped: BTreeMap<BlockId, ItemId>,
    /// Blocks that were released or have expired, with their item.
    pub ended: BTreeMap<BlockId, ItemId>,
    /// Carts that were placed or changed.
    pub carts: BTreeMap<CartId, CartChange>,
    /// The unsellable units of levels, in their new state.
    pub unsellable: BTreeMap<LevelKey, UnsellableUnits>,
    /// Orders that were allocated or cancelled.
    pub orders: BTreeMap<OrderId, OrderChange>,
    /// Orders to create.
    pub converted: Vec<ConvertedOrder>,
    /// The movements to append to the ledger, in order.
    pub movements: Vec<NewMovement>,
    /// The extensions, in order. An extension is no movement, so the audit log records it.
    pub extensions: Vec<Extension>,
    /// The payments that were started or ended, in order. The audit log records them.
    pub payments: Vec<PaymentChange>,
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
    /// Whether a decision needs a level of [`Snapshot::seen_levels`] that is not in [`Snapshot::levels`]. The caller then
    /// discards the plan, and locks other levels.
    pub lacks_locks: bool,
}
