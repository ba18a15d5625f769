//! Responses that are stored under an idempotency key, in the form that REST sends.

use crate::*;
use domain::Granted;
use engine::{CommandResult, DocumentOutcome, StoredResponse};
use serde::Serialize;

/// Serializes the result of a command with an idempotency key. A rejection becomes a problem with the request's id.
pub fn stored_response(result: &CommandResult<'_>, request_id: &str) -> StoredResponse {
    match *result {
        CommandResult::Stock(Ok(granted)) => stock(granted.clone()),
        CommandResult::Stock(Err(rejection)) | CommandResult::Rejected(rejection) => {
            let request_id = Some(request_id.to_owned());
            let problem = Problem { request_id, ..problem_from(rejection.clone().into()) };
            response(problem.status, problem)
        }
        CommandResult::ItemCreated(item) => response(201, Item::from(item.clone())),
        CommandResult::ItemUpdated(item) => response(200, Item::from(item.clone())),
        CommandResult::WarehouseCreated(warehouse) => response(201, Warehouse::from(warehouse.clone())),
        CommandResult::WarehouseUpdated(warehouse) => response(200, Warehouse::from(warehouse.clone())),
        CommandResult::CategoryRenamed(renamed) => response(200, CategoryRenamed::from(renamed.clone())),
        CommandResult::OrderCreated(order) => response(201, Order::from(order.clone())),
        CommandResult::DocumentLine(index, line) => stock_batch::line_response(index, line),
        CommandResult::StockDocument(outcome) => stock_batch::document_response(outcome, request_id),
    }
}

/// Serializes the results of a document whose response was not stored.
pub fn stock_changed(outcome: &DocumentOutcome, request_id: &str) -> StoredResponse {
    stored_response(&CommandResult::StockDocument(outcome), request_id)
}

fn stock(granted: Granted) -> StoredResponse {
    match granted {
        Granted::Placed(placed) => response(201, BlockPlaced::from(placed)),
        Granted::Confirmed(block) => response(200, BlockConfirmed::from(block)),
        Granted::Released(released) => response(200, BlockReleased::from(released)),
        Granted::Extended(extended) => response(200, BlockExtended::from(extended)),
        Granted::CartPlaced(placed) => response(201, CartPlaced::from(placed)),
        Granted::CartConfirmed(cart, blocks) => response(200, CartConfirmed::from((cart, blocks))),
        Granted::CartReleased(cart, blocks) => response(200, CartReleased::from((cart, blocks))),
        Granted::CartExtended(cart, blocks) => response(200, CartExtended::from((cart, blocks))),
        Granted::Adjusted(adjusted) => response(200, StockAdjusted::from(adjusted)),
        // A level is changed by a document, whose lines have responses of their own.
        Granted::LevelChanged(changed) => stock_batch::line_response(0, &engine::DocumentLine::Done(changed)),
        Granted::Moved(moved) => response(200, StockMoved::from(moved)),
        Granted::Allocated(allocation) => response(200, OrderAllocation::from(allocation)),
        Granted::Cancelled(order) => response(200, OrderCancelled::from(order)),
    }
}

fn response(status: u16, body: impl Serialize) -> StoredResponse {
    // Serializing a wire type can't fail: all its keys are strings.
    StoredResponse { status, body: serde_json::to_vec(&body).unwrap_or_default().into() }
}
