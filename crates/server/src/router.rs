//! The router: the REST table, the server functions, the console, and the layers around them.

use crate::attend::attend;
use crate::config::HttpConfig;
use crate::problem::{self, Refusal};
use crate::{console, openapi, routes, rpc};
use axum::Router;
use axum::extract::FromRef;
use axum::http::Uri;
use axum::middleware;
use axum::routing::any;
use engine::Engine;
use leptos::config::LeptosOptions;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};

/// The smallest body that is worth compressing, in bytes.
const COMPRESSED_BYTES_MIN: u16 = 1024;

/// How hard to compress, of brotli's 0 to 11: the most that pays while someone waits.
const COMPRESSION_LEVEL: i32 = 4;

/// What handlers share; every layer has its clone of it, for each request.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

/// What [`AppState`] points to.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) options: LeptosOptions,
    pub(crate) http: HttpConfig,
    /// Cancelled once the server is to stop: what would go on for ever ends then.
    pub(crate) stopping: CancellationToken,
}

impl AppState {
    pub(crate) fn new(
        engine: Engine,
        options: LeptosOptions,
        http: HttpConfig,
        stopping: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared { engine, options, http, stopping }))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
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
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Precise(COMPRESSION_LEVEL))
        .compress_when(SizeAbove::new(COMPRESSED_BYTES_MIN).and(DefaultPredicate::new()));
    // The last layer sees a request first.
    let router = routes::router()
        .merge(openapi::router())
        .merge(rpc::router())
        .route("/api", unknown.clone())
        .route("/api/{*rest}", unknown.clone())
        .route("/rpc", unknown)
        .merge(console::router(&state))
        .layer(compression)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(state.clone(), attend))
        .with_state(state.clone());
    #[cfg(feature = "limits")]
    let router = router.merge(crate::limits::router(state));
    router
}
