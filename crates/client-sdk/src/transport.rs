//! Sends HTTP requests, over TLS too.

use crate::Error;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// The longest wait for a connection. An attempt has a longer limit of its own.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. The server closes it later.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections to a server. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// The longest time of an attempt, from the request to the end of the answer.
    pub timeout: Duration,
}

impl Transport {
    /// Creates a transport that trusts the certificates of the operating system. `timeout` limits an attempt.
    pub fn new(timeout: Duration) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        // Certificates that can't be read are skipped: the machine's store often has some.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Request(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Ok(Self { client, timeout })
    }

    /// Sends a request once, and reads the whole answer.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<http::Response<Bytes>, Error> {
        let exchange = async {
            let (head, body) = self.client.request(request).await.map_err(lost)?.into_parts();
            let body = body.collect().await.map_err(lost)?.to_bytes();
            Ok(http::Response::from_parts(head, body))
        };
        tokio::time::timeout(self.timeout, exchange).await.map_err(lost)?
    }
}

fn lost(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Connection(Box::new(error))
}
