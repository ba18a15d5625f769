//! The extractors of parameters in the path and the query.

use super::serde_message::explain;
use crate::http::error::ApiError;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::{PrincipalName, Sku};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

/// The `{id}` in a path. A number out of the range of `i64` is clamped: no row has the least or the greatest id, so the
/// response is 404.
pub(crate) struct Id(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = path_param(parts, state, "id").await?;
        id(&text).map(Self).ok_or_else(|| {
            let detail = "The id in the address must be a whole number.".to_owned();
            ApiError::new(StatusCode::BAD_REQUEST, "invalid_id", "The id is not a number", detail)
                .with_field(Some("id".to_owned()))
        })
    }
}

/// The `{category}` in a path, or the parameter `name` of the query. Programs can't send the names `.` and `..` in a path,
/// because URLs resolve such segments.
pub(crate) struct CategoryPath(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for CategoryPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        #[derive(serde::Deserialize)]
        struct Params {
            name: Option<String>,
        }
        let Query(Params { name }) = Query::<Params>::from_request_parts(parts, state).await?;
        match name {
            Some(name) => Ok(Self(name)),
            None => path_param(parts, state, "category").await.map(Self),
        }
    }
}

/// The `{sku}` in a path.
pub(crate) struct ItemSku(pub(crate) Sku);

impl<S: Send + Sync> FromRequestParts<S> for ItemSku {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(Sku::new(&path_param(parts, state, "sku").await?)?))
    }
}

/// The `{name}` of a client in a path.
pub(crate) struct ClientName(pub(crate) PrincipalName);

impl<S: Send + Sync> FromRequestParts<S> for ClientName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let name = path_param(parts, state, "name").await?;
        // No client has a malformed name.
        PrincipalName::new(&name).map(Self).map_err(|_| domain::Error::ClientNotFound(name).into())
    }
}

/// The query as a struct. Unknown parameters are ignored. Empty ones count as absent.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        check_text(query)?;
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
        let filled = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let filled = form_urlencoded::parse(filled.as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(filled)).map(Self).map_err(
            |error| {
                let explanation = explain("The query", &error.path().to_string(), &error.inner().to_string());
                invalid_query(explanation.detail).with_field(explanation.field)
            },
        )
    }
}

/// Checks that the decoded query is UTF-8 without NUL characters, which PostgreSQL can't store.
///
/// # Errors
/// `invalid_query`.
pub(crate) fn check_text(query: &str) -> Result<(), ApiError> {
    match percent_decode_str(query).decode_utf8() {
        Ok(text) if !text.contains('\0') => Ok(()),
        Ok(_) => Err(invalid_query("The query must not contain a NUL character.")),
        Err(_) => Err(invalid_query("The query is not UTF-8.")),
    }
}

/// Returns `invalid_query`.
pub(crate) fn invalid_query(detail: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_query", "The query can't be read", detail)
}

async fn path_param<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, ApiError> {
    let error = |detail: &str| {
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_path", "The address can't be read", detail)
            .with_field(Some(name.to_owned()))
    };
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| error("The address is not UTF-8."))?;
    let value = params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    if value.contains('\0') {
        return Err(error("The address must not contain a NUL character."));
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_text_is_an_id_by_its_digits_alone(text in "\\PC{0,30}|-?[0-9]{0,30}") {
            let digits = text.strip_prefix('-').unwrap_or(&text);
            let is_id = !digits.is_empty() && digits.chars().all(|character| character.is_ascii_digit());
            prop_assert_eq!(id(&text).is_some(), is_id);
            if let (Some(id), Ok(number)) = (id(&text), text.parse::<i64>()) {
                prop_assert_eq!(id, number);
            }
        }

        #[test]
        fn any_query_is_text_without_nul_or_rejected(query in "[ -~]{0,60}|(%[0-9a-fA-F]{2}|[a-z&=+%]){0,40}") {
            let decoded = percent_decode_str(&query).decode_utf8();
            prop_assert_eq!(check_text(&query).is_ok(), decoded.is_ok_and(|text| !text.contains('\0')));
        }
    }
}
