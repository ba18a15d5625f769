use crate::availability::ends_session;
use crate::{Impairment, Node, PoolerProblem, SchemaState};
use domain::{ItemId, WarehouseId};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;
use std::io::ErrorKind;

/// The result of a call into the store.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of a call into the store. Nothing has changed, except possibly with [`Error::OutcomeUnknown`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule rejects the change. A named constraint of the database was violated, or the store checked the rule itself.
    #[error(transparent)]
    Rejected(#[from] domain::Error),
    /// The transaction can be retried: a deadlock, a serialization failure, or a row that another transaction changed.
    #[error("the transaction was rolled back and can be retried")]
    Conflict(#[source] sqlx::Error),
    /// The lock timeout was exceeded. An immediate retry would wait as long again.
    #[error("another transaction holds a lock on the same rows")]
    Locked(#[source] sqlx::Error),
    /// The database did not answer, or is shutting down.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The database answers, but is impaired.
    #[error("{0}")]
    Impaired(Impairment, #[source] sqlx::Error),
    /// No connection of the pool became free within the acquire timeout.
    #[error("too many requests wait for the database")]
    Overloaded(#[source] sqlx::Error),
    /// The connection broke during the commit: the change happened completely or not at all.
    #[error("the connection broke during the commit")]
    OutcomeUnknown(#[source] sqlx::Error),
    /// A migration failed.
    #[error("the migrations failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A session setting has a value with which the service does not keep its promises.
    #[error("the setting {setting} is '{found}' in a new session. {remedy}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// The value; empty if it is not set.
        found: String,
        /// The reason for the requirement, and the remedy.
        remedy: &'static str,
    },
    /// The session settings come from the role, and the role lacks some: the statements that set them, one per line.
    #[error(
        "the role of the database's URL lacks session settings. Run these statements as a superuser, or as a role that \
             may alter it, and start again. The open connections of a pooler keep the earlier settings: PgBouncer closes \
             them after RECONNECT in its console.\n\n{0}\n"
    )]
    RoleSettings(String),
    /// With Citus, the tables are on another node than the one that the database's URL names.
    #[error(
        "Citus has the tables on the node {}:{}, and DATABASE_URL leads to another one, where locks and notifications \
         would have no effect: name that node", .0.host, .0.port
    )]
    OtherNode(Node),
    /// A pooler at the database's address is unusable.
    #[error("{0}")]
    Pooler(PoolerProblem),
    /// PostgreSQL rejected a statement or a value of this program, which indicates a bug.
    #[error("the database rejected a statement")]
    Internal(#[source] sqlx::Error),
}

impl Error {
    /// Returns [`Error::Unavailable`] for a failure whose cause was already logged.
    pub fn unavailable() -> Self {
        Self::Unavailable(sqlx::Error::PoolClosed)
    }

    /// Returns whether a retry may succeed.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// Returns the SQLSTATE, if the database returned the error.
    pub fn sqlstate(&self) -> Option<String> {
        let code = self.cause()?.as_database_error()?.code()?;
        Some(code.into_owned())
    }

    /// Returns whether the lock timeout was exceeded by a wait for another transaction that stores a response under the
    /// same idempotency key. PostgreSQL names the index in the error's context.
    pub fn waited_for_key(&self) -> bool {
        let Self::Locked(sqlx::Error::Database(error)) = self else { return false };
        let context = error.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::r#where);
        context.is_some_and(|context| context.contains("idempotency_keys"))
    }

    /// Returns whether a number exceeded the range of its column.
    pub fn is_out_of_range(&self) -> bool {
        self.sqlstate().as_deref() == Some("22003")
    }

    /// Returns whether a migration failed.
    pub fn is_migration(&self) -> bool {
        matches!(self, Self::Migration(_))
    }

    /// Returns whether nothing listens at the database's address.
    pub fn is_connection_refused(&self) -> bool {
        matches!(self.cause(), Some(sqlx::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused)
    }

    /// Returns the remedy if the schema is not this program's.
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

    /// The error of a transaction that was decided on rows that another transaction has changed since.
    pub fn changed_meanwhile(subject: &str) -> Self {
        Self::Conflict(sqlx::Error::Protocol(format!(
            "another transaction changed {subject} in the meantime"
        )))
    }

    /// Converts the error of a COMMIT. If the connection broke, the outcome is unknown.
    pub(crate) fn from_commit(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Unavailable(cause) => Self::OutcomeUnknown(cause),
            other => other,
        }
    }
}

impl From<PoolerProblem> for Error {
    fn from(problem: PoolerProblem) -> Self {
        Self::Pooler(problem)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref() {
                Some("40001" | "40P01") => Self::Conflict(error),
                Some("55P03") => Self::Locked(error),
                Some(code) if ends_session(code) => Self::Unavailable(error),
                // Another transaction stored a response under the same key, took an SKU or a barcode, made a warehouse
                // the default, or took a cart's units again for the same payment. A retry finds it.
                _ if database.constraint().is_some_and(|name| CONFLICTS.contains(&without_shard(name))) => {
                    Self::Conflict(error)
                }
                _ => match (rejection(database.as_ref()), Impairment::of(&error)) {
                    (Some(rejection), _) => Self::Rejected(rejection),
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

/// The unique constraints that a concurrent transaction can violate after a statement has checked them.
const CONFLICTS: [&str; 5] = [
    "idempotency_keys_pkey",
    "item_skus_pkey",
    "item_barcodes_pkey",
    "warehouses_is_default_key",
    "carts_retaken_once",
];

/// The fewest digits of a shard's number in Citus, whose first one is 102,008.
const SHARD_DIGITS_MIN: usize = 6;

/// Maps a violated constraint to a domain error. Only constraints that a request can violate are listed: the domain's
/// types and planner prevent violations of the others.
fn rejection(error: &dyn DatabaseError) -> Option<domain::Error> {
    match without_shard(error.constraint()?) {
        "warehouses_code_key" | "warehouses_code_folded_key" => {
            Some(domain::Error::WarehouseCodeTaken(detail_value(error)))
        }
        "clients_name_key" => Some(domain::Error::ClientNameTaken(detail_value(error))),
        "inventory_product_id_fkey" => Some(domain::Error::ItemNotFound(ItemId(detail_id(error)?))),
        "inventory_warehouse_archived" => {
            Some(domain::Error::WarehouseArchived(WarehouseId(detail_id(error)?)))
        }
        "inventory_warehouse_id_fkey" | "orders_warehouse_id_fkey" => {
            Some(domain::Error::WarehouseNotFound(WarehouseId(detail_id(error)?)))
        }
        _ => None,
    }
}

/// Returns the name of a constraint without the number of a shard, such as `_102096`, which Citus adds on its nodes.
fn without_shard(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((before, shard))
            if shard.len() >= SHARD_DIGITS_MIN && shard.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            before
        }
        _ => name,
    }
}

/// Parses the id in `Key (warehouse_id)=(7) is not present in table "warehouses".`
fn detail_id(error: &dyn DatabaseError) -> Option<i64> {
    detail_value(error).parse().ok()
}

/// Parses the value in "Key (code)=(MAIN) already exists."
fn detail_value(error: &dyn DatabaseError) -> String {
    let detail = error.try_downcast_ref::<PgDatabaseError>().and_then(|error| error.detail());
    let value =
        detail.and_then(|detail| detail.split_once(")=(")).and_then(|(_, rest)| rest.split_once(") "));
    value.map_or_else(String::new, |(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_of_shards_are_those_of_their_table() {
        for (name, constraint) in [
            ("idempotency_keys_pkey_102096", "idempotency_keys_pkey"),
            ("idempotency_keys_pkey", "idempotency_keys_pkey"),
            ("inventory_product_id_fkey_1020961", "inventory_product_id_fkey"),
            ("carts_retaken_once_2", "carts_retaken_once_2"),
            ("carts_retaken_once_10209x", "carts_retaken_once_10209x"),
            ("_102096", ""),
            ("", ""),
        ] {
            assert_eq!(without_shard(name), constraint);
        }
    }
}
