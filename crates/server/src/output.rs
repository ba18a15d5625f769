//! Lines on the terminal. Writing never panics, and blocks for a bounded time: the pipe may be closed, or full because its
//! reader has stopped.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How long a write may block, in seconds.
const WRITE_TIMEOUT_SECONDS: u64 = 2;

/// Writes one line to the standard output. The line is lost if the output can't be written.
pub(crate) fn print_line(line: &str) {
    write_line(io::stdout(), line);
}

/// Writes text of several lines to the standard output. The text is lost if the output can't be written.
pub(crate) fn print_text(text: Vec<u8>) {
    write(io::stdout(), text);
}

fn write_line(output: impl AsFd, line: &str) {
    write(output, format!("{line}\n").into_bytes());
}

fn write(output: impl AsFd, text: Vec<u8>) {
    let Ok(mut file) = duplicate(output) else { return };
    within_time(move || {
        let _ = file.write_all(&text);
    });
}

/// Writes an error with its chain of causes to the standard error output, in one line.
pub fn print_error(error: &anyhow::Error) {
    write_line(io::stderr(), &format!("error: {error:#}"));
}

/// Duplicates the file descriptor of an output. The standard handle has a lock that a blocked thread may hold.
pub(crate) fn duplicate(output: impl AsFd) -> io::Result<File> {
    output.as_fd().try_clone_to_owned().map(File::from)
}

/// Runs work on a thread of its own, and waits for it for at most [`WRITE_TIMEOUT_SECONDS`].
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
