//! The order in the address of a page: its id, its data, and the page that explains that there is none.

use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::Id;
use crate::state::AppState;
use api::Order;
use axum::extract::FromRequestParts as _;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use client::ServerPage;
use domain::OrderId;
use engine::Context;

/// Reads the id in the address. An id that is no number is that of no order.
pub(super) async fn order_id(state: &AppState, parts: &mut Parts) -> Result<OrderId, Rejection> {
    let id = Id::from_request_parts(parts, state).await;
    id.map(|Id(id)| OrderId(id)).map_err(|error| Rejection { status: StatusCode::NOT_FOUND, ..error.into() })
}

/// Reads an order. An unknown order is a rejection.
pub(super) async fn read_order(
    state: &AppState,
    context: &Context,
    id: OrderId,
) -> Result<Result<Order, Rejection>, ApiError> {
    match state.engine.order_get(context, id).await {
        Err(engine::Error::Rejected(error)) => Ok(Err(ApiError::from(error).into())),
        order => Ok(Ok(Order::from(order?))),
    }
}

/// Responds that there is no such order.
pub(super) async fn show_missing(state: &AppState, parts: Parts, missing: Rejection) -> Response {
    let page = ServerPage::NoOrder(missing.text.clone());
    missing.apply(page::render(state, parts, page).await)
}
