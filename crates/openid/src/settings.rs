use crate::{Error, Result};
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// The secret of this client at the provider. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// Returns the secret with this text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// The registration of this server at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The issuer, exactly as the provider's discovery document states it.
    pub issuer: String,
    /// The id of the client.
    pub client_id: String,
    /// The secret of the client. `None` for a public client, which PKCE alone protects.
    pub client_secret: Option<ClientSecret>,
    /// The scopes besides `openid`.
    pub scopes: Vec<String>,
}

impl Settings {
    /// Checks the issuer and the id.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub(crate) fn check(&self) -> Result<()> {
        let is_allowed = Url::parse(&self.issuer).is_ok_and(|url| {
            let has_extra = url.query().is_some() || url.fragment().is_some() || !url.username().is_empty();
            !has_extra && (url.scheme() == "https" || is_loopback_http(&url))
        });
        if !is_allowed {
            let issuer = &self.issuer;
            return Err(Error::Settings(format!(
                "STOCKHOLD_OIDC_ISSUER is {issuer:?}; it must be an https:// URL without query, such as \
                 https://login.example/realms/shop"
            )));
        }
        if self.client_id.is_empty() {
            let text = "STOCKHOLD_OIDC_ISSUER is set, but STOCKHOLD_OIDC_CLIENT_ID is not; set both";
            return Err(Error::Settings(text.to_owned()));
        }
        Ok(())
    }

    /// Returns whether the provider is on this machine and speaks HTTP: only for tests and development.
    pub(crate) fn allows_loopback_http(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| is_loopback_http(&url))
    }
}

/// Returns whether the URL is `http://` with an IP address of this machine. A name does not count, because it may resolve
/// to another machine.
pub(crate) fn is_loopback_http(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    url.scheme() == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(issuer: &str) -> Settings {
        let client_secret = Some(ClientSecret::new("hunter2".to_owned()));
        Settings {
            issuer: issuer.to_owned(),
            client_id: "shop".to_owned(),
            client_secret,
            scopes: Vec::new(),
        }
    }

    #[test]
    fn an_issuer_needs_https_unless_it_is_on_this_machine() {
        for issuer in [
            "https://login.example",
            "https://login.example/realms/shop/",
            "http://127.0.0.1:9/",
            "http://[::1]",
        ] {
            assert!(settings(issuer).check().is_ok(), "{issuer}");
        }
        let rejected = [
            "",
            "login.example",
            "http://login.example",
            "http://localhost:9",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "file:///etc/passwd",
            "https://login.example?a=b",
            "https://a:b@login.example",
        ];
        for issuer in rejected {
            assert!(settings(issuer).check().is_err(), "{issuer}");
        }
        assert!(Settings { client_id: String::new(), ..settings("https://login.example") }.check().is_err());
    }

    #[test]
    fn the_secret_is_masked() {
        assert!(!format!("{:?}", settings("https://login.example")).contains("hunter2"));
    }
}
