//! Reads a request's JSON body; whatever can be wrong with one gets its own clear refusal.

use crate::bodies;
use crate::explain::explain;
use crate::problem::Refusal;
use crate::state::AppState;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::LengthLimitError;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

/// The JSON body of a request.
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Input<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        check_media_type(request.headers())?;
        let bytes = read(request.into_body(), state.http.body_limit_bytes).await?;
        parse(&bytes).map(Self)
    }
}

/// Refuses a body that says it is not JSON. One that does not say is taken for JSON.
pub(crate) fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let essence = essence.to_ascii_lowercase();
    if essence.starts_with("application/") && essence.ends_with("+json") {
        return Ok(());
    }
    let detail = "The body must be JSON: send it with Content-Type: application/json.";
    Err(Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "The body is not JSON",
        detail,
    ))
}

/// Reads a whole body of at most `limit_bytes`.
pub(crate) async fn read(body: Body, limit_bytes: usize) -> Result<Bytes, Refusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit_bytes {
        return Err(too_large(limit_bytes));
    }
    axum::body::to_bytes(body, limit_bytes).await.map_err(|error| {
        if std::error::Error::source(&error).is_some_and(|cause| cause.is::<LengthLimitError>()) {
            return too_large(limit_bytes);
        }
        bodies::broken(&error)
    })
}

/// Refuses a body of more bytes.
pub(crate) fn too_large(limit_bytes: usize) -> Refusal {
    let detail = format!("The body must have at most {limit_bytes} bytes.");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large", detail)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // serde would take a list for an object, field by field.
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    if is_object && let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    // Something is wrong with it: now slowly, to tell what.
    let text = object(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            Category::Data => unreadable(&path, &error.to_string()),
            // A number that is none for a computer.
            Category::Syntax | Category::Eof | Category::Io => syntax(&error),
        }
    })
}

/// The text of a body that is JSON and may be an object.
pub(crate) fn object(bytes: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        malformed(format!("The body is not UTF-8: byte {} can't be read.", error.valid_up_to() + 1))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(malformed("The body is empty: a JSON object is expected."));
    }
    // First of all, so that what is not JSON is told as that, whatever else may be wrong with it.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| syntax(&error))?;
    // serde would take a list for an object, field by field.
    if text.trim_ascii_start().starts_with('[') {
        return Err(unreadable(".", "invalid type: sequence, expected a map"));
    }
    Ok(text)
}

fn unreadable(path: &str, message: &str) -> Refusal {
    let explanation = explain("The body", path, message);
    let title = "The body can't be read";
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_body", title, explanation.detail)
        .of_field(explanation.field)
}

fn syntax(error: &serde_json::Error) -> Refusal {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    malformed(format!("The body is not JSON: {reason} at line {line}, column {column}."))
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not JSON", detail)
}
