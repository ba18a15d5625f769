//! The engine's context of a request: actor, request id and idempotency key.

use crate::http::request_id::RequestId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use engine::{Context, Idempotency};
use std::convert::Infallible;

/// The actors in the ledger. Requests are not authenticated yet, so the interface stands for the user.
const ACTOR_REST: &str = "api";
const ACTOR_CONSOLE: &str = "console";

/// The engine's context of a REST request.
pub(crate) struct RequestContext(pub(crate) Context);

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(context(parts, ACTOR_REST)))
    }
}

/// Returns the engine's context of a request of the console.
pub(crate) fn console_context(parts: &Parts) -> Context {
    context(parts, ACTOR_CONSOLE)
}

fn context(parts: &Parts, actor: &'static str) -> Context {
    let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(RequestId::generate);
    let context = Context::new(actor, id);
    match parts.extensions.get::<Idempotency>() {
        Some(idempotency) => context.with_idempotency(idempotency.clone()),
        None => context,
    }
}
