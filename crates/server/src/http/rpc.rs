//! The server functions under `/rpc`. The console calls them, and any HTTP client may.

use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::http::extract::caller::authorize;
use crate::http::extract::json_body::{check_media_type, parse_object};
use crate::http::extract::params::check_text;
use crate::http::extract::request_context;
use crate::http::locale::number_signs;
use crate::state::AppState;
use access::Caller;
use api::Problem;
use api::page_request::{ProblemTexts, SecondsAhead, StepsView};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use client::provide_locale;
use domain::Permission;
use engine::Engine;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::handle_server_fns_with_context;

/// The path of the server functions.
const PATH: &str = "/rpc/{*name}";

/// The header by which Leptos marks the response of a failed server function.
const ERROR_HEADER: &str = "serverfnerror";

/// The most bytes of a failed server function's response. A problem is far smaller.
const PROBLEM_BYTES_MAX: usize = 64 * 1024;

/// Returns the routes of the server functions.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route(PATH, any(call))
}

/// Returns the paths of the server functions.
pub(crate) fn paths() -> Vec<String> {
    server_fn_paths().map(|(path, _)| path.to_owned()).collect()
}

/// Provides the context of pages and server functions: the engine, the person's language, and the context of the request if
/// it has a caller.
pub(crate) fn provide(engine: &Engine) {
    provide_context(engine.clone());
    provide_locale();
    provide_context(ProblemTexts(client::localized));
    provide_context(StepsView(client::first_steps));
    provide_context(number_signs());
    provide_context(SecondsAhead(client::own_seconds_ahead));
    if let Some(context) = use_context::<Parts>().and_then(|parts| request_context::context(&parts)) {
        provide_context(context);
    }
}

/// Executes a server function. Its error is an [`ApiError`] with the problem's status.
pub(crate) async fn call(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let path = request.uri().path();
    let methods: Vec<_> = server_fn_paths().filter(|(known, _)| *known == path).map(|(_, m)| m).collect();
    if methods.is_empty() {
        return Err(ApiError::not_found(request.uri().path()));
    }
    if !methods.contains(request.method()) {
        return Ok(wrong_method(&methods));
    }
    // Each function checks its own permission, after its arguments were read. Anonymous requests end before that.
    if request.extensions().get::<Caller>().is_none() {
        return Err(signed_out());
    }
    authorize(request.extensions(), Permission::SignedIn)?;
    check_text(request.uri().query().unwrap_or_default())?;
    let request = read(request, state.http.body_limit_bytes).await?;
    let engine = state.engine.clone();
    let answer = handle_server_fns_with_context(move || provide(&engine), request).await.into_response();
    match answer.headers().contains_key(ERROR_HEADER) {
        true => Err(failure(answer).await),
        false => Ok(answer),
    }
}

/// Returns 401 `unauthenticated`, as the console shows it.
fn signed_out() -> ApiError {
    let detail = "The session has ended. Sign in again; programs send a client's token.";
    ApiError::new(StatusCode::UNAUTHORIZED, "unauthenticated", "You are not signed in", detail)
}

/// Reads and validates the body, and asks for JSON.
async fn read(request: Request, limit_bytes: usize) -> Result<Request, ApiError> {
    let (mut parts, incoming) = request.into_parts();
    let bytes = body::read(incoming, limit_bytes).await?;
    if parts.method != Method::GET {
        check_media_type(&parts.headers)?;
        parse_object(&bytes)?;
    }
    // Leptos redirects clients that accept HTML.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Returns the error of a failed server function. Leptos responds with 500 to all of them, and the body has the problem.
async fn failure(answer: Response) -> ApiError {
    let bytes = axum::body::to_bytes(answer.into_body(), PROBLEM_BYTES_MAX).await.unwrap_or_default();
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => problem.into(),
        Err(error) => {
            tracing::error!(%error, "a server function failed without a problem");
            ApiError::internal()
        }
    }
}

fn wrong_method(allowed: &[Method]) -> Response {
    let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed.join(","))]).into_response()
}
