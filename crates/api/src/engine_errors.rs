//! Conversion of the engine's errors into problem details: status, stable code, and the numbers that explain a
//! rejection.

use crate::{ItemShortage, Problem};
use domain::Error as Rejection;
use engine::{Engine, Error, HeldUnits, Impairment, KeysById, StoredResponse};
use std::collections::BTreeSet;

/// Parses the problem of a rejection that is stored under an idempotency key.
pub fn stored_problem(stored: &StoredResponse) -> Problem {
    serde_json::from_slice(&stored.body).unwrap_or_else(|_| {
        Problem::new(500, "internal", "Something went wrong", "A stored response can't be read.")
    })
}

/// Converts an error of the engine. The problem has no details that are meant for the operator only.
pub fn problem_from(error: Error) -> Problem {
    match error {
        Error::Rejected(rejected) => rejection(rejected),
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
                "This server has {max} open event streams, which is its maximum. Close some, raise \
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
        Error::Contended | Error::Backlog | Error::BacklogUnneeded | Error::KeysChanged => Problem::new(
            503,
            "contended",
            "Other requests were changing the same stock",
            "Other requests kept changing the same stock. Nothing was changed; try again.",
        ),
        Error::StockLocked => Problem::new(
            503,
            "stock_locked",
            "Another transaction has locked the stock",
            "Another transaction of the database has locked the stock, the reference or the idempotency key of this \
             request. Nothing was changed; try again in a second.",
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
            "The outcome is unknown",
            "The connection to the database broke while the change was being saved. It was saved completely or not \
             at all: check before you try again.",
        ),
        Error::Internal => Problem::new(
            500,
            "internal",
            "Something went wrong",
            "An internal error occurred. Nothing was changed. The logs have the cause under the request id.",
        ),
    }
}

/// Returns the remedy for an impairment of the database.
fn remedy(impairment: Impairment) -> &'static str {
    match impairment {
        Impairment::StorageFull => "It accepts changes again after its disk has free space.",
        Impairment::ReadOnly => {
            "It accepts changes again after it becomes a primary and its role may write. DATABASE_URL may name a standby."
        }
        Impairment::OutOfMemory | Impairment::TooSlow => "Try again in a moment.",
        Impairment::ConnectionsExhausted => {
            "Try again in a moment. If the error persists, raise max_connections or run fewer servers."
        }
        Impairment::PermissionDenied => {
            "Grant the database role the rights that it had when Stockhold started."
        }
    }
}

/// Converts an error of the engine as [`problem_from`] does, with the SKUs of its items and the code of its warehouse. An
/// error for a missing right has neither: its caller may not be allowed to read them.
pub fn problem_with_keys(error: Error, keys: &KeysById) -> Problem {
    let mut problem = problem_from(error);
    if problem.status == 403 {
        return problem;
    }
    problem.sku = problem.item_id.and_then(|item| keys.sku(domain::ItemId(item)));
    problem.warehouse_code = problem.warehouse_id.and_then(|id| keys.known_code(domain::WarehouseId(id)));
    for shortage in problem.shortages.iter_mut().flatten() {
        shortage.sku = keys.sku(domain::ItemId(shortage.item_id));
    }
    if problem.code == "insufficient_stock" || problem.shortages.is_some() {
        add_held(&mut problem, |item| keys.held(item));
    }
    problem
}

/// Adds the held units of its short items to a problem.
fn add_held(problem: &mut Problem, held: impl Fn(domain::ItemId) -> Option<HeldUnits>) {
    let held = |item: i64| {
        let units = held(domain::ItemId(item));
        (units.map(|units| units.held), units.and_then(|units| units.until))
    };
    if let Some(item) = problem.item_id {
        (problem.held, problem.held_until) = held(item);
    }
    for shortage in problem.shortages.iter_mut().flatten() {
        (shortage.held, shortage.held_until) = held(shortage.item_id);
    }
}

/// Converts an error of the engine as [`problem_with_keys`] does. An error about too few units, or with shortages, also has the number of units
/// in temporary blocks and the next expiry time.
pub async fn problem_with_details(engine: &Engine, error: Error) -> Problem {
    let keys = engine.keys_of(&error).await;
    let mut problem = problem_with_keys(error, &keys);
    if problem.code != "insufficient_stock" && problem.shortages.is_none() {
        return problem;
    }
    let shortages = problem.shortages.iter().flatten();
    let items: BTreeSet<_> =
        problem.item_id.into_iter().chain(shortages.map(|short| short.item_id)).collect();
    let items: Vec<_> = items.into_iter().map(domain::ItemId).collect();
    let held = engine.held_units(&items).await;
    add_held(&mut problem, |item| held.get(&item).copied());
    problem
}

impl From<domain::Shortage> for ItemShortage {
    fn from(shortage: domain::Shortage) -> Self {
        let domain::Shortage { item, requested, available } = shortage;
        Self { item_id: item.0, sku: None, requested, available, held: None, held_until: None }
    }
}

fn rejection(error: Rejection) -> Problem {
    let detail = error.to_string();
    let problem = |status, code, title| Problem::new(status, code, title, detail.clone());
    let units = |(status, code, title),
                 order: domain::OrderId,
                 item: domain::ItemId,
                 requested: i32,
                 available: i32| {
        Problem {
            order_id: Some(order.0),
            item_id: Some(item.0),
            requested: Some(requested.into()),
            available: Some(available.into()),
            ..problem(status, code, title)
        }
    };
    match error {
        Rejection::Invalid { field, .. } => Problem {
            field: Some(field.to_owned()),
            ..problem(400, "invalid_value", "A value is not allowed")
        },
        Rejection::ItemNotFound(item) => {
            Problem { item_id: Some(item.0), ..problem(404, "item_not_found", "No such item") }
        }
        Rejection::SkuNotFound(sku) => {
            Problem { key: Some(sku), ..problem(404, "item_not_found", "No such item") }
        }
        Rejection::WarehouseCodeNotFound(code) => {
            Problem { key: Some(code), ..problem(404, "warehouse_not_found", "No such warehouse") }
        }
        Rejection::SkuTaken { sku, item } => Problem {
            item_id: Some(item.0),
            key: Some(sku),
            ..problem(409, "sku_taken", "Another item has this SKU")
        },
        Rejection::BarcodeTaken { barcode, item } => Problem {
            item_id: Some(item.0),
            key: Some(barcode),
            ..problem(409, "barcode_taken", "Another item has this barcode")
        },
        Rejection::WarehouseNotFound(warehouse) => Problem {
            warehouse_id: Some(warehouse.0),
            ..problem(404, "warehouse_not_found", "No such warehouse")
        },
        Rejection::BlockNotFound(block) => {
            Problem { block_id: Some(block.0), ..problem(404, "block_not_found", "No such block") }
        }
        Rejection::CartNotFound(cart) => {
            Problem { cart_id: Some(cart.0), ..problem(404, "cart_not_found", "No such cart") }
        }
        Rejection::OrderNotFound(order) => {
            Problem { order_id: Some(order.0), ..problem(404, "order_not_found", "No such order") }
        }
        Rejection::InsufficientStock { item, warehouse, requested, available } => Problem {
            item_id: Some(item.0),
            warehouse_id: warehouse.map(|warehouse| warehouse.0),
            requested: Some(requested.into()),
            available: Some(available.into()),
            ..problem(409, "insufficient_stock", "Too few units are available")
        },
        Rejection::CartShort(shortages) => {
            let first = shortages.first().copied();
            Problem {
                item_id: first.map(|first| first.item.0),
                requested: first.map(|first| first.requested.into()),
                available: first.map(|first| first.available.into()),
                shortages: Some(shortages.into_iter().map(ItemShortage::from).collect()),
                ..problem(409, "insufficient_stock", "Too few units are available")
            }
        }
        Rejection::StockOverflow { item, available, delta } => Problem {
            item_id: Some(item.0),
            requested: Some(delta.into()),
            available: Some(available.into()),
            ..problem(409, "stock_overflow", "Too many units")
        },
        Rejection::StockMismatch { item, warehouse, expected, present } => Problem {
            item_id: Some(item.0),
            warehouse_id: Some(warehouse.0),
            expected: Some(expected.into()),
            present: Some(present),
            ..problem(409, "stock_mismatch", "The stock level has other units")
        },
        Rejection::CountBelowHeld { item, warehouse, counted, held, unavailable } => Problem {
            item_id: Some(item.0),
            warehouse_id: Some(warehouse.0),
            requested: Some(counted.into()),
            held: Some(held),
            unavailable: Some(unavailable),
            ..problem(409, "count_below_held", "Fewer units were counted than can't be sold")
        },
        Rejection::TooFewInCondition { item, warehouse, requested, present, .. } => Problem {
            item_id: Some(item.0),
            warehouse_id: Some(warehouse.0),
            requested: Some(requested.into()),
            present: Some(present.into()),
            ..problem(409, "too_few_in_condition", "Too few units are in this condition")
        },
        Rejection::WriteOffForbidden { item, units, max } => Problem {
            item_id: Some(item.0),
            requested: Some(units),
            available: Some(max.into()),
            permission: Some(domain::Permission::WriteOffStock.as_str().to_owned()),
            ..problem(403, "forbidden", "A permission is missing")
        },
        Rejection::BlockAlreadyPermanent(block) => Problem {
            block_id: Some(block.0),
            ..problem(409, "block_already_permanent", "The block is already permanent")
        },
        Rejection::BlockNotPermanent(block) => Problem {
            block_id: Some(block.0),
            ..problem(409, "block_not_permanent", "The block is temporary")
        },
        Rejection::BlockAlreadyShipped(block) => Problem {
            block_id: Some(block.0),
            ..problem(409, "block_already_shipped", "The block was shipped")
        },
        Rejection::CartNotConfirmed(cart) => Problem {
            cart_id: Some(cart.0),
            ..problem(409, "cart_not_confirmed", "The cart is not confirmed")
        },
        Rejection::BlockExpired { block, .. } => {
            Problem { block_id: Some(block.0), ..problem(409, "block_expired", "The block has expired") }
        }
        Rejection::BlockReleased(block) => {
            Problem { block_id: Some(block.0), ..problem(409, "block_released", "The block was released") }
        }
        Rejection::BlockInCart { block, cart } => Problem {
            block_id: Some(block.0),
            cart_id: Some(cart.0),
            ..problem(409, "block_in_cart", "The block belongs to a cart")
        },
        Rejection::CartExpired { cart, shortages, .. } => {
            let shortages = (!shortages.is_empty()).then(|| shortages.into_iter().map(Into::into).collect());
            Problem {
                cart_id: Some(cart.0),
                shortages,
                ..problem(409, "cart_expired", "The cart has expired")
            }
        }
        Rejection::PaymentRunning { cart, reference, until } => Problem {
            cart_id: Some(cart.0),
            key: Some(reference),
            until: Some(until),
            ..problem(409, "payment_running", "The cart is being paid")
        },
        Rejection::PaymentNotRunning(cart) => Problem {
            cart_id: Some(cart.0),
            ..problem(409, "payment_not_running", "No payment of the cart is running")
        },
        Rejection::PaymentReferenceUsed { reference, cart } => Problem {
            cart_id: Some(cart.0),
            key: Some(reference),
            ..problem(409, "payment_reference_used", "Another cart has this payment reference")
        },
        Rejection::CartLifeLimit { cart, until } => Problem {
            cart_id: Some(cart.0),
            until: Some(until),
            ..problem(409, "cart_life_limit", "The payment ends too late")
        },
        Rejection::CartConfirmed(cart) => Problem {
            cart_id: Some(cart.0),
            ..problem(409, "cart_confirmed", "The cart is already confirmed")
        },
        Rejection::CartReleased(cart) => {
            Problem { cart_id: Some(cart.0), ..problem(409, "cart_released", "The cart was released") }
        }
        Rejection::BlockConverted { block, order } => Problem {
            block_id: Some(block.0),
            order_id: Some(order.0),
            ..problem(409, "block_converted", "The block's units belong to an order")
        },
        Rejection::CartConverted { cart, order } => Problem {
            cart_id: Some(cart.0),
            order_id: Some(order.0),
            ..problem(409, "cart_converted", "The cart's units belong to an order")
        },
        Rejection::CartVersionMismatch { cart, version } => Problem {
            cart_id: Some(cart.0),
            version: Some(version.to_string()),
            ..problem(409, "cart_version_mismatch", "The cart was changed in the meantime")
        },
        Rejection::CartReferenceTaken { reference, cart } => Problem {
            key: Some(reference),
            cart_id: Some(cart.0),
            ..problem(409, "reference_taken", "Another cart has this reference")
        },
        Rejection::OrderReferenceTaken { reference, order } => Problem {
            key: Some(reference),
            order_id: Some(order.0),
            ..problem(409, "reference_taken", "Another order has this reference")
        },
        Rejection::QuantityOverBlock { block, requested, held } => Problem {
            block_id: Some(block.0),
            requested: Some(requested.into()),
            available: Some(held.into()),
            ..problem(409, "quantity_over_block", "The block has fewer units")
        },
        Rejection::BlockUnitsLimit { item, requested, max } => Problem {
            item_id: Some(item.0),
            requested: Some(requested.into()),
            available: Some(max.into()),
            ..problem(409, "block_units_limit", "More units than one block may have")
        },
        Rejection::ReferenceBlocksLimit { active, requested, max, .. } => Problem {
            requested: Some(requested),
            available: Some((max - active).max(0)),
            ..problem(409, "reference_blocks_limit", "More blocks than one reference may have")
        },
        Rejection::IdempotencyKeyReused(_) => {
            problem(422, "idempotency_key_reused", "The idempotency key belongs to another request")
        }
        Rejection::OrderAlreadyAllocated { order, warehouse } => Problem {
            order_id: Some(order.0),
            warehouse_id: warehouse.map(|warehouse| warehouse.0),
            ..problem(409, "order_already_allocated", "The order is already allocated")
        },
        Rejection::NoOrderLine { order, item } => Problem {
            order_id: Some(order.0),
            item_id: Some(item.0),
            ..problem(404, "order_line_not_found", "The order has no line of this item")
        },
        Rejection::QuantityOverLine { order, item, requested, available } => {
            units((409, "quantity_over_line", "The line has fewer units"), order, item, requested, available)
        }
        Rejection::UnitsShipped { order, item, requested, available } => {
            units((409, "units_shipped", "The units were shipped"), order, item, requested, available)
        }
        Rejection::UnitsNotReassignable { order, item, requested, available } => {
            let title = "The units can't be reassigned";
            units((409, "units_not_reassignable", title), order, item, requested, available)
        }
        Rejection::NothingToReassign { from, .. } => Problem {
            order_id: Some(from.0),
            ..problem(409, "nothing_to_reassign", "No units can be reassigned")
        },
        Rejection::PlanMismatch { order, item, requested, .. } => Problem {
            order_id: Some(order.0),
            item_id: Some(item.0),
            requested: Some(requested),
            ..problem(409, "plan_mismatch", "The plan has other units than the order")
        },
        Rejection::OrderNotPending { order, .. } => Problem {
            order_id: Some(order.0),
            ..problem(409, "order_not_pending", "The order's lines can't be changed any more")
        },
        Rejection::OrderShipped(order) => Problem {
            order_id: Some(order.0),
            ..problem(409, "order_shipped", "Units of the order were shipped")
        },
        Rejection::NotAllocated(order) => Problem {
            order_id: Some(order.0),
            ..problem(409, "not_allocated", "The order has no units to ship")
        },
        Rejection::UnitsNotAllocated { order, item, warehouse, requested, allocated } => Problem {
            order_id: Some(order.0),
            item_id: Some(item.0),
            warehouse_id: warehouse.map(|warehouse| warehouse.0),
            requested: Some(requested.into()),
            available: Some(allocated.into()),
            ..problem(409, "units_not_allocated", "The order has fewer units to ship")
        },
        Rejection::OverReturned { order, item, warehouse, requested, returnable } => Problem {
            order_id: Some(order.0),
            item_id: Some(item.0),
            warehouse_id: warehouse.map(|warehouse| warehouse.0),
            requested: Some(requested.into()),
            available: Some(returnable.into()),
            ..problem(409, "over_returned", "More units than were shipped")
        },
        Rejection::OrderCancelled(order) => {
            Problem { order_id: Some(order.0), ..problem(409, "order_cancelled", "The order is cancelled") }
        }
        Rejection::CategoryExists(name) => Problem {
            key: Some(name),
            ..problem(409, "category_exists", "The category exists in another spelling")
        },
        Rejection::WarehouseCodeTaken(_) => {
            problem(409, "warehouse_code_taken", "Another warehouse has this code")
        }
        Rejection::ItemArchived(item) => {
            Problem { item_id: Some(item.0), ..problem(409, "item_archived", "The item is archived") }
        }
        Rejection::ItemHeld { item, held } => Problem {
            item_id: Some(item.0),
            held: Some(held),
            ..problem(409, "item_held", "Units of the item are in temporary blocks")
        },
        Rejection::WarehouseArchived(warehouse) => Problem {
            warehouse_id: Some(warehouse.0),
            ..problem(409, "warehouse_archived", "The warehouse is archived")
        },
        Rejection::WarehouseHasStock { warehouse, available, held } => Problem {
            warehouse_id: Some(warehouse.0),
            available: Some(available),
            held: Some(held),
            ..problem(409, "warehouse_has_stock", "The warehouse has units")
        },
        Rejection::WarehouseIsDefault(warehouse) => Problem {
            warehouse_id: Some(warehouse.0),
            ..problem(409, "warehouse_is_default", "The warehouse is the default one")
        },
        Rejection::VersionMismatch(version) => Problem {
            version: Some(version.to_string()),
            ..problem(412, "version_mismatch", "It was changed in the meantime")
        },
        Rejection::WebhookNotFound(_) => problem(404, "webhook_not_found", "No such webhook"),
        Rejection::WebhooksLimit(_) => problem(409, "webhooks_limit", "There are too many webhooks"),
        Rejection::ClientNotFound(_) => problem(404, "client_not_found", "No such client"),
        Rejection::TokenNotFound(_) => problem(404, "token_not_found", "No such token"),
        Rejection::ClientNameTaken(_) => problem(409, "client_name_taken", "Another client has this name"),
        Rejection::ClientDisabled(_) => problem(409, "client_disabled", "The client is disabled"),
        Rejection::ClientNotLimitable(_) => {
            problem(409, "client_not_limitable", "The client can't be limited to warehouses")
        }
        Rejection::ClientTokensLimit(_) => {
            problem(409, "client_tokens_limit", "The client has the maximum of valid tokens")
        }
        Rejection::Forbidden { permission, .. } => {
            let permission = Some(permission.as_str().to_owned());
            Problem { permission, ..problem(403, "forbidden", "A permission is missing") }
        }
        Rejection::WarehouseForbidden { permission, warehouse } => Problem {
            permission: Some(permission.as_str().to_owned()),
            warehouse_id: Some(warehouse.0),
            ..problem(403, "forbidden", "The warehouse is not allowed")
        },
        Rejection::AllWarehousesForbidden { permission } => {
            let permission = Some(permission.as_str().to_owned());
            Problem { permission, ..problem(403, "forbidden", "All warehouses are needed") }
        }
        Rejection::ImportNotFound(_) => problem(404, "import_not_found", "No such import"),
        Rejection::ImportState { .. } => {
            problem(409, "import_state", "The state of the import does not allow it")
        }
        Rejection::ImportFileTooLarge { .. } => problem(413, "file_too_large", "The file is too large"),
        Rejection::CursorUnknown => {
            problem(410, "cursor_unknown", "The cursor does not belong to this ledger")
        }
        Rejection::CursorArchived { oldest } => Problem {
            cursor: Some(oldest.to_string()),
            ..problem(410, "cursor_archived", "The events after the cursor are archived")
        },
    }
}
