//! Reads after writes with a replica. The response to a write has a position in the database's log, and a later read names
//! it: its lists include everything up to the position.
//!
//! Browsers get the position as a cookie too, and send it by themselves. It is a lower bound only: the console reads the
//! latest changes, because an event tells it of a change that the replica may not have replayed.

use crate::http::cookie::Cookie;
use crate::http::error::{ApiError, is_api_path};
use crate::http::headers::SEC_FETCH_SITE;
use crate::http::session_cookie::is_tls;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use domain::{Freshness, LogPosition};
use engine::Engine;
use std::time::Duration;

/// The header of a response to a write: a position after the write.
const POSITION: HeaderName = HeaderName::from_static("stockhold-position");

/// The header of a read: a position that its lists include.
const AT_LEAST: HeaderName = HeaderName::from_static("stockhold-at-least");

/// The cookie with the position of a browser's last write.
const COOKIE: Cookie = Cookie { secure_name: "__Host-position", plain_name: "position" };

/// The lifetime of the cookie. For this long after the last write, a person gets no list of the replica without the own
/// writes while the primary does not answer. Later lists may lack them.
const COOKIE_LIFETIME: Duration = Duration::from_secs(300);

/// The timeout of the query for the position, after which the response has none.
const POSITION_TIMEOUT: Duration = Duration::from_millis(500);

/// Reads the position that the lists of a read include into the request's extensions. An empty header counts as absent.
/// Requests with other methods than GET and HEAD do not need one.
///
/// # Errors
/// 400 `invalid_position`. A cookie that can't be read is ignored.
pub(super) fn read(engine: &Engine, request: &mut Request) -> Result<(), ApiError> {
    // A request that writes may read what it wrote.
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return Ok(());
    }
    let mut positions = request.headers().get_all(&AT_LEAST).iter().filter(|value| !value.is_empty());
    let named = positions.next().map(parse).transpose()?;
    if positions.next().is_some() {
        return Err(invalid_position("The request has several Stockhold-At-Least headers; send one."));
    }
    if !engine.has_replica() {
        return Ok(());
    }
    let freshness = match named {
        Some(position) => Some(Freshness::AtLeast(position)),
        None => {
            let cookie = COOKIE.read(request.headers(), is_tls(request.extensions()));
            cookie.and_then(|cookie| cookie.parse().ok()).map(Freshness::Latest)
        }
    };
    if let Some(freshness) = freshness {
        request.extensions_mut().insert(freshness);
    }
    Ok(())
}

fn parse(value: &HeaderValue) -> Result<LogPosition, ApiError> {
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position.ok_or_else(|| {
        invalid_position(
            "Stockhold-At-Least must be the Stockhold-Position of a response, such as 16/B374D848.",
        )
    })
}

fn invalid_position(detail: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_position", "The position can't be read", detail)
}

fn is_read(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// The parts of a write's request that its position needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Write {
    is_browser: bool,
    is_tls: bool,
}

impl Write {
    /// Returns the parts of a request; `None` if it does not write, or if there is no replica.
    pub(super) fn of(engine: &Engine, request: &Request) -> Option<Self> {
        let writes = engine.has_replica() && !is_read(request.method());
        writes.then(|| Self {
            is_browser: !is_api_path(request.uri()) || request.headers().contains_key(&SEC_FETCH_SITE),
            is_tls: is_tls(request.extensions()),
        })
    }

    /// Adds the position to a response, unless the write failed. If the database does not answer, there is none.
    pub(super) async fn mark(self, engine: &Engine, response: &mut Response) {
        if response.status().is_client_error() || response.status().is_server_error() {
            return;
        }
        let position = tokio::time::timeout(POSITION_TIMEOUT, engine.log_position()).await;
        let Some(position) = position.ok().flatten().map(|position| position.to_string()) else { return };
        let cookie = COOKIE.set(&position, COOKIE_LIFETIME, self.is_tls).filter(|_| self.is_browser);
        if let Some(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        if let Ok(value) = HeaderValue::try_from(position) {
            response.headers_mut().insert(POSITION, value);
        }
    }
}
