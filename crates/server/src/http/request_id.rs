//! The id of a request.

use axum::http::{HeaderMap, HeaderName};
use std::sync::Arc;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The header that carries the request id, in requests and responses.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that a client may choose, in characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// Identifies a request in the logs, in problems, and in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// Returns the client's id if it is 1 to 64 visible ASCII characters, otherwise a new UUID.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let is_valid = |id: &&str| {
            (1..=REQUEST_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        };
        given.filter(is_valid).map_or_else(Self::generate, |id| Self(id.into()))
    }

    /// Returns a new UUID of version 7, which sorts by time.
    pub(crate) fn generate() -> Self {
        let mut text = [0; Hyphenated::LENGTH];
        Self((*Uuid::now_v7().hyphenated().encode_lower(&mut text)).into())
    }

    /// Returns the id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<RequestId> for Arc<str> {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn check(given: &str, accepted: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_bytes(given.as_bytes()).expect("a header"));
        assert_eq!(RequestId::from_headers(&headers).as_str() == given, accepted, "{given}");
    }

    #[test]
    fn only_a_valid_request_id_is_accepted() {
        check("order-17/retry:2", true);
        check(&"x".repeat(64), true);
        check(&"x".repeat(65), false);
        check("", false);
        check("two words", false);
        check("ümlaut", false);
        let none = HeaderMap::new();
        assert_ne!(RequestId::from_headers(&none), RequestId::from_headers(&none));
    }

    proptest! {
        #[test]
        fn a_request_id_is_visible_ascii(given in prop::collection::vec(prop_oneof![0x20..0x7f_u8, 0x80..=0xff_u8], 0..80)) {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(&given).expect("a header"));
            let id = RequestId::from_headers(&headers);
            prop_assert!((1..=REQUEST_ID_CHARS_MAX).contains(&id.as_str().len()));
            prop_assert!(id.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
