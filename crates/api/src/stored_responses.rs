//! Responses that are stored under an idempotency key, in the form that REST sends.

use crate::*;
use domain::Granted;
use engine::{CommandResult, DocumentOutcome, KeysById, StoredResponse, WithKeys};
use serde::Serialize;
use std::sync::Arc;

/// Serializes the result of a command with an idempotency key. A rejection becomes a problem with the request's id.
pub fn stored_response(result: &CommandResult<'_>, request_id: &str) -> StoredResponse {
    match *result {
        CommandResult::Stock(Ok(granted), keys) => stock(granted.clone(), keys),
        CommandResult::Stock(Err(rejection), keys) => rejected(rejection, keys, request_id),
        CommandResult::Rejected(rejection, keys) => rejected(rejection, keys, request_id),
        CommandResult::ItemCreated(item) => response(201, Item::from(item.clone())),
        CommandResult::ItemUpdated(item) => response(200, Item::from(item.clone())),
        CommandResult::WarehouseCreated(warehouse) => response(201, Warehouse::from(warehouse.clone())),
        CommandResult::WarehouseUpdated(warehouse) => response(200, Warehouse::from(warehouse.clone())),
        CommandResult::CategoryRenamed(renamed) => response(200, CategoryRenamed::from(renamed.clone())),
        CommandResult::OrderCreated(order) => response(201, Order::from(order.clone())),
        CommandResult::OrderChanged(order) => response(200, Order::from(order.clone())),
        CommandResult::DocumentLine(index, line, keys) => stock_batch::line_response(index, line, keys),
        CommandResult::StockDocument(outcome) => stock_batch::document_response(outcome, request_id),
    }
}

/// Serializes the results of a document whose response was not stored.
pub fn stock_changed(outcome: &DocumentOutcome, request_id: &str) -> StoredResponse {
    stored_response(&CommandResult::StockDocument(outcome), request_id)
}

fn rejected(rejection: &domain::Error, keys: &KeysById, request_id: &str) -> StoredResponse {
    let request_id = Some(request_id.to_owned());
    let problem = Problem { request_id, ..problem_with_keys(rejection.clone().into(), keys) };
    response(problem.status, problem)
}

fn stock(granted: Granted, keys: &Arc<KeysById>) -> StoredResponse {
    match granted {
        Granted::Placed(placed) => answer::<_, BlockPlaced>(201, placed, keys),
        Granted::Confirmed(block) => answer::<_, BlockConfirmed>(200, block, keys),
        Granted::PartConfirmed(sold) => answer::<_, BlockConfirmed>(200, sold, keys),
        Granted::Released(released) => answer::<_, BlockReleased>(200, released, keys),
        Granted::Extended(extended) => answer::<_, BlockExtended>(200, extended, keys),
        Granted::CartPlaced(placed) => answer::<_, CartPlaced>(201, placed, keys),
        Granted::CartChanged(cart) => answer::<_, Cart>(200, cart, keys),
        Granted::OrderConverted(order) => answer::<_, Order>(201, order, keys),
        Granted::PaymentChanged(cart) => answer::<_, Cart>(200, cart, keys),
        Granted::CartConfirmed(cart) => answer::<_, CartConfirmed>(200, cart, keys),
        Granted::CartReleased(cart, blocks) => answer::<_, CartReleased>(200, (cart, blocks), keys),
        Granted::CartExtended(cart, blocks) => answer::<_, CartExtended>(200, (cart, blocks), keys),
        Granted::Adjusted(adjusted) => answer::<_, StockAdjusted>(200, adjusted, keys),
        // A level is changed by a document, whose lines have responses of their own.
        Granted::LevelChanged(changed) => {
            stock_batch::line_response(0, &engine::DocumentLine::Done(changed), keys)
        }
        Granted::Moved(moved) => answer::<_, StockMoved>(200, moved, keys),
        Granted::ConditionChanged(changed) => answer::<_, ConditionChanged>(200, changed, keys),
        Granted::Allocated(allocation) => answer::<_, OrderAllocation>(200, allocation, keys),
        Granted::Cancelled(order) => answer::<_, OrderCancelled>(200, order, keys),
        Granted::Filled(filled) => answer::<_, OrderFilled>(200, filled, keys),
        Granted::PartCancelled(changed) | Granted::Reassigned(changed) => {
            answer::<_, OrderPartChanged>(200, changed, keys)
        }
        Granted::Shipped(shipped) => answer::<_, OrderShipped>(200, shipped, keys),
        Granted::Returned(returned) => answer::<_, OrderReturned>(200, returned, keys),
        Granted::BlockShipped(block) => answer::<_, BlockShipped>(200, block, keys),
        Granted::CartShipped(shipped) => answer::<_, CartShipped>(200, shipped, keys),
    }
}

/// Serializes an output as the wire type `W`, with its keys.
fn answer<T, W: From<WithKeys<T>> + Serialize>(
    status: u16,
    output: T,
    keys: &Arc<KeysById>,
) -> StoredResponse {
    response(status, W::from(WithKeys { output, keys: keys.clone() }))
}

fn response(status: u16, body: impl Serialize) -> StoredResponse {
    // Serializing a wire type can't fail: all its keys are strings.
    StoredResponse { status, body: serde_json::to_vec(&body).unwrap_or_default().into() }
}
