//! The results of a scenario, and their output formats.

mod html;
mod markdown;
mod svg;
mod table;

pub use html::write as write_html;
pub use markdown::write as write_markdown;
pub use table::Table;

use crate::facts::Facts;
use crate::record::RunResult;
use std::time::Duration;

/// A check.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name.
    pub what: String,
    /// The expected value.
    pub wanted: String,
    /// The measured value.
    pub found: String,
    /// Whether it passed.
    pub passed: bool,
}

/// The results of a scenario.
#[derive(Debug, Clone)]
pub struct Report {
    /// The scenario's name on the command line.
    pub scenario: &'static str,
    /// A short description.
    pub about: String,
    /// The command line.
    pub command: String,
    /// The machine.
    pub facts: Facts,
    /// The runs.
    pub outcomes: Vec<RunResult>,
    /// The number of runs that had to be free of errors, and were.
    clean_runs: usize,
    /// Further results.
    pub tables: Vec<Table>,
    /// A check.
    pub checks: Vec<Check>,
    /// The output of other programs.
    pub raw: Vec<String>,
}

impl Report {
    /// An empty report.
    pub fn new(scenario: &'static str, about: impl Into<String>) -> Self {
        Self {
            scenario,
            about: about.into(),
            command: String::new(),
            facts: Facts::default(),
            outcomes: Vec::new(),
            clean_runs: 0,
            tables: Vec::new(),
            checks: Vec::new(),
            raw: Vec::new(),
        }
    }

    /// Checks that two counts are equal.
    pub fn equal(&mut self, what: impl Into<String>, wanted: i64, found: i64) {
        self.check(what, count(wanted), count(found), wanted == found);
    }

    /// Checks a lower bound.
    pub fn at_least(&mut self, what: impl Into<String>, limit: f64, found: f64) {
        self.check(what, format!("≥ {}", figure(limit)), figure(found), found >= limit);
    }

    /// Checks an upper bound.
    pub fn at_most(&mut self, what: impl Into<String>, limit: f64, found: f64) {
        self.check(what, format!("≤ {}", figure(limit)), figure(found), found <= limit);
    }

    /// Checks an upper bound of a time.
    pub fn within(&mut self, what: impl Into<String>, limit: Duration, found: Duration) {
        self.check(what, format!("≤ {}", duration(limit)), duration(found), found <= limit);
    }

    /// Adds a check.
    pub fn check(
        &mut self,
        what: impl Into<String>,
        wanted: impl Into<String>,
        found: impl Into<String>,
        passed: bool,
    ) {
        self.checks.push(Check { what: what.into(), wanted: wanted.into(), found: found.into(), passed });
    }

    /// Adds a run and checks that it is free of errors.
    pub fn error_free(&mut self, outcome: RunResult) {
        let error_descriptions = outcome.error_descriptions();
        if error_descriptions.is_empty() {
            self.clean_runs += 1;
        } else {
            self.check(format!("{}: errors", outcome.name), "none", error_descriptions.join("; "), false);
        }
        self.outcomes.push(outcome);
    }

    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }

    /// All tables: the checks, the runs, the scenario's tables.
    pub fn all_tables(&self) -> Vec<Table> {
        let mut tables = self.summary_tables();
        if !self.outcomes.is_empty() {
            tables.insert(1, runs(&self.outcomes));
        }
        tables
    }

    /// The checks and the scenario's own tables, without the single runs.
    pub fn summary_tables(&self) -> Vec<Table> {
        let mut checks = Table::new("Checks", &["what", "wanted", "found", ""]);
        for check in &self.checks {
            let verdict = if check.passed { "pass" } else { "FAIL" };
            checks.row([check.what.as_str(), &check.wanted, &check.found, verdict]);
        }
        if self.clean_runs > 0 {
            checks.row([&format!("errors in {} runs", self.clean_runs), "none", "none", "pass"]);
        }
        std::iter::once(checks).chain(self.tables.iter().cloned()).collect()
    }

    /// Prints the tables.
    pub fn print(&self) {
        println!("\n{}: {}\n", self.scenario, self.about);
        for table in self.all_tables() {
            println!("{table}");
        }
    }
}

/// The table of the runs: one line per run and kind of request.
fn runs(outcomes: &[RunResult]) -> Table {
    let head =
        ["run", "connections", "requests", "per second", "p50", "p90", "p99", "p99.9", "max", "errors"];
    let mut table = Table::new("Runs", &head);
    for outcome in outcomes {
        for tally in outcome.record.tallies.iter().filter(|tally| tally.total() > 0) {
            let name = match outcome.record.tallies.len() {
                1 => outcome.name.clone(),
                _ => format!("{}: {}", outcome.name, tally.kind.name),
            };
            let at = |percent| duration(Duration::from_nanos(tally.latencies.value_at_percentile(percent)));
            table.row([
                name,
                count(outcome.users as i64),
                count(tally.total() as i64),
                count(outcome.rate_of(tally) as i64),
                at(50.0),
                at(90.0),
                at(99.0),
                at(99.9),
                at(100.0),
                count(tally.errors() as i64),
            ]);
        }
    }
    table
}

/// Formats a count with thousands separators.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a figure with up to two decimals.
pub fn figure(number: f64) -> String {
    match number.abs() {
        1_000.0.. => count(number.round() as i64),
        100.0.. => format!("{number:.0}"),
        size => {
            let text = if size < 10.0 { format!("{number:.2}") } else { format!("{number:.1}") };
            let whole = text.strip_suffix(".00").or(text.strip_suffix(".0"));
            whole.map(str::to_owned).unwrap_or(text)
        }
    }
}

/// Formats a duration with a suitable unit.
pub fn duration(time: Duration) -> String {
    let microseconds = time.as_secs_f64() * 1e6;
    match microseconds {
        1e6.. => format!("{:.2} s", microseconds / 1e6),
        1e5.. => format!("{:.0} ms", microseconds / 1e3),
        1e3.. => format!("{:.2} ms", microseconds / 1e3),
        _ => format!("{microseconds:.0} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(-1_234_567)],
            ["0", "999", "1,000", "-1,234,567"]
        );
        assert_eq!([figure(77_123.4), figure(50.0), figure(0.4), figure(1.0)], ["77,123", "50", "0.40", "1"]);
        let times = [250, 2_500, 250_000, 2_500_000].map(|time| duration(Duration::from_micros(time)));
        assert_eq!(times, ["250 µs", "2.50 ms", "250 ms", "2.50 s"]);
    }

    #[test]
    fn a_failed_check_fails_the_report() {
        let mut report = Report::new("x", "y");
        report.at_least("ratio", 50.0, 51.0);
        report.within("time", Duration::from_secs(2), Duration::from_secs(1));
        assert!(report.passed());
        report.equal("units", 10_000, 9_999);
        assert!(!report.passed());
    }
}
