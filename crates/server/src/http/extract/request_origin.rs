//! The origin of a request that manages access, for the audit log.

use crate::http::client_address::ClientAddress;
use crate::http::error::ApiError;
use crate::http::extract::caller::authorize;
use crate::http::request_id::RequestId;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::{Origin, Permission};
use engine::Idempotency;

/// The principal, credential, address and id of a request. Such a request has no idempotency key: the response would be
/// stored, and it may have a secret.
pub(crate) struct RequestOrigin(pub(crate) Origin);

impl<S: Sync> FromRequestParts<S> for RequestOrigin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        if parts.extensions.get::<Idempotency>().is_some() {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "invalid_idempotency_key",
                "The idempotency key can't be used",
                "Requests that manage access have no idempotency key, because a response with a secret is never \
                 stored. Send it without the header; after a failure, read the list before you try again.",
            ));
        }
        // The route table has checked the permission of the route.
        let caller = authorize(&parts.extensions, Permission::SignedIn)?.ok_or_else(ApiError::internal)?;
        Ok(Self(Origin {
            actor: caller.actor.clone(),
            credential: caller.credential(),
            address: parts.extensions.get::<ClientAddress>().map(|client| client.address),
            request_id: parts.extensions.get::<RequestId>().map(|id| id.as_str().to_owned()),
        }))
    }
}
