//! Response headers.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// The relation of the request's origin to this site. Browsers set it, and scripts can't.
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Sets a header unless the response has it already.
pub(crate) fn set_default(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
}
