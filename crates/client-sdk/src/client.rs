//! The client: sends requests, and reads their answers.

use crate::request::Request;
use crate::retry::{delay_before, is_transient};
use crate::transport::Transport;
use crate::{Error, Rejection};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::de::DeserializeOwned;
use std::time::Duration;
use uuid::Uuid;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The settings of a client.
#[derive(Clone)]
pub struct Settings {
    /// The address of the server, such as `https://stock.example`.
    pub base_url: String,
    /// The token of an API client: `shk_…`. None for a server on a loopback address without an administrator.
    pub token: Option<String>,
    /// The most retries of a request. Default: 4. Only requests that can't take effect twice are sent again.
    pub retries: u32,
    /// The longest time of an attempt, from the request to the end of the answer. Default: 60 s.
    pub timeout: Duration,
}

impl std::fmt::Debug for Settings {
    /// Shows no token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base_url, token: _, retries, timeout } = self;
        f.debug_struct("Settings")
            .field("base_url", base_url)
            .field("retries", retries)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { base_url: String::new(), token: None, retries: 4, timeout: Duration::from_secs(60) }
    }
}

/// A client with a method for each operation. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Stockhold {
    transport: Transport,
    base_url: String,
    retries: u32,
    /// The headers of each request.
    headers: HeaderMap,
}

/// A failed attempt.
struct Failure {
    error: Error,
    retry_after: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

impl Stockhold {
    /// Creates a client. It connects with the first request, and trusts the certificates of the operating system.
    ///
    /// # Errors
    /// [`Error::Request`]: the token is no header value, or TLS can't be set up.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json, */*"))]);
        if let Some(token) = &settings.token {
            let mut value = header_value(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let base_url = settings.base_url.trim_end_matches('/').to_owned();
        let transport = Transport::new(settings.timeout)?;
        Ok(Self { transport, base_url, retries: settings.retries, headers })
    }

    /// Returns a client that sends a header with each request, such as `If-Match`.
    ///
    /// # Errors
    /// [`Error::Request`]: the name or the value is invalid.
    pub fn with_header(&self, name: &str, value: &str) -> Result<Self, Error> {
        let name = name.parse::<HeaderName>().map_err(|error| Error::Request(error.to_string()))?;
        let mut client = self.clone();
        let mut value = header_value(value)?;
        value.set_sensitive(name == AUTHORIZATION);
        client.headers.insert(name, value);
        Ok(client)
    }

    /// Returns a client for one write, with this `Idempotency-Key` of 1 to 255 visible ASCII characters in place of a new one.
    ///
    /// # Errors
    /// [`Error::Request`]: the key is no header value.
    pub fn with_idempotency_key(&self, key: &str) -> Result<Self, Error> {
        self.with_header(IDEMPOTENCY_KEY.as_str(), key)
    }

    /// The longest time of an attempt.
    pub(crate) fn timeout(&self) -> Duration {
        self.transport.timeout
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        serde_json::from_slice(&self.send(&request).await?).map_err(Error::Answer)
    }

    pub(crate) async fn text(&self, request: Request) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.send(&request).await?).into_owned())
    }

    pub(crate) async fn bytes(&self, request: Request) -> Result<Vec<u8>, Error> {
        self.send(&request).await.map(Vec::from)
    }

    pub(crate) async fn nothing(&self, request: Request) -> Result<(), Error> {
        self.send(&request).await.map(drop)
    }

    /// Sends a request until it is answered with a success, or until no retry is allowed. Each attempt has the same key.
    async fn send(&self, request: &Request) -> Result<Bytes, Error> {
        let headers = self.headers_of(request)?;
        let mut retry = 0;
        loop {
            let Failure { error, retry_after } = match self.attempt(request, &headers).await {
                Ok(body) => return Ok(body),
                Err(failure) => failure,
            };
            if retry >= self.retries || !request.is_repeatable || !is_transient(&error) {
                return Err(error);
            }
            let Some(delay) = delay_before(retry, retry_after.as_deref()) else { return Err(error) };
            tokio::time::sleep(delay).await;
            retry += 1;
        }
    }

    fn headers_of(&self, request: &Request) -> Result<HeaderMap, Error> {
        let mut headers = self.headers.clone();
        if request.is_keyed && !headers.contains_key(IDEMPOTENCY_KEY) {
            headers.insert(IDEMPOTENCY_KEY, header_value(&Uuid::now_v7().to_string())?);
        }
        if let Some((kind, _)) = &request.body {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(kind));
        }
        Ok(headers)
    }

    async fn attempt(&self, request: &Request, headers: &HeaderMap) -> Result<Bytes, Failure> {
        let mut message = http::Request::new(Full::default());
        *message.method_mut() = request.method.clone();
        let url = request.url(&self.base_url);
        *message.uri_mut() = url.parse().map_err(|error| Error::Request(format!("{url}: {error}")))?;
        *message.headers_mut() = headers.clone();
        if let Some((_, body)) = &request.body {
            *message.body_mut() = Full::new(body.clone());
        }
        let response = self.transport.send(message).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.into_body());
        }
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.map(str::to_owned);
        let error = Error::Rejected(Box::new(Rejection::of(status.as_u16(), response.body())));
        Err(Failure { error, retry_after })
    }
}

fn header_value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|error| Error::Request(error.to_string()))
}
