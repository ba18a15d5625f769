//! The provider's metadata and keys, cached.

use crate::error::{shortened, with_causes};
use crate::fetch::{Fetch, FetchError};
use crate::settings::is_loopback_http;
use crate::{Error, Result};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, DiscoveryError, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// The age from which metadata and keys are fetched again.
const AGE_MAX: Duration = Duration::from_secs(3_600);

/// The time after a failed discovery in which no other is tried.
const BACK_OFF: Duration = Duration::from_secs(5);

/// The metadata that the library does not have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct MoreMetadata {
    /// Whether each response to the browser names the issuer (RFC 9207).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

pub(crate) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The cache of the metadata. Fetches are single-flight.
#[derive(Default)]
pub(crate) struct MetadataCache(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    /// The metadata, and the time before it was fetched.
    entry: Option<(Arc<Metadata>, Instant)>,
    failed_at: Option<Instant>,
}

impl MetadataCache {
    /// Returns the metadata with the keys. They are fetched if they are older than an hour, or older than `newer_than`. If
    /// that fails, an older entry is returned.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if nothing is cached and the provider does not answer, or did not answer in the last 5 s.
    pub(crate) async fn get(
        &self,
        issuer: &IssuerUrl,
        fetch: &Fetch,
        newer_than: Option<Instant>,
    ) -> Result<Arc<Metadata>> {
        let mut cached = self.0.lock().await;
        let known = cached.entry.as_ref();
        if let Some((metadata, at)) = known
            && at.elapsed() < AGE_MAX
            && newer_than.is_none_or(|time| *at > time)
        {
            return Ok(metadata.clone());
        }
        let known = known.map(|(metadata, _)| metadata.clone());
        if cached.failed_at.is_some_and(|at| at.elapsed() < BACK_OFF) {
            return known.ok_or_else(|| Error::Unavailable("it did not answer a moment ago".to_owned()));
        }
        let now = Instant::now();
        match discover(issuer, fetch).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *cached = Cached { entry: Some((metadata.clone(), now)), failed_at: None };
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(%error, "the discovery of the OpenID provider failed");
                cached.failed_at = Some(Instant::now());
                known.ok_or(error)
            }
        }
    }
}

async fn discover(issuer: &IssuerUrl, fetch: &Fetch) -> Result<Metadata> {
    let metadata = Metadata::discover_async(issuer.clone(), fetch).await.map_err(discovery_error)?;
    let is_loopback = is_loopback_http(issuer.url());
    let is_allowed = |url: &Url| url.scheme() == "https" || (is_loopback && is_loopback_http(url));
    // The browser and the authorization code go there.
    let authorization = metadata.authorization_endpoint().url();
    let Some(token) = metadata.token_endpoint() else {
        return Err(Error::Unavailable("its discovery document has no token_endpoint".to_owned()));
    };
    if let Some(url) = [authorization, token.url()].into_iter().find(|url| !is_allowed(url)) {
        return Err(Error::Unavailable(format!("its endpoint {url} is not an https:// URL")));
    }
    Ok(metadata)
}

fn discovery_error(error: DiscoveryError<FetchError>) -> Error {
    Error::Unavailable(match error {
        DiscoveryError::Response(_, _, text) => shortened(&text),
        error => with_causes(&error),
    })
}
