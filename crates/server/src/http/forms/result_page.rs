//! The page with the result of a form.

use crate::http::console;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use client::FormResult;
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;

/// Renders the console's page for `outcome`. No cache may store it.
pub(super) async fn render(state: &AppState, parts: Parts, outcome: FormResult) -> Response {
    let (engine, assets) = (state.engine.clone(), state.assets.clone());
    let context = move || {
        console::provide(&engine);
        provide_context(outcome.clone());
    };
    let render = render_app_async_with_context(context, move || client::shell(assets.clone()));
    let mut response = render(Request::from_parts(parts, Body::empty())).await.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
