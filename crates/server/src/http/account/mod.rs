//! The pages that manage access, and those of the catalogue's details, imports, carts and orders. Only the server
//! renders them: plain HTML and forms, without JavaScript.

mod activity;
mod audit;
mod blocks;
mod carts;
mod catalogue;
mod clients;
mod form;
mod help;
mod imports;
mod list_filter;
mod notifications;
#[cfg(feature = "openid")]
mod openid;
mod order_allocation;
mod order_documents;
mod order_lines;
mod order_page;
mod origin;
mod page;
mod people;
mod profile;
mod provider_name;
mod response;
mod search;
mod settings;
mod shipping;
mod sign_in;
mod stock_drafts;
mod webhooks;

use crate::http::console::require_caller;
use crate::http::locale::with_locale;
use crate::http::unread::add_unread;
use crate::state::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use client::ServerPage;

/// The routes of the pages and their forms.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let private = clients::router()
        .merge(audit::router())
        .merge(activity::router())
        .merge(notifications::router())
        .merge(people::router())
        .merge(profile::router())
        .merge(catalogue::router())
        .merge(imports::router())
        .merge(blocks::router())
        .merge(carts::router())
        .merge(settings::router())
        .merge(stock_drafts::router())
        .merge(help::router())
        .merge(order_lines::router())
        .merge(order_allocation::router())
        .merge(order_documents::router())
        .merge(search::router())
        .merge(shipping::router())
        .merge(webhooks::router());
    let public = sign_in::router();
    #[cfg(feature = "openid")]
    let (private, public) = (private.merge(openid::private_router()), public.merge(openid::public_router()));
    private
        .route_layer(middleware::from_fn_with_state(state.clone(), show_forbidden))
        .route_layer(middleware::from_fn_with_state(state.clone(), add_unread))
        .route_layer(middleware::from_fn(require_caller))
        .merge(public)
        .layer(middleware::from_fn(with_locale))
}

/// Replaces the problem of a forbidden page by a page, for clients that accept HTML.
async fn show_forbidden(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let accepts_html = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let is_page = request.method() == Method::GET && accepts_html;
    let (parts, body) = request.into_parts();
    let again = is_page.then(|| parts.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    match again {
        Some(parts) if response.status() == StatusCode::FORBIDDEN => {
            page::render(&state, parts, ServerPage::Forbidden).await
        }
        _ => response,
    }
}
