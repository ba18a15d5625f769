//! The router: the REST table, the server functions, the console, and the layers around them.

use crate::config::HttpConfig;
use crate::console::set_default;
use crate::problem::{self, Refusal};
use crate::{console, forms, guard, idempotency, openapi, request, routes, rpc};
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use engine::Engine;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};

/// The smallest body that is worth compressing, in bytes.
const COMPRESSED_BYTES_MIN: u16 = 1024;

/// How hard to compress, of brotli's 0 to 11: the most that pays while someone waits.
const COMPRESSION_LEVEL: i32 = 4;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) engine: Engine,
    pub(crate) options: LeptosOptions,
    pub(crate) http: HttpConfig,
    /// Cancelled once the server is to stop: what would go on for ever ends then.
    pub(crate) stopping: CancellationToken,
}

impl FromRef<AppState> for Engine {
    fn from_ref(state: &AppState) -> Self {
        state.engine.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

/// Everything that the server answers.
pub(crate) fn router(state: AppState) -> Router {
    let unknown = any(|uri: Uri| async move { Refusal::not_found(&uri) });
    let machines = routes::router()
        .merge(openapi::router())
        .merge(rpc::router())
        .merge(forms::router())
        .route("/api", unknown.clone())
        .route("/api/{*rest}", unknown.clone())
        .route("/rpc", unknown)
        .layer(middleware::from_fn_with_state(state.clone(), idempotency::read_key))
        .layer(middleware::from_fn(never_keep));
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Precise(COMPRESSION_LEVEL))
        .compress_when(SizeAbove::new(COMPRESSED_BYTES_MIN).and(DefaultPredicate::new()));
    // The last layer sees a request first.
    let router = machines
        .merge(console::router(&state))
        .layer(middleware::from_fn(guard::refuse_cross_site))
        .layer(middleware::from_fn_with_state(state.clone(), limit_time))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::render))
        .layer(compression)
        .layer(middleware::from_fn(guard::secure))
        .layer(middleware::from_fn(request::identify))
        .with_state(state.clone());
    #[cfg(feature = "limits")]
    let router = router.merge(crate::limits::router(state));
    router
}

/// Stock changes by the second: no cache may answer in our place.
async fn never_keep(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set_default(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Answers for a request that takes too long. What it asked of the engine may happen yet.
async fn limit_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let limit = state.http.request_timeout();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let seconds = limit.as_secs();
            tracing::warn!(timeout_seconds = seconds, "a request took too long");
            let detail = format!(
                "The request took longer than {seconds} s. What it asked for may happen yet: look before you \
                 try again."
            );
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "It took too long", detail)
                .into_response()
        }
    }
}
