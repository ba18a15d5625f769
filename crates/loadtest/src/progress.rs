//! The line that a person watches while something takes long.

use crate::load::Plan;
use crate::user::Live;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the line is renewed.
const INTERVAL: Duration = Duration::from_millis(200);

/// The line of one run.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    length: Option<Duration>,
}

impl Progress {
    /// The line of a run that begins now.
    pub fn new(plan: &Plan) -> Self {
        let length = plan.length.map(|length| plan.warm_up + length);
        let steps = length.map(|length| length.as_millis() as u64).or(plan.turns);
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
        bar.set_prefix(format!("{} ({})", plan.name, plan.users));
        Self { bar, length }
    }

    /// Renews the line until `finished`.
    pub(crate) fn watch(self, live: &Live, finished: &AtomicBool) {
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

/// A line for something that is waited for and not measured.
#[derive(Debug)]
pub struct Waiting {
    bar: ProgressBar,
}

impl Waiting {
    /// Begins to wait.
    pub fn new(what: impl Into<String>) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} [{elapsed}] {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(what.into());
        bar.enable_steady_tick(INTERVAL);
        Self { bar }
    }

    /// Says how it stands.
    pub fn tell(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
