//! The help: a page per concept.

use super::page;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
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

/// Shows all topics, and first the one of the page from which the person came.
async fn contents(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let from = parts.headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let from = from.and_then(|referer| referer.parse::<Uri>().ok());
    let help = HelpPage::contents(from.as_ref().map(Uri::path));
    page::render(&state, parts, ServerPage::Help(help)).await
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
