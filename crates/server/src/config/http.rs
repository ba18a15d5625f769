//! The limits of the HTTP server.

use clap::builder::RangedU64ValueParser;
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
