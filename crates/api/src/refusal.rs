//! What a refusal looks like on the wire: its status, its stable code, and the numbers that explain it.

use crate::Problem;
use domain::Error as Refusal;
use engine::{Engine, Error, Impairment};

/// The problem that tells a caller of this error. What only the operator should know stays out of it.
pub fn problem_from(error: Error) -> Problem {
    match error {
        Error::Refused(refusal) => refused(refusal),
        // The server sends a kept answer as it is, and only a problem can come by here.
        Error::Answered(reply) => serde_json::from_slice(&reply.body).unwrap_or_else(|_| {
            Problem::new(500, "internal", "Something went wrong", "A kept answer got lost.")
        }),
        Error::Overloaded => Problem::new(
            503,
            "overloaded",
            "Too many requests are waiting",
            "Too many requests are waiting for stock. Nothing was changed; try again in a second.",
        ),
        Error::StreamsFull { max } => Problem::new(
            503,
            "event_streams_full",
            "Too many event streams are open",
            format!(
                "This server has {max} event streams open, the most that it serves. Close some, raise \
                 event_streams_max, or read GET /api/events."
            ),
        ),
        Error::Unavailable => Problem::new(
            503,
            "database_unavailable",
            "The database does not answer",
            "The database does not answer. Nothing was changed; try again in a moment.",
        ),
        Error::Impaired(impairment) => Problem::new(
            503,
            impairment.code(),
            "The database can't do that now",
            format!("Nothing was changed: {impairment}. {}", remedy(impairment)),
        ),
        Error::Contended | Error::Backlog => Problem::new(
            503,
            "contended",
            "Others were changing the same stock",
            "Others kept changing the same stock. Nothing was changed; try again.",
        ),
        Error::StockLocked => Problem::new(
            503,
            "stock_locked",
            "Another transaction has locked the stock",
            "Another transaction of the database has locked rows that this request needs. Nothing was changed; try \
             again in a second.",
        ),
        Error::PartlyRenamed { items } => Problem::new(
            503,
            "partly_renamed",
            "Some items were not renamed",
            format!(
                "{items} items have the new category; the others still have the old one. Try again to rename them."
            ),
        ),
        Error::OutcomeUnknown => Problem::new(
            503,
            "outcome_unknown",
            "The outcome is not known",
            "The connection to the database broke while the change was being saved. It happened whole, or not \
             at all: look before you try again.",
        ),
        Error::Internal => Problem::new(
            500,
            "internal",
            "Something went wrong",
            "Something went wrong on our side. Nothing was changed; the request id finds the cause in the logs.",
        ),
    }
}

/// The remedy for an impairment of the database.
fn remedy(impairment: Impairment) -> &'static str {
    match impairment {
        Impairment::StorageFull => "It takes changes again once its disk has room.",
        Impairment::ReadOnly => {
            "It takes changes again once it is a primary, and its role may write; DATABASE_URL may name a standby."
        }
        Impairment::OutOfMemory | Impairment::TooSlow => "Try again in a moment.",
        Impairment::ConnectionsExhausted => {
            "Try again in a moment; if that lasts, raise max_connections or run fewer servers."
        }
        Impairment::PermissionDenied => {
            "Grant the database role the rights that it had when Stockhold started."
        }
    }
}

/// The same, with the way out of it where the stock knows one: what is held may come back.
pub async fn explained(engine: &Engine, error: Error) -> Problem {
    let way_out = engine.way_out(&error).await;
    let held = way_out.map(|way_out| way_out.held);
    let held_until = way_out.and_then(|way_out| way_out.until);
    Problem { held, held_until, ..problem_from(error) }
}

fn refused(refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    let problem = |status, code, title| Problem::new(status, code, title, detail.clone());
    match refusal {
        Refusal::Invalid { field, .. } => Problem {
            field: Some(field.to_owned()),
            ..problem(400, "invalid_value", "A value is not allowed")
        },
        Refusal::ItemNotFound(item) => {
            Problem { item_id: Some(item.0), ..problem(404, "item_not_found", "No such item") }
        }
        Refusal::WarehouseNotFound(warehouse) => Problem {
            warehouse_id: Some(warehouse.0),
            ..problem(404, "warehouse_not_found", "No such warehouse")
        },
        Refusal::BlockNotFound(block) => {
            Problem { block_id: Some(block.0), ..problem(404, "block_not_found", "No such block") }
        }
        Refusal::CartNotFound(cart) => {
            Problem { block_id: Some(cart.0), ..problem(404, "cart_not_found", "No such cart") }
        }
        Refusal::OrderNotFound(order) => {
            Problem { order_id: Some(order.0), ..problem(404, "order_not_found", "No such order") }
        }
        Refusal::InsufficientStock { item, requested, available } => Problem {
            item_id: Some(item.0),
            requested: Some(requested.into()),
            available: Some(available.into()),
            ..problem(409, "insufficient_stock", "Too few units are available")
        },
        Refusal::StockOverflow { item, available, delta } => Problem {
            item_id: Some(item.0),
            requested: Some(delta.into()),
            available: Some(available.into()),
            ..problem(409, "stock_overflow", "Too many units to be kept")
        },
        Refusal::BlockAlreadyPermanent(block) => Problem {
            block_id: Some(block.0),
            ..problem(409, "block_already_permanent", "The block is already permanent")
        },
        Refusal::BlockExpired { block, .. } => {
            Problem { block_id: Some(block.0), ..problem(409, "block_expired", "The block has expired") }
        }
        Refusal::BlockReleased(block) => {
            Problem { block_id: Some(block.0), ..problem(409, "block_released", "The block was released") }
        }
        Refusal::QuantityOverBlock { block, requested, held } => Problem {
            block_id: Some(block.0),
            requested: Some(requested.into()),
            available: Some(held.into()),
            ..problem(409, "quantity_over_block", "The block holds less than that")
        },
        Refusal::BlockUnitsLimit { item, requested, max } => Problem {
            item_id: Some(item.0),
            requested: Some(requested.into()),
            available: Some(max.into()),
            ..problem(409, "block_units_limit", "More units than one block may hold")
        },
        Refusal::ReferenceBlocksLimit { active, requested, max, .. } => Problem {
            requested: Some(requested),
            available: Some((max - active).max(0)),
            ..problem(409, "reference_blocks_limit", "More blocks than one reference may have")
        },
        Refusal::IdempotencyKeyReused(_) => {
            problem(422, "idempotency_key_reused", "The idempotency key belongs to another request")
        }
        Refusal::OrderAlreadyAllocated { order, warehouse } => Problem {
            order_id: Some(order.0),
            warehouse_id: Some(warehouse.0),
            ..problem(409, "order_already_allocated", "The order is already allocated")
        },
        Refusal::OrderCancelled(order) => {
            Problem { order_id: Some(order.0), ..problem(409, "order_cancelled", "The order is cancelled") }
        }
        Refusal::WarehouseCodeTaken(_) => {
            problem(409, "warehouse_code_taken", "Another warehouse has this code")
        }
        Refusal::CursorUnknown => problem(410, "cursor_unknown", "The cursor is not of this ledger"),
    }
}
