//! The settings of authentication and of the audit log.

use std::time::Duration;

/// The lifetime of a token for which a command or request names none, in days.
const TOKEN_DAYS_DEFAULT: &str = "365";

/// The time without a request after which a session ends, in hours.
const SESSION_IDLE_HOURS_DEFAULT: &str = "12";

/// The time after the sign-in at which a session ends, in days.
const SESSION_DAYS_DEFAULT: &str = "7";

/// Authentication and the audit log.
#[derive(Debug, Clone, clap::Args)]
pub struct AccessConfig {
    /// Whether requests without credentials are accepted as a local administrator's. `auto` accepts them on a loopback
    /// address until an administrator exists.
    #[arg(long, env = "STOCKHOLD_LOCAL_ACCESS", value_enum, default_value_t, global = true)]
    pub local_access: LocalAccess,
    /// The lifetime of a new token, in days: 1 to 3,650.
    #[arg(long, env = "STOCKHOLD_TOKEN_DAYS", default_value = TOKEN_DAYS_DEFAULT, global = true,
          value_parser = clap::value_parser!(i32).range(1..=domain::TOKEN_DAYS_MAX))]
    pub token_days: i32,
    /// How long audit events are kept, in days: 30 to 36,500; 0 for ever. Older ones are deleted every hour, with archive_dir
    /// after they are in a file. Once audit events are archived, servers without archive_dir delete none.
    #[arg(long, env = "STOCKHOLD_AUDIT_DAYS", default_value_t = 0, global = true, value_parser = super::archive::days)]
    pub audit_days: i32,
    /// The time without a request after which a session ends, in hours: 1 to 720.
    #[arg(long, env = "STOCKHOLD_SESSION_IDLE_HOURS", default_value = SESSION_IDLE_HOURS_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(1..=720))]
    pub session_idle_hours: u64,
    /// The time after the sign-in at which a session ends, in days: 1 to 90.
    #[arg(long, env = "STOCKHOLD_SESSION_DAYS", default_value = SESSION_DAYS_DEFAULT, global = true,
          value_parser = clap::value_parser!(u64).range(1..=90))]
    pub session_days: u64,
}

impl AccessConfig {
    /// Returns the settings of authentication for a server that listens on a loopback address or not, without rate limits.
    pub fn settings(&self, is_loopback: bool) -> access::Settings {
        access::Settings {
            local_access: is_loopback && self.local_access == LocalAccess::Auto,
            token_days: self.token_days,
            audit_days: (self.audit_days > 0).then_some(self.audit_days),
            session_idle: Duration::from_secs(self.session_idle_hours * 3_600),
            session_lifetime: Duration::from_secs(self.session_days * 24 * 3_600),
            ..access::Settings::default()
        }
    }
}

/// Access without credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LocalAccess {
    /// On a loopback address, until an administrator exists.
    #[default]
    Auto,
    /// Never.
    Off,
}
