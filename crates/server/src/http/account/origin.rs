//! Principal, address and browser of a request to the account pages.

use crate::http::client_address::ClientAddress;
use crate::http::error::ApiError;
use crate::http::request_id::RequestId;
use access::Caller;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use domain::{Credential, Origin, PrincipalName};

/// The principal of a request without credentials.
const ANONYMOUS: &str = "anonymous";

/// The prefix of a person's name in the ledger and the audit log.
const PERSON: &str = "person:";

/// Returns the origin of a request, for the audit log.
pub(super) fn origin(parts: &Parts) -> Origin {
    let caller = parts.extensions.get::<Caller>();
    Origin {
        actor: caller.map_or(ANONYMOUS.into(), |caller| caller.actor.clone()),
        credential: caller.and_then(Caller::credential),
        address: parts.extensions.get::<ClientAddress>().map(|client| client.address),
        request_id: parts.extensions.get::<RequestId>().map(|id| id.as_str().to_owned()),
    }
}

/// Returns the browser's name for itself.
pub(super) fn user_agent(parts: &Parts) -> Option<&str> {
    parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())
}

/// Returns the name and the session of the signed-in person; `None` for local access, clients and anonymous requests.
pub(super) fn signed_in(parts: &Parts) -> Option<(PrincipalName, i64)> {
    let caller = parts.extensions.get::<Caller>()?;
    match caller.credential()? {
        Credential::Session(id) => Some((PrincipalName::new(caller.actor.strip_prefix(PERSON)?).ok()?, id)),
        Credential::Token(_) => None,
    }
}

/// Returns the name and the session of the signed-in person.
///
/// # Errors
/// 403 for local access and for clients, which have no account.
pub(super) fn person(parts: &Parts) -> Result<(PrincipalName, i64), ApiError> {
    signed_in(parts).ok_or_else(|| {
        let detail = "Only a signed-in person has an account.";
        ApiError::new(StatusCode::FORBIDDEN, "forbidden", "A permission is missing", detail)
    })
}
