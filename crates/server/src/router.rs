//! The router: the REST table, the server functions, the console, and the layers around them.

use crate::attend::Attend;
use crate::bodies::BodyMemory;
use crate::config::HttpConfig;
use crate::problem::Refusal;
use crate::{console, forms, openapi, routes, rpc};
use axum::extract::FromRef;
use axum::http::Uri;
use axum::routing::any;
use client::Assets;
use engine::Engine;
use leptos::config::LeptosOptions;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What handlers share; every layer has its clone of it, for each request.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

/// What [`AppState`] points to.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) options: LeptosOptions,
    pub(crate) assets: Assets,
    pub(crate) http: HttpConfig,
    pub(crate) bodies: BodyMemory,
    /// Cancelled once the server is to stop: what would go on for ever ends then.
    pub(crate) stopping: CancellationToken,
}

impl AppState {
    pub(crate) fn new(
        engine: Engine,
        options: LeptosOptions,
        assets: Assets,
        http: HttpConfig,
        stopping: CancellationToken,
    ) -> Self {
        let bodies = BodyMemory::new(http.body_memory_bytes_max);
        Self(Arc::new(Shared { engine, options, assets, http, bodies, stopping }))
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
pub(crate) fn router(state: AppState) -> Attend {
    let unknown = any(|uri: Uri| async move { Refusal::not_found(uri.path()) });
    let router = routes::router()
        .merge(openapi::router())
        .merge(rpc::router())
        .merge(forms::router())
        .route("/api", unknown.clone())
        .route("/api/{*rest}", unknown.clone())
        .route("/rpc", unknown)
        .merge(console::router(&state))
        .with_state(state.clone());
    #[cfg(feature = "limits")]
    let router = router.merge(crate::limits::router(state.clone()));
    Attend { state, router }
}
