//! What protects people's browsers: refuses changes that another site asks for, and sets the headers that
//! keep other sites from framing or guessing at ours.

use crate::problem::Refusal;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;

/// Says where a request comes from; browsers set it, and no script can.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The Content-Security-Policy of everything: scripts come from files of this site only.
macro_rules! policy {
    () => {
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; script-src 'self'"
    };
}

/// The headers of pages that do not set their own.
const PAGE_HEADERS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, policy!()),
];

/// The Content-Security-Policy of a console page: in addition, WebAssembly and inline scripts that carry the nonce.
pub(crate) fn page_policy(nonce: &str) -> HeaderValue {
    let policy = format!(concat!(policy!(), " 'wasm-unsafe-eval' 'nonce-{nonce}'"), nonce = nonce);
    // A nonce is Base64, which any header value can hold.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(policy!()))
}

/// Refuses what would change something if a browser sends it on behalf of another site. Programs send
/// neither `Origin` nor `Sec-Fetch-Site`, and are not concerned.
pub(crate) fn refuse_cross_site(request: &Request) -> Result<(), Refusal> {
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if changes && is_cross_site(request.headers(), request.uri()) {
        let detail = "Changes are only taken from this site's own pages, and from programs.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "cross_site", "Asked for by another site", detail));
    }
    Ok(())
}

/// Adds the security headers; those that are about pages to what a browser may show as one.
pub(crate) fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        return;
    }
    for (name, value) in PAGE_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

fn is_cross_site(headers: &HeaderMap, uri: &Uri) -> bool {
    // Decisive where present: unlike the host, no proxy rewrites it.
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(|authority| authority.as_str()));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    match (origin, host) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)], refused: bool) {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        assert_eq!(is_cross_site(&headers.collect(), &Uri::from_static("/rpc/x")), refused, "{pairs:?}");
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
