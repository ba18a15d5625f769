//! The requests of a batch.

use crate::{
    BlockId, CancelLines, CartId, ChangeCart, ChangeCondition, ConvertHolds, FillOrder, LevelChange, OrderId,
    Permission, PlaceBlock, PlaceCart, PlaceHold, Quantity, ReassignUnits, Reference, RetakeCart,
    ReturnOrder, ShipOrder, SourceOrder, StartPayment, StockAdjustment, StockMove, Ttl, WarehouseId,
};
use std::collections::BTreeMap;

/// A request that changes stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Place a temporary block.
    Place(PlaceBlock),
    /// Place a temporary block with the details of its buyer.
    PlaceHold(PlaceHold),
    /// Place a cart: a temporary block for each line, or none.
    PlaceCart(PlaceCart),
    /// Make a temporary block permanent. With a quantity, only these units are confirmed; the remaining units are
    /// released.
    Confirm(BlockId, Option<Quantity>),
    /// Make units of a temporary block permanent. The remaining units stay held until the same time, in a new block.
    ConfirmPart(BlockId, Quantity),
    /// Release a temporary block.
    Release(BlockId),
    /// Extend a temporary block.
    Extend(BlockId, Ttl),
    /// Replace the lines of a cart, or none.
    ChangeCart(ChangeCart),
    /// Make every temporary block of a cart permanent, or none.
    ConfirmCart(CartId),
    /// The same. If the cart has expired, take its units again and make them permanent, or none.
    RetakeCart(RetakeCart),
    /// Keep an active cart until the end of a payment.
    StartPayment(StartPayment),
    /// End the payment of a cart: it gets its ordinary expiry time.
    EndPayment(CartId),
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
    /// Change the condition of units of a stock level.
    ChangeCondition(ChangeCondition),
    /// Allocate all missing units of an order from a warehouse, or none.
    Allocate(OrderId, WarehouseId),
    /// Make an allocated order of what a cart or blocks hold.
    Convert(ConvertHolds),
    /// Allocate an order from the warehouses that a policy chooses, or by a plan.
    Source(SourceOrder),
    /// Cancel an order and return the units that were allocated to it.
    Cancel(OrderId),
    /// Take the missing units of an order that are available.
    Fill(FillOrder),
    /// Cancel units of an order's lines.
    CancelLines(CancelLines),
    /// Pass allocated units of one order to another.
    Reassign(ReassignUnits),
    /// Ship allocated units of an order.
    Ship(ShipOrder),
    /// Take back shipped units of an order.
    Return(ReturnOrder),
    /// Ship a permanent block.
    ShipBlock(BlockId),
    /// Ship a confirmed cart.
    ShipCart(CartId),
}

impl Request {
    /// Returns the single block that the request places.
    pub const fn single_block(&self) -> Option<&PlaceBlock> {
        match self {
            Self::Place(block) | Self::PlaceHold(PlaceHold { block, .. }) => Some(block),
            _ => None,
        }
    }

    /// Returns the permission that the request needs. A large write-off also needs [`Permission::WriteOffStock`].
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Place(_)
            | Self::PlaceHold(_)
            | Self::PlaceCart(_)
            | Self::Confirm(..)
            | Self::ConfirmPart(..)
            | Self::Release(_)
            | Self::Extend(..)
            | Self::ChangeCart(_)
            | Self::ConfirmCart(_)
            | Self::RetakeCart(_)
            | Self::StartPayment(_)
            | Self::EndPayment(_)
            | Self::ReleaseCart(_)
            | Self::ExtendCart(..)
            | Self::ShipBlock(_)
            | Self::ShipCart(_) => Permission::WriteHolds,
            Self::Adjust(_) | Self::ChangeLevel(_) | Self::Move(_) | Self::ChangeCondition(_) => {
                Permission::WriteStock
            }
            Self::Convert(_)
            | Self::Allocate(..)
            | Self::Source(_)
            | Self::Cancel(_)
            | Self::Fill(_)
            | Self::CancelLines(_)
            | Self::Reassign(_)
            | Self::Ship(_)
            | Self::Return(_) => Permission::WriteOrders,
        }
    }
}

/// Counts the blocks that the requests ask for under each reference, granted or not.
pub fn blocks_by_reference(requests: &[Request]) -> BTreeMap<&Reference, i64> {
    let mut blocks = BTreeMap::new();
    for request in requests {
        let (reference, placed) = match request {
            Request::PlaceCart(cart) => (&cart.reference, cart.lines().len()),
            Request::PlaceHold(hold) => (&hold.reference, 1),
            _ => continue,
        };
        if let Some(reference) = reference {
            *blocks.entry(reference).or_default() += i64::try_from(placed).unwrap_or(i64::MAX);
        }
    }
    blocks
}
