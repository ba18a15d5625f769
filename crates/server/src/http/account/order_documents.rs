//! The printed documents of an order.

use super::order_page::{order_id, read_order, show_missing};
use super::page;
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use axum::routing::get;
use client::{DocumentKind, OrderDocument, ServerPage};
use domain::Permission;

/// The routes.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/orders/{id}/pick-list", get(reading(pick_list)))
        .route("/orders/{id}/packing-slip", get(reading(packing_slip)))
}

fn reading<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ReadStock, handler }
}

async fn pick_list(state: State<AppState>, request: Request) -> Result<Response, ApiError> {
    show_document(state, request, DocumentKind::PickList).await
}

async fn packing_slip(state: State<AppState>, request: Request) -> Result<Response, ApiError> {
    show_document(state, request, DocumentKind::PackingSlip).await
}

async fn show_document(
    State(state): State<AppState>,
    request: Request,
    kind: DocumentKind,
) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let order = match order_id(&state, &mut parts).await {
        Ok(id) => read_order(&state, &context, id).await?,
        Err(missing) => Err(missing),
    };
    match order {
        Ok(order) => {
            let document = ServerPage::OrderDocument(Box::new(OrderDocument { kind, order }));
            Ok(page::render(&state, parts, document).await)
        }
        Err(missing) => Ok(show_missing(&state, parts, missing).await),
    }
}
