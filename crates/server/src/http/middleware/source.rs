//! The origin of a request: its client, its host, and the site that has sent it.

use super::csrf;
use crate::http::client_address::ClientAddress;
use crate::http::error::{ApiError, is_api_path};
use crate::http::hosts::Host;
use crate::state::AppState;
use axum::extract::Request;
use axum::http::{HeaderValue, header};

/// The origin of a request.
pub(super) struct Source {
    pub(super) client: ClientAddress,
    /// Whether the response tells browsers to use HTTPS only.
    pub(super) has_hsts: bool,
    /// The host of a page, if its `Host` header has another one: that of a trusted proxy or of an absolute target. Links and
    /// redirects on the page have this host.
    pub(super) page_host: Option<HeaderValue>,
    /// The rejection, if the host is unknown or another site has sent the request.
    pub(super) checked: Result<(), ApiError>,
}

/// Identifies the client, and checks host and origin.
pub(super) fn check(state: &AppState, request: &Request) -> Source {
    let peer = ClientAddress::of(request);
    let forwarded = state.proxies.forwarded(peer, request.headers());
    let client = forwarded.map_or(peer, |forwarded| forwarded.client);
    let forwarded_host = forwarded.and_then(|forwarded| forwarded.host);
    let checked = Host::of(forwarded_host, request.uri(), request.headers(), request.version())
        .and_then(|host| state.hosts.check(host, request.uri().path()).map(|()| host))
        .and_then(|host| csrf::check(request, host).map(|()| host));
    // HSTS for localhost would apply to every other server on the same machine.
    let has_hsts = client.is_tls && checked.as_ref().is_ok_and(|host| !host.is_localhost());
    let page_host = checked.as_ref().ok().and_then(|host| page_host(*host, request));
    Source { client, has_hsts, page_host, checked: checked.map(drop) }
}

fn page_host(host: Host<'_>, request: &Request) -> Option<HeaderValue> {
    let host = host.as_str().filter(|_| !is_api_path(request.uri()))?;
    let is_same = request.headers().get(header::HOST).is_some_and(|line| line == host);
    if is_same { None } else { HeaderValue::from_str(host).ok() }
}
