//! What goes on around every request, in one layer: on the hot path each further layer is felt.

use crate::console::set_default;
use crate::problem::{self, Refusal};
use crate::request::{REQUEST_ID, RequestId};
use crate::router::AppState;
use crate::{guard, idempotency};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::time::{Duration, Instant};

/// Gives the request its id, refuses what must not come in, limits its time, writes every refusal as a
/// problem, sets the headers of every answer, and logs the request's end.
pub(crate) async fn attend(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let (method, uri) = (request.method().clone(), request.uri().clone());
    request.extensions_mut().insert(id.clone());
    let response = match enter(&state, request).await {
        Ok(request) => answer(state.http.request_timeout(), &id, next.run(request)).await,
        Err(refusal) => refusal.into_response(),
    };
    let mut response = problem::render(response, &uri, &id);
    if problem::is_for_machines(&uri) {
        // Stock changes by the second: no cache may answer in our place.
        set_default(&mut response, header::CACHE_CONTROL, "no-store");
    }
    guard::secure(&mut response);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    log(&id, &method, &uri, response.status(), started.elapsed());
    response
}

/// The request as the handler gets it.
async fn enter(state: &AppState, request: Request) -> Result<Request, Refusal> {
    guard::refuse_cross_site(&request)?;
    if problem::is_for_machines(request.uri()) {
        return idempotency::read_key(state, request).await;
    }
    Ok(request)
}

/// The handler's answer, or what is answered for a handler that takes too long. What that one asked of the
/// engine may happen yet.
async fn answer(limit: Duration, id: &RequestId, handler: impl Future<Output = Response>) -> Response {
    if let Ok(response) = tokio::time::timeout(limit, handler).await {
        return response;
    }
    let seconds = limit.as_secs();
    tracing::warn!(request_id = id.as_str(), timeout_seconds = seconds, "a request took too long");
    let detail = format!(
        "The request took longer than {seconds} s. What it asked for may happen yet: look before you try again."
    );
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "It took too long", detail).into_response()
}

/// A refusal is ordinary business: only what is our own fault is worth a line by default.
fn log(id: &RequestId, method: &Method, uri: &Uri, status: StatusCode, latency: Duration) {
    let (request_id, path, status) = (id.as_str(), uri.path(), status.as_u16());
    let latency_ms = latency.as_secs_f64() * 1_000.0;
    match status {
        500.. => tracing::info!(request_id, %method, path, status, latency_ms, "finished"),
        _ => tracing::debug!(request_id, %method, path, status, latency_ms, "finished"),
    }
}
