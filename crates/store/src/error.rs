use crate::availability::ends_session;
use crate::{Impairment, SchemaState};
use domain::{ItemId, WarehouseId};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use std::io::ErrorKind;

/// Why a call into the store failed. In every case but [`Error::OutcomeUnknown`] nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse it: a named constraint spoke.
    #[error(transparent)]
    Refused(#[from] domain::Error),
    /// PostgreSQL gave up on a transaction that can simply be tried again: a deadlock, a serialization
    /// failure.
    #[error("the transaction was rolled back and can be tried again")]
    Conflict(#[source] sqlx::Error),
    /// Another transaction has held a lock for longer than a statement waits for one. To try again at once would wait
    /// as long again.
    #[error("another transaction holds a lock on the same rows")]
    Locked(#[source] sqlx::Error),
    /// The database did not answer, or is shutting down.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The database answers, but can't do what it is asked.
    #[error("{0}")]
    Impaired(Impairment, #[source] sqlx::Error),
    /// Every connection of the pool was in use for as long as a caller may wait for one.
    #[error("too many requests wait for the database")]
    Overloaded(#[source] sqlx::Error),
    /// The connection broke while committing: the change either happened, whole, or did not.
    #[error("the connection broke during the commit")]
    OutcomeUnknown(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the migrations failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A session does not have a setting that the promises rest on.
    #[error("the setting {setting} is '{found}' in a new session. {remedy}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// Its value; empty if the session does not have it.
        found: String,
        /// The reason for the requirement, and the remedy.
        remedy: &'static str,
    },
    /// Something that should not happen: a statement or a value of ours that PostgreSQL refuses.
    #[error("the database refused a statement")]
    Internal(#[source] sqlx::Error),
}

impl Error {
    /// Whether the same call may well succeed if it is made again.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// The SQLSTATE of the database's answer.
    pub fn sqlstate(&self) -> Option<String> {
        let code = self.cause()?.as_database_error()?.code()?;
        Some(code.into_owned())
    }

    /// Whether bringing the schema up to date failed.
    pub fn is_migration(&self) -> bool {
        matches!(self, Self::Migration(_))
    }

    /// Whether nothing listens at the database's address.
    pub fn is_connection_refused(&self) -> bool {
        matches!(self.cause(), Some(sqlx::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused)
    }

    /// The remedy for a schema that is not this program's.
    pub fn schema_remedy(&self) -> Option<String> {
        let Self::Migration(error) = self else { return None };
        let (version, state) = match error {
            MigrateError::VersionMissing(version) => (*version, SchemaState::Newer(1)),
            MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
                (*version, SchemaState::Foreign(*version))
            }
            _ => return None,
        };
        Some(SchemaState::of_former(version).unwrap_or(state).to_string())
    }

    fn cause(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Conflict(error)
            | Self::Locked(error)
            | Self::Unavailable(error)
            | Self::Impaired(_, error)
            | Self::Overloaded(error)
            | Self::OutcomeUnknown(error)
            | Self::Internal(error) => Some(error),
            Self::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                Some(error)
            }
            _ => None,
        }
    }

    /// The error of a commit whose answer never came.
    pub(crate) fn from_commit(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Unavailable(cause) => Self::OutcomeUnknown(cause),
            other => other,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref() {
                Some("40001" | "40P01") => Self::Conflict(error),
                Some("55P03") => Self::Locked(error),
                Some(code) if ends_session(code) => Self::Unavailable(error),
                // Somebody else has just kept an answer under the same key: it is there on the next try.
                _ if database.constraint() == Some("idempotency_keys_pkey") => Self::Conflict(error),
                _ => match (refusal(database.as_ref()), Impairment::of(&error)) {
                    (Some(refusal), _) => Self::Refused(refusal),
                    (None, Some(impairment)) => Self::Impaired(impairment, error),
                    (None, None) => Self::Internal(error),
                },
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            sqlx::Error::PoolTimedOut => Self::Overloaded(error),
            _ => match Impairment::of(&error) {
                Some(impairment) => Self::Impaired(impairment, error),
                None => Self::Internal(error),
            },
        }
    }
}

/// What a named constraint has to say. Only those that a request can run into are here: the domain's types
/// and planner keep every other.
fn refusal(error: &dyn DatabaseError) -> Option<domain::Error> {
    match error.constraint()? {
        "warehouses_code_key" => Some(domain::Error::WarehouseCodeTaken(detail_value(error))),
        "inventory_product_id_fkey" => Some(domain::Error::ItemNotFound(ItemId(detail_id(error)?))),
        "inventory_warehouse_id_fkey" | "orders_warehouse_id_fkey" => {
            Some(domain::Error::WarehouseNotFound(WarehouseId(detail_id(error)?)))
        }
        _ => None,
    }
}

/// The id in `Key (warehouse_id)=(7) is not present in table "warehouses".`
fn detail_id(error: &dyn DatabaseError) -> Option<i64> {
    detail_value(error).parse().ok()
}

/// The value in "Key (code)=(MAIN) already exists."
fn detail_value(error: &dyn DatabaseError) -> String {
    let detail = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.detail());
    let value =
        detail.and_then(|detail| detail.split_once(")=(")).and_then(|(_, rest)| rest.split_once(") "));
    value.map_or_else(String::new, |(value, _)| value.to_owned())
}
