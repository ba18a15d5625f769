//! The facts about a request that its handler finds out and its log line, metrics and span need.

use access::Caller;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use engine::TraceContext;
use std::sync::{Arc, OnceLock};

/// The facts about a request. Clones share them; one is in the request's extensions.
#[derive(Clone)]
pub(crate) struct RequestScope(Arc<Facts>);

struct Facts {
    trace: TraceContext,
    route: OnceLock<MatchedPath>,
    caller: OnceLock<Caller>,
}

impl RequestScope {
    /// Returns the scope of a request with this span.
    pub(crate) fn new(trace: TraceContext) -> Self {
        Self(Arc::new(Facts { trace, route: OnceLock::new(), caller: OnceLock::new() }))
    }

    /// Returns the span of the request.
    pub(crate) fn trace(&self) -> TraceContext {
        self.0.trace
    }

    /// Returns the template of the route, such as "/api/items/{id}"; empty if no route matched.
    pub(crate) fn route(&self) -> &str {
        self.0.route.get().map_or("", MatchedPath::as_str)
    }

    /// Returns the principal, such as "client:shop"; `None` before the authentication, and for anonymous requests.
    pub(crate) fn principal(&self) -> Option<&str> {
        self.0.caller.get().map(|caller| &*caller.actor)
    }

    /// Records the caller.
    pub(crate) fn set_caller(&self, caller: Caller) {
        let _ = self.0.caller.set(caller);
    }

    /// Records the route that the router has matched.
    pub(crate) fn record_route(request: &Request) {
        if let (Some(scope), Some(route)) =
            (request.extensions().get::<Self>(), request.extensions().get::<MatchedPath>())
        {
            let _ = scope.0.route.set(route.clone());
        }
    }
}

/// Records the route of a request whose handler has no guard.
pub(crate) async fn record_route(request: Request, next: Next) -> Response {
    RequestScope::record_route(&request);
    next.run(request).await
}
