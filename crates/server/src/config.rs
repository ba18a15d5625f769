//! The settings, by flag or by environment variable.

mod access;
mod archive;
mod database;
mod file;
mod http;
mod network;
mod observe;
#[cfg(feature = "openid")]
mod openid;
mod rate_limits;
mod secret;
mod shown;
mod site;
mod webhooks;

pub use access::{AccessConfig, LocalAccess};
pub use archive::ArchiveConfig;
pub use database::{DatabaseConfig, SessionSettings};
pub(crate) use file::{ConfigFile, check_variables, settings};
pub use http::HttpConfig;
pub(crate) use network::TlsFiles;
pub use network::{ForwardedHeaders, HostNames, NetworkConfig, Networks};
pub use observe::{AccessLog, ObserveConfig};
#[cfg(feature = "openid")]
pub use openid::OpenIdConfig;
pub use rate_limits::RateLimitConfig;
pub(crate) use shown::{SettingSource, ShownSetting, shown_settings};
pub use site::SiteConfig;
pub use webhooks::WebhookConfig;

use clap::ValueEnum as _;
use clap::builder::{PossibleValue, RangedU64ValueParser};
use domain::BlockLimits;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;

/// The most requests that wait in one queue.
const QUEUE_REQUESTS_MAX_DEFAULT: &str = "2000";

/// How long one batch of requests may take, in seconds.
const BATCH_TIMEOUT_SECONDS_DEFAULT: &str = "15";

/// How long a shutdown waits for queued requests and background tasks, in seconds.
const DRAIN_TIMEOUT_SECONDS_DEFAULT: &str = "10";

/// The most statements that read all blocks of an item at the same time.
const ITEM_SCANS_MAX_DEFAULT: &str = "2";

/// The most units that an operator may write off from one stock level in one request.
const WRITE_OFF_UNITS_MAX_DEFAULT: &str = "1000";

/// The latest end of a payment, in hours after its cart was placed.
const CART_LIFE_HOURS_MAX_DEFAULT: u32 = domain::CART_LIFE_HOURS_MAX_DEFAULT;
const LOW_STOCK_DEFAULT: &str = "10";

/// The most bytes of an imported file: 200 MiB.
const IMPORT_BYTES_MAX_DEFAULT: &str = "209715200";

/// The most rows of an imported file.
const IMPORT_ROWS_MAX_DEFAULT: &str = "1000000";

/// How long the file and the rows of an import are stored, in days.
const IMPORT_RETENTION_DAYS_DEFAULT: &str = "30";

/// How long responses are stored under their idempotency keys, in hours. The description of the REST interface promises it.
const IDEMPOTENCY_HOURS_DEFAULT: u64 = 24;

/// All settings.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// The configuration file, TOML with one line per setting: `low_stock = 5`. Flags and environment variables take precedence.
    /// By default /etc/stockhold/stockhold.toml, if it exists.
    #[arg(long, env = "STOCKHOLD_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<OsString>,
    /// The address and the console's files.
    #[command(flatten)]
    pub site: SiteConfig,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// The queues.
    #[command(flatten)]
    pub engine: EngineConfig,
    /// Authentication.
    #[command(flatten)]
    pub access: AccessConfig,
    /// The HTTP server.
    #[command(flatten)]
    pub http: HttpConfig,
    /// The sign-in by OpenID Connect.
    #[cfg(feature = "openid")]
    #[command(flatten)]
    pub openid: OpenIdConfig,
    /// Names, proxies and certificates.
    #[command(flatten)]
    pub network: NetworkConfig,
    /// Rate limits.
    #[command(flatten)]
    pub rate_limits: RateLimitConfig,
    /// Metrics, probes and the access log.
    #[command(flatten)]
    pub observe: ObserveConfig,
    /// Webhooks.
    #[command(flatten)]
    pub webhooks: WebhookConfig,
    /// Archives.
    #[command(flatten)]
    pub archive: ArchiveConfig,
    /// The format of log lines. RUST_LOG selects the lines (default: info).
    #[arg(long, env = "STOCKHOLD_LOG", value_enum, default_value_t, global = true)]
    pub log: LogFormat,
    /// The settings in force and their sources, as people see them.
    #[arg(skip)]
    pub(crate) shown: Vec<ShownSetting>,
}

impl Config {
    /// Returns the settings that concern security, for the audit log. The list is explicit, so that no secret gets into it.
    pub(crate) fn audited(&self, address: SocketAddr) -> Value {
        let Self { access, network, engine, webhooks, archive, .. } = self;
        let name = |value: Option<PossibleValue>| value.map(|value| value.get_name().to_owned());
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "address": address.to_string(),
            "tls": network.tls_files().is_ok_and(|files| files.is_some()),
            "hosts": network.host_names(),
            "trustedProxies": network.proxies().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "forwardedHeaders": name(network.forwarded_headers.to_possible_value()),
            "localAccess": name(access.local_access.to_possible_value()),
            "tokenDays": access.token_days,
            "auditDays": access.audit_days,
            "ledgerDays": archive.ledger_days,
            "sessionIdleHours": access.session_idle_hours,
            "sessionDays": access.session_days,
            "webhookPrivateAddresses": webhooks.webhook_private_addresses,
            "writeOffUnitsMax": engine.write_off_units_max,
        })
    }
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
    /// The most units that an operator may write off from one stock level in one request: 0 to 2,147,483,647. More need a
    /// manager.
    #[arg(long, env = "STOCKHOLD_WRITE_OFF_UNITS_MAX", default_value = WRITE_OFF_UNITS_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(0..))]
    pub write_off_units_max: i32,
    /// The latest end of a payment, in hours after its cart was placed: 1 to 8,760.
    #[arg(long, env = "STOCKHOLD_CART_LIFE_HOURS_MAX", default_value_t = CART_LIFE_HOURS_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(u32).range(1..=8_760))]
    pub cart_life_hours_max: u32,
    /// The unsold units at which an item is low, which the event stream signals: 0 to 2,147,483,647; 0 for never.
    #[arg(long, env = "STOCKHOLD_LOW_STOCK", default_value = LOW_STOCK_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(0..))]
    pub low_stock: i32,
    /// Decide a request that takes units of an item after the waiting orders that miss the item. All servers of a database need
    /// the same value.
    #[arg(long, env = "STOCKHOLD_WAITING_FIRST", value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", action = clap::ArgAction::Set, global = true)]
    pub waiting_first: bool,
    /// The most bytes of an imported file: 1,024 to 1,073,741,824.
    #[arg(long, env = "STOCKHOLD_IMPORT_BYTES_MAX", default_value = IMPORT_BYTES_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(1_024..=1_073_741_824))]
    pub import_bytes_max: u64,
    /// The most rows of an imported file: 1 to 10,000,000.
    #[arg(long, env = "STOCKHOLD_IMPORT_ROWS_MAX", default_value = IMPORT_ROWS_MAX_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub import_rows_max: u64,
    /// How long the file and the rows of an import are stored: 1 to 3,650 days.
    #[arg(long, env = "STOCKHOLD_IMPORT_RETENTION_DAYS", default_value = IMPORT_RETENTION_DAYS_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(1..=3_650))]
    pub import_retention_days: i32,
    /// How long responses are stored under their Idempotency-Key: 24 to 8,760 hours. All servers of a database need the same
    /// value.
    #[arg(long, env = "STOCKHOLD_IDEMPOTENCY_HOURS", default_value_t = IDEMPOTENCY_HOURS_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(IDEMPOTENCY_HOURS_DEFAULT..=8_760))]
    pub idempotency_hours: u64,
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
            limits: BlockLimits::default().with_cart_life_hours(self.cart_life_hours_max),
            low_stock_units: self.low_stock,
            waiting_first: self.waiting_first,
            import_bytes_max: self.import_bytes_max,
            import_rows_max: self.import_rows_max,
            import_retention_days: self.import_retention_days,
            answers_kept: Duration::from_secs(self.idempotency_hours * 3_600),
            ..engine::Settings::default()
        }
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
    fn local_access_needs_a_loopback_address() {
        let access = |arguments: &[&str]| parse(arguments).expect("read").access;
        assert!(access(&[]).settings(true).local_access);
        assert!(!access(&[]).settings(false).local_access);
        assert!(!access(&["--local-access", "off"]).settings(true).local_access);
        assert_eq!(access(&[]).settings(false), ::access::Settings::default());
    }

    #[test]
    fn rate_limits_are_off_by_default_except_for_anonymous_requests() {
        let limits = |arguments: &[&str]| parse(arguments).expect("read").rate_limits;
        assert_eq!(limits(&[]).settings(true), ::access::RateLimitSettings::default());
        let other = limits(&[]).settings(false);
        assert_eq!((other.client, other.person, other.address), (None, None, None));
        let values = |limit: Option<::access::RateLimit>| {
            limit.map(|limit| (limit.per_second.get(), limit.burst.get(), limit.window_seconds()))
        };
        assert_eq!(values(other.anonymous), Some((50, 500, 10)));
        assert_eq!(limits(&["--anonymous-requests-per-second", "0"]).settings(false).anonymous, None);
        let given = limits(&["--client-requests-per-second", "3", "--client-requests-burst", "10"]);
        assert_eq!(values(given.settings(true).client), Some((3, 10, 4)));
        assert!(parse(&["--client-requests-burst", "0"]).is_err());
    }

    #[test]
    fn limits_are_bounded() {
        let defaults = parse(&[]).expect("read").http;
        assert_eq!((defaults.body_limit_bytes, defaults.request_timeout_seconds), (262_144, 30));
        let engine = parse(&[]).expect("read").engine;
        assert_eq!(engine.queue_requests_max, engine::Settings::default().queue_max);
        assert_eq!(engine.settings().answers_kept, engine::Settings::default().answers_kept);
        let kept = |hours| {
            parse(&["--idempotency-hours", hours]).map(|config| config.engine.settings().answers_kept)
        };
        assert_eq!(kept("48").expect("read"), Duration::from_secs(48 * 3_600));
        assert!(kept("23").is_err() && kept("8761").is_err());
        let days = |arguments: &[&str]| {
            let config = parse(arguments).expect("read").webhooks;
            crate::webhook_transport::webhook_settings(&config).set_aside_days
        };
        assert_eq!(days(&[]), engine::WebhookSettings::default().set_aside_days);
        assert_eq!(days(&["--webhook-set-aside-days", "7"]), 7);
        assert!(parse(&["--body-limit-bytes", "1023"]).is_err());
        assert!(parse(&["--request-timeout-seconds", "0"]).is_err());
        assert!(parse(&["--shutdown-timeout-seconds", "601"]).is_err());
    }
}
