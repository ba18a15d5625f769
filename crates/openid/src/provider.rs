use crate::error::{shortened, with_causes};
use crate::fetch::{Fetch, FetchError};
use crate::metadata::{Metadata, MetadataCache};
use crate::{Attempt, Error, Result, Settings};
use chrono::{TimeDelta, Utc};
use domain::OpenIdIdentity;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken,
    CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    TokenResponse as _,
};
use std::sync::Arc;
use std::time::Instant;

/// The accepted signatures of ID tokens: only those by a key that the provider alone has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The difference that the clocks of this machine and the provider may have.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(60);

/// The maximum length of an authorization code, in bytes.
const CODE_BYTES_MAX: usize = 4_096;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The response of the provider, from the query of the callback.
#[derive(Clone, Copy)]
pub struct AuthorizationResponse<'a> {
    /// The authorization code.
    pub code: &'a str,
    /// The issuer (RFC 9207), if the response names one.
    pub issuer: Option<&'a str>,
}

/// A provider. It is not contacted before the first sign-in.
pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    fetch: Fetch,
    cache: MetadataCache,
}

impl Provider {
    /// Checks the settings, and reads the machine's CA certificates.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn new(settings: Settings) -> Result<Self> {
        settings.check()?;
        let issuer =
            IssuerUrl::new(settings.issuer.clone()).map_err(|error| Error::Settings(error.to_string()))?;
        let fetch = Fetch::new(settings.allows_loopback_http());
        Ok(Self { settings, issuer, fetch, cache: MetadataCache::default() })
    }

    /// Returns the URL to which the browser is redirected.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Settings`] for an invalid redirect URL.
    pub async fn authorization_url(&self, attempt: &Attempt<'_>) -> Result<String> {
        let client = self.client(&*self.metadata(None).await?, attempt)?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(attempt.verifier()));
        let (state, nonce) = (attempt.state(), attempt.nonce());
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scopes(
                self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new),
            )
            .set_pkce_challenge(challenge)
            .url();
        Ok(url.into())
    }

    /// Exchanges the authorization code, checks the ID token, and returns the identity that it asserts. The caller has
    /// compared the state by [`Attempt::has_state`], and uses an attempt once.
    ///
    /// # Errors
    /// [`Error::ForeignIssuer`], [`Error::Unavailable`], [`Error::CodeRejected`], [`Error::ClientRejected`], or
    /// [`Error::InvalidToken`].
    pub async fn identity(
        &self,
        attempt: &Attempt<'_>,
        response: AuthorizationResponse<'_>,
    ) -> Result<OpenIdIdentity> {
        let started = Instant::now();
        let metadata = self.metadata(None).await?;
        let names_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match response.issuer {
            Some(issuer) if issuer == self.settings.issuer => {}
            None if !names_issuer => {}
            _ => return Err(Error::ForeignIssuer),
        }
        if response.code.is_empty() || response.code.len() > CODE_BYTES_MAX {
            return Err(Error::CodeRejected("it is empty or too long".to_owned()));
        }
        let token = self.exchange(&self.client(&metadata, attempt)?, attempt, response.code).await?;
        let nonce = Nonce::new(attempt.nonce());
        let claims = match token.claims(&self.verifier(&metadata), &nonce) {
            // The keys have been replaced since they were fetched.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
            )) => token.claims(&self.verifier(&*self.metadata(Some(started)).await?), &nonce),
            checked => checked,
        };
        self.checked(claims.map_err(|error| Error::InvalidToken(with_causes(&error)))?)
    }

    async fn metadata(&self, newer_than: Option<Instant>) -> Result<Arc<Metadata>> {
        self.cache.get(&self.issuer, &self.fetch, newer_than).await
    }

    fn client(&self, metadata: &Metadata, attempt: &Attempt<'_>) -> Result<Client> {
        let redirect = RedirectUrl::new(attempt.redirect().to_owned())
            .map_err(|_| Error::Settings("the redirect URL is not a URL".to_owned()))?;
        let secret = self.settings.client_secret.as_ref();
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(self.settings.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
        );
        // Without a list, a provider accepts the header (OpenID Connect Discovery 1.0, section 3).
        let methods = metadata.token_endpoint_auth_methods_supported();
        let has_header =
            methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let auth = if has_header { AuthType::BasicAuth } else { AuthType::RequestBody };
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
    }

    async fn exchange(&self, client: &Client, attempt: &Attempt<'_>, code: &str) -> Result<CoreIdToken> {
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Error::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()));
        let response: CoreTokenResponse = request.request_async(&self.fetch).await.map_err(exchange_error)?;
        let token = response.id_token().cloned();
        token.ok_or_else(|| Error::InvalidToken("the response has none".to_owned()))
    }

    fn verifier(&self, metadata: &Metadata) -> CoreIdTokenVerifier<'static> {
        let id = ClientId::new(self.settings.client_id.clone());
        let stated = metadata.id_token_signing_alg_values_supported();
        // As a public client, so that the client's secret is never a key.
        CoreIdTokenVerifier::new_public_client(id, self.issuer.clone(), metadata.jwks().clone())
            .set_allowed_algs(ALGORITHMS.into_iter().filter(|algorithm| stated.contains(algorithm)))
            .set_time_fn(|| Utc::now() - CLOCK_SKEW)
    }

    fn checked(&self, claims: &CoreIdTokenClaims) -> Result<OpenIdIdentity> {
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.settings.client_id) {
            return Err(Error::InvalidToken("it was issued to another client".to_owned()));
        }
        OpenIdIdentity::new(claims.issuer().as_str(), claims.subject().as_str())
            .map_err(|error| Error::InvalidToken(error.to_string()))
    }
}

fn exchange_error(
    error: RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>,
) -> Error {
    match error {
        RequestTokenError::ServerResponse(response) => {
            let text = shortened(&response.to_string());
            match response.error() {
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                    Error::ClientRejected(text)
                }
                _ => Error::CodeRejected(text),
            }
        }
        error => Error::Unavailable(with_causes(&error)),
    }
}
