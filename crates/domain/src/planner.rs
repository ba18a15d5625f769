//! The batch planner: decides stock requests against a [`Snapshot`] and returns the changes to write.
//!
//! Requests are decided in arrival order. Each one sees the stock that the requests before it leave. A request that
//! does not fit is rejected; a later, smaller one may still be granted. A property test checks that a batch gives the
//! same result as its requests one by one.

#[cfg(test)]
mod bounds_tests;
mod cart_changes;
mod carts;
mod conditions;
mod conversions;
mod decide;
mod distribution;
mod draft;
mod exchange;
mod fill;
mod granted;
mod levels;
mod model;
mod moves;
mod order_parts;
mod orders;
mod payments;
mod request;
mod shipping;
mod sourcing;
#[cfg(test)]
mod tests;

pub use granted::{BlockExtended, BlockPlaced, BlockReleased, CartPlaced, Decision, Granted, PartConfirmed};
pub use model::{
    CartChange, ConvertedOrder, Extension, NewMovement, OrderChange, PaymentChange, Plan, Snapshot,
    StockChanges, Wait,
};
pub use request::{Request, blocks_by_reference};

use crate::{Error, WarehouseLimits};
use std::collections::HashSet;

/// Decides a batch of requests whose callers may change the stock of all warehouses.
pub fn plan(snapshot: &Snapshot, requests: &[Request]) -> Plan {
    plan_limited(snapshot, requests, &WarehouseLimits::default())
}

/// Decides a batch of requests. At most one request of a batch that changes a cart may name this cart, and no later one. A
/// request that would change the stock or a block in a warehouse that its caller is not
/// allowed to change is rejected with [`Error::WarehouseForbidden`](crate::Error::WarehouseForbidden).
pub fn plan_limited(snapshot: &Snapshot, requests: &[Request], limits: &WarehouseLimits) -> Plan {
    plan_except(snapshot, requests, limits, &HashSet::new())
}

/// Decides a batch of requests without those with the indexes in `postponed`. A postponed request changes nothing; the caller
/// submits it again, and its decision is not an answer.
pub fn plan_except(
    snapshot: &Snapshot,
    requests: &[Request],
    limits: &WarehouseLimits,
    postponed: &HashSet<usize>,
) -> Plan {
    let mut draft = draft::Draft::new(snapshot, limits);
    let decide = |(index, request)| match postponed.contains(&index) {
        true => Err(Error::invalid("request", "is decided later")),
        false => draft.decide(index, request),
    };
    let decisions = requests.iter().enumerate().map(decide).collect();
    let lacks_locks = draft.lacks_locks;
    let (changes, short_items) = draft.finish();
    Plan { decisions, changes, short_items, lacks_locks }
}
