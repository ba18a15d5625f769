use super::response::{CommandResult, json, stored_response, with_details};
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, RequestContext};
use api::{ChangeCondition, ChangeStock, ConditionChanged, StockChanged, stock_changed};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use engine::Engine;

/// Changes up to 10,000 stock levels: `set` to a count, or `change` by received or written-off units.
///
/// A count is decided on the level as it is when the line is written. With `expected` it is a compare-and-set. By default a
/// count is of the units on the shelf: held, committed, damaged ones and those in quarantine are among them and stay so. A count
/// below these is refused. A level that already has the counted units gets no movement.
///
/// An `atomic` request is applied as a whole or refused as a whole, with 409 `document_refused` and the refused `lines`. Any
/// other request is applied in steps, in the order of items, and has a result for each line. With an `Idempotency-Key`, a
/// repeated request applies each line once, also after a failure between two steps.
#[utoipa::path(post, path = "/api/stock/batch", tag = "items", request_body = ChangeStock,
    responses((status = 200, description = "The result of each line", body = StockChanged)))]
pub(crate) async fn change_stock(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(changes): JsonBody<ChangeStock>,
) -> Result<Response, ApiError> {
    let codes = changes.warehouse_codes()?;
    let response = engine.stock_document_by_keys(&context, changes.try_into()?, codes).await?;
    Ok(stored_response(match response {
        engine::Response::Fresh(outcome) => stock_changed(&outcome, &context.request_id),
        engine::Response::Stored(stored) => stored,
    }))
}

/// Changes the condition of units on the shelf: sets available units aside as damaged or in quarantine, makes them available
/// again, or disposes of them.
///
/// Units that are damaged or in quarantine are on hand and can't be sold. Disposing of units is a write-off: they are not on
/// hand any more.
#[utoipa::path(post, path = "/api/stock/condition", tag = "items", request_body = ChangeCondition,
    responses((status = 200, description = "The stock level after the change", body = ConditionChanged)))]
pub(crate) async fn change_condition(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(change): JsonBody<ChangeCondition>,
) -> CommandResult<Json<ConditionChanged>> {
    let changed = engine.stock_change_condition(&context, change.into_request()?).await;
    Ok(json(with_details(&engine, changed).await?))
}
