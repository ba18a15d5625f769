//! What a person sees while something takes long.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The terminal's last lines, shared by the steps that go on at once.
static LINES: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Prints a line above the steps that are going on.
pub fn say(line: impl AsRef<str>) {
    LINES.suspend(|| eprintln!("{}", line.as_ref()));
}

/// A line for something that is being done, with the time that it has taken so far.
#[derive(Debug)]
pub struct Step {
    bar: ProgressBar,
    title: String,
    started: Instant,
}

impl Step {
    /// Begins a step. Where nobody watches a terminal, its beginning and its end are a line each.
    pub fn start(title: impl Into<String>) -> Self {
        let title = title.into();
        let bar = LINES.add(ProgressBar::new_spinner());
        if LINES.is_hidden() {
            say(format!("  … {title}"));
        }
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} [{elapsed}] {wide_msg:.dim}") {
            bar.set_style(style);
        }
        bar.set_prefix(title.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, title, started: Instant::now() }
    }

    /// Says what exactly is being done now.
    pub fn tell(&self, detail: impl Into<String>) {
        self.bar.set_message(detail.into());
    }

    /// Ends the step well; `outcome` is told behind its title where it isn't empty.
    pub fn done(self, outcome: &str) {
        let colon = if outcome.is_empty() { "" } else { ": " };
        let line = format!("  ✓ {}{colon}{outcome} ({})", self.title, duration(self.started.elapsed()));
        self.bar.finish_and_clear();
        say(line);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        // A step that failed leaves the line to the error.
        self.bar.finish_and_clear();
    }
}

/// A duration as a person says it.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }
}
