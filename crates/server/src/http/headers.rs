//! Response headers.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// Sets a header unless the response has it already.
pub(crate) fn set_default(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
}
