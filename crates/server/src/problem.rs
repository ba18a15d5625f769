//! Errors on their way out: every one becomes an RFC 9457 problem that names its request.

use crate::idempotency;
use crate::request::RequestId;
use api::Problem;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use engine::StoredResponse;
use std::any::Any;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// When to try again, or to look whether it has happened, after a 503, in seconds.
const RETRY_AFTER_SECONDS: &str = "1";

/// A problem as the answer to a request. [`render`] writes its body, once the request's id is at hand.
#[derive(Debug)]
pub(crate) struct Refusal(Told);

/// What a handler that does not answer itself tells the caller.
#[derive(Debug)]
enum Told {
    Problem(Box<Problem>),
    /// An answer that is kept under an idempotency key; it need not be a refusal.
    Kept(StoredResponse),
}

impl Refusal {
    /// A refusal by the HTTP server itself; the engine's come by `?`.
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Problem::new(status.as_u16(), code, title, detail).into()
    }

    /// The same, naming the field or parameter at fault.
    pub(crate) fn of_field(mut self, field: Option<String>) -> Self {
        if let Told::Problem(problem) = &mut self.0 {
            problem.field = field;
        }
        self
    }

    /// There is nothing at this address.
    pub(crate) fn not_found(path: &str) -> Self {
        let detail = format!("There is nothing at {path}; /api/docs lists what there is.");
        Self::new(StatusCode::NOT_FOUND, "not_found", "Nothing here", detail)
    }

    fn method_not_allowed(allowed: Option<&HeaderValue>) -> Self {
        let allowed = allowed.and_then(|value| value.to_str().ok()).unwrap_or("another method");
        let detail = format!("This address takes {} only.", allowed.replace(',', ", "));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", detail)
    }

    /// A fault of ours, whose cause was logged.
    pub(crate) fn internal() -> Self {
        let detail = "Something went wrong on our side; the request id finds the cause in the logs.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Told::Problem(Box::new(problem)))
    }
}

impl From<engine::Error> for Refusal {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Answered(reply) => Self(Told::Kept(reply)),
            error => api::problem_from(error).into(),
        }
    }
}

impl From<domain::Error> for Refusal {
    fn from(error: domain::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = match self.0 {
            Told::Kept(reply) => return idempotency::response(reply),
            Told::Problem(problem) => problem,
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(*problem);
        response
    }
}

/// Writes every refusal as a problem. Bare errors of the layers below (no such address, wrong method)
/// become problems too; pages for people stay as they are.
pub(crate) fn render(mut response: Response, path: &str, id: &RequestId, for_machines: bool) -> Response {
    let problem = response.extensions_mut().remove::<Problem>();
    let refusal = match problem {
        Some(problem) => return write(response, problem, id),
        None if for_machines && is_bare_error(&response) => named(&response, path),
        None => return response,
    };
    match refusal.0 {
        Told::Problem(problem) => write(response, *problem, id),
        Told::Kept(_) => response,
    }
}

/// What a handler that panicked answers. The panic is logged here, once.
pub(crate) fn panicked(id: &RequestId, panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        request_id = id.as_str(),
        panic = text.unwrap_or("of an unknown kind"),
        "a request handler panicked"
    );
    Refusal::internal().into_response()
}

/// Whether programs ask there.
pub(crate) fn is_for_machines(uri: &Uri) -> bool {
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

fn named(response: &Response, path: &str) -> Refusal {
    match response.status() {
        StatusCode::NOT_FOUND => Refusal::not_found(path),
        StatusCode::METHOD_NOT_ALLOWED => Refusal::method_not_allowed(response.headers().get(header::ALLOW)),
        status if status.is_server_error() => Refusal::internal(),
        _ => Refusal::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The request can't be read",
            "The request can't be read.",
        ),
    }
}

/// The problem as the response's body; headers such as `Allow` stay.
fn write(response: Response, mut problem: Problem, id: &RequestId) -> Response {
    let (mut parts, _) = response.into_parts();
    problem.request_id = Some(id.as_str().to_owned());
    parts.status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if parts.status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(parts, body.into())
}
