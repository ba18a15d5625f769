//! The `Idempotency-Key` header: what comes twice under one key is done once.
//!
//! The engine keeps the answer in the transaction of the effect. What belongs here is to tell whether two
//! requests are the same: their method, address and body, byte by byte.

use crate::input;
use crate::problem::{PROBLEM_JSON, Refusal};
use crate::rest::files::{UPLOAD_BYTES_MAX, UPLOAD_PATH};
use crate::router::AppState;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use engine::{Idempotency, Reply};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The header.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 255;

/// Whether [`read_key`] has anything to look for: a header, or the argument `idempotency_key` that server functions
/// may have instead.
pub(crate) fn may_have_key(request: &Request) -> bool {
    let is_rpc = || request.uri().path().starts_with("/rpc/");
    request.method() != Method::GET && (request.headers().contains_key(&IDEMPOTENCY_KEY) || is_rpc())
}

/// Reads the key of a request that has one; the engine's context takes it from the request's extensions.
pub(crate) async fn read_key(state: &AppState, mut request: Request) -> Result<Request, Refusal> {
    let key = request.headers().get(&IDEMPOTENCY_KEY).cloned();
    let (parts, body) = request.into_parts();
    let limit_bytes = match parts.uri.path() {
        UPLOAD_PATH => UPLOAD_BYTES_MAX,
        _ => state.http.body_limit_bytes,
    };
    let body = input::read(body, limit_bytes).await?;
    let key = match key {
        Some(key) => Some(key.to_str().map_err(|_| refused())?.to_owned()),
        None => argument(&body),
    };
    request = Request::from_parts(parts, Body::from(body.clone()));
    if let Some(key) = key {
        let idempotency = idempotency(&key, request.method(), request.uri(), &body)?;
        request.extensions_mut().insert(idempotency);
    }
    Ok(request)
}

/// A kept answer, as it was sent the first time.
pub(crate) fn response(reply: Reply) -> Response {
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
        return Err(refused());
    }
    let mut hasher = Sha256::new();
    for part in [method.as_str().as_bytes(), uri.to_string().as_bytes(), body] {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    Ok(Idempotency { key: key.into(), fingerprint: hasher.finalize().as_slice().into() })
}

fn refused() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_idempotency_key",
        "The idempotency key can't be used",
        format!("Idempotency-Key must be 1 to {KEY_CHARS_MAX} visible ASCII characters."),
    )
}
