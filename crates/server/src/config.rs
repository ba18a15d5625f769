//! The settings, by flag or by environment variable.

use anyhow::{Context, Result};
use clap::builder::RangedU64ValueParser;
use leptos::config::{LeptosOptions, get_config_from_str, get_configuration};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most bytes of a request's body. An order of 1,000 lines is several times smaller.
const BODY_LIMIT_BYTES_DEFAULT: &str = "262144";

/// How long a request may take, in seconds.
const REQUEST_TIMEOUT_SECONDS_DEFAULT: &str = "30";

/// The most connections at the same time.
const CONNECTIONS_MAX_DEFAULT: &str = "10000";

/// How long a new connection may take to send the head of its first request, in seconds.
const HEAD_TIMEOUT_SECONDS_DEFAULT: &str = "10";

/// How long a connection may wait for its next request, in seconds: longer than the idle time-out of load balancers.
const IDLE_TIMEOUT_SECONDS_DEFAULT: &str = "75";

/// How long a request's body may take to arrive, in seconds.
const BODY_TIMEOUT_SECONDS_DEFAULT: &str = "20";

/// How long a client may take to read a response, in seconds.
const SEND_TIMEOUT_SECONDS_DEFAULT: &str = "30";

/// The most bytes of request bodies in memory at the same time: 64 MiB.
const BODY_MEMORY_BYTES_MAX_DEFAULT: &str = "67108864";

/// The most event streams.
const EVENT_STREAMS_MAX_DEFAULT: &str = "2000";

/// The most events that all event streams together send per second.
const EVENT_STREAM_LINES_PER_SECOND_DEFAULT: &str = "50000";

/// How long a shutdown waits for requests in progress, in seconds.
const SHUTDOWN_TIMEOUT_SECONDS_DEFAULT: &str = "20";

/// How long a change waits for a lock of another transaction, in milliseconds.
const LOCK_TIMEOUT_MILLISECONDS_DEFAULT: &str = "1000";

/// The most requests that wait in one queue.
const QUEUE_REQUESTS_MAX_DEFAULT: &str = "2000";

/// How long one batch of requests may take, in seconds.
const BATCH_TIMEOUT_SECONDS_DEFAULT: &str = "15";

/// How long a shutdown waits for queued requests and background tasks, in seconds.
const DRAIN_TIMEOUT_SECONDS_DEFAULT: &str = "10";

/// The most statements that read all blocks of an item at the same time.
const ITEM_SCANS_MAX_DEFAULT: &str = "2";

/// The most units that an operator may write off in one request.
const WRITE_OFF_UNITS_MAX_DEFAULT: &str = "1000";

/// The site configuration of an installed server, and its default if there is no such file.
const SITE_FILE: &str = "Leptos.toml";
const SITE_FILE_TEXT: &str = include_str!("../../../Leptos.toml");

/// All settings.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// The queues.
    #[command(flatten)]
    pub engine: EngineConfig,
    /// The HTTP server.
    #[command(flatten)]
    pub http: HttpConfig,
    /// The format of log lines. RUST_LOG selects the lines (default: info).
    #[arg(long, env = "STOCKHOLD_LOG", value_enum, default_value_t, global = true)]
    pub log: LogFormat,
}

/// The settings of the database.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseConfig {
    /// The database, as a postgres:// URL. Without it a private PostgreSQL runs.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// A replica for reads that may return slightly old data, as a postgres:// URL.
    #[arg(long, env = "DATABASE_READ_URL", hide_env_values = true, global = true)]
    database_read_url: Option<String>,
    /// The folder of the private PostgreSQL.
    #[arg(long, env = "STOCKHOLD_DATA_DIR", default_value = ".stockhold", global = true)]
    pub data_dir: PathBuf,
    /// How long a change waits for a lock of another transaction: 10 to 60,000 milliseconds. Then it fails with
    /// stock_locked.
    #[arg(long, env = "STOCKHOLD_LOCK_TIMEOUT_MILLISECONDS", default_value = LOCK_TIMEOUT_MILLISECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u32).range(10..=60_000))]
    pub lock_timeout_milliseconds: u32,
    /// Connections and deadlines.
    #[command(flatten)]
    limits: DatabaseLimits,
}

/// The bounds and deadlines of the queues.
#[derive(Debug, Clone, clap::Args)]
pub struct EngineConfig {
    /// The most requests that wait in one queue: 1 to 1,000,000. Beyond it requests fail with overloaded.
    #[arg(long, env = "STOCKHOLD_QUEUE_REQUESTS_MAX", default_value = QUEUE_REQUESTS_MAX_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub queue_requests_max: usize,
    /// How long one batch of requests may take: 1 to 600 seconds. Then it is cancelled.
    #[arg(long, env = "STOCKHOLD_BATCH_TIMEOUT_SECONDS", default_value = BATCH_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub batch_timeout_seconds: u64,
    /// How long a stop waits for queued requests and background tasks: 0 to 600 seconds. Then they are cancelled.
    #[arg(long, env = "STOCKHOLD_DRAIN_TIMEOUT_SECONDS", default_value = DRAIN_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub drain_timeout_seconds: u64,
    /// The most statements that read all blocks of an item at the same time: 1 to 3. More wait.
    #[arg(long, env = "STOCKHOLD_ITEM_SCANS_MAX", default_value = ITEM_SCANS_MAX_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=3))]
    pub item_scans_max: usize,
    /// The most units that an operator may write off in one request: 0 to 2,147,483,647. More need a manager.
    #[arg(long, env = "STOCKHOLD_WRITE_OFF_UNITS_MAX", default_value = WRITE_OFF_UNITS_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(0..))]
    pub write_off_units_max: i32,
}

impl EngineConfig {
    /// Returns the engine's settings.
    pub fn settings(&self) -> engine::Settings {
        engine::Settings {
            serialize_response: api::stored_response,
            queue_max: self.queue_requests_max,
            batch_timeout: Duration::from_secs(self.batch_timeout_seconds),
            drain_timeout: Duration::from_secs(self.drain_timeout_seconds),
            item_scans_max: self.item_scans_max,
            write_off_units_max: self.write_off_units_max,
            ..engine::Settings::default()
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
    /// acknowledged change with any value.
    #[arg(long, env = "STOCKHOLD_REPLICA_LAG_SECONDS_MAX", default_value = REPLICA_LAG_SECONDS_MAX_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=500))]
    replica_lag_seconds_max: u64,
}

/// The defaults of [`store::Settings`], as text: a test compares them.
const WRITE_CONNECTIONS_MAX_DEFAULT: &str = "4";
const LOOKUP_CONNECTIONS_MAX_DEFAULT: &str = "4";
const READ_CONNECTIONS_MAX_DEFAULT: &str = "8";
const BACKGROUND_CONNECTIONS_MAX_DEFAULT: &str = "3";
const ACQUIRE_TIMEOUT_SECONDS_DEFAULT: &str = "5";
const STATEMENT_TIMEOUT_SECONDS_DEFAULT: &str = "10";
const REPLICA_LAG_SECONDS_MAX_DEFAULT: &str = "10";

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
        }
    }
}

impl DatabaseConfig {
    /// Returns the default settings of an external database.
    pub fn external(url: &str) -> Self {
        Self {
            database_url: Some(url.to_owned()),
            database_read_url: None,
            data_dir: PathBuf::new(),
            limits: DatabaseLimits::of(store::Settings::new(url)),
            lock_timeout_milliseconds: store::Settings::new(url).lock_timeout_milliseconds,
        }
    }

    /// Returns the settings of a store on the database with this URL.
    pub fn store_settings(&self, url: &str) -> store::Settings {
        let limits = &self.limits;
        store::Settings {
            read_url: self.read_url().map(str::to_owned),
            write_connections_max: limits.write_connections_max,
            lookup_connections_max: limits.lookup_connections_max,
            read_connections_max: limits.read_connections_max,
            background_connections_max: limits.background_connections_max,
            acquire_timeout_seconds: limits.acquire_timeout_seconds,
            statement_timeout_seconds: limits.statement_timeout_seconds,
            replica_lag_seconds_max: limits.replica_lag_seconds_max,
            lock_timeout_milliseconds: self.lock_timeout_milliseconds,
            ..store::Settings::new(url)
        }
    }

    /// Returns the database's URL; `None` selects a private PostgreSQL. An empty value counts as absent.
    pub fn url(&self) -> Option<&str> {
        self.database_url.as_deref().filter(|url| !url.is_empty())
    }

    /// Returns the replica's URL. An empty value counts as absent.
    pub fn read_url(&self) -> Option<&str> {
        self.database_read_url.as_deref().filter(|url| !url.is_empty())
    }
}

/// The limits of the HTTP server.
#[derive(Debug, Clone, clap::Args)]
pub struct HttpConfig {
    /// The most bytes of a request's body: 1,024 to 16,777,216.
    #[arg(long, env = "STOCKHOLD_BODY_LIMIT_BYTES", default_value = BODY_LIMIT_BYTES_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<usize>::new().range(1024..=16_777_216))]
    pub body_limit_bytes: usize,
    /// How long a request may take: 1 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_REQUEST_TIMEOUT_SECONDS", default_value = REQUEST_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub request_timeout_seconds: u64,
    /// The most connections at the same time: 1 to 1,000,000. More wait to be accepted.
    #[arg(long, env = "STOCKHOLD_CONNECTIONS_MAX", default_value = CONNECTIONS_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connections_max: u32,
    /// How long a new connection may take to send the head of its first request: 1 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_HEAD_TIMEOUT_SECONDS", default_value = HEAD_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub head_timeout_seconds: u64,
    /// The shortest time that a connection may be idle before it is closed: 1 to 3,600 seconds. It is closed after
    /// at most twice this time.
    #[arg(long, env = "STOCKHOLD_IDLE_TIMEOUT_SECONDS", default_value = IDLE_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub idle_timeout_seconds: u64,
    /// How long a request's body may take to arrive: 1 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_BODY_TIMEOUT_SECONDS", default_value = BODY_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub body_timeout_seconds: u64,
    /// How long a client may take to read a response before its connection is closed: 1 to 3,600 seconds.
    #[arg(long, env = "STOCKHOLD_SEND_TIMEOUT_SECONDS", default_value = SEND_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub send_timeout_seconds: u64,
    /// The most bytes of request bodies in memory at the same time: 16,777,216 to 1,099,511,627,776. Bodies of at most
    /// 16 KiB do not count.
    #[arg(long, env = "STOCKHOLD_BODY_MEMORY_BYTES_MAX", default_value = BODY_MEMORY_BYTES_MAX_DEFAULT,
          global = true, value_parser = RangedU64ValueParser::<usize>::new().range(16_777_216..=1_099_511_627_776))]
    pub body_memory_bytes_max: usize,
    /// The most event streams at the same time: 1 to 100,000.
    #[arg(long, env = "STOCKHOLD_EVENT_STREAMS_MAX", default_value = EVENT_STREAMS_MAX_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub event_streams_max: usize,
    /// The most events that all event streams together send per second: 1,000 to 10,000,000. Beyond it messages come
    /// less often, and large ones say that they skipped events.
    #[arg(long, env = "STOCKHOLD_EVENT_STREAM_LINES_PER_SECOND", global = true,
          default_value = EVENT_STREAM_LINES_PER_SECOND_DEFAULT,
          value_parser = RangedU64ValueParser::<usize>::new().range(1_000..=10_000_000))]
    pub event_stream_lines_per_second: usize,
    /// How long a shutdown waits for requests in progress: 0 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_SHUTDOWN_TIMEOUT_SECONDS", default_value = SHUTDOWN_TIMEOUT_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub shutdown_timeout_seconds: u64,
}

impl HttpConfig {
    /// Returns how long a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    /// Returns how long a new connection may take to send the head of its first request.
    pub fn head_timeout(&self) -> Duration {
        Duration::from_secs(self.head_timeout_seconds)
    }

    /// Returns the shortest time that a connection may be idle.
    pub fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout_seconds)
    }

    /// Returns how long a request's body may take to arrive.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }

    /// Returns how long a client may take to read a response.
    pub fn send_timeout(&self) -> Duration {
        Duration::from_secs(self.send_timeout_seconds)
    }

    /// Returns how long a shutdown waits for requests in progress.
    pub fn shutdown_timeout(&self) -> Duration {
        Duration::from_secs(self.shutdown_timeout_seconds)
    }
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// Returns the console's options: the address, and the folder of its files.
///
/// The build tools pass them in `LEPTOS_*`. An installed server reads `Leptos.toml` in its working folder, or the one that
/// it was built with. `LEPTOS_*` variables take precedence over both.
///
/// # Errors
/// A file or a variable can't be read.
pub fn leptos_options() -> Result<LeptosOptions> {
    let is_set = std::env::var_os("LEPTOS_OUTPUT_NAME").is_some_and(|name| !name.is_empty());
    if is_set {
        let options = get_configuration(None).map(|file| file.leptos_options);
        return options.context("the LEPTOS_* environment variables can't be read");
    }
    if Path::new(SITE_FILE).is_file() {
        let options = get_configuration(Some(SITE_FILE)).map(|file| file.leptos_options);
        return options.with_context(|| format!("{SITE_FILE} can't be read"));
    }
    get_config_from_str(SITE_FILE_TEXT).context("the LEPTOS_* environment variables can't be read")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        config: Config,
    }

    fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
        let arguments = ["program"].iter().chain(arguments);
        Program::try_parse_from(arguments).map(|program| program.config)
    }

    #[test]
    fn an_empty_url_counts_as_none() {
        let config = parse(&["--database-url", "", "--database-read-url", ""]).expect("read");
        assert_eq!((config.database.url(), config.database.read_url()), (None, None));
        let config = parse(&["--database-url", "postgres://h/d"]).expect("read");
        assert_eq!(config.database.url(), Some("postgres://h/d"));
    }

    #[test]
    fn the_defaults_of_the_database_are_the_stores() {
        let (given, built_in) = (parse(&[]).expect("read").database, DatabaseConfig::external("").limits);
        assert_eq!(format!("{:?}", given.limits), format!("{built_in:?}"));
        assert!(parse(&["--write-connections-max", "0"]).is_err());
        assert!(parse(&["--statement-timeout-seconds", "1"]).is_err());
    }

    #[test]
    fn limits_are_bounded() {
        let defaults = parse(&[]).expect("read").http;
        assert_eq!((defaults.body_limit_bytes, defaults.request_timeout_seconds), (262_144, 30));
        let engine = parse(&[]).expect("read").engine;
        assert_eq!(engine.queue_requests_max, engine::Settings::default().queue_max);
        assert!(parse(&["--body-limit-bytes", "1023"]).is_err());
        assert!(parse(&["--request-timeout-seconds", "0"]).is_err());
        assert!(parse(&["--shutdown-timeout-seconds", "601"]).is_err());
    }

    #[test]
    fn the_built_in_site_file_is_readable() {
        let options = get_config_from_str(SITE_FILE_TEXT).expect("read");
        assert_eq!(&*options.output_name, "stockhold");
    }
}
