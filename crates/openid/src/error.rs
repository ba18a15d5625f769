/// The result of a method of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// The reason why a sign-in by a provider is not possible. The texts are for the log. They have no secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting is invalid.
    #[error("{0}")]
    Settings(String),
    /// The provider does not answer, or answers with an error of its own.
    #[error("the OpenID provider can't be used: {0}")]
    Unavailable(String),
    /// The provider rejects the authorization code.
    #[error("the OpenID provider rejects the authorization code: {0}")]
    CodeRejected(String),
    /// The provider rejects the client's id or secret.
    #[error("the OpenID provider rejects STOCKHOLD_OIDC_CLIENT_ID or its secret: {0}")]
    ClientRejected(String),
    /// The response names another issuer (RFC 9207), or none although the provider states that it always names it.
    #[error("the response is not from the configured issuer")]
    ForeignIssuer,
    /// The ID token is missing or invalid.
    #[error("the ID token is invalid: {0}")]
    InvalidToken(String),
}

/// The maximum length of a provider's text in an error, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// Returns a provider's text for an error: at most 200 characters, without control characters.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(TEXT_CHARS_MAX).collect()
}

/// Returns an error with its causes as one text.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    shortened(&text)
}
