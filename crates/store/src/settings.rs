//! The settings of a store, and the session settings of its connections.

use crate::Result;
use log::LevelFilter;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

/// The session settings of connections that change stock. Each of their statements finds its rows by index, for any
/// values. Each statement is planned once, because planning took a quarter of a batch's time. The plans do not depend on
/// statistics, which may be those of an empty table. JIT compilation is slower for all of them.
pub(crate) const WRITING: [(&str, &str); 6] = [
    // Turns the triggers off that maintain totals and ledger: this connection writes both itself.
    ("stockhold.maintains_totals", "on"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    // These prevent plans that read all rows of one key, such as all blocks of an item, or that materialize a whole table
    // that was small when the statement was planned.
    ("enable_bitmapscan", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
];

/// The session settings of the other connections.
pub(crate) const READING: [(&str, &str); 1] = [("jit", "off")];

/// A marker among the settings that a connection passes. Without it in a session, a pooler dropped these settings.
pub(crate) const BY_CONNECTION: (&str, &str) = ("stockhold.session_settings", "connection");

/// Makes the server detect dead clients.
const SERVER_SIDE_KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];

/// The origin of the session settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionSettings {
    /// The server passes them when it connects.
    #[default]
    Connection,
    /// The role or the database has them, by `ALTER ROLE … SET`. For poolers in transaction mode, which can't pass them,
    /// and for Citus, whose nodes connect to each other.
    Role,
}

/// The address of the database, and the limits for its use. `Debug` leaves out the URLs: they may contain passwords.
#[derive(Clone)]
pub struct Settings {
    /// The primary, as a `postgres://` URL.
    pub url: String,
    /// The primary without a pooler in between, as a `postgres://` URL: for notifications, migrations and other work that
    /// needs a session. `None` if `url` is such an address.
    pub direct_url: Option<String>,
    /// A replica for lists, as a `postgres://` URL; `None` to read them from the primary.
    pub read_url: Option<String>,
    /// The origin of the session settings. Default: the connection.
    pub session_settings: SessionSettings,
    /// The maximum number of connections for changes, without pinned ones. Default 4.
    pub write_connections_max: u32,
    /// The maximum number of connections that look up rows by id or read the ledger. Default 4.
    pub lookup_connections_max: u32,
    /// The maximum number of connections that read lists: this many to the primary, and as many to the replica. Default 8.
    pub read_connections_max: u32,
    /// The maximum number of connections for the clean-up, totals and commit notifications. Default 3.
    pub background_connections_max: u32,
    /// The time to wait for a connection, in seconds. Default 5.
    pub acquire_timeout_seconds: u64,
    /// The lock timeout of writing connections, in milliseconds; 0 for none. Default 1,000.
    pub lock_timeout_milliseconds: u32,
    /// The maximum duration of a statement, in seconds. Its connection is closed afterwards. Default 10.
    pub statement_timeout_seconds: u64,
    /// The maximum lag of a replica that is read, in seconds. Default 10.
    pub replica_lag_seconds_max: u64,
    /// How long a read that names a position of the log waits until the replica has replayed it, in milliseconds. Then it is
    /// read from the primary. Default 200.
    pub replica_wait_milliseconds: u64,
    /// Whether the migration that introduces shipments counts the units of earlier sales as on hand. By default it counts them
    /// as shipped. Later migrations ignore it.
    pub earlier_sales_on_hand: bool,
    /// The duration from which a statement is logged as slow, in milliseconds; 0 for never. Default 1,000.
    pub slow_statement_milliseconds: u64,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Settings").field("url", &format_args!("***")).finish_non_exhaustive()
    }
}

impl Settings {
    /// Returns the defaults for this primary.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            direct_url: None,
            read_url: None,
            session_settings: SessionSettings::Connection,
            write_connections_max: 4,
            lookup_connections_max: 4,
            read_connections_max: 8,
            background_connections_max: 3,
            acquire_timeout_seconds: 5,
            lock_timeout_milliseconds: 1_000,
            statement_timeout_seconds: 10,
            replica_lag_seconds_max: 10,
            replica_wait_milliseconds: 200,
            earlier_sales_on_hand: false,
            slow_statement_milliseconds: 1_000,
        }
    }

    /// Returns the session settings that a role needs if they come from the role, with their values in PostgreSQL's base
    /// units: milliseconds for timeouts. With Citus, plans are not generic: it routes a statement by its values.
    pub fn of_role(&self, has_citus: bool) -> Vec<(&'static str, String)> {
        let writing = WRITING.into_iter().map(|(name, value)| match name {
            "plan_cache_mode" if has_citus => (name, "auto".to_owned()),
            _ => (name, value.to_owned()),
        });
        let timeouts = [
            ("lock_timeout", self.lock_timeout_milliseconds.to_string()),
            ("statement_timeout", self.statement_milliseconds().to_string()),
            ("idle_in_transaction_session_timeout", (self.statement_timeout_seconds * 1_000).to_string()),
        ];
        writing.chain(timeouts).collect()
    }

    /// The server gives up before the client does, so that no statement runs on without a reader.
    fn statement_milliseconds(&self) -> u64 {
        (self.statement_timeout_seconds * 1_000).saturating_sub(500)
    }

    /// Returns the URL of the primary without a pooler in between.
    pub fn session_url(&self) -> &str {
        self.direct_url.as_deref().unwrap_or(&self.url)
    }

    /// Returns the connection options, with the server-side timeouts for statements, idle transactions and dead clients.
    pub(crate) fn options(&self, url: &str, settings: &[(&str, &str)]) -> Result<PgConnectOptions> {
        let statement_timeout = format!("{}ms", self.statement_milliseconds());
        let idle_timeout = format!("{}s", self.statement_timeout_seconds);
        let bounds = [
            ("statement_timeout", statement_timeout.as_str()),
            ("idle_in_transaction_session_timeout", idle_timeout.as_str()),
        ];
        let options = self.without_timeouts(url, settings)?;
        let options = match self.session_settings {
            SessionSettings::Connection => options.options(SERVER_SIDE_KEEPALIVE).options(bounds),
            SessionSettings::Role => options,
        };
        let slow = match self.slow_statement_milliseconds {
            0 => LevelFilter::Off,
            _ => LevelFilter::Warn,
        };
        // The text of a statement has parameters instead of values.
        Ok(options.log_slow_statements(slow, Duration::from_millis(self.slow_statement_milliseconds)))
    }

    /// Returns the connection options for maintenance commands.
    pub(crate) fn without_timeouts(&self, url: &str, settings: &[(&str, &str)]) -> Result<PgConnectOptions> {
        let options = PgConnectOptions::from_str(url)?.application_name("stockhold");
        Ok(match self.session_settings {
            SessionSettings::Connection => options.options([BY_CONNECTION]).options(settings.iter().copied()),
            // PgBouncer refuses a connection with a parameter that it does not know.
            SessionSettings::Role => options.extra_float_digits(None),
        })
    }
}
