//! The URL of a webhook endpoint.

use crate::webhook::address::is_public_address;
use crate::{Error, quoted};
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// The longest URL, in characters.
pub const WEBHOOK_URL_CHARS_MAX: usize = 2_000;

/// The URL of an endpoint: `https`, without credentials and without a fragment. If private addresses are allowed, also
/// `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// Checks a URL. A host that is a private address is refused here; the addresses of a name are checked when a connection
    /// is opened.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn new(text: &str, allows_private: bool) -> Result<Self, Error> {
        let invalid = |reason: &str| Error::invalid("url", reason);
        if text.chars().count() > WEBHOOK_URL_CHARS_MAX {
            return Err(invalid(&format!("must have at most {WEBHOOK_URL_CHARS_MAX} characters")));
        }
        let url = Url::parse(text.trim())
            .map_err(|_| invalid("must be a URL, such as https://example.com/hook"))?;
        match url.scheme() {
            "https" => {}
            "http" if allows_private => {}
            _ => return Err(invalid("must begin with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not contain a user or a password: each message is signed"));
        }
        if url.fragment().is_some() {
            return Err(invalid("must not contain a fragment"));
        }
        let address = match url.host() {
            None => return Err(invalid("must contain a host")),
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
        };
        if let Some(address) = address.filter(|address| !allows_private && !is_public_address(*address)) {
            return Err(invalid(&format!(
                "must not have the private address {}",
                quoted(&address.to_string())
            )));
        }
        // The normal form may be longer: characters of the path are encoded.
        match url.as_str().len() {
            0..=WEBHOOK_URL_CHARS_MAX => Ok(Self(url.into())),
            _ => Err(invalid(&format!("must have at most {WEBHOOK_URL_CHARS_MAX} characters"))),
        }
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_url_is_https_without_credentials() {
        let url = WebhookUrl::new(" https://Shop.example/a b?x=1 ", false).expect("a URL");
        assert_eq!(url.as_str(), "https://shop.example/a%20b?x=1");
        for text in [
            "",
            "shop.example",
            "http://shop.example/",
            "ftp://shop.example/",
            "https://anna:secret@shop.example/",
            "https://shop.example/#top",
            "https://",
            "javascript:alert(1)",
        ] {
            assert!(WebhookUrl::new(text, false).is_err(), "{text}");
        }
        assert!(WebhookUrl::new(&format!("https://x.example/{}", "a".repeat(2_000)), false).is_err());
        assert!(WebhookUrl::new("http://localhost:9/", true).is_ok());
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "017700000001",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "169.254.169.254",
        ] {
            assert!(WebhookUrl::new(&format!("https://{host}/"), false).is_err(), "{host}");
            assert!(WebhookUrl::new(&format!("https://{host}/"), true).is_ok(), "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_a_url_in_its_normal_form(text in "\\PC{0,60}|https://[a-z0-9.:@\\[\\]/#?%]{0,40}") {
            if let Ok(url) = WebhookUrl::new(&text, false) {
                prop_assert!(url.as_str().starts_with("https://"));
                prop_assert_eq!(WebhookUrl::new(url.as_str(), false), Ok(url));
            }
        }
    }
}
