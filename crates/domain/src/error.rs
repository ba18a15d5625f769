use crate::{BlockId, CartId, ItemId, OrderId, Time, WarehouseId};

/// Why the rules refuse a request. Nothing has changed when one of these is returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value is outside what its type allows.
    #[error("{field} {reason}")]
    Invalid {
        /// The field's name on the wire.
        field: &'static str,
        /// What is wrong with it and what is allowed.
        reason: String,
    },
    /// No item has this id.
    #[error("There is no item {0}.")]
    ItemNotFound(ItemId),
    /// No warehouse has this id.
    #[error("There is no warehouse {0}.")]
    WarehouseNotFound(WarehouseId),
    /// No block has this id.
    #[error("There is no block {0}.")]
    BlockNotFound(BlockId),
    /// No cart has this id.
    #[error("There is no cart {0}.")]
    CartNotFound(CartId),
    /// No order has this id.
    #[error("There is no order {0}.")]
    OrderNotFound(OrderId),
    /// Too few units can be sold. `available` is the most that this request could have had.
    #[error("Item {item}: {requested} asked for, {available} available.")]
    InsufficientStock {
        /// The item that is short.
        item: ItemId,
        /// Units asked for.
        requested: i32,
        /// Units that one request could have now.
        available: i32,
    },
    /// The units would not fit into a quantity, once everything that is held has come back.
    #[error("Item {item}: {delta} more than the {available} available, and what is held, are over {max}, the most that can be kept.", max = crate::UNITS_MAX)]
    StockOverflow {
        /// The item whose quantity would be too large.
        item: ItemId,
        /// Units there now.
        available: i32,
        /// Units that were to be added.
        delta: i32,
    },
    /// The block is already confirmed.
    #[error("Block {0} is already permanent.")]
    BlockAlreadyPermanent(BlockId),
    /// The block's time is over; its units went back, or go back with the next clean-up.
    #[error("Block {block} expired at {}.", at.format("%Y-%m-%d %H:%M:%S UTC"))]
    BlockExpired {
        /// The block.
        block: BlockId,
        /// When it expired, or was cleaned up.
        at: Time,
    },
    /// The block's units were given back by a release.
    #[error("Block {0} was released.")]
    BlockReleased(BlockId),
    /// More was to be confirmed than the block holds.
    #[error("Block {block} holds {held}, {requested} were to be confirmed.")]
    QuantityOverBlock {
        /// The block.
        block: BlockId,
        /// Units to be confirmed.
        requested: i32,
        /// Units that it holds.
        held: i32,
    },
    /// A single block may not hold this many units here.
    #[error("Item {item}: {requested} asked for, a block may hold {max}.")]
    BlockUnitsLimit {
        /// The item.
        item: ItemId,
        /// Units asked for.
        requested: i32,
        /// The configured limit.
        max: i32,
    },
    /// One reference may not have this many active blocks here.
    #[error("Reference {reference} has {active} active blocks, {requested} more are over {max}.")]
    ReferenceBlocksLimit {
        /// The shop's own name for whom the blocks are for.
        reference: String,
        /// Its temporary blocks now.
        active: i64,
        /// Blocks asked for.
        requested: i64,
        /// The configured limit.
        max: i64,
    },
    /// The idempotency key was used before, with another request.
    #[error("The idempotency key {0} was used before with another request.")]
    IdempotencyKeyReused(String),
    /// The order has its units already.
    #[error("Order {order} is already allocated from warehouse {warehouse}.")]
    OrderAlreadyAllocated {
        /// The order.
        order: OrderId,
        /// Where its units came from.
        warehouse: WarehouseId,
    },
    /// The order was given up.
    #[error("Order {0} is cancelled.")]
    OrderCancelled(OrderId),
    /// Another warehouse has this code.
    #[error("Another warehouse has the code {0}.")]
    WarehouseCodeTaken(String),
    /// The ledger does not have the history that this cursor was read from.
    #[error(
        "The cursor is not of this ledger: it is of another database, or of a history that a restore or a failover \
         has replaced. Read the present state (GET /api/items, /api/blocks and /api/orders), and go on from the \
         cursor of now, which GET /api/events without `after` returns. Events may have been missed."
    )]
    CursorUnknown,
}

impl Error {
    /// A value that its type refuses.
    pub fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }
}
