/// The result of a call into the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of a call into the engine.
///
/// Nothing has changed, except after [`Error::OutcomeUnknown`] and [`Error::PartlyRenamed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The rules reject the request.
    #[error(transparent)]
    Rejected(#[from] domain::Error),
    /// The queue is full.
    #[error("too many requests are waiting")]
    Overloaded,
    /// The maximum number of event streams is open.
    #[error("{max} event streams are open, which is the maximum")]
    StreamsFull {
        /// The setting `event_streams_max`.
        max: usize,
    },
    /// Other transactions kept changing the same stock until the retries were used up.
    #[error("the same stock is being changed by others")]
    Contended,
    /// Another transaction has locked rows that the request needs.
    #[error("the stock is locked by another transaction")]
    StockLocked,
    /// Expired blocks have to be reclaimed before the request can be decided. The engine submits the request again; callers
    /// never get this error.
    #[error("expired blocks have to be reclaimed first")]
    Backlog,
    /// The expired blocks of a backlog have no units for a partial allocation. The engine submits the request again; callers
    /// never get this error.
    #[error("expired blocks have no units for the request")]
    BacklogUnneeded,
    /// SKUs or warehouse codes have changed since the request was resolved. The engine resolves it again; callers never get
    /// this error.
    #[error("SKUs or warehouse codes have changed")]
    KeysChanged,
    /// A rename failed after it had renamed some items. The same call again renames the others.
    #[error("{items} items were renamed, and the others were not")]
    PartlyRenamed {
        /// The number of items whose rename is committed.
        items: i64,
    },
    /// The database does not answer, or the engine is stopping.
    #[error("the database is unavailable")]
    Unavailable,
    /// The database answers, but can't execute the statement in its current state.
    #[error("{0}")]
    Impaired(store::Impairment),
    /// The connection broke during the commit: either all changes are committed, or none.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// An unexpected error. Its cause is in the log.
    #[error("internal error")]
    Internal,
}

impl From<store::Error> for Error {
    /// Keeps the kind of the error and logs the cause. An unexpected error is logged as an error. During an outage every
    /// request fails, so its errors are logged at the level `debug`; the store logs the outage itself once.
    fn from(error: store::Error) -> Self {
        let kind = match &error {
            store::Error::Rejected(rejection) => return Self::Rejected(rejection.clone()),
            store::Error::Conflict(_) => Self::Contended,
            store::Error::Locked(_) => Self::StockLocked,
            store::Error::Unavailable(_) => Self::Unavailable,
            store::Error::Overloaded(_) => Self::Overloaded,
            store::Error::Impaired(impairment, _) => Self::Impaired(*impairment),
            store::Error::OutcomeUnknown(_) => Self::OutcomeUnknown,
            store::Error::Migration(_)
            | store::Error::Setting { .. }
            | store::Error::RoleSettings(_)
            | store::Error::Pooler(_)
            | store::Error::OtherNode(_)
            | store::Error::Internal(_) => Self::Internal,
        };
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        match kind {
            Self::Internal => tracing::error!(cause, "{error}"),
            // The locked rows are logged when a probe finds them.
            Self::StockLocked => tracing::debug!("{error}"),
            _ => tracing::debug!(cause, "{error}"),
        }
        kind
    }
}
