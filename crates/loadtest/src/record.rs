//! The measurements of a run.

use hdrhistogram::Histogram;
use std::time::Duration;

/// The resolution of the throughput over time.
pub const SLOT: Duration = Duration::from_millis(100);

/// The bounds of recorded latencies, in nanoseconds, and the number of significant digits.
const LATENCY_MIN: u64 = 1_000;
const LATENCY_MAX: u64 = 300_000_000_000;
const LATENCY_DIGITS: u8 = 3;

/// The number of wrong responses that are described. All others are only counted.
const FAULTS_DESCRIBED_MAX: usize = 5;

/// A kind of request and its expected statuses.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name in the tables.
    pub name: &'static str,
    /// Any other status is an error.
    pub expected: &'static [u16],
}

/// The measurements of one kind of request.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The kind.
    pub kind: Kind,
    /// Latencies in nanoseconds of the requests after the warm-up.
    pub latencies: Histogram<u64>,
    /// Responses within the measured time.
    pub completed: u64,
    /// The number of responses per status, including the warm-up.
    pub statuses: Vec<(u16, u64)>,
}

impl Tally {
    fn new(kind: Kind) -> Self {
        Self { kind, latencies: histogram(), completed: 0, statuses: Vec::new() }
    }

    /// The number of responses with `status`.
    pub fn count(&self, status: u16) -> u64 {
        self.statuses.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count)
    }

    /// The number of requests.
    pub fn total(&self) -> u64 {
        self.statuses.iter().map(|(_, count)| count).sum()
    }

    /// The number of responses with an unexpected status.
    pub fn errors(&self) -> u64 {
        let unexpected = |entry: &&(u16, u64)| !self.kind.expected.contains(&entry.0);
        self.statuses.iter().filter(unexpected).map(|(_, count)| count).sum()
    }

    /// Counts a status.
    pub(crate) fn count_status(&mut self, status: u16, times: u64) {
        match self.statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += times,
            None => self.statuses.push((status, times)),
        }
    }
}

/// A histogram of latencies in nanoseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(LATENCY_MIN, LATENCY_MAX, LATENCY_DIGITS).expect("the bounds are valid")
}

/// The measurements of a run. Each thread has its own record; at the end they are merged.
#[derive(Debug, Clone)]
pub struct Record {
    /// By kind, in the plan's order.
    pub tallies: Vec<Tally>,
    /// Responses per [`SLOT`] since the start.
    pub slots: Vec<u32>,
    /// Descriptions of the first wrong responses.
    pub faults: Vec<String>,
    /// The number of responses with wrong content.
    pub faults_total: u64,
}

impl Record {
    /// An empty record.
    pub fn new(kinds: &[Kind]) -> Self {
        let tallies = kinds.iter().map(|kind| Tally::new(*kind)).collect();
        Self { tallies, slots: Vec::new(), faults: Vec::new(), faults_total: 0 }
    }

    /// Counts a response at the time `since` the start.
    pub fn slot(&mut self, since: Duration) {
        let index = (since.as_millis() / SLOT.as_millis()) as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, 0);
        }
        self.slots[index] += 1;
    }

    /// Records a response with wrong content.
    pub fn fault(&mut self, message: impl FnOnce() -> String) {
        self.faults_total += 1;
        if self.faults.len() < FAULTS_DESCRIBED_MAX {
            self.faults.push(message());
        }
    }

    /// Adds the measurements of another thread.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.tallies.iter_mut().zip(other.tallies) {
            // Adding can't fail: both histograms have the same bounds.
            let _ = mine.latencies.add(&theirs.latencies);
            mine.completed += theirs.completed;
            for (status, count) in theirs.statuses {
                mine.count_status(status, count);
            }
        }
        if self.slots.len() < other.slots.len() {
            self.slots.resize(other.slots.len(), 0);
        }
        for (mine, theirs) in self.slots.iter_mut().zip(other.slots) {
            *mine += theirs;
        }
        self.faults_total += other.faults_total;
        self.faults.extend(other.faults);
        self.faults.truncate(FAULTS_DESCRIBED_MAX);
    }
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// Its name in the tables.
    pub name: String,
    /// The number of users. Each has its own connection.
    pub users: usize,
    /// The measured time, without the warm-up.
    pub window: Duration,
    /// The measurements.
    pub record: Record,
}

impl RunResult {
    /// Responses per second, of all kinds.
    pub fn rate(&self) -> f64 {
        self.record.tallies.iter().map(|tally| self.rate_of(tally)).sum()
    }

    /// Responses per second, of one kind.
    pub fn rate_of(&self, tally: &Tally) -> f64 {
        tally.completed as f64 / self.window.as_secs_f64().max(1e-9)
    }

    /// The number of responses with this status. `kind` is the index in the plan's kinds.
    pub fn count(&self, kind: usize, status: u16) -> u64 {
        self.record.tallies[kind].count(status)
    }

    /// The number of responses with an unexpected status or wrong content.
    pub fn errors(&self) -> u64 {
        self.record.tallies.iter().map(Tally::errors).sum::<u64>() + self.record.faults_total
    }

    /// Requests of all kinds.
    pub fn total(&self) -> u64 {
        self.record.tallies.iter().map(Tally::total).sum()
    }

    /// The share of errors in all requests, 0 to 1.
    pub fn error_share(&self) -> f64 {
        self.errors() as f64 / self.total().max(1) as f64
    }

    /// The latency at a percentile, of one kind of request.
    pub fn latency(&self, kind: usize, percent: f64) -> Duration {
        Duration::from_nanos(self.record.tallies[kind].latencies.value_at_percentile(percent))
    }

    /// Descriptions of the errors; empty without errors.
    pub fn error_descriptions(&self) -> Vec<String> {
        let mut error_descriptions = Vec::new();
        for tally in &self.record.tallies {
            for (status, count) in &tally.statuses {
                if !tally.kind.expected.contains(status) {
                    let status =
                        if *status == 0 { "no answer".to_owned() } else { format!("status {status}") };
                    error_descriptions.push(format!("{}: {count} × {status}", tally.kind.name));
                }
            }
        }
        error_descriptions.extend(self.record.faults.iter().cloned());
        error_descriptions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 1] = [Kind { name: "place", expected: &[201, 409] }];

    #[test]
    fn records_of_threads_are_added_up() {
        let mut one = Record::new(&KINDS);
        one.tallies[0].count_status(201, 3);
        one.tallies[0].latencies.saturating_record(1_000_000);
        one.slot(Duration::from_millis(250));
        let mut other = Record::new(&KINDS);
        other.tallies[0].count_status(201, 1);
        other.tallies[0].count_status(500, 2);
        other.tallies[0].latencies.saturating_record(3_000_000);
        other.fault(|| "wrong".to_owned());
        one.merge(other);
        assert_eq!((one.tallies[0].count(201), one.tallies[0].errors(), one.tallies[0].total()), (4, 2, 6));
        assert_eq!((one.tallies[0].latencies.len(), one.slots.clone()), (2, vec![0, 0, 1]));
        let result = RunResult { name: "x".into(), users: 1, window: Duration::from_secs(1), record: one };
        assert_eq!(result.errors(), 3);
        assert_eq!(result.error_descriptions(), ["place: 2 × status 500", "wrong"]);
    }
}
