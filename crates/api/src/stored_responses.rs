//! Responses that are stored under an idempotency key, in the form that REST sends.

use crate::*;
use domain::Granted;
use engine::{Outcome, StoredResponse};
use serde::Serialize;

/// Renders the response to a request with an idempotency key.
pub fn stored_response(outcome: Outcome<'_>, request_id: &str) -> StoredResponse {
    match outcome {
        Outcome::Stock(Ok(answer)) => stock(answer.clone()),
        Outcome::Stock(Err(refusal)) | Outcome::Rejected(refusal) => {
            let request_id = Some(request_id.to_owned());
            let problem = Problem { request_id, ..problem_from(refusal.clone().into()) };
            reply(problem.status, problem)
        }
        Outcome::ItemCreated(item) => reply(201, Item::from(item.clone())),
        Outcome::ItemUpdated(item) => reply(200, Item::from(item.clone())),
        Outcome::WarehouseCreated(warehouse) => reply(201, Warehouse::from(warehouse.clone())),
        Outcome::CategoryRenamed(renamed) => reply(200, CategoryRenamed::from(renamed.clone())),
        Outcome::OrderCreated(order) => reply(201, Order::from(order.clone())),
    }
}

fn stock(answer: Granted) -> StoredResponse {
    match answer {
        Granted::Placed(placed) => reply(201, BlockPlaced::from(placed)),
        Granted::Confirmed(block) => reply(200, BlockConfirmed::from(block)),
        Granted::Released(released) => reply(200, BlockReleased::from(released)),
        Granted::Extended(extended) => reply(200, BlockExtended::from(extended)),
        Granted::CartPlaced(placed) => reply(201, CartPlaced::from(placed)),
        Granted::CartConfirmed(cart, blocks) => reply(200, CartConfirmed::from((cart, blocks))),
        Granted::CartReleased(cart, blocks) => reply(200, CartReleased::from((cart, blocks))),
        Granted::CartExtended(cart, blocks) => reply(200, CartExtended::from((cart, blocks))),
        Granted::Adjusted(adjusted) => reply(200, StockAdjusted::from(adjusted)),
        Granted::Moved(moved) => reply(200, StockMoved::from(moved)),
        Granted::Allocated(allocation) => reply(200, OrderAllocation::from(allocation)),
        Granted::Cancelled(order) => reply(200, OrderCancelled::from(order)),
    }
}

fn reply(status: u16, body: impl Serialize) -> StoredResponse {
    // Serializing a wire type can't fail: all its keys are strings.
    StoredResponse { status, body: serde_json::to_vec(&body).unwrap_or_default().into() }
}
