//! What the process says about itself.

use crate::config::LogFormat;
use anyhow::{Context, Result, anyhow};
use tracing_subscriber::EnvFilter;

/// Which lines are logged where `RUST_LOG` does not say.
const FILTER_DEFAULT: &str = "info";

/// Starts logging to the standard error output, which leaves the standard output to the person.
///
/// # Errors
/// `RUST_LOG` can't be read, or logging was started before.
pub(crate) fn start(format: LogFormat) -> Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => filter,
        _ => FILTER_DEFAULT.to_owned(),
    };
    let filter = EnvFilter::try_new(filter).context("RUST_LOG can't be read")?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("logging can't be started: {error}"))
}
