//! Redirects, cookies and rejections of the account pages.

use crate::http::error::ApiError;
use crate::http::session_cookie;
use crate::state::AppState;
use access::NewSession;
use api::Problem;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use client::messages;

/// Redirects to an address.
pub(super) fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

/// Redirects to a local address with the cookie of a new session.
pub(super) fn start_session(
    state: &AppState,
    parts: &Parts,
    session: &NewSession,
    location: &str,
) -> Response {
    let lifetime = state.access.session_lifetime();
    let cookie = session_cookie::set(&session.secret, lifetime, session_cookie::is_tls(&parts.extensions));
    set_cookie(see_other(location), cookie)
}

/// Redirects to the sign-in, and deletes the cookie of the session.
pub(super) fn end_session(parts: &Parts) -> Response {
    set_cookie(see_other("/sign-in"), session_cookie::delete(session_cookie::is_tls(&parts.extensions)))
}

/// Adds a cookie to a response.
pub(super) fn set_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A rejection as text for a page, with the status of the page.
pub(super) struct Rejection {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Rejection {
    /// Returns a page with the status of a rejection, if there is one.
    pub(super) fn respond(rejection: Option<Self>, response: Response) -> Response {
        match rejection {
            Some(rejection) => rejection.apply(response),
            None => response,
        }
    }

    /// Sets the status of a page. An error of the page itself comes first.
    pub(super) fn apply(self, mut response: Response) -> Response {
        if response.status() == StatusCode::OK {
            *response.status_mut() = self.status;
        }
        response
    }
}

impl From<ApiError> for Rejection {
    fn from(error: ApiError) -> Self {
        let mut response = error.into_response();
        let text = response.extensions_mut().remove::<Problem>().map_or_else(String::new, client::message);
        Self { status: response.status(), text }
    }
}

impl From<access::Error> for Rejection {
    fn from(error: access::Error) -> Self {
        ApiError::from(error).into()
    }
}

/// Checks the stored response to a form with an idempotency key, which may be a rejection.
///
/// # Errors
/// The stored rejection.
pub(super) fn check_stored<T>(response: engine::Response<T>) -> Result<(), ApiError> {
    match response {
        engine::Response::Stored(stored) if !stored.is_success() => Err(api::stored_problem(&stored).into()),
        _ => Ok(()),
    }
}

/// Returns the message after a change of a limit to warehouses. `codes` is empty without a limit.
pub(super) fn limit_message(name: &str, codes: &str) -> String {
    match codes {
        "" => messages::not_limited(name),
        codes => messages::limited_to(name, codes),
    }
}

/// Returns the local address of a parameter `next`; the start page if it is none. A browser takes an address with two
/// slashes, or a slash and a backslash, for another site's, and drops tabs and line breaks.
pub(super) fn local_path(next: &str) -> &str {
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    // The sign-in and the sign-out would lead here again.
    let is_page = !next.starts_with("/sign-") && next.len() <= 2_000;
    if is_local && is_page && next.bytes().all(|byte| byte.is_ascii_graphic()) { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_addresses_follow_a_sign_in() {
        for next in ["/", "/items?q=a%20b&sort=name", "/items/5#x", "/a//b"] {
            assert_eq!(local_path(next), next);
        }
        let evil = [
            "",
            "items",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " //evil.example",
            "/ä",
            "/sign-out",
            "/\u{0}",
        ];
        for next in evil {
            assert_eq!(local_path(next), "/", "{next:?}");
        }
    }
}
