//! Authentication: the credentials of a request become its [`Caller`].

use crate::http::error::ApiError;
use crate::http::request_scope::RequestScope;
use crate::http::session_cookie;
use access::{Access, Caller, Credentials};
use axum::extract::Request;
use axum::http::{HeaderName, header};

/// The headers by which a proxy states that it forwarded a request.
const FORWARDED: [HeaderName; 2] = [header::FORWARDED, HeaderName::from_static("x-forwarded-for")];

/// The scheme of the header `Authorization`.
const BEARER: &str = "Bearer";

/// The caller of a request, as far as it is known without a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CachedCaller {
    /// The caller is in the request's extensions.
    Known,
    /// The request has no credentials.
    Anonymous,
    /// The credentials were verified before, and have to be looked up again.
    Expired,
    /// The credentials have to be looked up.
    Unknown,
}

/// Finds the caller of a request in memory, and puts it into the request's extensions.
///
/// # Errors
/// 401 `invalid_credentials`.
pub(super) fn from_cache(access: &Access, request: &mut Request) -> Result<CachedCaller, ApiError> {
    let credentials = credentials(request)?;
    let Some(cached) = access.cached(credentials) else {
        let was_verified = access.were_verified(credentials);
        return Ok(if was_verified { CachedCaller::Expired } else { CachedCaller::Unknown });
    };
    Ok(match cached? {
        Some(caller) => {
            insert(request, caller);
            CachedCaller::Known
        }
        None => CachedCaller::Anonymous,
    })
}

/// Looks up the caller of a request, and puts it into the request's extensions.
///
/// # Errors
/// 401 `invalid_credentials`, or a failure of the database.
pub(super) async fn look_up(access: &Access, request: &mut Request) -> Result<(), ApiError> {
    let caller = access.authenticate(credentials(request)?).await?;
    if let Some(caller) = caller {
        insert(request, caller);
    }
    Ok(())
}

fn insert(request: &mut Request, caller: Caller) {
    if let Some(scope) = request.extensions().get::<RequestScope>() {
        scope.set_caller(caller.clone());
    }
    request.extensions_mut().insert(caller);
}

fn credentials(request: &Request) -> Result<Credentials<'_>, ApiError> {
    let headers = request.headers();
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let token = match values.next() {
        // A proxy may have checked another header than this server would.
        Some(_) if values.next().is_some() => {
            return Err(ApiError::invalid_credentials(
                "The request has several Authorization headers; send one.",
            ));
        }
        Some(value) => Some(value.to_str().ok().and_then(bearer).ok_or_else(|| {
            let detail = "The header Authorization must be `Bearer` and a token, separated by a space.";
            ApiError::invalid_credentials(detail)
        })?),
        None => None,
    };
    Ok(Credentials {
        token,
        session: session_cookie::read(headers, session_cookie::is_tls(request.extensions())),
        is_forwarded: FORWARDED.iter().any(|name| headers.contains_key(name)),
    })
}

/// Returns the token of `Bearer <token>`. The scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case(BEARER) && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_follows_the_scheme() {
        assert_eq!(bearer("Bearer shk_1"), Some("shk_1"));
        assert_eq!(bearer("bearer  shk_1 "), Some("shk_1"));
        for value in ["", "Bearer", "Bearer ", "shk_1", "Basic shk_1", "Bearershk_1"] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_header_has_no_token_or_the_rest_after_the_scheme(value in "\\PC{0,60}|[Bb]earer +[!-~]{0,50} *") {
            if let Some(token) = bearer(&value) {
                prop_assert!(value[..7].eq_ignore_ascii_case("bearer ") && !token.is_empty());
                prop_assert_eq!(token, value[7..].trim_matches(' '));
            }
        }
    }
}
