//! The cookie of a session.

use crate::http::client_address::ClientAddress;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The cookie over TLS. Browsers bind a cookie with the prefix `__Host-` to this host, and send it over TLS only.
const SECURE_NAME: &str = "__Host-session";

/// The cookie without TLS.
const PLAIN_NAME: &str = "session";

/// Returns whether the connection of the client is TLS. It decides about the name and the attributes of the cookie.
pub(crate) fn is_tls(extensions: &Extensions) -> bool {
    extensions.get::<ClientAddress>().is_some_and(|client| client.is_tls)
}

fn name(is_tls: bool) -> &'static str {
    if is_tls { SECURE_NAME } else { PLAIN_NAME }
}

/// Returns the secret of the session cookie. Over TLS, only the cookie that no other host can set is read.
pub(crate) fn read(headers: &HeaderMap, is_tls: bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name(is_tls)).map(|(_, secret)| secret)
}

/// Returns the header that sets the cookie. Scripts can't read it, and other sites' forms don't send it.
pub(crate) fn set(secret: &str, lifetime: Duration, is_tls: bool) -> Option<HeaderValue> {
    let (name, secure) = (name(is_tls), if is_tls { "; Secure" } else { "" });
    let seconds = lifetime.as_secs();
    let cookie = format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(cookie).ok()
}

/// Returns the header that deletes the cookie.
pub(crate) fn delete(is_tls: bool) -> Option<HeaderValue> {
    set("", Duration::ZERO, is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(read(&headers, false), None);
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; session=abc; xsession=1"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-session=def"));
        assert_eq!(read(&headers, false), Some("abc"));
        assert_eq!(read(&headers, true), Some("def"));
    }

    #[test]
    fn a_cookie_over_tls_is_bound_to_the_host() {
        let cookie = set("abc", Duration::from_secs(60), true).expect("a header");
        assert_eq!(cookie, "__Host-session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let cookie = delete(false).expect("a header");
        assert_eq!(cookie, "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    proptest! {
        #[test]
        fn any_header_is_read(value in "[ -~]{0,80}|((__Host-)?session|theme|=|; ?|[a-f0-9]{0,8}){0,12}") {
            let headers: HeaderMap = [(header::COOKIE, HeaderValue::from_str(&value).expect("ASCII"))].into_iter().collect();
            for is_tls in [false, true] {
                let expected = value.split("; ").find_map(|pair| pair.strip_prefix(&format!("{}=", name(is_tls))));
                prop_assert_eq!(read(&headers, is_tls), expected);
            }
        }

        #[test]
        fn a_cookie_that_is_set_is_read(secret in "[0-9a-f]{64}", other in "[a-z]{1,8}=[a-z]{0,8}", is_tls: bool) {
            let set = set(&secret, Duration::from_secs(60), is_tls).expect("a header");
            let pair = set.to_str().expect("ASCII").split(';').next().expect("a pair").to_owned();
            let sent = HeaderValue::from_str(&format!("{other}; {pair}")).expect("ASCII");
            let headers: HeaderMap = [(header::COOKIE, sent)].into_iter().collect();
            prop_assert!(other.starts_with("session=") || read(&headers, is_tls) == Some(&secret));
        }
    }
}
