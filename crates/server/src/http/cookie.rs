//! Cookies that no other host can set over TLS.

use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The name of a cookie.
pub(crate) struct Cookie {
    /// The name over TLS. Browsers bind a cookie with the prefix `__Host-` to this host, and send it over TLS only.
    pub(crate) secure_name: &'static str,
    /// The name without TLS.
    pub(crate) plain_name: &'static str,
}

impl Cookie {
    /// Returns the name of the cookie.
    pub(crate) fn name(&self, is_tls: bool) -> &'static str {
        if is_tls { self.secure_name } else { self.plain_name }
    }

    /// Returns the value of the cookie. Over TLS, only the cookie that no other host can set is read.
    pub(crate) fn read<'a>(&self, headers: &'a HeaderMap, is_tls: bool) -> Option<&'a str> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == self.name(is_tls)).map(|(_, value)| value)
    }

    /// Returns the header that sets the cookie. Scripts can't read it, and other sites' forms don't send it.
    pub(crate) fn set(&self, value: &str, lifetime: Duration, is_tls: bool) -> Option<HeaderValue> {
        let (name, secure) = (self.name(is_tls), if is_tls { "; Secure" } else { "" });
        let seconds = lifetime.as_secs();
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(cookie).ok()
    }
}
