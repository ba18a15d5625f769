//! The check against cross-site request forgery (CSRF).

use crate::http::error::ApiError;
use crate::http::headers::SEC_FETCH_SITE;
use crate::http::hosts::Host;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};

/// Rejects writes that a browser sends for another site than the request's host. Programs send neither `Origin` nor
/// `Sec-Fetch-Site`, and pass.
///
/// # Errors
/// 403 `cross_site`.
pub(super) fn check(request: &Request, host: Host<'_>) -> Result<(), ApiError> {
    let is_write = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if is_write && is_cross_site(request.headers(), host) {
        let detail = "Writes are accepted only from this site's own pages, and from programs.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "cross_site", "Cross-site request", detail));
    }
    Ok(())
}

fn is_cross_site(headers: &HeaderMap, host: Host<'_>) -> bool {
    // Takes precedence over `Origin`: proxies rewrite the host, but not this header.
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    match (origin, host.as_str()) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue, Uri, Version};

    fn check(pairs: &[(&'static str, &'static str)], rejected: bool) {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let (uri, headers) = (Uri::from_static("/rpc/x"), headers.collect());
        let host = Host::of(None, &uri, &headers, Version::HTTP_10).expect("a host");
        assert_eq!(is_cross_site(&headers, host), rejected, "{pairs:?}");
    }

    #[test]
    fn only_our_own_pages_and_programs_pass() {
        let host = ("host", "shop.example:3000");
        check(&[host], false);
        check(&[host, ("origin", "http://shop.example:3000")], false);
        check(&[host, ("origin", "https://evil.example")], true);
        check(&[host, ("origin", "http://shop.example:3001")], true);
        check(&[host, ("origin", "null")], true);
        check(&[("origin", "http://shop.example:3000")], true);
        check(&[host, ("sec-fetch-site", "same-origin"), ("origin", "https://proxied.example")], false);
        check(&[host, ("sec-fetch-site", "none")], false);
        check(&[host, ("sec-fetch-site", "same-site")], true);
        check(&[host, ("sec-fetch-site", "cross-site")], true);
    }
}
