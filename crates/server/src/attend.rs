//! What goes on around every request, in one service around the router: on the hot path each layer is felt.

use crate::console::set_default;
use crate::problem::{self, Refusal};
use crate::request::{REQUEST_ID, RequestId};
use crate::state::AppState;
use crate::{bodies, guard, idempotency};
use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use futures::future::{Either, select};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, DefaultPredicate};

/// The smallest body that is worth compressing, in bytes.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// How hard to compress, of brotli's 0 to 11: the most that pays while someone waits.
const COMPRESSION_LEVEL: i32 = 4;

/// The router, attended.
#[derive(Clone)]
pub(crate) struct Attend {
    pub(crate) state: AppState,
    pub(crate) router: Router,
}

impl Service<Request> for Attend {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router always is.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        #[cfg(feature = "limits")]
        if request.uri().path() == crate::limits::PATH {
            return Box::pin(self.router.clone().oneshot(request));
        }
        let arrival = Arrival::of(&mut request);
        let admitted = guard::refuse_cross_site(&request)
            .and_then(|()| self.state.bodies.reserve(&request, self.state.http.body_limit_bytes));
        let reserved = match admitted {
            Ok(reserved) => reserved,
            Err(refusal) => {
                return Box::pin(async move {
                    bodies::discard(request.into_body()).await;
                    arrival.leave(refusal.into_response()).await
                });
            }
        };
        let limit = self.state.http.request_timeout();
        if arrival.for_machines && idempotency::may_have_key(&request) {
            let Self { state, router } = self.clone();
            return Box::pin(async move {
                let handler = Box::pin(async move {
                    match idempotency::read_key(&state, request).await {
                        Ok(request) => router.oneshot(request).await,
                        Err(refusal) => Ok(refusal.into_response()),
                    }
                });
                let response = answer(limit, &arrival.id, handler).await;
                drop(reserved);
                arrival.leave(response).await
            });
        }
        // Apart from those with a key, whose way is longer: a future is as large as the longest way through it, and
        // is written and moved as a whole.
        let handler = Box::pin(self.router.call(request));
        Box::pin(async move {
            let response = answer(limit, &arrival.id, handler).await;
            drop(reserved);
            arrival.leave(response).await
        })
    }
}

/// What is known of a request once its handler has it. Copies: a piece of the request itself would keep all that the
/// connection has read, and the connection would take new memory while it waits.
struct Arrival {
    started: Instant,
    id: RequestId,
    method: Method,
    path: Box<str>,
    for_machines: bool,
    encodings: Option<HeaderValue>,
}

impl Arrival {
    /// Gives the request its id.
    fn of(request: &mut Request) -> Self {
        let id = RequestId::of(request.headers());
        request.extensions_mut().insert(id.clone());
        let encodings = request.headers().get(header::ACCEPT_ENCODING);
        Self {
            started: Instant::now(),
            id,
            method: request.method().clone(),
            path: request.uri().path().into(),
            for_machines: problem::is_for_machines(request.uri()),
            encodings: encodings.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()),
        }
    }

    /// Writes a refusal as a problem, compresses, sets the headers of every answer, and logs the request's end.
    async fn leave(&self, response: Response) -> Result<Response, Infallible> {
        let Self { started, id, method, path, for_machines, encodings } = self;
        let mut response = problem::render(response, path, id, *for_machines);
        if let Some(encodings) = encodings.as_ref().filter(|_| is_worth_compressing(&response)) {
            response = Box::pin(compress(response, encodings.clone())).await;
        }
        if *for_machines || **path == *"/health" || path.starts_with("/health/") {
            // Stock changes by the second: no cache may answer in our place.
            set_default(&mut response, header::CACHE_CONTROL, "no-store");
        }
        guard::secure(&mut response);
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        log(id, method, path, response.status(), started.elapsed());
        Ok(response)
    }
}

/// The handler's answer, or what is answered for a handler that panics or takes too long. What that one asked
/// of the engine may happen yet.
async fn answer(
    limit: Duration,
    id: &RequestId,
    handler: Pin<Box<impl Future<Output = Result<Response, Infallible>>>>,
) -> Response {
    // The timer is boxed apart: it lies on a cache line of its own, and so would all that is around it, for which
    // the allocator goes a long way.
    match select(AssertUnwindSafe(handler).catch_unwind(), Box::pin(tokio::time::sleep(limit))).await {
        Either::Left((Ok(Ok(response)), _)) => return response,
        Either::Left((Ok(Err(never)), _)) => match never {},
        Either::Left((Err(panic), _)) => return problem::panicked(id, panic),
        Either::Right(_) => {}
    }
    let seconds = limit.as_secs();
    tracing::warn!(request_id = id.as_str(), timeout_seconds = seconds, "a request took too long");
    let detail = format!(
        "The request took longer than {seconds} s. What it asked for may happen yet: look before you try again."
    );
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "It took too long", detail).into_response()
}

fn is_worth_compressing(response: &Response) -> bool {
    response.body().size_hint().upper().is_none_or(|bytes| bytes >= COMPRESSED_BYTES_MIN)
}

/// Compresses a body, as far as the caller takes it.
async fn compress(response: Response, encodings: HeaderValue) -> Response {
    let mut asked = Request::default();
    asked.headers_mut().insert(header::ACCEPT_ENCODING, encodings);
    let layer = CompressionLayer::new()
        .quality(CompressionLevel::Precise(COMPRESSION_LEVEL))
        .compress_when(DefaultPredicate::new());
    let mut response = Some(response);
    let answer = layer.layer(service_fn(move |_: Request| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap_or_default()))
    }));
    match answer.oneshot(asked).await {
        Ok(response) => response.map(axum::body::Body::new),
        Err(never) => match never {},
    }
}

/// A refusal is ordinary business: only what is our own fault is worth a line by default.
fn log(id: &RequestId, method: &Method, path: &str, status: StatusCode, latency: Duration) {
    let (request_id, status) = (id.as_str(), status.as_u16());
    let latency_ms = latency.as_secs_f64() * 1_000.0;
    match status {
        // An outage or an overload makes every request fail: the store logs it once, and health reports it.
        503 => tracing::debug!(request_id, %method, path, status, latency_ms, "finished"),
        500.. => tracing::info!(request_id, %method, path, status, latency_ms, "finished"),
        _ => tracing::debug!(request_id, %method, path, status, latency_ms, "finished"),
    }
}
