//! The client of a request, from its connection or from a trusted proxy.

use crate::config::{ForwardedHeaders, NetworkConfig};
use crate::http::forwarded::{Hop, client, forwarded, is_tls, last, x_forwarded_for};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The client of a request. In the request's extensions it is first the peer of the connection; the middleware replaces
/// it if the peer is a trusted proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress {
    /// The client's address.
    pub(crate) address: IpAddr,
    /// Whether the client's connection is TLS: to this server, or to the proxy.
    pub(crate) is_tls: bool,
}

impl ClientAddress {
    /// Returns the peer of a connection.
    pub(crate) fn from_connection(peer: SocketAddr, is_tls: bool) -> Self {
        Self { address: peer.ip().to_canonical(), is_tls }
    }

    /// Returns the client in the extensions of a request: before the middleware, the peer of the connection.
    pub(crate) fn of(request: &Request) -> Self {
        // A request without a connection has an address that is none.
        let unknown = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_tls: false };
        request.extensions().get().copied().unwrap_or(unknown)
    }

    /// Replaces the client in the extensions of a request.
    pub(crate) fn assign(self, request: &mut Request) {
        match request.extensions_mut().get_mut::<Self>() {
            Some(client) => *client = self,
            None => _ = request.extensions_mut().insert(self),
        }
    }
}

/// The client that a trusted proxy has forwarded a request for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForwardedClient<'a> {
    /// The client.
    pub(crate) client: ClientAddress,
    /// The host that the client has sent to the proxy.
    pub(crate) host: Option<&'a str>,
}

/// The proxies whose forwarding headers are read.
pub(crate) struct TrustedProxies {
    networks: Box<[IpNet]>,
    headers: ForwardedHeaders,
}

impl TrustedProxies {
    /// Returns the configured proxies.
    pub(crate) fn new(config: &NetworkConfig) -> Self {
        Self { networks: config.proxies().into(), headers: config.forwarded_headers }
    }

    /// Returns the client that the headers name; `None` unless the peer is a trusted proxy.
    pub(crate) fn forwarded<'a>(
        &self,
        peer: ClientAddress,
        headers: &'a HeaderMap,
    ) -> Option<ForwardedClient<'a>> {
        if !self.is_trusted(peer.address) {
            return None;
        }
        let hop = match self.headers {
            ForwardedHeaders::Forwarded => {
                let hops = lines(headers, &header::FORWARDED).flat_map(forwarded);
                client(hops, |address| self.is_trusted(address)).unwrap_or_default()
            }
            ForwardedHeaders::XForwarded => {
                let hops = lines(headers, &X_FORWARDED_FOR).flat_map(x_forwarded_for);
                let hop = client(hops, |address| self.is_trusted(address)).unwrap_or_default();
                let value = |name: &HeaderName| lines(headers, name).filter_map(last).last();
                Hop { is_tls: value(&X_FORWARDED_PROTO).map(is_tls), host: value(&X_FORWARDED_HOST), ..hop }
            }
        };
        let client = ClientAddress {
            address: hop.address.unwrap_or(peer.address),
            is_tls: hop.is_tls.unwrap_or(peer.is_tls),
        };
        Some(ForwardedClient { client, host: hop.host })
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// Returns the lines of a header. A line that is not ASCII counts as an unknown hop.
fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    headers.get_all(name).iter().map(|line: &HeaderValue| line.to_str().unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        network: NetworkConfig,
    }

    const PROXY: &str = "10.0.0.1";

    fn found(
        setting: &[&str],
        peer: &str,
        headers: &[(&'static str, &'static str)],
    ) -> (String, bool, Option<String>) {
        let arguments = ["program", "--trusted-proxies", "10.0.0.0/8"].iter().chain(setting);
        let proxies = TrustedProxies::new(&Program::parse_from(arguments).network);
        let peer = ClientAddress { address: peer.parse().expect("an address"), is_tls: false };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let forwarded = proxies.forwarded(peer, &map);
        let client = forwarded.map_or(peer, |forwarded| forwarded.client);
        let host = forwarded.and_then(|forwarded| forwarded.host).map(str::to_owned);
        (client.address.to_string(), client.is_tls, host)
    }

    const HEADERS: [(&str, &str); 4] = [
        ("x-forwarded-for", "198.51.100.1, 192.0.2.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "shop.example"),
        ("forwarded", "for=203.0.113.5;proto=http;host=other.example"),
    ];

    fn client(address: &str, is_tls: bool, host: Option<&str>) -> (String, bool, Option<String>) {
        (address.to_owned(), is_tls, host.map(str::to_owned))
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        assert_eq!(found(&[], PROXY, &HEADERS), client("192.0.2.7", true, Some("shop.example")));
        assert_eq!(found(&[], "192.0.2.99", &HEADERS), client("192.0.2.99", false, None));
        assert_eq!(found(&[], PROXY, &[]), client(PROXY, false, None));
    }

    #[test]
    fn only_the_configured_headers_are_read() {
        let standard = ["--forwarded-headers", "forwarded"];
        assert_eq!(found(&standard, PROXY, &HEADERS), client("203.0.113.5", false, Some("other.example")));
        assert_eq!(found(&standard, PROXY, &HEADERS[..3]), client(PROXY, false, None));
        assert_eq!(found(&[], PROXY, &HEADERS[3..]), client(PROXY, false, None));
    }

    #[test]
    fn lines_of_a_header_are_one_list() {
        let headers = [
            ("x-forwarded-for", "198.51.100.1"),
            ("x-forwarded-for", "192.0.2.7, 10.0.0.9"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(found(&[], PROXY, &headers), client("192.0.2.7", true, None));
    }
}
