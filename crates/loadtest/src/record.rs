//! What was measured.

use hdrhistogram::Histogram;
use std::time::Duration;

/// How finely throughput over time is kept.
pub const SLOT: Duration = Duration::from_millis(100);

/// The bounds of what a latency is kept within, in nanoseconds, and to how many digits.
const LATENCY_MIN: u64 = 1_000;
const LATENCY_MAX: u64 = 300_000_000_000;
const LATENCY_DIGITS: u8 = 3;

/// How many wrong answers are described; the rest are counted.
const FAULTS_TOLD: usize = 5;

/// A kind of request, and the statuses that are right for it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What tables call it.
    pub name: &'static str,
    /// Any other status is an error.
    pub expected: &'static [u16],
}

/// What was measured of one kind of request.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The kind.
    pub kind: Kind,
    /// Nanoseconds, of requests that began after the warm-up.
    pub latencies: Histogram<u64>,
    /// Answers that came within the measured time.
    pub completed: u64,
    /// How often each status came, the warm-up included.
    pub statuses: Vec<(u16, u64)>,
}

impl Tally {
    fn new(kind: Kind) -> Self {
        Self { kind, latencies: histogram(), completed: 0, statuses: Vec::new() }
    }

    /// How often `status` came.
    pub fn count(&self, status: u16) -> u64 {
        self.statuses.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count)
    }

    /// How many requests were answered or failed.
    pub fn total(&self) -> u64 {
        self.statuses.iter().map(|(_, count)| count).sum()
    }

    /// How many had a status that is not expected.
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

/// Everything that one run measured; each thread of the run fills its own, and then they are merged.
#[derive(Debug, Clone)]
pub struct Record {
    /// By kind, in the plan's order.
    pub tallies: Vec<Tally>,
    /// Answers in each [`SLOT`] since the start.
    pub slots: Vec<u32>,
    /// Descriptions of the first wrong answers.
    pub faults: Vec<String>,
    /// How many answers were wrong in content.
    pub faults_total: u64,
}

impl Record {
    /// An empty record.
    pub fn new(kinds: &[Kind]) -> Self {
        let tallies = kinds.iter().map(|kind| Tally::new(*kind)).collect();
        Self { tallies, slots: Vec::new(), faults: Vec::new(), faults_total: 0 }
    }

    /// Counts an answer that came `since` the start.
    pub fn slot(&mut self, since: Duration) {
        let index = (since.as_millis() / SLOT.as_millis()) as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, 0);
        }
        self.slots[index] += 1;
    }

    /// Notes an answer that is wrong in content.
    pub fn fault(&mut self, message: impl FnOnce() -> String) {
        self.faults_total += 1;
        if self.faults.len() < FAULTS_TOLD {
            self.faults.push(message());
        }
    }

    /// Adds what another thread measured.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.tallies.iter_mut().zip(other.tallies) {
            // Both have the same bounds, so that adding can't fail.
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
        self.faults.truncate(FAULTS_TOLD);
    }
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// What tables call it.
    pub name: String,
    /// How many users, each with a connection of its own.
    pub users: usize,
    /// The measured time, without the warm-up.
    pub window: Duration,
    /// What was measured.
    pub record: Record,
}

impl RunResult {
    /// Answers a second, of all kinds.
    pub fn rate(&self) -> f64 {
        self.record.tallies.iter().map(|tally| self.rate_of(tally)).sum()
    }

    /// Answers a second of one kind.
    pub fn rate_of(&self, tally: &Tally) -> f64 {
        tally.completed as f64 / self.window.as_secs_f64().max(1e-9)
    }

    /// How many requests of this kind (its place in the plan) had this status.
    pub fn count(&self, kind: usize, status: u16) -> u64 {
        self.record.tallies[kind].count(status)
    }

    /// How many requests had a status that is not expected, or a wrong content.
    pub fn errors(&self) -> u64 {
        self.record.tallies.iter().map(Tally::errors).sum::<u64>() + self.record.faults_total
    }

    /// Requests of all kinds.
    pub fn total(&self) -> u64 {
        self.record.tallies.iter().map(Tally::total).sum()
    }

    /// The part of all requests that were errors, 0 to 1.
    pub fn error_share(&self) -> f64 {
        self.errors() as f64 / self.total().max(1) as f64
    }

    /// The latency that `percent` of the requests of one kind stayed within.
    pub fn latency(&self, kind: usize, percent: f64) -> Duration {
        Duration::from_nanos(self.record.tallies[kind].latencies.value_at_percentile(percent))
    }

    /// What went wrong, in words; empty where nothing did.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for tally in &self.record.tallies {
            for (status, count) in &tally.statuses {
                if !tally.kind.expected.contains(status) {
                    let status =
                        if *status == 0 { "no answer".to_owned() } else { format!("status {status}") };
                    complaints.push(format!("{}: {count} × {status}", tally.kind.name));
                }
            }
        }
        complaints.extend(self.record.faults.iter().cloned());
        complaints
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
        assert_eq!(result.complaints(), ["place: 2 × status 500", "wrong"]);
    }
}
