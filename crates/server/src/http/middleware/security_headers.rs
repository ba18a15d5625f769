//! Security headers, the Content-Security-Policy (CSP) included.

use crate::http::headers::set_default;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// The CSP of every response: scripts are loaded from files of this site only.
macro_rules! policy {
    () => {
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; script-src 'self'"
    };
}

/// The default headers of everything that a browser can show as a page.
const PAGE_HEADERS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, policy!()),
];

/// Returns the CSP of a console page: it also allows WebAssembly, and inline scripts with this nonce.
pub(crate) fn page_policy(nonce: &str) -> HeaderValue {
    let policy = format!(concat!(policy!(), " 'wasm-unsafe-eval' 'nonce-{nonce}'"), nonce = nonce);
    // A nonce is Base64, which any header value can contain.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(policy!()))
}

/// Adds the security headers. JSON gets only `X-Content-Type-Options`, because no browser shows it as a page.
pub(super) fn set_security_headers(response: &mut Response) {
    set_default(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        return;
    }
    for (name, value) in PAGE_HEADERS {
        set_default(response, name, value);
    }
}
