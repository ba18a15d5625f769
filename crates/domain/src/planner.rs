//! The batch planner: decides stock requests against a [`Snapshot`] and returns the changes to write.
//!
//! Requests are decided in arrival order. Each one sees the stock that the requests before it leave. A request that
//! does not fit is rejected; a later, smaller one may still be granted. A property test checks that a batch gives the
//! same result as its requests one by one.

#[cfg(test)]
mod bounds_tests;
mod carts;
mod decide;
mod draft;
mod model;
mod moves;
#[cfg(test)]
mod tests;

pub use model::{
    BlockExtended, BlockPlaced, BlockReleased, CartPlaced, Decision, Extension, Granted, NewMovement,
    OrderChange, Plan, Request, Snapshot, StockChanges, blocks_by_reference,
};

/// Decides a batch of requests.
pub fn plan(snapshot: &Snapshot, requests: &[Request]) -> Plan {
    let mut draft = draft::Draft::new(snapshot);
    let decisions =
        requests.iter().enumerate().map(|(index, request)| draft.decide(index, request)).collect();
    let (changes, short_items) = draft.finish();
    Plan { decisions, changes, short_items }
}
