//! Lines for the person at the terminal. Writing them never panics, and blocks for a bounded time: the pipe may be closed,
//! or full because nobody reads it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How long the end of the process waits until its last words are written, in seconds.
const WRITE_TIMEOUT_SECONDS: u64 = 2;

/// Writes one line to the standard output. It is lost if nobody reads it.
pub(crate) fn print_line(line: &str) {
    write_line(io::stdout(), line);
}

/// Writes one line. It is lost if nobody reads it.
fn write_line(output: impl AsFd, line: &str) {
    let Ok(mut file) = duplicate(output) else { return };
    let line = format!("{line}\n");
    within_time(move || {
        let _ = file.write_all(line.as_bytes());
    });
}

/// Writes why the program fails to the standard error output, with the whole chain of causes.
pub fn print_error(error: &anyhow::Error) {
    write_line(io::stderr(), &format!("error: {error:#}"));
}

/// Another file of an output: a thread that is blocked in a write may hold the lock of the standard one.
pub(crate) fn duplicate(output: impl AsFd) -> io::Result<File> {
    output.as_fd().try_clone_to_owned().map(File::from)
}

/// Runs work that may block on a thread of its own, and waits for it for a while.
pub(crate) fn within_time(work: impl FnOnce() + Send + 'static) {
    let (done, finished) = channel();
    let worker = thread::Builder::new().spawn(move || {
        work();
        let _ = done.send(());
    });
    if worker.is_ok() {
        let _ = finished.recv_timeout(Duration::from_secs(WRITE_TIMEOUT_SECONDS));
    }
}
