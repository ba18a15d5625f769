//! Workers: their status, and the restart of background tasks.

use futures::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The back-off of a background task after its first panic. It doubles with each further panic.
const RESTART_BACKOFF_MIN: Duration = Duration::from_secs(1);

/// The longest back-off of a background task.
const RESTART_BACKOFF_MAX: Duration = Duration::from_secs(60);

/// Runs a future and returns the message of its panic, if it panics.
pub async fn catch_panic<T>(future: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|panic| panic_text(&*panic))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "of an unknown kind".to_owned())
}

/// The state of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerState {
    /// It works or is idle.
    Running,
    /// Its current batch has exceeded the deadline.
    Stuck,
    /// It has panicked and will be restarted.
    Restarting,
    /// A kind of its work failed at least three times in a row, and is tried again.
    Failing,
    /// It has ended. Its queue will not be served again.
    Dead,
}

impl WorkerState {
    /// Returns the name: "running", "stuck", "restarting", "failing" or "dead".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stuck => "stuck",
            Self::Restarting => "restarting",
            Self::Failing => "failing",
            Self::Dead => "dead",
        }
    }
}

/// The worker of a queue, or a background task.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerHealth {
    /// Its name, such as "stock 0" or "expiry".
    pub name: String,
    /// Its state.
    pub state: WorkerState,
    /// The time since its current batch began, in seconds. 0 between batches.
    pub busy_seconds: f64,
    /// Panics since the start.
    pub panics: u64,
}

/// The status of a worker, for the health report.
pub struct WorkerStatus {
    name: String,
    /// The deadline of one batch. `None` for a background task, which has no batches.
    busy_max: Option<Duration>,
    created_at: Instant,
    /// The start of the current batch in milliseconds after `created_at`, plus one. 0 between batches.
    busy_since: AtomicU64,
    panics: AtomicU64,
    /// The kinds of its work that fail at present.
    failing_works: AtomicU32,
    state: AtomicU8,
}

const RUNNING: u8 = 0;
const RESTARTING: u8 = 1;
const ENDED: u8 = 2;

impl WorkerStatus {
    /// Creates the status of a running, idle worker.
    pub fn new(name: impl Into<String>, busy_max: Option<Duration>) -> Self {
        Self {
            name: name.into(),
            busy_max,
            created_at: Instant::now(),
            busy_since: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            failing_works: AtomicU32::new(0),
            state: AtomicU8::new(RUNNING),
        }
    }

    /// Records the start of a batch.
    pub fn begin(&self) {
        let elapsed = u64::try_from(self.created_at.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.busy_since.store(elapsed + 1, Ordering::Relaxed);
    }

    /// Records the end of a batch.
    pub fn finish(&self) {
        self.busy_since.store(0, Ordering::Relaxed);
    }

    /// Records a panic and logs it.
    pub fn panicked(&self, panic: &str) {
        self.panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(worker = self.name, panic, "a worker panicked");
    }

    /// Counts a kind of work that begins to fail.
    pub(crate) fn add_failing_work(&self) {
        self.failing_works.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a kind of work that fails no longer.
    pub(crate) fn remove_failing_work(&self) {
        self.failing_works.fetch_sub(1, Ordering::Relaxed);
    }

    /// Records the end of the worker: the service stops, or the worker's task was dropped.
    pub fn end(&self) {
        self.state.store(ENDED, Ordering::Relaxed);
    }

    /// Returns the worker's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the worker's entry in the health report.
    pub fn health(&self) -> WorkerHealth {
        let busy = match self.busy_since.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            since => self.created_at.elapsed().saturating_sub(Duration::from_millis(since - 1)),
        };
        let state = match self.state.load(Ordering::Relaxed) {
            ENDED => WorkerState::Dead,
            RESTARTING => WorkerState::Restarting,
            // A batch is cancelled at its deadline. Only a batch that blocks its thread runs longer.
            _ if self.busy_max.is_some_and(|max| busy > max + max / 4) => WorkerState::Stuck,
            _ if self.failing_works.load(Ordering::Relaxed) > 0 => WorkerState::Failing,
            _ => WorkerState::Running,
        };
        WorkerHealth {
            name: self.name.clone(),
            state,
            busy_seconds: busy.as_secs_f64(),
            panics: self.panics.load(Ordering::Relaxed),
        }
    }
}

/// Records the end of the worker when its task ends for any reason.
pub struct EndGuard<'a>(pub &'a WorkerStatus);

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Runs a background task until `stopping`. Restarts it after a panic, with exponential back-off.
pub async fn supervise<F: Future<Output = ()>>(
    status: &WorkerStatus,
    mut stopping: watch::Receiver<bool>,
    mut task: impl FnMut() -> F,
) {
    let _ended = EndGuard(status);
    let mut backoff = RESTART_BACKOFF_MIN;
    loop {
        let begun = Instant::now();
        let Err(panic) = catch_panic(task()).await else { return };
        status.panicked(&panic);
        if begun.elapsed() > RESTART_BACKOFF_MAX {
            backoff = RESTART_BACKOFF_MIN;
        }
        status.state.store(RESTARTING, Ordering::Relaxed);
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(backoff) => {}
        }
        status.state.store(RUNNING, Ordering::Relaxed);
        backoff = (backoff * 2).min(RESTART_BACKOFF_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[tokio::test(start_paused = true)]
    async fn a_background_task_is_restarted_after_a_panic() {
        let status = WorkerStatus::new("task", None);
        let (_stop, stopping) = watch::channel(false);
        let runs = AtomicUsize::new(0);
        supervise(&status, stopping, || async {
            if runs.fetch_add(1, Ordering::Relaxed) < 3 {
                panic!("round failed");
            }
            assert_eq!(status.health().state, WorkerState::Running);
        })
        .await;
        assert_eq!(runs.load(Ordering::Relaxed), 4);
        let health = status.health();
        assert_eq!((health.panics, health.state), (3, WorkerState::Dead));
    }

    #[tokio::test]
    async fn a_stop_ends_the_back_off() {
        let status = WorkerStatus::new("task", None);
        let (stop, stopping) = watch::channel(false);
        stop.send_replace(true);
        supervise(&status, stopping, || async { panic!("round failed") }).await;
        assert_eq!(status.health().panics, 1);
    }

    #[test]
    fn a_worker_is_stuck_when_its_batch_outlives_the_deadline() {
        let status = WorkerStatus::new("queue", Some(Duration::from_millis(4)));
        assert_eq!(status.health().state, WorkerState::Running);
        status.begin();
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(status.health().state, WorkerState::Stuck);
        status.finish();
        assert_eq!(status.health().state, WorkerState::Running);
    }
}
