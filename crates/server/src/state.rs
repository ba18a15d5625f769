//! The state of the application.

use crate::config::{HttpConfig, ShownSetting};
use crate::http::body_limits::BodyMemory;
use crate::http::client_address::TrustedProxies;
use crate::http::hosts::AllowedHosts;
use crate::http::log_once::LogOnce;
use crate::http::observer::RequestObserver;
#[cfg(feature = "openid")]
use crate::openid_sign_in::OpenIdSignIn;
use access::Access;
use axum::extract::FromRef;
use client::Assets;
use engine::Engine;
use leptos::config::LeptosOptions;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The state that handlers and middleware share. A clone is cheap.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

/// The fields of [`AppState`].
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) access: Access,
    /// The provider of the sign-in by OpenID Connect.
    #[cfg(feature = "openid")]
    pub(crate) openid: Option<OpenIdSignIn>,
    pub(crate) options: LeptosOptions,
    pub(crate) assets: Assets,
    pub(crate) http: HttpConfig,
    /// The settings in force and their sources.
    pub(crate) settings: Vec<ShownSetting>,
    pub(crate) bodies: BodyMemory,
    pub(crate) hosts: AllowedHosts,
    pub(crate) proxies: TrustedProxies,
    /// The violations of the Content-Security-Policy that are in the log.
    pub(crate) csp_reports: LogOnce,
    /// The metrics, the access log and the spans of requests.
    pub(crate) observer: RequestObserver,
    /// Cancelled when a stop begins: the server is not ready any more, and may still accept requests.
    pub(crate) draining: CancellationToken,
    /// Cancelled when the shutdown starts. Ends everything that has no end of its own, such as event streams.
    pub(crate) stopping: CancellationToken,
}

impl AppState {
    /// Returns the state of these fields.
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
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

impl FromRef<AppState> for Access {
    fn from_ref(state: &AppState) -> Self {
        state.access.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}
