//! The events of the simulation.

use crate::demo::rhythm::{DAY, HOUR, SPAN, Tick};
use domain::{BlockId, LevelKey};

/// From here on the stock of README's item does not change, except to the documented units.
pub(super) const STILL_FROM: Tick = before_end(2 * HOUR);

/// From here on the sold-out bestseller gets no more units.
pub(super) const SCARCE_FROM: Tick = before_end(4 * DAY);

/// Returns the tick that is so many ticks before the end of the history.
pub(super) const fn before_end(ticks: Tick) -> Tick {
    SPAN - ticks
}

/// Something that happens at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// The first units of an item come.
    First(usize),
    /// A customer of the web shop fills a cart.
    Cart,
    /// A cart ends.
    CartEnds(usize, End),
    /// An order of the marketplace comes.
    MarketOrder,
    /// An order gets its units.
    Source(usize),
    /// The units of an order leave a warehouse.
    Ship(usize, usize),
    /// The customer cancels an order.
    Cancel(usize),
    /// The customer sends units of an order back.
    Return(usize),
    /// A customer buys at the counter.
    CounterSale,
    /// A single block ends.
    BlockEnds(BlockId, End),
    /// The units of a sold block leave the shelf.
    Handover(BlockId),
    /// A person holds units for a customer.
    StaffHold,
    /// The stock of a category is compared with its rules, and units are ordered.
    Reorder(usize),
    /// Ordered units come.
    Deliver(usize),
    /// A hub gets units from the main warehouse.
    Replenish(usize),
    /// Some shelves of a warehouse are counted.
    Count(usize),
    /// A person writes units off.
    WriteOff,
    /// Units in quarantine are inspected.
    Inspect(LevelKey, i32),
    /// Damaged units are disposed of.
    Dispose(LevelKey, i32),
    /// An item is discontinued.
    Archive(usize),
    /// An event of the last days that the history always has.
    Closing(Scene),
}

/// The end of a block or of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// It becomes an order's.
    Convert,
    /// It is sold.
    Confirm,
    /// It is released.
    Release,
    /// It expires.
    Expire,
}

/// A scene of the last days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scene {
    /// A company buys most of the bestseller.
    LargeOrder,
    /// A cart takes some of the last units of the bestseller. The number of carts that follow.
    LastCart(i32),
    /// A customer of the marketplace orders the bestseller, the second time with another item.
    WaitingOrder(bool),
    /// An order needs units of two warehouses.
    TwoParcels,
    /// A person creates an order for a company, without allocating it.
    OpenOrder,
    /// README's item gets the documented units.
    Settle,
    /// The last moment: a person holds the rest of the bestseller, and some carts are being paid.
    Last,
}
