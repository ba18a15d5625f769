//! The router: the REST table, the server functions, the console, and the layers around them.

use crate::attend::Attend;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::{console, forms, openapi, routes, rpc};
use axum::http::Uri;
use axum::routing::any;

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
