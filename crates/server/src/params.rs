//! Reads the parameters in a request's path and query.

use crate::explain::explain;
use crate::problem::Refusal;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

/// The `{id}` in a path. A number that no id can be is clamped to the nearest one: nothing bears it.
pub(crate) struct Id(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let text = path_param(parts, state, "id").await?;
        id(&text).map(Self).ok_or_else(|| {
            let detail = "The id in the address must be a whole number.".to_owned();
            Refusal::new(StatusCode::BAD_REQUEST, "invalid_id", "The id is not a number", detail)
                .of_field(Some("id".to_owned()))
        })
    }
}

/// The `{category}` in a path.
pub(crate) struct CategoryName(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for CategoryName {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        path_param(parts, state, "category").await.map(Self)
    }
}

/// The query, read into a struct. Unknown parameters are ignored, empty ones count as absent.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        check_text(query)?;
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
        let filled = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let filled = form_urlencoded::parse(filled.as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(filled)).map(Self).map_err(
            |error| {
                let explanation = explain("The query", &error.path().to_string(), &error.inner().to_string());
                invalid_query(explanation.detail).of_field(explanation.field)
            },
        )
    }
}

/// Refuses a query that is not UTF-8 once decoded, or has NUL characters, which no text can keep.
pub(crate) fn check_text(query: &str) -> Result<(), Refusal> {
    match percent_decode_str(query).decode_utf8() {
        Ok(text) if !text.contains('\0') => Ok(()),
        Ok(_) => Err(invalid_query("The query must not contain a NUL character.")),
        Err(_) => Err(invalid_query("The query is not UTF-8.")),
    }
}

fn invalid_query(detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_query", "The query can't be read", detail)
}

async fn path_param<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, Refusal> {
    let refuse = |detail: &str| {
        Refusal::new(StatusCode::BAD_REQUEST, "invalid_path", "The address can't be read", detail)
            .of_field(Some(name.to_owned()))
    };
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| refuse("The address is not UTF-8."))?;
    let value = params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    if value.contains('\0') {
        return Err(refuse("The address must not contain a NUL character."));
    }
    Ok(value.to_owned())
}

fn id(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nearest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(nearest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_whole_number() {
        assert_eq!(id("17"), Some(17));
        assert_eq!(id("-17"), Some(-17));
        assert_eq!(id("99999999999999999999"), Some(i64::MAX));
        assert_eq!(id("-99999999999999999999"), Some(i64::MIN));
        for text in ["", "-", "+17", "1.5", "1e3", "0x10", "seventeen", "१७"] {
            assert_eq!(id(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_is_text_without_nul() {
        assert!(check_text("q=caf%C3%A9&limit=5").is_ok());
        assert!(check_text("q=%ff").is_err());
        assert!(check_text("q=a%00b").is_err());
    }
}
