//! Rate limits: the check of a request, and the headers `RateLimit-Policy` and `RateLimit` of its response
//! (draft-ietf-httpapi-ratelimit-headers-11).

use crate::http::error::ApiError;
use access::{Access, Caller, RateLimitState};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use std::fmt::Write as _;
use std::net::IpAddr;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The effective window: the seconds in which a caller can use no more than the available quota. Every limit allows at least
/// one request per second, so more quota is available after this time.
const WINDOW_SECONDS: u32 = 1;

/// The limits that a request was counted under. Empty, and without an allocation, if no limit applies.
#[derive(Debug, Default)]
pub(super) struct RateLimitCheck(Vec<RateLimitState>);

impl RateLimitCheck {
    /// Counts a request under the limit of all requests of its address.
    ///
    /// # Errors
    /// 429 `rate_limited`.
    pub(super) fn address(&mut self, access: &Access, address: IpAddr) -> Result<(), ApiError> {
        self.add(access.rate_limits().check_address(address))
    }

    /// Counts a request without valid credentials.
    ///
    /// # Errors
    /// 429 `rate_limited`.
    pub(super) fn anonymous(&mut self, access: &Access, address: IpAddr) -> Result<(), ApiError> {
        self.add(access.rate_limits().check_anonymous(address))
    }

    /// Counts a request under the limit of its client or person, if it has a caller.
    ///
    /// # Errors
    /// 429 `rate_limited`.
    pub(super) fn caller(&mut self, access: &Access, request: &Request) -> Result<(), ApiError> {
        let limits = access.rate_limits();
        if !limits.has_caller_limit() {
            return Ok(());
        }
        self.add(request.extensions().get::<Caller>().and_then(|caller| limits.check_caller(caller)))
    }

    fn add(&mut self, state: Option<RateLimitState>) -> Result<(), ApiError> {
        let Some(state) = state else { return Ok(()) };
        self.0.push(state);
        if state.is_exceeded { Err(rate_limited(&state)) } else { Ok(()) }
    }

    /// Adds the headers to a response. An exceeded limit is also put into its extensions, for the problem's body.
    pub(super) fn finish(&self, mut response: Response) -> Response {
        if self.0.is_empty() {
            return response;
        }
        let (mut policies, mut limits) = (String::new(), String::new());
        for (index, state) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            let RateLimitState { name, limit, remaining, .. } = state;
            let (quota, window) = (limit.burst, limit.window_seconds());
            // Writing to a string does not fail.
            let _ = write!(policies, "{separator}\"{name}\";q={quota};w={window}");
            let _ = write!(limits, "{separator}\"{name}\";r={remaining};t={WINDOW_SECONDS}");
        }
        for (name, value) in [(RATE_LIMIT_POLICY, policies), (RATE_LIMIT, limits)] {
            if let Ok(value) = HeaderValue::from_maybe_shared(value) {
                response.headers_mut().insert(name, value);
            }
        }
        if let Some(exceeded) = self.0.iter().find(|state| state.is_exceeded) {
            response.extensions_mut().insert(*exceeded);
        }
        response
    }
}

fn rate_limited(state: &RateLimitState) -> ApiError {
    let of = match state.name {
        "client" => "of one client",
        "person" => "of one person",
        "anonymous" => "without valid credentials from one address",
        _ => "from one address",
    };
    let detail = format!(
        "At most {} requests per second {of} are accepted, and {} at once. Nothing was changed: try again after \
         {WINDOW_SECONDS} s.",
        state.limit.per_second, state.limit.burst
    );
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests", detail)
}
