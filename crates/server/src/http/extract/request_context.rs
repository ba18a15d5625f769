//! The engine's context of a request: caller, request id and idempotency key.

use crate::http::client_address::ClientAddress;
use crate::http::error::ApiError;
use crate::http::extract::caller::authorize;
use crate::http::request_id::RequestId;
use crate::http::request_scope::RequestScope;
use access::Caller;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use domain::{Freshness, Permission};
use engine::{Context, Idempotency};

/// The header with an idempotency key.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The engine's context of a REST request.
pub(crate) struct RequestContext(pub(crate) Context);

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        // The route table has checked the permission of the route.
        authorized_context(parts, Permission::SignedIn).map(Self)
    }
}

/// The engine's context of a request about an import, which has no idempotency key: a repeated upload changes nothing until it is
/// applied, and a row is applied once.
pub(crate) struct KeylessContext(pub(crate) Context);

impl<S: Sync> FromRequestParts<S> for KeylessContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        if parts.headers.contains_key(IDEMPOTENCY_KEY) {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "invalid_idempotency_key",
                "The idempotency key can't be used",
                "Requests about imports have no idempotency key, because each can be sent again: an upload changes \
                 nothing until it is applied, and each row is applied once. Send it without the header.",
            ));
        }
        authorized_context(parts, Permission::SignedIn).map(Self)
    }
}

/// Returns the engine's context of a request whose caller has the permission.
///
/// # Errors
/// 401 `unauthenticated`, 403 `forbidden`.
pub(crate) fn authorized_context(parts: &Parts, permission: Permission) -> Result<Context, ApiError> {
    match authorize(&parts.extensions, permission)? {
        Some(caller) => Ok(context_of(parts, caller)),
        None => Err(ApiError::internal()),
    }
}

/// Returns the engine's context of a request; `None` if the request is anonymous.
pub(crate) fn context(parts: &Parts) -> Option<Context> {
    parts.extensions.get::<Caller>().map(|caller| context_of(parts, caller))
}

fn context_of(parts: &Parts, caller: &Caller) -> Context {
    let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(RequestId::generate);
    let address = parts.extensions.get::<ClientAddress>().map(|client| client.address);
    let context = Context::of(caller, caller.credential(), address, id);
    let context = match parts.extensions.get::<RequestScope>() {
        Some(scope) => context.with_trace(scope.trace()),
        None => context,
    };
    let freshness = parts.extensions.get::<Freshness>().copied().unwrap_or_default();
    let context = context.with_freshness(freshness);
    match parts.extensions.get::<Idempotency>() {
        Some(idempotency) => context.with_idempotency(idempotency.clone()),
        None => context,
    }
}
