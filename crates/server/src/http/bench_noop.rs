//! A handler that does nothing, as the baseline of `loadtest limits`: the cost of a request without the engine. Only in
//! builds with the feature `limits`.

use crate::http::extract::JsonBody;
use crate::state::AppState;
use api::BlockPlaced;
use api::by_key::PlaceBlock;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::DateTime;
use engine::Engine;

/// The path of the handler.
pub(crate) const PATH: &str = "/limits/nothing";

/// Returns the route, which has no middleware: the middleware counts as a cost of the service.
pub(crate) fn router(state: AppState) -> Router {
    Router::new().route(PATH, post(do_nothing)).with_state(state)
}

/// Parses a request for a block, and returns a constant response of the same shape as the real handler.
async fn do_nothing(State(_): State<Engine>, JsonBody(block): JsonBody<PlaceBlock>) -> Response {
    let body = BlockPlaced {
        block_id: 1_234_567,
        item_id: block.item_id.unwrap_or_default(),
        sku: None,
        warehouse_id: 1,
        warehouse_code: "MAIN".to_owned(),
        quantity_blocked: 1,
        remaining_quantity: 1_999_999_999,
        expires_at: DateTime::UNIX_EPOCH,
    };
    (StatusCode::CREATED, [(header::LOCATION, "/api/blocks/1234567")], Json(body)).into_response()
}
