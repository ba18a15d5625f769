//! The `Idempotency-Key` header: the same request under the same key is executed once.
//!
//! The engine stores the response in the transaction of the effect. This module reads the key and computes the request's
//! fingerprint: a hash of method, path, query, body and `If-Match`, byte by byte. Scheme, host and port are left out, because a proxy
//! may add or remove them.

use crate::http::body_limits::{is_upload, limit_bytes};
use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::http::extract::request_context::IDEMPOTENCY_KEY;
use crate::state::AppState;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use engine::Idempotency;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 255;

/// Returns whether the request may have a key: in the header, or in the argument `idempotency_key` of a server function. An
/// uploaded file is not read into memory for a key.
pub(super) fn may_have_key(request: &Request) -> bool {
    let has_header = || request.headers().contains_key(&IDEMPOTENCY_KEY);
    request.method() != Method::GET
        && (has_header() || is_server_function(request.uri()))
        && !is_upload(request.method(), request.uri().path())
}

fn is_server_function(uri: &Uri) -> bool {
    uri.path().starts_with("/rpc/")
}

/// Reads the key and its request's fingerprint into the request's extensions, where
/// [`RequestContext`](crate::http::extract::RequestContext) finds them.
///
/// # Errors
/// `invalid_idempotency_key`, or an error of reading the body.
pub(super) async fn read_key(state: &AppState, mut request: Request) -> Result<Request, ApiError> {
    let in_header = header_key(request.headers())?;
    let (parts, incoming) = request.into_parts();
    let limit = limit_bytes(parts.uri.path(), state.http.body_limit_bytes);
    let body = body::read(incoming, limit).await?;
    let in_body = is_server_function(&parts.uri).then(|| argument(&body)).flatten();
    if let (Some(header), Some(argument)) = (&in_header, &in_body)
        && header != argument
    {
        return Err(invalid_key(
            "The header Idempotency-Key and the argument idempotency_key are different keys.",
        ));
    }
    request = Request::from_parts(parts, Body::from(body.clone()));
    if let Some(key) = in_header.or(in_body) {
        let conditions = request.headers().get_all(header::IF_MATCH);
        let conditions = conditions.iter().map(HeaderValue::as_bytes);
        let idempotency = validate(&key, request.method(), request.uri(), &body, conditions)?;
        request.extensions_mut().insert(idempotency);
    }
    Ok(request)
}

/// Returns the key in the header. Several headers are invalid, even equal ones: the server can't decide which of them a
/// retry will have.
fn header_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut keys = headers.get_all(&IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    if keys.next().is_some() {
        let count = keys.count() + 2;
        return Err(invalid_key(&format!("The request has {count} Idempotency-Key headers; send one.")));
    }
    match key.to_str() {
        Ok(key) => Ok(Some(key.to_owned())),
        Err(_) => Err(invalid_characters()),
    }
}

fn argument(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Arguments {
        idempotency_key: Option<String>,
    }
    serde_json::from_slice::<Arguments>(body).ok()?.idempotency_key
}

/// Validates a key, and computes the fingerprint of its request. `conditions` has the values of `If-Match`.
///
/// # Errors
/// `invalid_idempotency_key` unless the key is 1 to 255 visible ASCII characters.
pub(crate) fn validate<'a>(
    key: &str,
    method: &'a Method,
    uri: &'a Uri,
    body: &'a [u8],
    conditions: impl Iterator<Item = &'a [u8]>,
) -> Result<Idempotency, ApiError> {
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if !visible || !(1..=KEY_CHARS_MAX).contains(&key.len()) {
        return Err(invalid_characters());
    }
    let address = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut hasher = Sha256::new();
    for part in [method.as_str().as_bytes(), address.as_bytes(), body].into_iter().chain(conditions) {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    Ok(Idempotency { key: key.into(), fingerprint: hasher.finalize().as_slice().into() })
}

fn invalid_characters() -> ApiError {
    invalid_key(&format!("Idempotency-Key must be 1 to {KEY_CHARS_MAX} visible ASCII characters."))
}

fn invalid_key(detail: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "invalid_idempotency_key",
        "The idempotency key can't be used",
        detail,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::iter;

    proptest! {
        #[test]
        fn a_key_is_1_to_255_visible_ascii_characters(key in "\\PC{0,300}|[!-~]{0,300}") {
            let expected = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
            let validated = validate(&key, &Method::POST, &Uri::from_static("/api/orders"), b"{}", iter::empty());
            prop_assert_eq!(validated.is_ok(), expected);
        }

        #[test]
        fn several_keys_are_rejected(keys in prop::collection::vec("[ -~]{0,12}", 0..4)) {
            let mut headers = HeaderMap::new();
            for key in &keys {
                headers.append(IDEMPOTENCY_KEY, HeaderValue::from_str(key).expect("ASCII"));
            }
            prop_assert_eq!(header_key(&headers).is_ok(), keys.len() < 2);
        }

        #[test]
        fn requests_that_differ_have_different_fingerprints(
            first in ("(/[a-c]{0,2}){1,3}", "[ab{}]{0,3}"), second in ("(/[a-c]{0,2}){1,3}", "[ab{}]{0,3}"),
        ) {
            let fingerprint = |(path, body): &(String, String)| {
                let uri = path.parse::<Uri>().expect("a path");
                validate("key", &Method::POST, &uri, body.as_bytes(), iter::empty()).map(|idempotency| idempotency.fingerprint)
            };
            let (one, other) = (fingerprint(&first).expect("a key"), fingerprint(&second).expect("a key"));
            prop_assert_eq!(one == other, first == second);
        }
    }
}
