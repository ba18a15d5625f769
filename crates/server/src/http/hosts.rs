//! The check of the `Host` header, which prevents DNS rebinding: a page of another site whose name resolves to this
//! server's address sends its own name as the host.

use crate::http::error::ApiError;
use crate::http::log_once::LogOnce;
use anyhow::{Result, bail};
use axum::http::{HeaderMap, StatusCode, Uri, Version, header};
use std::net::IpAddr;

/// The names of a server that listens on a loopback address. Browsers resolve all of them on their own machine.
const LOOPBACK_NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "[::1]"];

/// The paths that a load balancer may request by IP address. A page of another site can't: its requests have its name.
pub(crate) const PATHS_BY_ADDRESS: [&str; 4] = ["/health", "/health/live", "/livez", "/readyz"];

/// The detail of a request without a host.
const MISSING: &str = "The request has no Host header.";

/// The most characters of an unknown host in the log.
const LOGGED_CHARS_MAX: usize = 253;

/// The names under which the server answers.
pub(crate) struct AllowedHosts {
    names: Box<[Box<str>]>,
    rejected: LogOnce,
}

impl AllowedHosts {
    /// Returns the configured names, or the default for the address that the server listens on.
    ///
    /// # Errors
    /// No name is configured, and the server listens on all addresses.
    pub(crate) fn new(configured: &[Box<str>], listening: IpAddr) -> Result<Self> {
        if !configured.is_empty() {
            return Ok(Self { names: configured.into(), rejected: LogOnce::new() });
        }
        if listening.is_unspecified() {
            bail!(
                "the server listens on all addresses ({listening}), and STOCKHOLD_HOSTS is not set; set it to the names \
                 by which clients reach the server, separated by commas, such as shop.example,10.0.0.7"
            );
        }
        let own = match listening {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let names = if listening.is_loopback() { LOOPBACK_NAMES.as_slice() } else { &[] };
        let names = names.iter().copied().filter(|name| *name != own).chain([own.as_str()]);
        Ok(Self { names: names.map(Box::from).collect(), rejected: LogOnce::new() })
    }

    /// Checks the host of a request. Allocates nothing for an allowed one.
    ///
    /// # Errors
    /// 400 `invalid_host` or 421 `host_unknown`.
    pub(crate) fn check(&self, host: Host<'_>, path: &str) -> Result<(), ApiError> {
        let may_be_address = || PATHS_BY_ADDRESS.contains(&path);
        let Some(text) = host.0 else {
            return if may_be_address() { Ok(()) } else { Err(invalid(MISSING)) };
        };
        let Some(name) = name_of(text) else {
            return Err(invalid(
                "The host of the request is not a name or an address with an optional port.",
            ));
        };
        if self.names.iter().any(|allowed| matches(allowed, name)) {
            return Ok(());
        }
        if may_be_address() && is_address(name) {
            return Ok(());
        }
        if self.rejected.is_due(name) {
            let name = name.get(..LOGGED_CHARS_MAX).unwrap_or(name);
            tracing::warn!(
                host = name,
                "requests for an unknown host are rejected; if it is a name of this server, add it to STOCKHOLD_HOSTS"
            );
        }
        let detail = "This server does not answer under the host of the request. Its operator lists the names in \
                      STOCKHOLD_HOSTS.";
        Err(ApiError::new(StatusCode::MISDIRECTED_REQUEST, "host_unknown", "Unknown host", detail))
    }
}

/// The host of a request, with an optional port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host<'a>(Option<&'a str>);

impl<'a> Host<'a> {
    /// Returns the host that a trusted proxy has forwarded, or else the host of the request's target, or else the
    /// `Host` header. HTTP/1.0 allows a request without a host.
    ///
    /// # Errors
    /// 400 `invalid_host` if there are several `Host` headers, or none in HTTP/1.1.
    pub(crate) fn of(
        forwarded: Option<&'a str>,
        uri: &'a Uri,
        headers: &'a HeaderMap,
        version: Version,
    ) -> Result<Self, ApiError> {
        let mut lines = headers.get_all(header::HOST).iter();
        let line = lines.next();
        if lines.next().is_some() {
            return Err(invalid("The request has several Host headers; send one."));
        }
        let Some(line) = line else {
            return match version {
                Version::HTTP_09 | Version::HTTP_10 => Ok(Self(forwarded)),
                _ => Err(invalid(MISSING)),
            };
        };
        // RFC 9112, section 3.2.2: the host of an absolute target replaces the header.
        let target = uri.authority().map(|authority| authority.as_str());
        let Some(host) = forwarded.or(target).or_else(|| line.to_str().ok()) else {
            return Err(invalid("The Host header is not ASCII."));
        };
        Ok(Self(Some(host)))
    }

    /// Returns the text, with the port.
    pub(crate) fn as_str(self) -> Option<&'a str> {
        self.0
    }

    /// Returns whether the host is a name that every browser resolves on its own machine.
    pub(crate) fn is_localhost(self) -> bool {
        let name = self.0.and_then(name_of);
        name.is_some_and(|name| matches("localhost", name) || matches("*.localhost", name))
    }
}

/// Returns a host without its port; `None` if it is invalid.
fn name_of(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let has_valid_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_valid_name = !name.is_empty() && (name.starts_with('[') || name.bytes().all(is_valid));
    (has_valid_port && is_valid_name).then_some(name)
}

/// Returns whether a name is the allowed one, or a subdomain of an allowed `*.name`.
fn matches(allowed: &str, name: &str) -> bool {
    let Some(domain) = allowed.strip_prefix('*') else { return name.eq_ignore_ascii_case(allowed) };
    let Some(start) = name.len().checked_sub(domain.len()) else { return false };
    start > 0 && name.as_bytes()[start..].eq_ignore_ascii_case(domain.as_bytes())
}

fn is_address(name: &str) -> bool {
    name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_host", "The host is invalid", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn allowed(names: &[&str], listening: &str) -> AllowedHosts {
        let names: Vec<Box<str>> = names.iter().map(|name| Box::from(*name)).collect();
        AllowedHosts::new(&names, listening.parse().expect("an address")).expect("names")
    }

    fn status(hosts: &AllowedHosts, host: &str, path: &str) -> u16 {
        match hosts.check(Host(Some(host)), path) {
            Ok(()) => 200,
            Err(error) => axum::response::IntoResponse::into_response(error).status().as_u16(),
        }
    }

    #[track_caller]
    fn check(hosts: &AllowedHosts, expected: u16, names: &[&str]) {
        for name in names {
            assert_eq!(status(hosts, name, "/api/items"), expected, "{name}");
        }
    }

    #[test]
    fn a_server_on_a_loopback_address_answers_only_under_names_of_its_own_machine() {
        let hosts = allowed(&[], "127.0.0.1");
        check(
            &hosts,
            200,
            &["localhost", "LOCALHOST:3000", "127.0.0.1:1", "[::1]:3000", "[::1]", "localhost:"],
        );
        check(&hosts, 200, &["shop.localhost", "a.b.localhost:80"]);
        check(&hosts, 421, &["evil.example", "evil.example:3000", "localhost.evil.example", "notlocalhost"]);
        check(&hosts, 421, &[".localhost", "127.0.0.2", "localhost.", "[::2]", "0.0.0.0"]);
        check(&allowed(&[], "127.0.0.7"), 200, &["127.0.0.7:3000", "localhost"]);
    }

    #[test]
    fn a_server_on_another_address_answers_under_that_address_and_the_configured_names() {
        check(&allowed(&[], "10.0.0.7"), 200, &["10.0.0.7:3000"]);
        check(&allowed(&[], "10.0.0.7"), 421, &["localhost:3000", "10.0.0.8"]);
        check(&allowed(&[], "fd00::7"), 200, &["[fd00::7]:3000"]);
        let hosts = allowed(&["shop.example", "*.shop.test"], "0.0.0.0");
        check(&hosts, 200, &["shop.example", "Shop.Example:443", "eu.shop.test"]);
        check(&hosts, 421, &["eu.shop.example", "shop.test", "10.0.0.7", "localhost"]);
        for listening in ["0.0.0.0", "::"] {
            let error = AllowedHosts::new(&[], listening.parse().expect("an address")).err();
            assert!(
                error.is_some_and(|error| error.to_string().contains("set it to the names")),
                "{listening}"
            );
        }
    }

    #[test]
    fn an_invalid_host_is_rejected() {
        let hosts = allowed(&[], "127.0.0.1");
        check(
            &hosts,
            400,
            &["", ":80", "localhost:evil", "localhost:80:80", "user@localhost", "localhost/", "[::1"],
        );
        check(&hosts, 400, &["local host", "localhost:123456", "[::1]x", "localhost,evil.example"]);
    }

    #[test]
    fn health_checks_may_use_an_address() {
        let hosts = allowed(&["shop.example"], "0.0.0.0");
        for path in ["/health", "/health/live"] {
            assert_eq!(status(&hosts, "10.1.2.3:3000", path), 200);
            assert_eq!(status(&hosts, "[fd00::7]:3000", path), 200);
            assert_eq!(status(&hosts, "evil.example", path), 421);
            assert!(hosts.check(Host(None), path).is_ok());
        }
        assert_eq!(status(&hosts, "10.1.2.3:3000", "/health/other"), 421);
        assert!(hosts.check(Host(None), "/api/items").is_err());
    }

    #[test]
    fn a_request_has_one_host() {
        let headers = |hosts: &[&'static str]| {
            let pair = |host: &&'static str| (header::HOST, HeaderValue::from_static(host));
            hosts.iter().map(pair).collect::<Vec<_>>().into_iter().fold(
                HeaderMap::new(),
                |mut map, (key, value)| {
                    map.append(key, value);
                    map
                },
            )
        };
        let host = |forwarded, target: &'static str, hosts: &[&'static str], version| {
            let (uri, headers) = (Uri::from_static(target), headers(hosts));
            Host::of(forwarded, &uri, &headers, version).ok().map(|host| host.as_str().map(str::to_owned))
        };
        let found = |text: &str| Some(Some(text.to_owned()));
        assert_eq!(host(None, "/", &["a"], Version::HTTP_11), found("a"));
        assert_eq!(host(None, "http://b/", &["a"], Version::HTTP_11), found("b"));
        assert_eq!(host(Some("c"), "http://b/", &["a"], Version::HTTP_11), found("c"));
        assert_eq!(host(None, "/", &["a", "a"], Version::HTTP_11), None);
        assert_eq!(host(None, "/", &[], Version::HTTP_11), None);
        assert_eq!(host(None, "http://b/", &[], Version::HTTP_11), None);
        assert_eq!(host(None, "/", &[], Version::HTTP_10), Some(None));
    }

    proptest! {
        #[test]
        fn any_text_is_allowed_or_rejected(host in "\\PC{0,80}", path in "/[a-z/]{0,12}") {
            let hosts = allowed(&[], "127.0.0.1");
            let status = status(&hosts, &host, &path);
            prop_assert!([200, 400, 421].contains(&status));
        }

        #[test]
        fn only_an_allowed_name_with_a_port_is_allowed(name in "[a-z.]{1,20}", port in 0_u16..) {
            let hosts = allowed(&["shop.example"], "127.0.0.1");
            let expected = if name == "shop.example" { 200 } else { 421 };
            prop_assert_eq!(status(&hosts, &format!("{name}:{port}"), "/"), expected);
        }
    }
}
