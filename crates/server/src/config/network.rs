//! The settings of names, proxies and certificates.

use anyhow::{Result, bail};
use clap::ValueHint;
use ipnet::IpNet;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// The longest name of a host, in characters.
const HOST_CHARS_MAX: usize = 253;

/// The settings of names, proxies and certificates.
#[derive(Debug, Clone, clap::Args)]
pub struct NetworkConfig {
    /// The names by which clients reach this server, separated by commas and without ports: shop.example or
    /// *.shop.example. The default on a loopback address is localhost, *.localhost, 127.0.0.1 and [::1]; on another
    /// address it is that address. Required if the server listens on all addresses.
    #[arg(long, env = "STOCKHOLD_HOSTS", value_name = "NAMES", global = true)]
    pub hosts: Option<HostNames>,
    /// The proxies that may name the client, as addresses or networks (CIDR), separated by commas. Without them every
    /// forwarding header is ignored.
    #[arg(long, env = "STOCKHOLD_TRUSTED_PROXIES", value_name = "NETWORKS", global = true)]
    pub trusted_proxies: Option<Networks>,
    /// The headers by which the trusted proxies name the client. The others are ignored.
    #[arg(long, env = "STOCKHOLD_FORWARDED_HEADERS", value_enum, default_value_t, global = true)]
    pub forwarded_headers: ForwardedHeaders,
    /// A PEM file with the certificate chain. The server then speaks HTTPS only. A changed file is read again.
    #[arg(long, env = "STOCKHOLD_TLS_CERTIFICATE", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    tls_certificate: Option<OsString>,
    /// A PEM file with the private key of the certificate, without a passphrase.
    #[arg(long, env = "STOCKHOLD_TLS_KEY", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    tls_key: Option<OsString>,
}

impl NetworkConfig {
    /// Returns the names of the server. An empty list counts as absent.
    pub(crate) fn host_names(&self) -> &[Box<str>] {
        self.hosts.as_ref().map_or(&[], |names| &names.0)
    }

    /// Returns the networks of the trusted proxies.
    pub(crate) fn proxies(&self) -> &[IpNet] {
        self.trusted_proxies.as_ref().map_or(&[], |networks| &networks.0)
    }

    /// Returns the files of the certificate and its key; `None` without TLS. An empty path counts as absent.
    ///
    /// # Errors
    /// Only one of both is set.
    pub(crate) fn tls_files(&self) -> Result<Option<TlsFiles>> {
        let given = |path: &Option<OsString>| path.clone().filter(|path| !path.is_empty()).map(PathBuf::from);
        match (given(&self.tls_certificate), given(&self.tls_key)) {
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
            (Some(_), None) => bail!(
                "STOCKHOLD_TLS_CERTIFICATE is set and STOCKHOLD_TLS_KEY is not; set it to the PEM file with the \
                 certificate's private key"
            ),
            (None, Some(_)) => bail!(
                "STOCKHOLD_TLS_KEY is set and STOCKHOLD_TLS_CERTIFICATE is not; set it to the PEM file with the \
                 certificate chain"
            ),
            (None, None) => Ok(None),
        }
    }

    /// Returns the URL of a server that listens on `address`: its first name that is not a pattern, otherwise the address.
    ///
    /// # Errors
    /// Only one of certificate and key is set.
    pub(crate) fn site_url(&self, mut address: SocketAddr) -> Result<String> {
        let (scheme, default_port) = if self.tls_files()?.is_some() { ("https", 443) } else { ("http", 80) };
        let Some(name) = self.host_names().iter().find(|name| !name.starts_with("*.")) else {
            if address.ip().is_unspecified() {
                address.set_ip(Ipv4Addr::LOCALHOST.into());
            }
            return Ok(format!("{scheme}://{address}"));
        };
        Ok(match address.port() {
            port if port == default_port => format!("{scheme}://{name}"),
            port => format!("{scheme}://{name}:{port}"),
        })
    }

    /// Sets the files of the certificate and its key.
    pub fn set_tls_files(&mut self, certificate: impl Into<OsString>, key: impl Into<OsString>) {
        (self.tls_certificate, self.tls_key) = (Some(certificate.into()), Some(key.into()));
    }
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate chain, in PEM.
    pub(crate) certificate: PathBuf,
    /// The private key, in PEM.
    pub(crate) key: PathBuf,
}

/// The headers by which a trusted proxy names the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ForwardedHeaders {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Names of hosts: a name, an IP address, or `*.` and a name for all its subdomains. An IPv6 address is in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostNames(Box<[Box<str>]>);

impl FromStr for HostNames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parts(text).map(host_name).collect::<Result<_, _>>().map(Self)
    }
}

/// Networks of IP addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks(Box<[IpNet]>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let network = |part: &str| {
            let address = part.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| part.parse())
                .map_err(|_| format!("{part} is not an address or a network such as 10.0.0.0/8 or fd00::/8"))
        };
        parts(text).map(network).collect::<Result<_, _>>().map(Self)
    }
}

/// Returns the parts of a list that is separated by commas, without empty ones.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn host_name(text: &str) -> Result<Box<str>, String> {
    if let Ok(address) = text.trim_matches(['[', ']']).parse::<Ipv6Addr>() {
        return Ok(format!("[{address}]").into());
    }
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let has_empty_label = name.split('.').any(str::is_empty);
    if has_empty_label || name.len() > HOST_CHARS_MAX || !name.bytes().all(is_valid) {
        return Err(format!(
            "{text} is not the name of a host; write a name without scheme and port, such as shop.example"
        ));
    }
    Ok(text.to_ascii_lowercase().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_have_neither_scheme_nor_port() {
        let names = |text: &str| text.parse::<HostNames>().map(|names| names.0.join(" "));
        let valid = names("Shop.example, *.shop.example,10.0.0.7,[::1],2001:DB8::7,,");
        assert_eq!(valid.as_deref(), Ok("shop.example *.shop.example 10.0.0.7 [::1] [2001:db8::7]"));
        assert_eq!(names("").as_deref(), Ok(""));
        for text in
            ["https://shop.example", "shop.example:443", "*", "*.", "a..b", "a b", "shop.*", "ü.example"]
        {
            assert!(names(text).is_err(), "{text}");
        }
    }

    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        network: NetworkConfig,
    }

    #[test]
    fn the_url_of_the_site_has_its_first_name() {
        let url = |arguments: &[&str], address: &str| {
            let arguments = ["program"].iter().chain(arguments);
            let network = <Program as clap::Parser>::parse_from(arguments).network;
            network.site_url(address.parse().expect("an address")).expect("a URL")
        };
        let tls = ["--tls-certificate", "chain.pem", "--tls-key", "key.pem"];
        assert_eq!(url(&[], "127.0.0.1:3000"), "http://127.0.0.1:3000");
        assert_eq!(url(&[], "0.0.0.0:3000"), "http://127.0.0.1:3000");
        assert_eq!(url(&["--hosts", "*.shop.example"], "[::1]:80"), "http://[::1]:80");
        assert_eq!(url(&["--hosts", "*.a.example,b.example"], "0.0.0.0:3000"), "http://b.example:3000");
        assert_eq!(url(&["--hosts", "b.example"], "0.0.0.0:80"), "http://b.example");
        assert_eq!(url(&[&["--hosts", "b.example"], &tls[..]].concat(), "0.0.0.0:443"), "https://b.example");
        assert_eq!(
            url(&[&["--hosts", "b.example"], &tls[..]].concat(), "0.0.0.0:80"),
            "https://b.example:80"
        );
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let count = |text: &str| text.parse::<Networks>().map(|networks| networks.0.len());
        assert_eq!(count("10.0.0.0/8, 192.0.2.7,fd00::/8, ::1"), Ok(4));
        assert_eq!(count(""), Ok(0));
        for text in ["10.0.0.0/33", "proxy.example", "10.0.0.1:80", "*"] {
            assert!(count(text).is_err(), "{text}");
        }
    }
}
