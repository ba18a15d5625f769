//! The reasons for which an item is sold out or short.

use crate::{Block, LevelTotals, NamedMovement, OrderId, Time, WaitingOrder};

/// The units of an order that are allocated and not shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocatedOrder {
    /// The order.
    pub order: OrderId,
    /// Its reference.
    pub reference: Option<String>,
    /// Units of the item.
    pub units: i64,
}

/// The units of an item by state, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailability {
    /// Units available now.
    pub available: i64,
    /// Units in active temporary blocks.
    pub held: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// The largest active temporary blocks, most units first.
    pub holds: Vec<Block>,
    /// The time at which the next active temporary block expires.
    pub next_expiry: Option<Time>,
    /// The orders with the most units that are not shipped, most units first.
    pub orders: Vec<AllocatedOrder>,
    /// The last movements that took units, latest first.
    pub sales: Vec<NamedMovement>,
    /// The last receipt.
    pub receipt: Option<NamedMovement>,
    /// Units in open drafts of deliveries.
    pub expected: i64,
    /// The first orders of the queue that miss units of the item.
    pub waiting: Vec<WaitingOrder>,
    /// The orders of the queue that miss units of the item.
    pub orders_waiting: i64,
}

impl Unavailability {
    /// Creates the sums over the levels of an item, without their parts.
    pub fn of(levels: &[LevelTotals]) -> Self {
        let sum = |of: fn(&LevelTotals) -> i64| levels.iter().map(of).sum();
        Self {
            available: sum(|level| level.available.into()),
            held: sum(|level| level.held),
            committed: sum(|level| level.committed),
            damaged: sum(|level| level.damaged),
            quarantined: sum(|level| level.quarantined),
            holds: Vec::new(),
            next_expiry: None,
            orders: Vec::new(),
            sales: Vec::new(),
            receipt: None,
            expected: 0,
            waiting: Vec::new(),
            orders_waiting: 0,
        }
    }
}
