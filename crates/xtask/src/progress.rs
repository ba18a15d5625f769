//! Progress lines in the terminal.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The progress lines of all running steps.
static LINES: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Prints a line above the progress lines.
pub fn print_line(line: impl AsRef<str>) {
    LINES.suspend(|| eprintln!("{}", line.as_ref()));
}

/// A progress line with the elapsed time.
#[derive(Debug)]
pub struct Step {
    bar: ProgressBar,
    title: String,
    started: Instant,
}

impl Step {
    /// Starts a step. Without a terminal, its start and its end are printed as lines.
    pub fn start(title: impl Into<String>) -> Self {
        let title = title.into();
        let bar = LINES.add(ProgressBar::new_spinner());
        if LINES.is_hidden() {
            print_line(format!("  … {title}"));
        }
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} [{elapsed}] {wide_msg:.dim}") {
            bar.set_style(style);
        }
        bar.set_prefix(title.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, title, started: Instant::now() }
    }

    /// Sets the detail text.
    pub fn set_detail(&self, detail: impl Into<String>) {
        self.bar.set_message(detail.into());
    }

    /// Ends the step successfully. A non-empty `summary` is printed after the title.
    pub fn done(self, summary: &str) {
        let colon = if summary.is_empty() { "" } else { ": " };
        let line = format!("  ✓ {}{colon}{summary} ({})", self.title, duration(self.started.elapsed()));
        self.bar.finish_and_clear();
        print_line(line);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        // After a failure, only the error is printed.
        self.bar.finish_and_clear();
    }
}

/// Formats a duration.
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
    fn durations_have_a_unit_that_fits() {
        assert_eq!(duration(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }
}
