/// The result of a method of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// The reason why credentials are rejected, or can't be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The credentials are unknown, expired or revoked.
    #[error("The credentials are unknown, expired or revoked.")]
    InvalidCredentials,
    /// A rule rejects the operation.
    #[error(transparent)]
    Refused(#[from] domain::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}
