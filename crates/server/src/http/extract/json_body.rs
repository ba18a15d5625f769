//! The extractor of a JSON body.

use super::body::read;
use super::serde_message::explain;
use crate::http::body_limits::limit_bytes;
use crate::http::error::ApiError;
use crate::state::AppState;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

/// The JSON body of a request. Every kind of invalid body has its own error code or detail.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        check_media_type(request.headers())?;
        let limit = limit_bytes(request.uri().path(), state.http.body_limit_bytes);
        let bytes = read(request.into_body(), limit).await?;
        parse(&bytes).map(Self)
    }
}

/// The JSON body of a request that may have none. An empty body and null have the default value.
pub(crate) struct OptionalJsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<AppState> for OptionalJsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let checked = check_media_type(request.headers());
        let limit = limit_bytes(request.uri().path(), state.http.body_limit_bytes);
        let bytes = read(request.into_body(), limit).await?;
        let text = bytes.trim_ascii();
        // Programs also send the media type of a form with an empty body.
        if text.is_empty() {
            return Ok(Self(T::default()));
        }
        checked?;
        // Some programs serialize an absent body as null.
        if text == b"null" {
            return Ok(Self(T::default()));
        }
        parse(&bytes).map(Self)
    }
}

/// Checks the `Content-Type`. A request without one is read as JSON.
///
/// # Errors
/// `unsupported_media_type`.
pub(crate) fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
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
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "The body is not JSON",
        detail,
    ))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // serde also deserializes a struct from an array, field by field.
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    if is_object && let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    // The body is invalid. The slow pass finds the field and the reason.
    let text = parse_object(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            Category::Data => unreadable(&path, &error.to_string()),
            // Valid JSON that serde_json can't represent, such as 1e999.
            Category::Syntax | Category::Eof | Category::Io => syntax(&error),
        }
    })
}

/// Returns the text of a body that is JSON and not an array.
///
/// # Errors
/// `malformed_json` or `invalid_body`.
pub(crate) fn parse_object(bytes: &[u8]) -> Result<&str, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        malformed(format!("The body is not UTF-8: byte {} can't be read.", error.valid_up_to() + 1))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(malformed("The body is empty: a JSON object is expected."));
    }
    // Syntax errors come first: they take precedence over all others.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| syntax(&error))?;
    // serde also deserializes a struct from an array, field by field.
    if text.trim_ascii_start().starts_with('[') {
        return Err(unreadable(".", "invalid type: sequence, expected a map"));
    }
    Ok(text)
}

fn unreadable(path: &str, message: &str) -> ApiError {
    let explanation = explain("The body", path, message);
    let title = "The body can't be read";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", title, explanation.detail)
        .with_field(explanation.field)
}

fn syntax(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    malformed(format!("The body is not JSON: {reason} at line {line}, column {column}."))
}

fn malformed(detail: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not JSON", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Checks that a body is parsed, or rejected with a documented code and a short text.
    fn check<T: DeserializeOwned>(body: &[u8]) -> Result<(), TestCaseError> {
        if let Err(error) = parse::<T>(body) {
            let problem = error.problem();
            prop_assert!(
                ["malformed_json", "invalid_body"].contains(&problem.code.as_str()),
                "{}",
                problem.code
            );
            prop_assert!(problem.detail.len() < 1_000, "{}", problem.detail);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_body_is_parsed_or_rejected_with_a_documented_code(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            text in r#"\{?("(itemId|quantity|lines|price|name|reason)"|[\[\]{}:,"\\u0-9a-fE.+ tnr-]){0,40}\}?"#,
        ) {
            for body in [bytes.as_slice(), text.as_bytes()] {
                check::<api::by_key::PlaceBlock>(body)?;
                check::<api::by_key::PlaceCart>(body)?;
                check::<api::by_key::CreateItem>(body)?;
                check::<api::UpdateItem>(body)?;
            }
        }
    }

    #[test]
    fn deep_and_long_bodies_are_rejected_without_recursion() {
        for unit in ["[", "{\"a\":", "[[],"] {
            let body = format!("{{\"lines\": {}", unit.repeat(50_000));
            assert!(parse::<api::by_key::PlaceCart>(body.as_bytes()).is_err(), "{unit}");
        }
    }
}
