//! The provider of the sign-in by OpenID Connect.

use crate::config::OpenIdConfig;
use anyhow::Result;
use openid::Provider;

/// A provider, and its settings for pages.
pub(crate) struct OpenIdSignIn {
    pub(crate) provider: Provider,
    /// The name on buttons.
    pub(crate) name: String,
    /// The URL to which the provider redirects; `None` for the host of the request.
    pub(crate) redirect_url: Option<String>,
}

impl OpenIdSignIn {
    /// Returns the configured provider; `None` without an issuer. It is not contacted yet, so that the server starts while
    /// it is down.
    ///
    /// # Errors
    /// A setting is invalid.
    pub(crate) fn new(config: &OpenIdConfig) -> Result<Option<Self>> {
        let Some(settings) = config.settings()? else { return Ok(None) };
        let provider = Provider::new(settings)?;
        let redirect_url = config.redirect_url().map(str::to_owned);
        Ok(Some(Self { provider, name: config.name().to_owned(), redirect_url }))
    }
}
