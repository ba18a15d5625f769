//! The `Idempotency-Key` header: what comes twice under one key is done once.
//!
//! The engine keeps the answer in the transaction of the effect. This module reads the key, and takes the
//! fingerprint that is equal for equal requests only: of the method, the path with the query, and the body, byte
//! by byte. The rest of the address (scheme, host, port) does not count: a proxy may send it or leave it out.

use crate::bodies;
use crate::input;
use crate::problem::{PROBLEM_JSON, Refusal};
use crate::state::AppState;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use engine::{Idempotency, StoredResponse};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The header.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 255;

/// Whether [`read_key`] has anything to look for: a header, or the argument `idempotency_key` that server functions
/// may have instead.
pub(crate) fn may_have_key(request: &Request) -> bool {
    let has_header = || request.headers().contains_key(&IDEMPOTENCY_KEY);
    request.method() != Method::GET && (has_header() || is_server_function(request.uri()))
}

fn is_server_function(uri: &Uri) -> bool {
    uri.path().starts_with("/rpc/")
}

/// Reads the key of a request that has one; the engine's context takes it from the request's extensions.
pub(crate) async fn read_key(state: &AppState, mut request: Request) -> Result<Request, Refusal> {
    let in_header = header_key(request.headers())?;
    let (parts, body) = request.into_parts();
    let limit_bytes = bodies::limit_bytes(parts.uri.path(), state.http.body_limit_bytes);
    let body = input::read(body, limit_bytes).await?;
    let in_body = is_server_function(&parts.uri).then(|| argument(&body)).flatten();
    if let (Some(header), Some(argument)) = (&in_header, &in_body)
        && header != argument
    {
        return Err(refused(
            "The header Idempotency-Key and the argument idempotency_key are different keys.",
        ));
    }
    request = Request::from_parts(parts, Body::from(body.clone()));
    if let Some(key) = in_header.or(in_body) {
        let idempotency = idempotency(&key, request.method(), request.uri(), &body)?;
        request.extensions_mut().insert(idempotency);
    }
    Ok(request)
}

/// The key in the header. Several headers are refused, even equal ones: a proxy or a client has added one, and the
/// server can't decide which of them the caller will send again.
fn header_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut keys = headers.get_all(&IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    if keys.next().is_some() {
        let count = keys.count() + 2;
        return Err(refused(&format!("The request has {count} Idempotency-Key headers; send one.")));
    }
    match key.to_str() {
        Ok(key) => Ok(Some(key.to_owned())),
        Err(_) => Err(unusable()),
    }
}

/// A kept answer, as it was sent the first time.
pub(crate) fn response(reply: StoredResponse) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { PROBLEM_JSON };
    let mut response = Response::new(Body::from(Bytes::from_owner(reply.body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn argument(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Arguments {
        idempotency_key: Option<String>,
    }
    serde_json::from_slice::<Arguments>(body).ok()?.idempotency_key
}

/// What one request is under a key.
pub(crate) fn idempotency(
    key: &str,
    method: &Method,
    uri: &Uri,
    body: &[u8],
) -> Result<Idempotency, Refusal> {
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if !visible || !(1..=KEY_CHARS_MAX).contains(&key.len()) {
        return Err(unusable());
    }
    let address = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut hasher = Sha256::new();
    for part in [method.as_str().as_bytes(), address.as_bytes(), body] {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    Ok(Idempotency { key: key.into(), fingerprint: hasher.finalize().as_slice().into() })
}

fn unusable() -> Refusal {
    refused(&format!("Idempotency-Key must be 1 to {KEY_CHARS_MAX} visible ASCII characters."))
}

fn refused(detail: &str) -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_idempotency_key",
        "The idempotency key can't be used",
        detail,
    )
}
