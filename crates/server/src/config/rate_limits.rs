//! The settings of rate limits.

use access::{RateLimit, RateLimitSettings};
use std::num::NonZeroU32;

/// The seconds of requests that a burst has by default.
const BURST_SECONDS_DEFAULT: u32 = 10;

/// The default requests per second without valid credentials, of one network. Far above a sign-in page with its files, and
/// far below a flood.
const ANONYMOUS_REQUESTS_PER_SECOND_DEFAULT: u32 = 50;

/// The most requests per second, and the most at once.
const REQUESTS_MAX: i64 = 1_000_000;

/// Rate limits. Each is a token bucket in the memory of this server.
#[derive(Debug, Clone, clap::Args)]
pub struct RateLimitConfig {
    /// The requests per second of one client, with any of its tokens: 0 to 1,000,000. 0 is no limit.
    #[arg(long, env = "STOCKHOLD_CLIENT_REQUESTS_PER_SECOND", default_value_t = 0, global = true,
          value_parser = clap::value_parser!(u32).range(0..=REQUESTS_MAX))]
    pub client_requests_per_second: u32,
    /// The requests at once of one client: 1 to 1,000,000. Default: the requests of 10 seconds.
    #[arg(long, env = "STOCKHOLD_CLIENT_REQUESTS_BURST", global = true,
          value_parser = clap::value_parser!(u32).range(1..=REQUESTS_MAX))]
    pub client_requests_burst: Option<u32>,
    /// The requests per second of one signed-in person: 0 to 1,000,000. 0 is no limit.
    #[arg(long, env = "STOCKHOLD_PERSON_REQUESTS_PER_SECOND", default_value_t = 0, global = true,
          value_parser = clap::value_parser!(u32).range(0..=REQUESTS_MAX))]
    pub person_requests_per_second: u32,
    /// The requests at once of one signed-in person: 1 to 1,000,000. Default: the requests of 10 seconds.
    #[arg(long, env = "STOCKHOLD_PERSON_REQUESTS_BURST", global = true,
          value_parser = clap::value_parser!(u32).range(1..=REQUESTS_MAX))]
    pub person_requests_burst: Option<u32>,
    /// The requests per second without valid credentials from one IPv4 address or IPv6 /64: 0 to 1,000,000. 0 is no limit.
    /// Default: 50, on a loopback address 0.
    #[arg(long, env = "STOCKHOLD_ANONYMOUS_REQUESTS_PER_SECOND", global = true,
          value_parser = clap::value_parser!(u32).range(0..=REQUESTS_MAX))]
    pub anonymous_requests_per_second: Option<u32>,
    /// The requests at once without valid credentials from one IPv4 address or IPv6 /64: 1 to 1,000,000. Default: the
    /// requests of 10 seconds.
    #[arg(long, env = "STOCKHOLD_ANONYMOUS_REQUESTS_BURST", global = true,
          value_parser = clap::value_parser!(u32).range(1..=REQUESTS_MAX))]
    pub anonymous_requests_burst: Option<u32>,
    /// All requests per second from one IPv4 address or IPv6 /64: 0 to 1,000,000. 0 is no limit.
    #[arg(long, env = "STOCKHOLD_ADDRESS_REQUESTS_PER_SECOND", default_value_t = 0, global = true,
          value_parser = clap::value_parser!(u32).range(0..=REQUESTS_MAX))]
    pub address_requests_per_second: u32,
    /// All requests at once from one IPv4 address or IPv6 /64: 1 to 1,000,000. Default: the requests of 10 seconds.
    #[arg(long, env = "STOCKHOLD_ADDRESS_REQUESTS_BURST", global = true,
          value_parser = clap::value_parser!(u32).range(1..=REQUESTS_MAX))]
    pub address_requests_burst: Option<u32>,
}

impl RateLimitConfig {
    /// Returns the limits of a server that listens on a loopback address or not.
    pub fn settings(&self, is_loopback: bool) -> RateLimitSettings {
        let anonymous_default = if is_loopback { 0 } else { ANONYMOUS_REQUESTS_PER_SECOND_DEFAULT };
        let anonymous = self.anonymous_requests_per_second.unwrap_or(anonymous_default);
        RateLimitSettings {
            client: limit(self.client_requests_per_second, self.client_requests_burst),
            person: limit(self.person_requests_per_second, self.person_requests_burst),
            anonymous: limit(anonymous, self.anonymous_requests_burst),
            address: limit(self.address_requests_per_second, self.address_requests_burst),
        }
    }
}

/// Returns a limit; `None` if `per_second` is 0.
fn limit(per_second: u32, burst: Option<u32>) -> Option<RateLimit> {
    let per_second = NonZeroU32::new(per_second)?;
    let default = per_second.saturating_mul(NonZeroU32::new(BURST_SECONDS_DEFAULT)?);
    Some(RateLimit { per_second, burst: burst.and_then(NonZeroU32::new).unwrap_or(default) })
}
