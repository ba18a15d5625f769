//! The router: the REST table, the server functions, the console, and the middleware around them.

#[cfg(feature = "limits")]
use crate::http::bench_noop;
use crate::http::error::ApiError;
use crate::http::middleware::RequestService;
use crate::http::request_scope::record_route;
use crate::http::{account, console, csp_reports, forms, openapi, routes, rpc};
use crate::state::AppState;
use axum::http::Uri;
use axum::middleware;
use axum::routing::{any, post};

/// Builds the service that handles every request.
pub(crate) fn router(state: AppState) -> RequestService {
    let not_found = any(|uri: Uri| async move { ApiError::not_found(uri.path()) });
    let unguarded = openapi::router()
        .merge(rpc::router())
        .merge(forms::router())
        .route(csp_reports::PATH, post(csp_reports::receive))
        .merge(account::router(&state))
        .route("/api", not_found.clone())
        .route("/api/{*rest}", not_found.clone())
        .route("/rpc", not_found)
        .merge(console::router(&state))
        .route_layer(middleware::from_fn(record_route));
    let router = routes::router().merge(unguarded).with_state(state.clone());
    #[cfg(feature = "limits")]
    let router = router.merge(bench_noop::router(state.clone()));
    RequestService { state, router }
}
