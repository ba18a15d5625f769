//! The results of granted requests.

use crate::{
    BlockId, Cart, CartConfirmed, CartId, CartShipped, ConditionChanged, Error, HeldBlock, ItemId,
    LevelChanged, LevelKey, Order, OrderAllocation, OrderFilled, OrderId, OrderPartChanged, OrderReturned,
    OrderShipped, StockAdjusted, StockMoved, Time,
};

/// The result of a request that was granted.
///
/// An allocation that lacks units is a result as well, not an error: it changes nothing and lists the shortages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// The result of [`Request::Place`] and [`Request::PlaceHold`].
    Placed(BlockPlaced),
    /// The result of [`Request::Confirm`]: the block, now permanent.
    Confirmed(HeldBlock),
    /// The result of [`Request::ConfirmPart`].
    PartConfirmed(PartConfirmed),
    /// The result of [`Request::Release`].
    Released(BlockReleased),
    /// The result of [`Request::Extend`].
    Extended(BlockExtended),
    /// The result of [`Request::PlaceCart`].
    CartPlaced(CartPlaced),
    /// The result of [`Request::ChangeCart`]: the changed cart.
    CartChanged(Cart),
    /// The result of [`Request::ConfirmCart`] and [`Request::RetakeCart`].
    CartConfirmed(CartConfirmed),
    /// The result of [`Request::StartPayment`] and [`Request::EndPayment`]: the cart.
    PaymentChanged(Cart),
    /// The result of [`Request::ReleaseCart`].
    CartReleased(CartId, Vec<BlockReleased>),
    /// The result of [`Request::ExtendCart`].
    CartExtended(CartId, Vec<BlockExtended>),
    /// The result of [`Request::Adjust`].
    Adjusted(StockAdjusted),
    /// The result of [`Request::ChangeLevel`].
    LevelChanged(LevelChanged),
    /// The result of [`Request::Move`].
    Moved(StockMoved),
    /// The result of [`Request::ChangeCondition`].
    ConditionChanged(ConditionChanged),
    /// The result of [`Request::Allocate`] and [`Request::Source`].
    Allocated(OrderAllocation),
    /// The result of [`Request::Convert`]: the order, without SKUs and codes of warehouses.
    OrderConverted(Box<Order>),
    /// The result of [`Request::Cancel`].
    Cancelled(OrderId),
    /// The result of [`Request::Fill`].
    Filled(OrderFilled),
    /// The result of [`Request::CancelLines`].
    PartCancelled(OrderPartChanged),
    /// The result of [`Request::Reassign`]: the order that received the units.
    Reassigned(OrderPartChanged),
    /// The result of [`Request::Ship`].
    Shipped(OrderShipped),
    /// The result of [`Request::Return`].
    Returned(OrderReturned),
    /// The result of [`Request::ShipBlock`].
    BlockShipped(HeldBlock),
    /// The result of [`Request::ShipCart`].
    CartShipped(CartShipped),
}

/// The planner's decision about one request: granted, or rejected with the reason.
pub type Decision = Result<Granted, Error>;

/// A block that was confirmed in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartConfirmed {
    /// The block with the confirmed units, now permanent.
    pub block: HeldBlock,
    /// The new temporary block of the remaining units; `None` if all were confirmed.
    pub rest: Option<BlockPlaced>,
}

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
