//! The help: a page per concept.

use super::page;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use client::{HelpPage, ServerPage};
use domain::Permission;

/// The routes. They need any credentials.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/help", get(Guarded { permission: Permission::SignedIn, handler: contents }))
        .route("/help/{topic}", get(Guarded { permission: Permission::SignedIn, handler: topic }))
}

async fn contents(State(state): State<AppState>, request: Request) -> Response {
    page::render(&state, request.into_parts().0, ServerPage::Help(HelpPage::contents())).await
}

/// Shows a topic. An unknown one is 404, with the list of topics.
async fn topic(State(state): State<AppState>, Path(name): Path<String>, request: Request) -> Response {
    let page = HelpPage::topic(&name);
    let is_known = page.is_known();
    let mut response = page::render(&state, request.into_parts().0, ServerPage::Help(page)).await;
    if !is_known {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
