//! The cookie of a session.

use crate::http::client_address::ClientAddress;
use crate::http::cookie::Cookie;
use axum::http::{Extensions, HeaderMap, HeaderValue};
use std::time::Duration;

const COOKIE: Cookie = Cookie { secure_name: "__Host-session", plain_name: "session" };

/// Returns whether the connection of the client is TLS. It decides about the name and the attributes of the cookie.
pub(crate) fn is_tls(extensions: &Extensions) -> bool {
    extensions.get::<ClientAddress>().is_some_and(|client| client.is_tls)
}

/// Returns the secret of the session cookie.
pub(crate) fn read(headers: &HeaderMap, is_tls: bool) -> Option<&str> {
    COOKIE.read(headers, is_tls)
}

/// Returns the header that sets the cookie.
pub(crate) fn set(secret: &str, lifetime: Duration, is_tls: bool) -> Option<HeaderValue> {
    COOKIE.set(secret, lifetime, is_tls)
}

/// Returns the header that deletes the cookie.
pub(crate) fn delete(is_tls: bool) -> Option<HeaderValue> {
    set("", Duration::ZERO, is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
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
                let expected = value.split("; ").find_map(|pair| pair.strip_prefix(&format!("{}=", COOKIE.name(is_tls))));
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
