/// Why a call into the engine failed. In every case but [`Error::OutcomeUnknown`] nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] domain::Error),
    /// Not a failure: the request came with an idempotency key, and this is its answer, now and at every
    /// other time, to be sent as it is.
    #[error("the request was answered under its idempotency key")]
    Answered(crate::StoredResponse),
    /// Too many requests are waiting already.
    #[error("too many requests are waiting")]
    Overloaded,
    /// As many event streams are open as the settings allow.
    #[error("{max} event streams are open, the most that are served")]
    StreamsFull {
        /// The setting `event_streams_max`.
        max: usize,
    },
    /// Others kept changing the same stock, and the bounded retries were used up.
    #[error("the same stock is being changed by others")]
    Contended,
    /// Another transaction has locked rows that the request needs.
    #[error("the stock is locked by another transaction")]
    StockLocked,
    /// Expired blocks have to be reclaimed before the request can be decided. The engine asks again; callers never get
    /// this error.
    #[error("expired blocks have to be reclaimed first")]
    Backlog,
    /// A rename failed after it had renamed some items. Asking again renames the others.
    #[error("{items} items were renamed, and the others were not")]
    PartlyRenamed {
        /// Items whose rename is committed.
        items: i64,
    },
    /// The database does not answer, or the engine is stopping.
    #[error("the database is unavailable")]
    Unavailable,
    /// The database answers, but can't do what it is asked.
    #[error("{0}")]
    Impaired(store::Impairment),
    /// The connection broke while committing: the change happened whole, or not at all.
    #[error("the outcome is not known")]
    OutcomeUnknown,
    /// Something that should not happen; the log has its cause.
    #[error("internal error")]
    Internal,
}

impl From<store::Error> for Error {
    /// The caller is told the kind alone. The log has the cause: of a fault of ours at once, of an outage at the level
    /// of `debug`, for every request fails with it; the store logs the outage itself, once.
    fn from(error: store::Error) -> Self {
        let told = match &error {
            store::Error::Refused(refusal) => return Self::Refused(refusal.clone()),
            store::Error::Conflict(_) => Self::Contended,
            store::Error::Locked(_) => Self::StockLocked,
            store::Error::Unavailable(_) => Self::Unavailable,
            store::Error::Overloaded(_) => Self::Overloaded,
            store::Error::Impaired(impairment, _) => Self::Impaired(*impairment),
            store::Error::OutcomeUnknown(_) => Self::OutcomeUnknown,
            store::Error::Migration(_) | store::Error::Setting { .. } | store::Error::Internal(_) => {
                Self::Internal
            }
        };
        if told == Self::StockLocked {
            // The rows are logged when they are found.
            tracing::debug!("{error}");
            return told;
        }
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        match told {
            Self::Internal => tracing::error!(cause, "{error}"),
            _ => tracing::debug!(cause, "{error}"),
        }
        told
    }
}
