//! The page of a block.

use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, RequestContext};
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use client::{BlockPage, ServerPage};
use domain::{BlockId, Permission};

/// The route.
pub(super) fn router() -> Router<AppState> {
    Router::new().route("/blocks/{id}", get(Guarded { permission: Permission::ReadStock, handler: show }))
}

/// Shows a block. An id that is no number is that of no block.
async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let missing = match Id::from_request_parts(&mut parts, &state).await {
        Ok(Id(id)) => match state.engine.block_get(&context, BlockId(id)).await {
            Err(engine::Error::Rejected(error)) => ApiError::from(error),
            block => {
                let page = BlockPage { block: block?.into() };
                return Ok(page::render(&state, parts, ServerPage::Block(Box::new(page))).await);
            }
        },
        Err(error) => error,
    };
    let missing = Rejection { status: StatusCode::NOT_FOUND, ..missing.into() };
    let page = ServerPage::NoBlock(missing.text.clone());
    Ok(missing.apply(page::render(&state, parts, page).await))
}
