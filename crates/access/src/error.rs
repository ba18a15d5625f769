/// The result of a method of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// The reason why credentials are rejected, or can't be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The credentials are unknown, expired or revoked.
    #[error("The credentials are unknown, expired or revoked.")]
    InvalidCredentials,
    /// Too many unknown credentials are being looked up.
    #[error("Too many unknown credentials are being looked up.")]
    Overloaded,
    /// Name, password or code are wrong, or the person is disabled.
    #[error("The name, the password or the code is wrong.")]
    SignInRejected,
    /// The password that confirms a change is wrong.
    #[error("The current password is wrong.")]
    WrongPassword,
    /// The code that confirms a second factor is wrong.
    #[error("The code is wrong. Check that the clock of the device is right.")]
    WrongCode,
    /// Too many attempts.
    #[error("Too many attempts. Try again in {seconds} s.")]
    Throttled {
        /// The time until the next attempt, in seconds.
        seconds: u64,
    },
    /// The one-time link is unknown, expired or used.
    #[error("The link is unknown, expired or used. Ask an administrator for a new one.")]
    InvalidLink,
    /// The attempt to sign in by a provider is unknown, expired or used.
    #[error("The sign-in has expired or was used already. Start it again.")]
    InvalidAttempt,
    /// No enabled person is linked to the identity.
    #[error("No person here is linked to this identity. Ask an administrator for an invitation.")]
    IdentityRejected,
    /// Another person is linked to the identity.
    #[error("Another person is linked to this identity.")]
    IdentityTaken,
    /// Nobody has this name.
    #[error("There is no person {0}.")]
    PersonNotFound(String),
    /// Another person has this name.
    #[error("Another person has the name {0}. The name of a disabled person can't be used again.")]
    PersonNameTaken(String),
    /// The person is disabled.
    #[error("{0} is disabled. Enable the person first.")]
    PersonDisabled(String),
    /// The change would leave no administrator who can sign in.
    #[error("{0} is the last administrator who can sign in. Add another administrator first.")]
    LastAdministrator(String),
    /// The parameters of the password hash are invalid, which indicates a bug.
    #[error("the password hash could not be computed")]
    Hash,
    /// A rule rejects the operation.
    #[error(transparent)]
    Rejected(domain::Error),
    /// The database failed.
    #[error(transparent)]
    Store(store::Error),
    /// The operating system returned no random bytes.
    #[error("the operating system returned no random bytes")]
    Random(#[source] getrandom::Error),
}

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        Self::Rejected(error)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Rejected(rejection) => Self::Rejected(rejection),
            other => Self::Store(other),
        }
    }
}
