//! The middleware of every request, as one [`Service`] around the router. Each tower layer costs measurable time on the
//! hot path, so one service does the work of all: request id, client address, host check, CSRF check, rate limits, authentication, body
//! memory, log position, idempotency key, time limit, panics, problems, compression, headers, and the log line.

mod authenticate;
mod compression;
mod csrf;
pub(crate) mod idempotency;
mod log_position;
mod rate_limit;
pub(crate) mod security_headers;
mod source;

#[cfg(feature = "limits")]
use crate::http::bench_noop;
use crate::http::body_limits::is_upload;
use crate::http::client_address::ClientAddress;
use crate::http::error::{ApiError, is_api_path, problem_response, take_problem};
use crate::http::headers::set_default;
use crate::http::hosts::PATHS_BY_ADDRESS;
use crate::http::observer::Finished;
use crate::http::request_id::{REQUEST_ID, RequestId};
use crate::http::request_scope::RequestScope;
use crate::http::timed_body::discard;
use crate::http::traceparent::{TRACERESPONSE, response_header};
use crate::metrics::ActiveRequest;
use crate::state::AppState;
use authenticate::CachedCaller;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::LogScope;
use futures::FutureExt as _;
use futures::future::{Either, select};
use rate_limit::RateLimitCheck;
use std::convert::Infallible;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tower::{Service, ServiceExt as _};

/// The longest time of an upload. Its body ends earlier if no bytes arrive.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(24 * 3_600);

/// The router with the middleware around it.
#[derive(Clone)]
pub(crate) struct RequestService {
    pub(crate) state: AppState,
    pub(crate) router: Router,
}

impl Service<Request> for RequestService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // axum's router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        #[cfg(feature = "limits")]
        if request.uri().path() == bench_noop::PATH {
            return Box::pin(self.router.clone().oneshot(request));
        }
        let source::Source { client, has_hsts, page_host, checked } = source::check(&self.state, &request);
        if let Some(host) = page_host {
            request.headers_mut().insert(header::HOST, host);
        }
        let info = RequestInfo::assign(&self.state, &mut request, client, has_hsts);
        let mut limits = RateLimitCheck::default();
        let admitted = checked.and_then(|()| self.admit(&mut request, client.address, &mut limits));
        let (reserved, is_authenticated) = match admitted {
            Ok(admitted) => admitted,
            Err(error) => {
                return Box::pin(async move {
                    discard(request.into_body()).await;
                    info.finish(limits.finish(error.into_response())).await
                });
            }
        };
        let timeout = match is_upload(&info.method, &info.path) {
            true => UPLOAD_TIMEOUT,
            false => self.state.http.request_timeout(),
        };
        let may_have_key = info.is_api && idempotency::may_have_key(&request);
        if may_have_key || !is_authenticated {
            let Self { state, router } = self.clone();
            return Box::pin(async move {
                let handler = Box::pin(async move {
                    let preparation = Preparation { is_authenticated, may_have_key };
                    let response = match preparation.run(&state, request, &mut limits).await {
                        Ok(request) => router.oneshot(request).await?,
                        Err(error) => error.into_response(),
                    };
                    Ok(limits.finish(response))
                });
                let response = info.log_scope().run(with_timeout(timeout, handler)).await;
                drop(reserved);
                info.finish(response).await
            });
        }
        // A second future for requests that need no preparation: a future is as large as its largest branch, and is allocated
        // and moved whole.
        let handler = Box::pin(self.router.call(request));
        Box::pin(async move {
            let response = info.log_scope().run(with_timeout(timeout, handler)).await;
            drop(reserved);
            info.finish(limits.finish(response)).await
        })
    }
}

impl RequestService {
    /// Checks the rate limits, authenticates a request from the cache, and reserves memory for its body. Also returns whether
    /// the cache had its caller. Health checks without credentials are not limited.
    fn admit(
        &self,
        request: &mut Request,
        address: IpAddr,
        limits: &mut RateLimitCheck,
    ) -> Result<(Option<OwnedSemaphorePermit>, bool), ApiError> {
        let access = &self.state.access;
        let is_limited = !is_health_path(request.uri().path());
        if is_limited {
            limits.address(access, address)?;
        }
        let cached = authenticate::from_cache(access, request);
        match &cached {
            Ok(CachedCaller::Known) if is_limited => limits.caller(access, request)?,
            Ok(CachedCaller::Anonymous) if is_limited => limits.anonymous(access, address)?,
            Ok(CachedCaller::Known | CachedCaller::Anonymous | CachedCaller::Expired) => {}
            // Before the lookup, which is expensive.
            Ok(CachedCaller::Unknown) | Err(_) => limits.anonymous(access, address)?,
        }
        log_position::read(&self.state.engine, request)?;
        let is_authenticated = matches!(cached?, CachedCaller::Known | CachedCaller::Anonymous);
        let reserved = self.state.bodies.reserve(request, self.state.http.body_limit_bytes)?;
        Ok((reserved, is_authenticated))
    }
}

fn is_health_path(path: &str) -> bool {
    PATHS_BY_ADDRESS.contains(&path)
}

/// The asynchronous preparation of a request.
struct Preparation {
    is_authenticated: bool,
    may_have_key: bool,
}

impl Preparation {
    /// Looks up the caller of a request unless it is known, checks its rate limit, and reads the idempotency key.
    async fn run(
        self,
        state: &AppState,
        mut request: Request,
        limits: &mut RateLimitCheck,
    ) -> Result<Request, ApiError> {
        if !self.is_authenticated {
            authenticate::look_up(&state.access, &mut request).await?;
            limits.caller(&state.access, &request)?;
        }
        if self.may_have_key { idempotency::read_key(state, request).await } else { Ok(request) }
    }
}

/// The parts of a request that its response and its log line need. They are copies: a reference-counted part of the
/// request would keep the connection's whole read buffer alive.
struct RequestInfo {
    state: AppState,
    scope: RequestScope,
    _active: ActiveRequest,
    started: Instant,
    id: RequestId,
    method: Method,
    path: Box<str>,
    is_api: bool,
    client: ClientAddress,
    has_hsts: bool,
    accept_encoding: Option<HeaderValue>,
    /// `None` unless the response gets a position of the database's log.
    write: Option<log_position::Write>,
}

impl RequestInfo {
    /// Assigns the request its id and its client, and copies its parts.
    fn assign(state: &AppState, request: &mut Request, client: ClientAddress, has_hsts: bool) -> Self {
        let id = RequestId::from_headers(request.headers());
        let scope = RequestScope::new(state.observer.trace(request.headers()));
        request.extensions_mut().insert(id.clone());
        request.extensions_mut().insert(scope.clone());
        client.assign(request);
        let accept_encoding = request.headers().get(header::ACCEPT_ENCODING);
        Self {
            state: state.clone(),
            scope,
            _active: state.observer.metrics.begin(),
            started: Instant::now(),
            id,
            method: request.method().clone(),
            path: request.uri().path().into(),
            is_api: is_api_path(request.uri()),
            client,
            has_hsts,
            write: log_position::Write::of(&state.engine, request),
            accept_encoding: accept_encoding.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()),
        }
    }

    /// Finishes a response: writes an error as a problem, compresses, sets the common headers, and logs.
    async fn finish(&self, mut response: Response) -> Result<Response, Infallible> {
        let Self {
            state, scope, started, id, method, path, is_api, client, has_hsts, accept_encoding, ..
        } = self;
        let trace = scope.trace();
        if let Some(write) = self.write {
            Box::pin(write.mark(&state.engine, &mut response)).await;
        }
        if let Some(problem) = take_problem(&mut response, path, *is_api) {
            state.observer.metrics.count_problem(&problem.code);
            response = problem_response(response, problem, id, trace.trace);
        }
        if let Some(encodings) = accept_encoding.as_ref().filter(|_| compression::is_large_enough(&response))
        {
            response = Box::pin(compression::compress(response, encodings.clone())).await;
        }
        if *is_api || is_health_path(path) {
            // Stock changes every second: no cache may serve an old response.
            set_default(&mut response, header::CACHE_CONTROL, "no-store");
        }
        security_headers::set_security_headers(&mut response, *has_hsts);
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        if state.draining.is_cancelled() {
            // Clients and proxies close the connection now, instead of losing a request when the server closes it.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(value) = response_header(&trace) {
            response.headers_mut().insert(TRACERESPONSE, value);
        }
        state.observer.finished(&Finished {
            scope,
            id,
            client: client.address,
            method,
            status: response.status(),
            duration: started.elapsed(),
        });
        Ok(response)
    }

    /// Returns the scope of the request's log lines.
    fn log_scope(&self) -> LogScope {
        LogScope::Request { trace: Some(self.scope.trace().trace), id: self.id.clone().into() }
    }
}

/// Returns the handler's response, or an error if it panics or exceeds `timeout`. After a timeout the engine may still
/// execute the request.
async fn with_timeout(
    timeout: Duration,
    handler: Pin<Box<impl Future<Output = Result<Response, Infallible>>>>,
) -> Response {
    // The timer has its own box: its type is aligned to a cache line. Inside this future it would align the whole
    // future, and aligned allocations are slower.
    match select(AssertUnwindSafe(handler).catch_unwind(), Box::pin(tokio::time::sleep(timeout))).await {
        Either::Left((Ok(Ok(response)), _)) => return response,
        Either::Left((Ok(Err(never)), _)) => match never {},
        Either::Left((Err(panic), _)) => return ApiError::from_panic(panic).into_response(),
        Either::Right(_) => {}
    }
    let seconds = timeout.as_secs();
    tracing::warn!(timeout_seconds = seconds, "a request took too long");
    let detail = format!(
        "The request took longer than {seconds} s. The change may still happen: read the current state before you \
         try again."
    );
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "It took too long", detail).into_response()
}
