//! The condition of a change: the header `If-Match`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use domain::Precondition;
use std::convert::Infallible;

/// The condition of a request. A header that is no text names no version, so it is never met.
pub(crate) struct IfMatch(pub(crate) Precondition);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let values: Vec<_> = parts.headers.get_all(header::IF_MATCH).iter().collect();
        if values.is_empty() {
            return Ok(Self(Precondition::None));
        }
        let tags: Vec<_> = values.into_iter().map(|value| value.to_str().unwrap_or_default()).collect();
        Ok(Self(Precondition::parse(&tags.join(","))))
    }
}
