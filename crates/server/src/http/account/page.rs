//! The rendering of a page that manages access.

use crate::http::console;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use client::ServerPage;
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;

/// Renders the page. No cache may store it.
pub(super) async fn render(state: &AppState, parts: Parts, page: ServerPage) -> Response {
    let (engine, assets) = (state.engine.clone(), state.assets.clone());
    let context = move || {
        console::provide(&engine);
        provide_context(page.clone());
    };
    let render = render_app_async_with_context(context, move || client::shell(assets.clone()));
    let mut response = render(Request::from_parts(parts, Body::empty())).await.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
