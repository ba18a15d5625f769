//! The cookie of an attempt to sign in by an OpenID provider. It binds the provider's response to the browser that started
//! the attempt.

use crate::http::cookie::Cookie;
use axum::http::{HeaderMap, HeaderValue};
use std::time::Duration;

/// The lifetime of the cookie: that of the attempt.
const LIFETIME: Duration = Duration::from_secs(600);

const COOKIE: Cookie = Cookie { secure_name: "__Host-openid", plain_name: "openid" };

/// Returns the secret of the attempt.
pub(crate) fn read(headers: &HeaderMap, is_tls: bool) -> Option<&str> {
    COOKIE.read(headers, is_tls)
}

/// Returns the header that sets the cookie. It replaces the cookie of an earlier attempt.
pub(crate) fn set(secret: &str, is_tls: bool) -> Option<HeaderValue> {
    COOKIE.set(secret, LIFETIME, is_tls)
}

/// Returns the header that deletes the cookie.
pub(crate) fn delete(is_tls: bool) -> Option<HeaderValue> {
    COOKIE.set("", Duration::ZERO, is_tls)
}
