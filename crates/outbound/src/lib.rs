//! The HTTP client for requests to other systems: webhook endpoints, and the OpenID provider.
//!
//! **Invariant:** it follows no redirect, uses no proxy, and checks certificates against the CA certificates of this machine.
//! The callers limit the time and the size of a response.

mod resolver;

use domain::is_public_address;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use resolver::Resolver;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::time::Duration;

/// The error of a request that got no response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL has a private address instead of a name, and these are not allowed.
    #[error("the URL has the private address {0}, and requests to these are not allowed")]
    PrivateAddress(IpAddr),
    /// The connection or the exchange failed.
    #[error(transparent)]
    Exchange(#[from] hyper_util::client::legacy::Error),
}

/// The settings of a client.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether the host of a URL may be a private address, or a name with private addresses only.
    pub allows_private: bool,
    /// The time in which a connection must be open.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    pub idle_timeout: Duration,
    /// The most idle connections to one host.
    pub idle_per_host_max: usize,
}

/// An HTTP/1.1 client.
pub struct HttpClient {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    has_certificates: bool,
    allows_private: bool,
}

impl HttpClient {
    /// Creates a client.
    pub fn new(settings: Settings) -> Self {
        let mut roots = RootCertStore::empty();
        // Certificates that can't be read are skipped: the machine's store often has some.
        let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("the provider has the protocols of its own default")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut connector = HttpConnector::new_with_resolver(Resolver::new(settings.allows_private));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(settings.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .pool_max_idle_per_host(settings.idle_per_host_max)
            .build(connector);
        Self { client, has_certificates: added > 0, allows_private: settings.allows_private }
    }

    /// Returns whether this machine has CA certificates. Without them, every request by `https` fails.
    pub fn has_certificates(&self) -> bool {
        self.has_certificates
    }

    /// Sends a request, and returns the response as soon as its head has arrived.
    ///
    /// # Errors
    /// The connection or the exchange failed, or the host has private addresses only and these are not allowed.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Error> {
        // The connector does not ask the resolver for a host that is an address.
        let host = request.uri().host().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match address.filter(|address| !self.allows_private && !is_public_address(*address)) {
            Some(address) => Err(Error::PrivateAddress(address)),
            None => Ok(self.client.request(request).await?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn private_addresses_are_refused() {
        let second = Duration::from_secs(1);
        let settings = Settings {
            allows_private: false,
            connect_timeout: second,
            idle_timeout: second,
            idle_per_host_max: 1,
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let client = HttpClient::new(settings);
        for (host, wanted) in
            [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1")]
        {
            let request =
                Request::get(format!("http://{host}:{port}/")).body(Full::default()).expect("a request");
            match client.send(request).await {
                Err(Error::PrivateAddress(address)) => assert_eq!(address.to_string(), wanted),
                other => panic!("{host}: {other:?}"),
            }
        }
        listener.set_nonblocking(true).expect("set");
        assert!(listener.accept().is_err(), "no connection");
    }
}
