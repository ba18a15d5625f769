//! The settings of the sign-in by OpenID Connect.

use super::secret::{CREDENTIALS_DIRECTORY, Secret, SecretSources};
use anyhow::{Result, ensure};
use clap::ValueHint;
use std::ffi::OsString;

/// The label of the provider on buttons: "Sign in with …".
const NAME_DEFAULT: &str = "single sign-on";

/// The scopes that the sign-in asks for.
const SCOPES_DEFAULT: &str = "openid profile email";

/// The sign-in by OpenID Connect. It is off without an issuer.
#[derive(Debug, Clone, clap::Args)]
pub struct OpenIdConfig {
    /// The issuer of the OpenID provider, exactly as its discovery document states it. It must be an https:// URL. Without
    /// it people sign in by password only.
    #[arg(long, env = "STOCKHOLD_OIDC_ISSUER", value_name = "URL", global = true)]
    oidc_issuer: Option<String>,
    /// The id of this server at the provider.
    #[arg(long, env = "STOCKHOLD_OIDC_CLIENT_ID", value_name = "ID", global = true)]
    oidc_client_id: Option<String>,
    /// The secret of this server at the provider. Prefer the variable or a file: other users of the machine can see flags.
    #[arg(
        long,
        env = "STOCKHOLD_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        global = true
    )]
    oidc_client_secret: Option<Secret>,
    /// A file with the secret.
    #[arg(long, env = "STOCKHOLD_OIDC_CLIENT_SECRET_FILE", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    oidc_client_secret_file: Option<OsString>,
    /// The name of the provider on buttons: "Sign in with NAME".
    #[arg(long, env = "STOCKHOLD_OIDC_NAME", value_name = "NAME", default_value = NAME_DEFAULT, global = true)]
    oidc_name: String,
    /// The scopes that the sign-in asks for, separated by spaces.
    #[arg(long, env = "STOCKHOLD_OIDC_SCOPES", value_name = "SCOPES", default_value = SCOPES_DEFAULT, global = true)]
    oidc_scopes: String,
    /// The URL that is registered at the provider. By default it is /sign-in/openid/callback under the host of the request.
    /// Set it if a proxy changes the host.
    #[arg(long, env = "STOCKHOLD_OIDC_REDIRECT_URL", value_name = "URL", global = true)]
    oidc_redirect_url: Option<String>,
}

impl OpenIdConfig {
    /// Returns the default settings of a provider.
    pub fn provider(issuer: &str, client_id: &str, client_secret: &str) -> Self {
        Self {
            oidc_issuer: Some(issuer.to_owned()),
            oidc_client_id: Some(client_id.to_owned()),
            oidc_client_secret: Some(client_secret.into()),
            oidc_client_secret_file: None,
            oidc_name: NAME_DEFAULT.to_owned(),
            oidc_scopes: SCOPES_DEFAULT.to_owned(),
            oidc_redirect_url: None,
        }
    }

    /// Reads the secret that is in a file or a systemd credential.
    ///
    /// # Errors
    /// The secret is given twice, or a file can't be read.
    pub(crate) fn read_secrets(&mut self) -> Result<()> {
        let credentials = std::env::var_os(CREDENTIALS_DIRECTORY);
        let sources = SecretSources {
            variable: "STOCKHOLD_OIDC_CLIENT_SECRET",
            value: self.oidc_client_secret.as_ref(),
            file: self.oidc_client_secret_file.as_deref(),
            credentials: credentials.as_deref(),
        };
        self.oidc_client_secret = sources.read()?;
        Ok(())
    }

    /// Returns the name of the provider.
    pub(crate) fn name(&self) -> &str {
        &self.oidc_name
    }

    /// Returns the configured redirect URL. An empty value counts as absent.
    pub(crate) fn redirect_url(&self) -> Option<&str> {
        self.oidc_redirect_url.as_deref().filter(|url| !url.is_empty())
    }

    /// Returns the registration at the provider; `None` without an issuer. An empty value counts as absent.
    ///
    /// # Errors
    /// There is an id or a secret without an issuer.
    pub(crate) fn settings(&self) -> Result<Option<openid::Settings>> {
        let text = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let client_id = text(&self.oidc_client_id);
        let Some(issuer) = text(&self.oidc_issuer) else {
            ensure!(
                client_id.is_none(),
                "STOCKHOLD_OIDC_CLIENT_ID is set, but STOCKHOLD_OIDC_ISSUER is not; set both or none"
            );
            return Ok(None);
        };
        let secret = self.oidc_client_secret.as_ref().map(|secret| secret.expose().to_owned());
        Ok(Some(openid::Settings {
            issuer,
            client_id: client_id.unwrap_or_default(),
            client_secret: secret.filter(|secret| !secret.is_empty()).map(openid::ClientSecret::new),
            scopes: self.oidc_scopes.split_whitespace().map(str::to_owned).collect(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        openid: OpenIdConfig,
    }

    fn parse(arguments: &[&str]) -> OpenIdConfig {
        let arguments = ["program"].iter().chain(arguments);
        Program::try_parse_from(arguments).expect("read").openid
    }

    #[test]
    fn without_an_issuer_there_is_no_provider() {
        assert!(matches!(parse(&[]).settings(), Ok(None)));
        assert!(matches!(parse(&["--oidc-issuer", ""]).settings(), Ok(None)));
        assert!(parse(&["--oidc-client-id", "shop"]).settings().is_err());
    }

    #[test]
    fn the_settings_are_those_of_the_provider() {
        let arguments = ["--oidc-issuer", "https://login.example", "--oidc-client-id", "shop"];
        let config = parse(&[&arguments[..], &["--oidc-client-secret", "hunter2"]].concat());
        let settings = config.settings().expect("valid").expect("a provider");
        assert_eq!(
            (settings.issuer.as_str(), settings.client_id.as_str()),
            ("https://login.example", "shop")
        );
        assert_eq!(settings.scopes, ["openid", "profile", "email"]);
        assert!(!format!("{config:?} {settings:?}").contains("hunter2"));
        assert_eq!(config.name(), "single sign-on");
        assert_eq!(config.redirect_url(), None);
    }
}
