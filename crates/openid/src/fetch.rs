//! The HTTP client for requests to the provider.

use crate::error::shortened;
use crate::settings::is_loopback_http;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The time in which the provider must answer a request.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time in which a connection must be open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an idle connection is kept. Sign-ins are rare.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of a response's body.
const BODY_BYTES_MAX: usize = 256 * 1_024;

/// A request that got no usable response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} is not an https:// URL")]
    Scheme(String),
    #[error("no CA certificates were found on this machine; install them, or set SSL_CERT_FILE")]
    NoCertificates,
    #[error("no response within {} s", RESPONSE_TIMEOUT.as_secs())]
    Timeout,
    #[error("the response is larger than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the request failed")]
    Request(#[source] hyper_util::client::legacy::Error),
    #[error("the response is incomplete")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An HTTP client that follows no redirect, limits time and size of a response, and checks certificates against the CA
/// certificates of this machine. It uses no proxy.
pub(crate) struct Fetch {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    allows_loopback_http: bool,
    has_certificates: bool,
}

impl Fetch {
    /// Creates the client. With `allows_loopback_http` it also accepts `http://` URLs of this machine.
    pub(crate) fn new(allows_loopback_http: bool) -> Self {
        let mut roots = RootCertStore::empty();
        // Certificates that can't be read are skipped: the machine's store often has some.
        let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the protocols of its own default")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
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
        Self { client, allows_loopback_http, has_certificates: added > 0 }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let url = request.uri().to_string();
        let is_https = request.uri().scheme_str() == Some("https");
        let is_loopback =
            self.allows_loopback_http && Url::parse(&url).is_ok_and(|url| is_loopback_http(&url));
        if !is_https && !is_loopback {
            return Err(FetchError::Scheme(shortened(&url)));
        }
        if is_https && !self.has_certificates {
            return Err(FetchError::NoCertificates);
        }
        let exchange = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let (parts, body) = self.client.request(request).await.map_err(FetchError::Request)?.into_parts();
            let body =
                Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|error| match error
                    .downcast_ref::<LengthLimitError>(
                ) {
                    Some(_) => FetchError::TooLarge,
                    None => FetchError::Body(error),
                })?;
            Ok(HttpResponse::from_parts(parts, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(RESPONSE_TIMEOUT, exchange).await.unwrap_or(Err(FetchError::Timeout))
    }
}

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
