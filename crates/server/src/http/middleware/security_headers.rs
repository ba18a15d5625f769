//! Security headers, the Content-Security-Policy (CSP) included.

use crate::http::headers::set_default;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use std::sync::LazyLock;

/// The CSP of every response. Scripts are loaded from files of this site only. The console sets the attribute `style`, so
/// that one may be inline; style elements may not.
macro_rules! policy {
    () => {
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'none'; \
         img-src 'self' data:; object-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         report-uri /csp-reports; script-src 'self'"
    };
}

/// The default headers of everything that a browser can show as a page.
const PAGE_HEADERS: [(HeaderName, &str); 6] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, policy!()),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// The browser features that no page uses.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// HSTS: browsers use HTTPS only for a year. Subdomains are not included, because they may be other services.
const HSTS: &str = "max-age=31536000";

/// Whether `cargo xtask dev` reloads the pages, through a WebSocket on another port.
static RELOADS: LazyLock<bool> = LazyLock::new(|| std::env::var_os("LEPTOS_WATCH").is_some());

/// Returns the CSP of a console page: it also allows WebAssembly, and inline scripts with this nonce.
pub(crate) fn page_policy(nonce: &str) -> HeaderValue {
    let reload = if *RELOADS { "; connect-src 'self' ws: wss:" } else { "" };
    let policy = format!("{} 'wasm-unsafe-eval' 'nonce-{nonce}'{reload}", policy!());
    // A nonce is Base64, which any header value can contain.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(policy!()))
}

/// Adds the security headers. JSON gets only `X-Content-Type-Options`, because no browser shows it as a page.
/// `has_hsts` adds HSTS.
pub(super) fn set_security_headers(response: &mut Response, has_hsts: bool) {
    set_default(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if has_hsts {
        set_default(response, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        return;
    }
    for (name, value) in PAGE_HEADERS {
        set_default(response, name, value);
    }
}
