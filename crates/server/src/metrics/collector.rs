//! The metrics that are read at the scrape.

use super::samples::Family;
use super::{database, stock, webhooks};
use engine::{Engine, OperatingReport, WorkerHealth, WorkerState};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use std::fmt;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The commit that the program was built from, if the build names it in `STOCKHOLD_COMMIT`.
const COMMIT: Option<&str> = option_env!("STOCKHOLD_COMMIT");

/// The time of the start, in seconds since 1970.
static STARTED: LazyLock<f64> = LazyLock::new(now_seconds);

/// The state of a server at one scrape.
pub(super) struct Collection {
    pub(super) engine: Engine,
    pub(super) workers: Vec<WorkerHealth>,
    /// The counts of the database; `None` if it does not answer.
    pub(super) report: Option<OperatingReport>,
}

impl fmt::Debug for Collection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Collection").finish_non_exhaustive()
    }
}

impl Collector for Collection {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        build(encoder)?;
        self.workers(encoder)?;
        stock::encode(encoder, &self.engine, self.report.as_ref())?;
        webhooks::encode(encoder, &self.engine, self.report.as_ref())?;
        database::encode(encoder, &self.engine, self.report.as_ref())
    }
}

impl Collection {
    fn workers(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let running = |worker: &WorkerHealth| f64::from(u8::from(worker.state == WorkerState::Running));
        Family::new("stockhold_worker_running", "1 if the worker or background task works or is idle")
            .gauges(
                encoder,
                self.workers.iter().map(|worker| (vec![("worker", worker.name.as_str())], running(worker))),
            )?;
        Family::new("stockhold_worker_panics", "Panics of the worker or background task").counters(
            encoder,
            self.workers.iter().map(|worker| (vec![("worker", worker.name.as_str())], worker.panics)),
        )
    }
}

fn build(encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let labels = vec![("version", env!("CARGO_PKG_VERSION")), ("commit", COMMIT.unwrap_or("unknown"))];
    Family::new("stockhold_build_info", "1; the labels name the version and the commit of the program")
        .gauges(encoder, [(labels, 1.0)])?;
    Family::seconds("process_start_time", "Time of the start of the process, since 1970")
        .gauge(encoder, *STARTED)
}

/// Records the start of the process. Call it first: the first call counts.
pub fn record_start() {
    LazyLock::force(&STARTED);
}

fn now_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}
