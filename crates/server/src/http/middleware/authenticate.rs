//! Authentication: the credentials of a request become its [`Caller`].

use crate::http::error::ApiError;
use access::{Access, Caller, Credentials};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};

/// The headers by which a proxy states that it forwarded a request.
const FORWARDED: [HeaderName; 2] = [header::FORWARDED, HeaderName::from_static("x-forwarded-for")];

/// The scheme of the header `Authorization`.
const BEARER: &str = "Bearer";

/// The cookie of a session. The prefix `__Host-` is only valid over TLS, and browsers bind the cookie to this host.
const SESSION_COOKIES: [&str; 2] = ["__Host-session", "session"];

/// Finds the caller of a request in memory, and puts it into the request's extensions. Returns `false` if the credentials
/// have to be looked up.
///
/// # Errors
/// 401 `invalid_credentials`.
pub(super) fn from_cache(access: &Access, request: &mut Request) -> Result<bool, ApiError> {
    match access.cached(credentials(request.headers())?) {
        Some(caller) => insert(request, caller.map_err(into_api_error)?),
        None => return Ok(false),
    }
    Ok(true)
}

/// Looks up the caller of a request, and puts it into the request's extensions.
///
/// # Errors
/// 401 `invalid_credentials`, or a failure of the database.
pub(super) async fn look_up(access: &Access, request: &mut Request) -> Result<(), ApiError> {
    let caller = access.authenticate(credentials(request.headers())?).await.map_err(into_api_error)?;
    insert(request, caller);
    Ok(())
}

fn insert(request: &mut Request, caller: Option<Caller>) {
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
}

fn into_api_error(error: access::Error) -> ApiError {
    match error {
        access::Error::InvalidCredentials => invalid(&error.to_string()),
        access::Error::Refused(rejection) => rejection.into(),
        access::Error::Store(failure) => engine::Error::from(failure).into(),
    }
}

fn credentials(headers: &HeaderMap) -> Result<Credentials<'_>, ApiError> {
    let token = match headers.get(header::AUTHORIZATION) {
        Some(value) => Some(value.to_str().ok().and_then(bearer).ok_or_else(|| {
            invalid("The header Authorization must be `Bearer` and a token, separated by a space.")
        })?),
        None => None,
    };
    Ok(Credentials {
        token,
        session: session(headers),
        is_forwarded: FORWARDED.iter().any(|name| headers.contains_key(name)),
    })
}

/// Returns the token of `Bearer <token>`. The scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case(BEARER) && !token.is_empty()).then_some(token)
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| SESSION_COOKIES.contains(name)).map(|(_, secret)| secret)
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "invalid_credentials", "The credentials are not valid", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_follows_the_scheme() {
        assert_eq!(bearer("Bearer shk_1"), Some("shk_1"));
        assert_eq!(bearer("bearer  shk_1 "), Some("shk_1"));
        for value in ["", "Bearer", "Bearer ", "shk_1", "Basic shk_1", "Bearershk_1"] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(session(&headers), None);
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; session=abc"));
        assert_eq!(session(&headers), Some("abc"));
        headers.clear();
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-session=def"));
        assert_eq!(session(&headers), Some("def"));
    }
}
