//! The process's log and its words for the person at the terminal. Neither ever panics or blocks: the pipe that they
//! are written to may be closed, or full because nobody reads it.

use crate::config::LogFormat;
use anyhow::{Context, Result, anyhow};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// Which lines are logged where `RUST_LOG` does not say.
const FILTER_DEFAULT: &str = "info";

/// The most log lines that wait to be written; more are dropped and counted.
const QUEUED_LINES_MAX: usize = 8_192;

/// How long the end of the process waits until its last words are written, in seconds.
const WRITE_TIMEOUT_SECONDS: u64 = 2;

/// The log. The lines that wait are written when it is dropped.
#[must_use]
pub(crate) struct Log(Option<WorkerGuard>);

impl Drop for Log {
    fn drop(&mut self) {
        let worker = self.0.take();
        within_time(move || drop(worker));
    }
}

/// Starts logging to the standard error output, which leaves the standard output to the person. Panics are logged as
/// well.
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
    let output = Output { file: own(io::stderr()).ok(), counter: counter.clone(), reported: 0 };
    let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUED_LINES_MAX);
    let (writer, worker) = builder.finish(output);
    let _ = counter.set(writer.error_counter());
    let log = Log(Some(worker));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let subscriber = subscriber.log_internal_errors(false);
    let started = match format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("logging can't be started: {error}"))?;
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        let thread = thread::current();
        tracing::error!(thread = thread.name().unwrap_or("unnamed"), %backtrace, "{panic}");
    }));
    Ok(log)
}

/// Writes one line to the person at the terminal. It is lost if nobody reads it.
pub(crate) fn say(output: impl AsFd, line: &str) {
    let Ok(mut file) = own(output) else { return };
    let line = format!("{line}\n");
    within_time(move || {
        let _ = file.write_all(line.as_bytes());
    });
}

/// Tells the person at the terminal why the program fails, with the whole chain of causes.
pub fn say_error(error: &anyhow::Error) {
    say(io::stderr(), &format!("error: {error:#}"));
}

/// Another file of an output: a thread that is blocked in a write may hold the lock of the standard one.
fn own(output: impl AsFd) -> io::Result<File> {
    output.as_fd().try_clone_to_owned().map(File::from)
}

/// Runs work that may block on a thread of its own, and waits for it for a while.
fn within_time(work: impl FnOnce() + Send + 'static) {
    let (done, finished) = channel();
    let worker = thread::Builder::new().spawn(move || {
        work();
        let _ = done.send(());
    });
    if worker.is_ok() {
        let _ = finished.recv_timeout(Duration::from_secs(WRITE_TIMEOUT_SECONDS));
    }
}

/// The standard error output. A line that can't be written is lost.
struct Output {
    file: Option<File>,
    counter: Arc<OnceLock<ErrorCounter>>,
    /// Dropped lines that the log reports already.
    reported: usize,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.file.as_mut().map(|file| file.write_all(bytes));
        let dropped = self.counter.get().map_or(0, ErrorCounter::dropped_lines);
        if dropped > self.reported {
            tracing::warn!(
                lines = dropped - self.reported,
                "log lines were dropped: nobody read them in time"
            );
            self.reported = dropped;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
