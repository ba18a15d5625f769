//! The settings of metrics and the access log. Traces have OpenTelemetry's variables.

use clap::builder::RangedU64ValueParser;
use std::net::SocketAddr;
use std::time::Duration;

/// The share of requests in a sampled access log, in percent.
const ACCESS_LOG_PERCENT_DEFAULT: &str = "1";

/// The duration from which a batch is logged as slow, in milliseconds.
const SLOW_BATCH_MILLISECONDS_DEFAULT: &str = "2000";

/// How long a stop goes on accepting requests, in seconds.
const SHUTDOWN_DELAY_SECONDS_DEFAULT: &str = "0";

/// The settings of metrics, probes and the access log.
#[derive(Debug, Clone, clap::Args)]
pub struct ObserveConfig {
    /// The address of the listener for /metrics and health checks, such as 127.0.0.1:9464; without it there is none. It needs no
    /// credentials, so it must be reachable from a private network only.
    #[arg(long, env = "STOCKHOLD_METRICS_ADDR", value_name = "ADDRESS", global = true)]
    pub metrics_addr: Option<SocketAddr>,
    /// The requests that are logged.
    #[arg(long, env = "STOCKHOLD_ACCESS_LOG", value_enum, default_value_t, global = true)]
    pub access_log: AccessLog,
    /// The share of requests that a sampled access log has: 1 to 100 percent. Requests that fail with 500 or more are always
    /// logged.
    #[arg(long, env = "STOCKHOLD_ACCESS_LOG_PERCENT", default_value = ACCESS_LOG_PERCENT_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<u8>::new().range(1..=100))]
    pub access_log_percent: u8,
    /// The duration from which a batch of requests is logged as slow: 0 to 600,000 milliseconds; 0 for never.
    #[arg(long, env = "STOCKHOLD_SLOW_BATCH_MILLISECONDS", default_value = SLOW_BATCH_MILLISECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub slow_batch_milliseconds: u64,
    /// How long a stop goes on accepting requests while /readyz fails, so that load balancers send no more: 0 to 600 seconds.
    #[arg(long, env = "STOCKHOLD_SHUTDOWN_DELAY_SECONDS", default_value = SHUTDOWN_DELAY_SECONDS_DEFAULT,
          global = true, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub shutdown_delay_seconds: u64,
}

impl ObserveConfig {
    /// Returns the duration from which a batch is logged as slow; `None` for never.
    pub fn slow_batch(&self) -> Option<Duration> {
        (self.slow_batch_milliseconds > 0).then(|| Duration::from_millis(self.slow_batch_milliseconds))
    }

    /// Returns how long a stop goes on accepting requests.
    pub fn shutdown_delay(&self) -> Duration {
        Duration::from_secs(self.shutdown_delay_seconds)
    }
}

/// The requests that are logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum AccessLog {
    /// None.
    Off,
    /// Those that fail with a status of 500 or more, except 503, which an outage causes for all requests.
    #[default]
    Errors,
    /// A share of all requests, and those that fail.
    Sampled,
    /// All requests.
    All,
}
