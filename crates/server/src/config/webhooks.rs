//! The settings of webhooks.

use clap::ArgAction;
use clap::builder::RangedU64ValueParser;
use domain::WEBHOOK_SECONDS_MAX;

/// The time-out of one attempt, in seconds.
const TIMEOUT_SECONDS_DEFAULT: u64 = 15;

/// The most messages to one endpoint at the same time.
const CONCURRENCY_DEFAULT: usize = 16;

/// How long deliveries are stored, in days.
const DELIVERY_DAYS_DEFAULT: i32 = 14;

/// How long events that were set aside can be sent again, in days.
const SET_ASIDE_DAYS_DEFAULT: i32 = 90;

/// The delays before the retries of a message, in seconds, as Standard Webhooks proposes them.
const RETRY_SECONDS_DEFAULT: &str = "5,300,1800,7200,18000,36000,50400,72000,86400";

/// The longest delay before a retry, in seconds: a week.
const RETRY_SECONDS_MAX: i64 = 604_800;

/// Webhooks.
#[derive(Debug, Clone, clap::Args)]
pub struct WebhookConfig {
    /// Allow webhooks to private addresses and by http, for receivers in the same network. A person or client that manages webhooks can then
    /// send requests to the services that this server reaches.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_PRIVATE_ADDRESSES", value_name = "BOOL", default_value_t = false,
          num_args = 0..=1, default_missing_value = "true", action = ArgAction::Set, global = true)]
    pub webhook_private_addresses: bool,
    /// How long a receiver may take to answer: 1 to 60 seconds.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_TIMEOUT_SECONDS", default_value_t = TIMEOUT_SECONDS_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(1..=WEBHOOK_SECONDS_MAX))]
    pub webhook_timeout_seconds: u64,
    /// The most messages to one endpoint at the same time: 1 to 256.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_CONCURRENCY", default_value_t = CONCURRENCY_DEFAULT, global = true,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub webhook_concurrency: usize,
    /// The delays before the retries of a message, in seconds, separated by commas: each 0 to 604,800. After the last retry the
    /// event is set aside.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_RETRY_SECONDS", value_name = "SECONDS", value_delimiter = ',', global = true,
          default_value = RETRY_SECONDS_DEFAULT, value_parser = clap::value_parser!(u32).range(0..=RETRY_SECONDS_MAX))]
    pub webhook_retry_seconds: Vec<u32>,
    /// How long the deliveries of webhooks are stored: 1 to 365 days.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_DELIVERY_DAYS", default_value_t = DELIVERY_DAYS_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(1..=365))]
    pub webhook_delivery_days: i32,
    /// How long events that were set aside can be sent again: 1 to 3,650 days. Their movements are not archived before.
    #[arg(long, env = "STOCKHOLD_WEBHOOK_SET_ASIDE_DAYS", default_value_t = SET_ASIDE_DAYS_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(1..=3_650))]
    pub webhook_set_aside_days: i32,
}
