//! The forwarding headers of proxies: `Forwarded` (RFC 7239) and `X-Forwarded-*`. Pure parsers without allocation.
//!
//! Each proxy appends the address that it received the request from. The nearest proxy has observed the last address. A
//! client can make up all addresses before its own.

use std::net::IpAddr;

/// The client of one proxy, as that proxy has described it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hop<'a> {
    /// The client's address; `None` if it is unknown, obfuscated or invalid.
    pub(crate) address: Option<IpAddr>,
    /// Whether the client's connection was TLS; `None` if the proxy does not say.
    pub(crate) is_tls: Option<bool>,
    /// The `Host` that the client sent.
    pub(crate) host: Option<&'a str>,
}

/// Returns the client: the last hop that is not a trusted proxy, or the first one if all are trusted. If its address is
/// unknown, the address is that of the next hop, which is the nearest known one.
pub(crate) fn client<'a>(
    hops: impl Iterator<Item = Hop<'a>>,
    is_trusted: impl Fn(IpAddr) -> bool,
) -> Option<Hop<'a>> {
    let mut client: Option<Hop<'a>> = None;
    for hop in hops {
        match (&mut client, hop.address) {
            (Some(client), Some(address)) if is_trusted(address) => _ = client.address.get_or_insert(address),
            _ => client = Some(hop),
        }
    }
    client
}

/// Parses a `Forwarded` header.
pub(crate) fn forwarded(line: &str) -> impl Iterator<Item = Hop<'_>> {
    split(line, b',').filter(|element| !element.is_empty()).map(|element| {
        let mut hop = Hop::default();
        for pair in split(element, b';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let Some(value) = unquote(value) else { continue };
            match name {
                _ if name.eq_ignore_ascii_case("for") => hop.address = address(value),
                _ if name.eq_ignore_ascii_case("proto") => hop.is_tls = Some(is_tls(value)),
                _ if name.eq_ignore_ascii_case("host") => hop.host = Some(value),
                _ => {}
            }
        }
        hop
    })
}

/// Parses an `X-Forwarded-For` header.
pub(crate) fn x_forwarded_for(line: &str) -> impl Iterator<Item = Hop<'_>> {
    list(line).map(|element| Hop { address: address(element), ..Hop::default() })
}

/// Returns the last element of a list, which the nearest proxy has written.
pub(crate) fn last(line: &str) -> Option<&str> {
    list(line).last()
}

/// Returns whether a protocol is HTTPS.
pub(crate) fn is_tls(protocol: &str) -> bool {
    protocol.eq_ignore_ascii_case("https")
}

fn list(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim).filter(|element| !element.is_empty())
}

/// Splits at a separator outside of quotes, and trims the parts.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_quoted => is_escaped = true,
                b'"' => is_quoted = !is_quoted,
                _ => return byte == separator && !is_quoted,
            }
            false
        });
        let (part, after) = match end {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(part.trim())
    })
}

/// Returns the text of a token or a quoted string; `None` for one with escapes, which no address, protocol or host needs.
fn unquote(value: &str) -> Option<&str> {
    let text = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => value,
    };
    (!text.contains(['"', '\\'])).then_some(text)
}

/// Parses an address with an optional port. An IPv6 address with a port is in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = match (text.strip_prefix('['), text.rsplit_once(':')) {
        (Some(rest), _) => {
            let (address, port) = rest.split_once(']')?;
            (port.is_empty() || port.starts_with(':')).then_some(address)?
        }
        // One colon separates a port; an IPv6 address has at least two.
        (None, Some((address, _))) if !address.contains(':') => address,
        (None, _) => text,
    };
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    /// Proxies have addresses of 10.0.0.0/8 and fd00::/8.
    fn is_trusted(address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => address.octets()[0] == 10,
            IpAddr::V6(address) => address.octets()[0] == 0xfd,
        }
    }

    fn client_of(line: &str) -> Option<String> {
        let found = client(x_forwarded_for(line), is_trusted)?;
        Some(found.address.map_or("unknown".to_owned(), |address| address.to_string()))
    }

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(client_of(line).as_deref(), Some(expected), "{line}");
    }

    #[test]
    fn the_client_is_the_last_untrusted_address() {
        check("192.0.2.7", "192.0.2.7");
        check("198.51.100.1, 192.0.2.7", "192.0.2.7");
        check("198.51.100.1, 192.0.2.7, 10.0.0.1, 10.0.0.2", "192.0.2.7");
        check("198.51.100.1, 10.0.0.9, 192.0.2.7, 10.0.0.1", "192.0.2.7");
        check("10.0.0.1, 10.0.0.2", "10.0.0.1");
        assert_eq!(client_of(" , "), None);
    }

    #[test]
    fn an_unknown_address_is_replaced_by_that_of_the_nearest_known_hop() {
        check("198.51.100.1, unknown", "unknown");
        check("198.51.100.1, unknown, 10.0.0.1", "10.0.0.1");
        check("198.51.100.1, nonsense, 10.0.0.1, 10.0.0.2", "10.0.0.1");
    }

    #[test]
    fn addresses_may_have_ports() {
        check("192.0.2.7:4711", "192.0.2.7");
        check("2001:db8::7", "2001:db8::7");
        check("[2001:db8::7]", "2001:db8::7");
        check("[2001:db8::7]:4711", "2001:db8::7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("[2001:db8::7]x", "unknown");
        check("192.0.2.7:80:80", "unknown");
        check("256.0.0.1", "unknown");
    }

    #[test]
    fn a_forwarded_header_describes_each_hop() {
        let line = r#"For="[2001:db8::7]:4711";proto=https;host="shop.example", for=10.0.0.1;by=10.0.0.2;proto=http"#;
        let found = client(forwarded(line), is_trusted).expect("a client");
        assert_eq!(found.address, Some(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7))));
        assert_eq!((found.is_tls, found.host), (Some(true), Some("shop.example")));

        let hops = |line| forwarded(line).map(|hop| hop.address).collect::<Vec<_>>();
        let first = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
        assert_eq!(hops(r#"for="192.0.2.7, 10.0.0.1""#), [None], "a comma in quotes separates nothing");
        assert_eq!(hops(r#"for="a\",b", for=192.0.2.7"#), [None, first]);
        assert_eq!(
            hops("for=_hidden, for=unknown, for = 192.0.2.7, for=192.0.2.7"),
            [None, None, None, first]
        );
        assert_eq!(hops(r#"for="192.0.2.7"#), [None], "an open quote");
        assert_eq!(hops("proto=https"), [None]);
    }

    #[test]
    fn the_last_element_is_that_of_the_nearest_proxy() {
        assert_eq!(last("http, https"), Some("https"));
        assert_eq!(last("shop.example"), Some("shop.example"));
        assert_eq!(last(" ,"), None);
        assert!(is_tls("HTTPS") && !is_tls("http"));
    }

    fn any_address() -> impl Strategy<Value = IpAddr> {
        prop_oneof![
            any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
            any::<u8>().prop_map(|last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))),
            any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)).to_canonical()),
        ]
    }

    proptest! {
        #[test]
        fn any_text_is_parsed(line in "\\PC{0,200}") {
            let _ = client(forwarded(&line), is_trusted);
            let _ = client(x_forwarded_for(&line), is_trusted);
            let _ = last(&line);
        }

        #[test]
        fn text_that_resembles_the_header_is_parsed(line in r#"([a-z0-9="\\;,:\[\] ]|for=|proto=|host=){0,60}"#) {
            for hop in forwarded(&line) {
                prop_assert!(hop.host.is_none_or(|host| line.contains(host)));
            }
        }

        #[test]
        fn both_headers_name_the_same_client(addresses in prop::collection::vec(any_address(), 1..8)) {
            let expected = addresses.iter().rfind(|address| !is_trusted(**address)).unwrap_or(&addresses[0]);
            let plain = addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
            let found = client(x_forwarded_for(&plain), is_trusted).and_then(|hop| hop.address);
            prop_assert_eq!(found, Some(*expected));
            let element = |address: &IpAddr| match address {
                IpAddr::V4(address) => format!("for={address}"),
                IpAddr::V6(address) => format!("for=\"[{address}]\""),
            };
            let standard = addresses.iter().map(element).collect::<Vec<_>>().join(",");
            let found = client(forwarded(&standard), is_trusted).and_then(|hop| hop.address);
            prop_assert_eq!(found, Some(*expected));
        }

        #[test]
        fn made_up_addresses_before_the_client_have_no_effect(
            made_up in "[0-9a-z:., ]{0,40}",
            client_address in any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits | 0x8000_0000))),
        ) {
            let line = format!("{made_up}, {client_address}, 10.0.0.1");
            prop_assert_eq!(client_of(&line), Some(client_address.to_string()));
        }
    }
}
