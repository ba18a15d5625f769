//! The HTTP client for requests to the provider.

use crate::error::shortened;
use crate::settings::is_loopback_http;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use outbound::{HttpClient, Settings};
use std::pin::Pin;
use std::time::Duration;
use url::Url;

/// The time in which the provider must answer a request.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time in which a connection must be open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an idle connection is kept. Sign-ins are rare.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// The most idle connections to the provider.
const IDLE_PER_HOST_MAX: usize = 2;

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
    Request(#[source] outbound::Error),
    #[error("the response is incomplete")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An HTTP client that also limits the time and the size of a response.
pub(crate) struct Fetch {
    client: HttpClient,
    allows_loopback_http: bool,
}

impl Fetch {
    /// Creates the client. With `allows_loopback_http` it also accepts `http://` URLs of this machine. The operator chooses the
    /// provider, so it may have a private address.
    pub(crate) fn new(allows_loopback_http: bool) -> Self {
        let client = HttpClient::new(Settings {
            allows_private: true,
            connect_timeout: CONNECT_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            idle_per_host_max: IDLE_PER_HOST_MAX,
        });
        Self { client, allows_loopback_http }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let url = request.uri().to_string();
        let is_https = request.uri().scheme_str() == Some("https");
        let is_loopback =
            self.allows_loopback_http && Url::parse(&url).is_ok_and(|url| is_loopback_http(&url));
        if !is_https && !is_loopback {
            return Err(FetchError::Scheme(shortened(&url)));
        }
        if is_https && !self.client.has_certificates() {
            return Err(FetchError::NoCertificates);
        }
        let exchange = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let (parts, body) = self.client.send(request).await.map_err(FetchError::Request)?.into_parts();
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
