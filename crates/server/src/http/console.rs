//! The console: pages that the server renders, and the files that bring them to life in the browser.

use crate::http::headers::set_default;
use crate::http::middleware::security_headers;
use crate::http::rpc;
use crate::state::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use engine::Engine;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::use_context;
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list_with_exclusions,
    render_app_async_with_context,
};
use std::sync::LazyLock;
use tower_http::services::ServeDir;

/// May be kept for a year: its name changes with its content.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";

/// May be kept, but must be asked for anew each time.
const CACHE_CHECKED: &str = "no-cache";

/// The addresses of the pages; the server functions have a handler of their own. Listed once in a process: while
/// Leptos lists them, no page anywhere in it loads its data (`leptos_server`'s `IS_SUPPRESSING_RESOURCE_LOAD`), and
/// one that is rendered for another server at that moment is never finished.
static PAGES: LazyLock<Vec<AxumRouteListing>> =
    LazyLock::new(|| generate_route_list_with_exclusions(client::App, Some(rpc::paths())));

/// The pages, and as the fallback the files; then a page that says that there is nothing.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let options = state.options.clone();
    let engine = state.engine.clone();
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(get(nothing_here).with_state(state.clone()));
    let shell = {
        let assets = state.assets.clone();
        move || client::shell(assets.clone())
    };
    Router::new()
        .leptos_routes_with_context(state, PAGES.clone(), move || provide(&engine), shell)
        .fallback_service(files)
        .layer(middleware::from_fn_with_state(options, keep))
}

/// Provides the context of a page's render: that of a server function, and a Content-Security-Policy that allows the
/// page's own inline scripts by their nonce, and no others.
pub(crate) fn provide(engine: &Engine) {
    rpc::provide(engine);
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, security_headers::page_policy(&nonce));
    }
}

/// The console's own page for an address that has none.
async fn nothing_here(State(state): State<AppState>, request: Request) -> Response {
    let shared = state.clone();
    let render = render_app_async_with_context(
        move || provide(&shared.engine),
        move || client::shell(state.assets.clone()),
    );
    let mut response = render(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Tells browsers what they may keep.
async fn keep(State(options): State<LeptosOptions>, request: Request, next: Next) -> Response {
    let named_by_content =
        options.hash_files && request.uri().path().starts_with(&options.site_pkg_dir_route_base());
    let mut response = next.run(request).await;
    let rule = if named_by_content && response.status().is_success() { CACHE_FOREVER } else { CACHE_CHECKED };
    set_default(&mut response, header::CACHE_CONTROL, rule);
    response
}
