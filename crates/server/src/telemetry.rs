//! The log. Logging never panics or blocks: the pipe may be closed, or full because its reader has stopped.

mod format;

use crate::config::LogFormat;
use crate::output::{duplicate, within_time};
use anyhow::{Context, Result, anyhow};
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::thread;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// The filter without `RUST_LOG`. In an outage sqlx warns once per pooled connection. The store logs an outage once.
/// PostgreSQL's notices say that the table of migrations exists already.
const FILTER_DEFAULT: &str = "info,sqlx_core::pool::connection=error,sqlx::postgres::notice=warn";

/// The most log lines that wait to be written; more are dropped and counted.
const QUEUED_LINES_MAX: usize = 8_192;

/// The log. Dropping it writes the waiting lines.
#[must_use]
pub(crate) struct Log(Option<WorkerGuard>);

impl Drop for Log {
    fn drop(&mut self) {
        let worker = self.0.take();
        within_time(move || drop(worker));
    }
}

/// Starts logging to the standard error output. Panics are logged too.
///
/// # Errors
/// `RUST_LOG` can't be read, or logging was started before.
pub(crate) fn start(format: LogFormat) -> Result<Log> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => filter,
        _ => FILTER_DEFAULT.to_owned(),
    };
    let filter = EnvFilter::try_new(filter).context("RUST_LOG can't be read")?;
    let counter = Arc::new(OnceLock::new());
    let output = Output { file: duplicate(io::stderr()).ok(), counter: counter.clone(), reported: 0 };
    let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUED_LINES_MAX);
    let (writer, worker) = builder.finish(output);
    let _ = counter.set(writer.error_counter());
    let log = Log(Some(worker));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let subscriber = subscriber.log_internal_errors(false);
    let started = match format {
        LogFormat::Text => subscriber.event_format(format::text()).try_init(),
        LogFormat::Json => subscriber.json().event_format(format::json()).try_init(),
    };
    started.map_err(|error| anyhow!("logging can't be started: {error}"))?;
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        let thread = thread::current();
        tracing::error!(thread = thread.name().unwrap_or("unnamed"), %backtrace, "{panic}");
    }));
    Ok(log)
}

/// The standard error output. A line that can't be written is lost.
struct Output {
    file: Option<File>,
    counter: Arc<OnceLock<ErrorCounter>>,
    /// The number of dropped lines that was reported last.
    reported: usize,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.file.as_mut().map(|file| file.write_all(bytes));
        let dropped = self.counter.get().map_or(0, ErrorCounter::dropped_lines);
        if dropped > self.reported {
            tracing::warn!(
                lines = dropped - self.reported,
                "log lines were dropped, because the output was not read in time"
            );
            self.reported = dropped;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
