//! The settings of the database.

use super::secret::{CREDENTIALS_DIRECTORY, Secret, SecretSources};
use anyhow::{Context as _, Result};
use clap::ValueHint;
use std::ffi::OsString;
use std::path::PathBuf;

/// How long a change waits for a lock of another transaction, in milliseconds.
const LOCK_TIMEOUT_MILLISECONDS_DEFAULT: &str = "1000";

/// The duration from which a statement is logged as slow, in milliseconds.
const SLOW_STATEMENT_MILLISECONDS_DEFAULT: &str = "1000";

/// The settings of the database.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseConfig {
    /// The database, as a postgres:// URL. Without it a private PostgreSQL runs. Prefer the variable or a file for a
    /// URL with a password: other users of the machine can see flags.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<Secret>,
    /// A file with the URL of the database.
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    database_url_file: Option<OsString>,
    /// The database without a pooler in between, as a postgres:// URL: for notifications, migrations and session locks.
    /// Needed if DATABASE_URL leads to a pooler in transaction mode.
    #[arg(long, env = "DATABASE_DIRECT_URL", hide_env_values = true, global = true)]
    database_direct_url: Option<Secret>,
    /// A file with the direct URL.
    #[arg(long, env = "DATABASE_DIRECT_URL_FILE", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    database_direct_url_file: Option<OsString>,
    /// A replica for lists and searches, as a postgres:// URL.
    #[arg(long, env = "DATABASE_READ_URL", hide_env_values = true, global = true)]
    database_read_url: Option<Secret>,
    /// A file with the URL of the replica.
    #[arg(long, env = "DATABASE_READ_URL_FILE", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    database_read_url_file: Option<OsString>,
    /// The origin of the session settings: the connection, or the role (ALTER ROLE … SET), which the server checks. Poolers
    /// in transaction mode and Citus need the role.
    #[arg(long, env = "STOCKHOLD_SESSION_SETTINGS", value_enum, default_value_t, global = true)]
    pub session_settings: SessionSettings,
    /// The folder of the private PostgreSQL.
    #[arg(long, env = "STOCKHOLD_DATA_DIR", default_value = ".stockhold", global = true)]
    pub data_dir: PathBuf,
    /// The folder in which the private PostgreSQL archives its write-ahead log, for restores to a point in time. Without it
    /// there is no archive.
    #[arg(long, env = "STOCKHOLD_WAL_ARCHIVE_DIR", value_name = "FOLDER", global = true)]
    pub wal_archive_dir: Option<PathBuf>,
    /// How long a change waits for a lock of another transaction: 10 to 60,000 milliseconds. Then it fails with
    /// stock_locked.
    #[arg(long, env = "STOCKHOLD_LOCK_TIMEOUT_MILLISECONDS", default_value = LOCK_TIMEOUT_MILLISECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(10..=60_000))]
    pub lock_timeout_milliseconds: u32,
    /// At the upgrade to a version that records shipments: count the units of earlier sales as on hand, instead of as shipped.
    /// It is for a database whose sold units are still on the shelf. Later upgrades ignore it.
    #[arg(long, env = "STOCKHOLD_EARLIER_SALES_ON_HAND", value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", action = clap::ArgAction::Set, global = true)]
    earlier_sales_on_hand: bool,
    /// The duration from which a statement is logged as slow: 0 to 600,000 milliseconds; 0 for never.
    #[arg(long, env = "STOCKHOLD_SLOW_STATEMENT_MILLISECONDS", default_value = SLOW_STATEMENT_MILLISECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=600_000))]
    slow_statement_milliseconds: u64,
    /// Connections and deadlines.
    #[command(flatten)]
    limits: DatabaseLimits,
}

/// The origin of the session settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SessionSettings {
    /// The server passes them when it connects.
    #[default]
    Connection,
    /// The role has them.
    Role,
}

impl From<SessionSettings> for store::SessionSettings {
    fn from(settings: SessionSettings) -> Self {
        match settings {
            SessionSettings::Connection => Self::Connection,
            SessionSettings::Role => Self::Role,
        }
    }
}

/// Connections and deadlines. At its start a server opens all of these connections, one more per queue (5 by default), and
/// three that watch and listen.
#[derive(Debug, Clone, clap::Args)]
struct DatabaseLimits {
    /// Connections for writes outside the queues: 1 to 100.
    #[arg(long, env = "STOCKHOLD_WRITE_CONNECTIONS_MAX", default_value = WRITE_CONNECTIONS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    write_connections_max: u32,
    /// Connections that look rows up by their ids, or follow the ledger: 1 to 100.
    #[arg(long, env = "STOCKHOLD_LOOKUP_CONNECTIONS_MAX", default_value = LOOKUP_CONNECTIONS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    lookup_connections_max: u32,
    /// Connections that read lists, and as many to the replica: 1 to 100.
    #[arg(long, env = "STOCKHOLD_READ_CONNECTIONS_MAX", default_value = READ_CONNECTIONS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    read_connections_max: u32,
    /// Connections for the clean-up, for totals and for commit notifications: 1 to 100.
    #[arg(long, env = "STOCKHOLD_BACKGROUND_CONNECTIONS_MAX", default_value = BACKGROUND_CONNECTIONS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    background_connections_max: u32,
    /// How long a request waits for a connection: 1 to 60 seconds.
    #[arg(long, env = "STOCKHOLD_ACQUIRE_TIMEOUT_SECONDS", default_value = ACQUIRE_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=60))]
    acquire_timeout_seconds: u64,
    /// How long a statement may take before its connection is closed: 2 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_STATEMENT_TIMEOUT_SECONDS", default_value = STATEMENT_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(2..=600))]
    statement_timeout_seconds: u64,
    /// How far the replica may be behind and still be read: 1 to 500 seconds. Lists include every
    /// acknowledged change with any value, unless the caller asks for less.
    #[arg(long, env = "STOCKHOLD_REPLICA_LAG_SECONDS_MAX", default_value = REPLICA_LAG_SECONDS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=500))]
    replica_lag_seconds_max: u64,
    /// How long a read with the header Stockhold-At-Least waits for the replica: 0 to 5,000 milliseconds. Then it is read from
    /// the primary.
    #[arg(long, env = "STOCKHOLD_REPLICA_WAIT_MILLISECONDS", default_value = REPLICA_WAIT_MILLISECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=5_000))]
    replica_wait_milliseconds: u64,
}

/// The defaults of [`store::Settings`], as text: a test compares them.
const WRITE_CONNECTIONS_MAX_DEFAULT: &str = "4";
const LOOKUP_CONNECTIONS_MAX_DEFAULT: &str = "4";
const READ_CONNECTIONS_MAX_DEFAULT: &str = "8";
const BACKGROUND_CONNECTIONS_MAX_DEFAULT: &str = "3";
const ACQUIRE_TIMEOUT_SECONDS_DEFAULT: &str = "5";
const STATEMENT_TIMEOUT_SECONDS_DEFAULT: &str = "10";
const REPLICA_LAG_SECONDS_MAX_DEFAULT: &str = "10";
const REPLICA_WAIT_MILLISECONDS_DEFAULT: &str = "200";

impl DatabaseLimits {
    fn of(settings: store::Settings) -> Self {
        Self {
            write_connections_max: settings.write_connections_max,
            lookup_connections_max: settings.lookup_connections_max,
            read_connections_max: settings.read_connections_max,
            background_connections_max: settings.background_connections_max,
            acquire_timeout_seconds: settings.acquire_timeout_seconds,
            statement_timeout_seconds: settings.statement_timeout_seconds,
            replica_lag_seconds_max: settings.replica_lag_seconds_max,
            replica_wait_milliseconds: settings.replica_wait_milliseconds,
        }
    }
}

impl DatabaseConfig {
    /// Returns the default settings of an external database.
    pub fn external(url: &str) -> Self {
        Self {
            database_url: Some(url.into()),
            database_url_file: None,
            database_direct_url: None,
            database_direct_url_file: None,
            session_settings: SessionSettings::default(),
            database_read_url: None,
            database_read_url_file: None,
            data_dir: PathBuf::new(),
            wal_archive_dir: None,
            limits: DatabaseLimits::of(store::Settings::new(url)),
            lock_timeout_milliseconds: store::Settings::new(url).lock_timeout_milliseconds,
            earlier_sales_on_hand: false,
            slow_statement_milliseconds: store::Settings::new(url).slow_statement_milliseconds,
        }
    }

    /// Returns the settings of a store on the database with this URL.
    pub fn store_settings(&self, url: &str) -> store::Settings {
        let limits = &self.limits;
        store::Settings {
            direct_url: given(self.database_direct_url.as_ref()).map(str::to_owned),
            read_url: self.read_url().map(str::to_owned),
            session_settings: self.session_settings.into(),
            write_connections_max: limits.write_connections_max,
            lookup_connections_max: limits.lookup_connections_max,
            read_connections_max: limits.read_connections_max,
            background_connections_max: limits.background_connections_max,
            acquire_timeout_seconds: limits.acquire_timeout_seconds,
            statement_timeout_seconds: limits.statement_timeout_seconds,
            replica_lag_seconds_max: limits.replica_lag_seconds_max,
            replica_wait_milliseconds: limits.replica_wait_milliseconds,
            lock_timeout_milliseconds: self.lock_timeout_milliseconds,
            earlier_sales_on_hand: self.earlier_sales_on_hand,
            slow_statement_milliseconds: self.slow_statement_milliseconds,
            ..store::Settings::new(url)
        }
    }

    /// Reads the URLs that are in files or systemd credentials.
    ///
    /// # Errors
    /// A URL is given twice, or a file can't be read.
    pub(crate) fn read_secrets(&mut self) -> Result<()> {
        let credentials = std::env::var_os(CREDENTIALS_DIRECTORY);
        let read = |variable, value: &Option<Secret>, file: &Option<OsString>| {
            let sources = SecretSources {
                variable,
                value: value.as_ref(),
                file: file.as_deref(),
                credentials: credentials.as_deref(),
            };
            sources.read()
        };
        let url = read("DATABASE_URL", &self.database_url, &self.database_url_file)?;
        let direct_url =
            read("DATABASE_DIRECT_URL", &self.database_direct_url, &self.database_direct_url_file)?;
        let read_url = read("DATABASE_READ_URL", &self.database_read_url, &self.database_read_url_file)?;
        (self.database_url, self.database_direct_url, self.database_read_url) = (url, direct_url, read_url);
        Ok(())
    }

    /// Checks the URLs, without a connection.
    ///
    /// # Errors
    /// A URL is invalid. The error names the setting and shows no part of the URL.
    pub(crate) fn check_urls(&self) -> Result<()> {
        let urls = [
            ("DATABASE_URL", self.url()),
            ("DATABASE_DIRECT_URL", given(self.database_direct_url.as_ref())),
            ("DATABASE_READ_URL", self.read_url()),
        ];
        for (variable, url) in urls {
            let checked = url.map_or(Ok(()), store::check_url);
            checked.with_context(|| format!("{variable} is not the URL of a PostgreSQL database"))?;
        }
        Ok(())
    }

    /// Returns the database's URL; `None` selects a private PostgreSQL. An empty value counts as absent.
    pub fn url(&self) -> Option<&str> {
        given(self.database_url.as_ref())
    }

    /// Returns the replica's URL. An empty value counts as absent.
    pub fn read_url(&self) -> Option<&str> {
        given(self.database_read_url.as_ref())
    }
}

fn given(url: Option<&Secret>) -> Option<&str> {
    url.map(Secret::expose).filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        database: DatabaseConfig,
    }

    fn parse(arguments: &[&str]) -> Result<DatabaseConfig, clap::Error> {
        let arguments = ["program"].iter().chain(arguments);
        Program::try_parse_from(arguments).map(|program| program.database)
    }

    #[test]
    fn an_empty_url_counts_as_none() {
        let config = parse(&["--database-url", "", "--database-read-url", ""]).expect("read");
        assert_eq!((config.url(), config.read_url()), (None, None));
        let config = parse(&["--database-url", "postgres://h/d"]).expect("read");
        assert_eq!(config.url(), Some("postgres://h/d"));
    }

    #[test]
    fn the_defaults_of_the_database_are_the_stores() {
        let (given, built_in) = (parse(&[]).expect("read"), DatabaseConfig::external("").limits);
        assert_eq!(format!("{:?}", given.limits), format!("{built_in:?}"));
        assert!(parse(&["--write-connections-max", "0"]).is_err());
        assert!(parse(&["--statement-timeout-seconds", "1"]).is_err());
    }

    #[test]
    fn an_invalid_url_is_named_without_its_text() {
        for url in [
            "shop",
            "mysql://a:hunter2@h/d",
            "postgres://a:hunter2@h:port/d",
            "postgres://a:hunter2@h/d?sslmode=hunter2",
        ] {
            let config = parse(&["--database-read-url", url]).expect("read");
            let error = format!("{:#}", config.check_urls().expect_err(url));
            assert!(error.starts_with("DATABASE_READ_URL is not the URL"), "{error}");
            assert!(!error.contains("hunter2") && !error.contains("shop"), "{error}");
        }
        let urls = [
            "postgres://a:b@h:1/d?sslmode=require",
            "postgresql://%2Frun%2Fpg/d",
            "postgres:///d?host=/run/pg",
        ];
        for url in urls {
            parse(&["--database-url", url]).expect("read").check_urls().expect(url);
        }
    }

    #[test]
    fn the_settings_show_no_password() {
        let urls =
            ["--database-url", "postgres://a:hunter2@h/d", "--database-read-url", "postgres://a:hunter2@r/d"];
        let config = parse(&urls).expect("read");
        let shown = format!("{config:?} {:?}", config.store_settings("postgres://a:hunter2@h/d"));
        assert!(shown.contains("***") && !shown.contains("hunter2"), "{shown}");
    }
}
