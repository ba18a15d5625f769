use domain::ShopName;

/// The reason why a shop was not added, moved or removed.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// There is a schema or a role with the shop's name.
    #[error("there is a {kind} {name} already: choose another name for the shop")]
    Taken {
        /// `schema` or `role`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The advisory locks of both shops would have the same keys.
    #[error("the locks of {name} would be those of {other}: choose another name")]
    SameLocks {
        /// The schema that was asked for.
        name: String,
        /// The schema with the same number, or `migrations`.
        other: String,
    },
    /// There is no shop with this name.
    #[error("there is no shop {0}; `stockhold shop list` prints the shops")]
    Unknown(ShopName),
    /// Servers of the shop are connected.
    #[error("{sessions} sessions of the shop {name} are open: stop its servers first")]
    Connected {
        /// The shop.
        name: ShopName,
        /// The sessions.
        sessions: i64,
    },
    /// The database has no Citus.
    #[error(
        "a shop is moved between nodes by the extension Citus, which this database does not have; to move a shop between \
         servers of PostgreSQL, use pg_dump --schema and pg_restore"
    )]
    NoCitus,
    /// Citus has no such node.
    #[error("Citus has no active node {0}:{1}; `SELECT * FROM citus_get_active_worker_nodes()` lists them")]
    UnknownNode(String, u16),
    /// The shop was moved, and its sequences were not.
    #[error(
        "the shop was moved, but its sequences on the new node were not set. Run these statements there before its \
         servers start:\n\n{0}\n"
    )]
    Sequences(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] crate::Error),
}

impl From<sqlx::Error> for ShopError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
