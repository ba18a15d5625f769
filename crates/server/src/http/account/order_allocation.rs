//! The page that allocates an order, and its forms.

mod actions;
mod fields;
mod respond;

use super::form::Fields;
use super::order_page::{order_id, show_missing};
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::Permission;
use respond::respond;

/// The routes. They need the permission to change orders.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/orders/{id}/allocate", get(guarded(show)).post(guarded(actions::allocate)))
        .route("/orders/{id}/allocate/fill", post(guarded(actions::fill)))
        .route("/orders/{id}/allocate/queue", post(guarded(actions::queue)))
        .route("/orders/{id}/allocate/cancel", post(guarded(actions::cancel)))
        .route("/orders/{id}/allocate/give", post(guarded(actions::give)))
        .route("/orders/{id}/allocate/get", post(guarded(actions::get)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::WriteOrders, handler }
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    match order_id(&state, &mut parts).await {
        Ok(id) => respond(&state, &context, parts, id, &Fields::default(), None).await,
        Err(missing) => Ok(show_missing(&state, parts, missing).await),
    }
}
