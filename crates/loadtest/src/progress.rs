//! Progress lines in the terminal.

use crate::user::LiveCounters;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The update interval of a line.
const INTERVAL: Duration = Duration::from_millis(200);

/// The progress line of a run.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    length: Option<Duration>,
}

impl Progress {
    /// Creates the line of a run that starts now. `length` includes the warm-up.
    pub fn new(name: &str, users: usize, length: Option<Duration>, turns: Option<u64>) -> Self {
        let steps = length.map(|length| length.as_millis() as u64).or(turns);
        let bar = match steps {
            Some(steps) => ProgressBar::new(steps),
            None => ProgressBar::new_spinner(),
        };
        let template = match steps {
            Some(_) => "  {spinner} {prefix:28} {bar:24} {msg}",
            None => "  {spinner} {prefix:28} {elapsed} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{name} ({users})"));
        Self { bar, length }
    }

    /// Updates the line until `finished`.
    pub(crate) fn watch(self, live: &LiveCounters, finished: &AtomicBool) {
        let started = Instant::now();
        let mut before = (started, 0);
        while !finished.load(Ordering::Relaxed) {
            std::thread::sleep(INTERVAL);
            let (now, answers) = (Instant::now(), live.answers.load(Ordering::Relaxed));
            let rate = (answers - before.1) as f64 / (now - before.0).as_secs_f64();
            before = (now, answers);
            match self.length {
                Some(_) => self.bar.set_position((now - started).as_millis() as u64),
                None => self.bar.set_position(answers),
            }
            let errors = live.errors.load(Ordering::Relaxed);
            let errors = if errors == 0 { String::new() } else { format!(", {} errors", HumanCount(errors)) };
            self.bar.set_message(format!("{}/s{errors}", HumanCount(rate as u64)));
        }
        self.bar.finish_and_clear();
    }
}

/// A line with a spinner for a step that is not measured.
#[derive(Debug)]
pub struct Spinner {
    bar: ProgressBar,
}

impl Spinner {
    /// Shows the line.
    pub fn new(title: impl Into<String>) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} [{elapsed}] {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(title.into());
        bar.enable_steady_tick(INTERVAL);
        Self { bar }
    }

    /// Sets the detail text.
    pub fn set_detail(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
