//! Errors as HTTP responses: each becomes an RFC 9457 problem with the request's id.

use crate::http::request_id::RequestId;
use access::RateLimitState;
use api::Problem;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use engine::TraceId;
use serde::Serialize;
use std::any::Any;
use utoipa::ToSchema;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// The `Retry-After` header of a 429 and a 503, in seconds. Every rate limit allows a request after this time.
const RETRY_AFTER_SECONDS: &str = "1";

/// The `WWW-Authenticate` header of a 401 (RFC 6750).
const CHALLENGE: &str = "Bearer realm=\"stockhold\"";

/// A problem with the rate limit that the request exceeds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateLimitProblem {
    #[serde(flatten)]
    problem: Problem,
    /// The name of the limit: "client", "person", "anonymous" (requests without valid credentials, by address) or "address".
    limit: &'static str,
    /// The requests per second.
    requests_per_second: u32,
    /// The requests at once.
    requests_burst: u32,
}

/// The error of a handler, an extractor or the middleware. [`problem_response`] writes its body, because only the
/// middleware has the request's id.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Problem>);

impl ApiError {
    /// Creates an error of the HTTP layer. Errors of the engine convert by `?`.
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Problem::new(status.as_u16(), code, title, detail).into()
    }

    /// Sets the name of the field or parameter that is invalid.
    pub(crate) fn with_field(mut self, field: Option<String>) -> Self {
        self.0.field = field;
        self
    }

    /// Returns the problem.
    #[cfg(test)]
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }

    /// Returns the 404 of a path that has no route.
    pub(crate) fn not_found(path: &str) -> Self {
        let detail = format!("There is nothing at {path}; /api/docs lists what there is.");
        Self::new(StatusCode::NOT_FOUND, "not_found", "Nothing here", detail)
    }

    /// Returns the 401 of credentials that are not accepted.
    pub(crate) fn invalid_credentials(detail: impl Into<String>) -> Self {
        let title = "The credentials are not valid";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", title, detail)
    }

    /// Returns an error that only the account pages show. No REST route has it.
    fn of_account(status: StatusCode, code: &'static str, error: &access::Error) -> Self {
        Self::new(status, code, "The request was rejected", error.to_string())
    }

    fn with_key(mut self, key: &str) -> Self {
        self.0.key = Some(key.to_owned());
        self
    }

    fn method_not_allowed(allowed: Option<&HeaderValue>) -> Self {
        let allowed = allowed.and_then(|value| value.to_str().ok()).unwrap_or("another method");
        let detail = format!("This address accepts only {}.", allowed.replace(',', ", "));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", detail)
    }

    /// Returns the 500 of a bug or an unexpected failure. The caller has logged its cause.
    pub(crate) fn internal() -> Self {
        let detail = "An internal error. Its cause is in the logs under the request id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail)
    }

    /// Logs the panic of a request handler, and returns the 500 for it.
    pub(crate) fn from_panic(panic: Box<dyn Any + Send + 'static>) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        tracing::error!(panic = text.unwrap_or("of an unknown kind"), "a request handler panicked");
        Self::internal()
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<engine::Error> for ApiError {
    fn from(error: engine::Error) -> Self {
        api::problem_from(error).into()
    }
}

impl From<access::Error> for ApiError {
    fn from(error: access::Error) -> Self {
        match error {
            access::Error::InvalidCredentials => Self::invalid_credentials(error.to_string()),
            access::Error::Overloaded => engine::Error::Overloaded.into(),
            access::Error::Rejected(rejection) => rejection.into(),
            access::Error::Store(failure) => engine::Error::from(failure).into(),
            access::Error::Random(cause) => {
                tracing::error!(%cause, "{error}");
                Self::internal()
            }
            access::Error::Hash => {
                tracing::error!("{error}");
                Self::internal()
            }
            access::Error::SignInRejected => {
                Self::of_account(StatusCode::UNAUTHORIZED, "sign_in_rejected", &error)
            }
            access::Error::WrongPassword => {
                Self::of_account(StatusCode::UNAUTHORIZED, "wrong_password", &error)
            }
            access::Error::WrongCode => Self::of_account(StatusCode::UNAUTHORIZED, "wrong_code", &error),
            access::Error::Throttled { .. } => {
                Self::of_account(StatusCode::TOO_MANY_REQUESTS, "throttled", &error)
            }
            access::Error::InvalidAttempt => {
                Self::of_account(StatusCode::BAD_REQUEST, "invalid_attempt", &error)
            }
            access::Error::IdentityRejected => {
                Self::of_account(StatusCode::UNAUTHORIZED, "identity_rejected", &error)
            }
            access::Error::IdentityTaken => Self::of_account(StatusCode::CONFLICT, "identity_taken", &error),
            access::Error::InvalidLink => Self::of_account(StatusCode::NOT_FOUND, "invalid_link", &error),
            access::Error::PersonNotFound(ref name) => {
                Self::of_account(StatusCode::NOT_FOUND, "person_not_found", &error).with_key(name)
            }
            access::Error::PersonNameTaken(ref name) => {
                Self::of_account(StatusCode::CONFLICT, "person_name_taken", &error).with_key(name)
            }
            access::Error::PersonDisabled(ref name) => {
                Self::of_account(StatusCode::CONFLICT, "person_disabled", &error).with_key(name)
            }
            access::Error::LastAdministrator(ref name) => {
                Self::of_account(StatusCode::CONFLICT, "last_administrator", &error).with_key(name)
            }
        }
    }
}

impl From<domain::Error> for ApiError {
    fn from(error: domain::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0).into_response();
        response.extensions_mut().insert(*self.0);
        response
    }
}

/// Takes the problem of an [`ApiError`] out of its response. Under an API path, the bare errors of axum (404, 405) become
/// problems too. Every other response, such as an HTML page, has none.
pub(crate) fn take_problem(response: &mut Response, path: &str, is_api: bool) -> Option<Problem> {
    let problem = response.extensions_mut().remove::<Problem>();
    problem.or_else(|| (is_api && is_bare_error(response)).then(|| *from_status(response, path).0))
}

/// Returns whether the path is under `/api` or `/rpc`, whose errors are JSON.
pub(crate) fn is_api_path(uri: &Uri) -> bool {
    ["/api", "/rpc"].iter().any(|root| {
        uri.path().strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/"));
    (status.is_client_error() || status.is_server_error()) && !is_json
}

fn from_status(response: &Response, path: &str) -> ApiError {
    match response.status() {
        StatusCode::NOT_FOUND => ApiError::not_found(path),
        StatusCode::METHOD_NOT_ALLOWED => ApiError::method_not_allowed(response.headers().get(header::ALLOW)),
        status if status.is_server_error() => ApiError::internal(),
        _ => ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The request can't be read",
            "The request can't be read.",
        ),
    }
}

/// Replaces the body with the problem. Other headers, such as `Allow`, stay.
pub(crate) fn problem_response(
    response: Response,
    mut problem: Problem,
    id: &RequestId,
    trace: TraceId,
) -> Response {
    let (mut parts, _) = response.into_parts();
    problem.request_id = Some(id.as_str().to_owned());
    problem.trace_id = Some(trace.to_string());
    parts.status = status_of(&problem);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&parts.status) {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    if let Some(tag) = problem.version.as_ref().and_then(|version| format!("\"{version}\"").parse().ok()) {
        parts.headers.insert(header::ETAG, tag);
    }
    if parts.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    }
    let body = match parts.extensions.get::<RateLimitState>() {
        Some(exceeded) => serde_json::to_vec(&RateLimitProblem {
            problem,
            limit: exceeded.name,
            requests_per_second: exceeded.limit.per_second.get(),
            requests_burst: exceeded.limit.burst.get(),
        }),
        None => serde_json::to_vec(&problem),
    };
    let body = body.unwrap_or_default();
    Response::from_parts(parts, body.into())
}

fn status_of(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
