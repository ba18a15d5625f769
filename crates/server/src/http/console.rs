//! The console: server-rendered pages, and the files that hydrate them.

use crate::http::console_actions::forbidden;
use crate::http::headers::set_default;
use crate::http::middleware::security_headers;
use crate::http::rpc;
use crate::http::unread::add_unread;
use crate::state::AppState;
use access::Caller;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use client::{ConsoleCaller, UnreadNotifications, messages};
use domain::Credential;
use engine::Engine;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list_with_exclusions,
    render_app_async_with_context,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::LazyLock;
use tower_http::services::ServeDir;

/// Cached for a year: the file's name changes with its content.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";

/// Cached, but revalidated before each use.
const CACHE_CHECKED: &str = "no-cache";

/// Not cached: the browser must not show a page of a person who has signed out.
const CACHE_NEVER: &str = "no-store";

/// The routes of the pages, without the server functions. The list is built once per process: meanwhile Leptos suppresses
/// all resources of the process (`IS_SUPPRESSING_RESOURCE_LOAD` in `leptos_server`), and a page that is rendered by another
/// server in the same process would never finish.
static PAGES: LazyLock<Vec<AxumRouteListing>> =
    LazyLock::new(|| generate_route_list_with_exclusions(client::App, Some(rpc::paths())));

/// Returns the routes: the pages, then the files, then the page for unknown addresses.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let options = state.options.clone();
    let engine = state.engine.clone();
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(get(not_found).with_state(state.clone()));
    let shell = {
        let assets = state.assets.clone();
        move || client::shell(assets.clone())
    };
    Router::new()
        .leptos_routes_with_context(state, PAGES.clone(), move || provide(&engine), shell)
        .route_layer(middleware::from_fn_with_state(state.clone(), add_unread))
        .route_layer(middleware::from_fn(require_caller))
        .fallback_service(files)
        .layer(middleware::from_fn_with_state(options, set_cache_control))
}

/// Provides the context of a page: the context of a server function, and a Content-Security-Policy with the nonce of the
/// page's own inline scripts.
pub(crate) fn provide(engine: &Engine) {
    rpc::provide(engine);
    let extensions = use_context::<Parts>().map(|parts| parts.extensions);
    if let Some(unread) = extensions.as_ref().and_then(|extensions| extensions.get::<UnreadNotifications>()) {
        provide_context(*unread);
    }
    if let Some(caller) = extensions.as_ref().and_then(|extensions| extensions.get::<Caller>().cloned()) {
        provide_context(console_caller(&caller));
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, security_headers::page_policy(&nonce));
    }
}

fn console_caller(caller: &Caller) -> ConsoleCaller {
    let name = match caller {
        Caller::Local => messages::local_admin().to_owned(),
        Caller::Known(_) => caller.actor.trim_start_matches("person:").to_owned(),
    };
    let has_session = matches!(caller.credential(), Some(Credential::Session(_)));
    ConsoleCaller { name, has_session, forbidden: forbidden(caller.permissions) }
}

/// Redirects a request without credentials to the sign-in.
pub(crate) async fn require_caller(request: Request, next: Next) -> Response {
    if request.extensions().get::<Caller>().is_some() {
        return next.run(request).await;
    }
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let page = request.uri().path_and_query().filter(|_| is_read).map_or("/", |page| page.as_str());
    let location = format!("/sign-in?next={}", utf8_percent_encode(page, NON_ALPHANUMERIC));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())])
        .into_response()
}

/// Renders the console's 404 page.
async fn not_found(State(state): State<AppState>, request: Request) -> Response {
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

/// Sets `Cache-Control`.
async fn set_cache_control(State(options): State<LeptosOptions>, request: Request, next: Next) -> Response {
    let is_hashed =
        options.hash_files && request.uri().path().starts_with(&options.site_pkg_dir_route_base());
    let is_signed_in = matches!(request.extensions().get(), Some(Caller::Known(_)));
    let mut response = next.run(request).await;
    let policy = match is_hashed && response.status().is_success() {
        true => CACHE_FOREVER,
        false if is_signed_in => CACHE_NEVER,
        false => CACHE_CHECKED,
    };
    set_default(&mut response, header::CACHE_CONTROL, policy);
    response
}
