//! Supervision: a panic fails one batch or one round of a background task, and never ends the worker.

use crate::queries::health::{WorkerHealth, WorkerState};
use futures::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The back-off of a background task after its first panic. It doubles with each further one.
const RESTART_BACKOFF_MIN: Duration = Duration::from_secs(1);

/// The longest back-off of a background task.
const RESTART_BACKOFF_MAX: Duration = Duration::from_secs(60);

/// Runs a future and catches its panic, which is returned as text.
pub(crate) async fn catch_panic<T>(future: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|panic| panic_text(&*panic))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "of an unknown kind".to_owned())
}

/// The state of a worker, which the worker writes and the health report reads.
pub(crate) struct WorkerStatus {
    name: String,
    /// The longest time that one batch may take; `None` for a background task, whose rounds have no deadline.
    busy_max: Option<Duration>,
    created_at: Instant,
    /// When the current batch began, in milliseconds after `created_at`, plus one; 0 between batches.
    busy_since: AtomicU64,
    panics: AtomicU64,
    state: AtomicU8,
}

const RUNNING: u8 = 0;
const RESTARTING: u8 = 1;
const ENDED: u8 = 2;

impl WorkerStatus {
    /// A worker that runs and is idle.
    pub(crate) fn new(name: impl Into<String>, busy_max: Option<Duration>) -> Self {
        Self {
            name: name.into(),
            busy_max,
            created_at: Instant::now(),
            busy_since: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            state: AtomicU8::new(RUNNING),
        }
    }

    /// Records that a batch begins.
    pub(crate) fn begin(&self) {
        let elapsed = u64::try_from(self.created_at.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.busy_since.store(elapsed + 1, Ordering::Relaxed);
    }

    /// Records that the batch is over.
    pub(crate) fn finish(&self) {
        self.busy_since.store(0, Ordering::Relaxed);
    }

    /// Records a panic and logs it.
    pub(crate) fn panicked(&self, panic: &str) {
        self.panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(worker = self.name, panic, "a worker panicked");
    }

    /// Records that the worker has ended. A worker ends when the engine stops, or when its task was dropped.
    pub(crate) fn end(&self) {
        self.state.store(ENDED, Ordering::Relaxed);
    }

    /// The worker's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The worker's part of the health report.
    pub(crate) fn health(&self) -> WorkerHealth {
        let busy = match self.busy_since.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            since => self.created_at.elapsed().saturating_sub(Duration::from_millis(since - 1)),
        };
        let state = match self.state.load(Ordering::Relaxed) {
            ENDED => WorkerState::Dead,
            RESTARTING => WorkerState::Restarting,
            // A batch is cancelled at its deadline: only one that blocks its thread goes on for longer.
            _ if self.busy_max.is_some_and(|max| busy > max + max / 4) => WorkerState::Stuck,
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

/// Marks the worker as ended when its task ends, for whatever reason.
pub(crate) struct EndGuard<'a>(pub(crate) &'a WorkerStatus);

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Runs a background task until `stopping`. After a panic the task is restarted, with exponential back-off.
pub(crate) async fn supervise<F: Future<Output = ()>>(
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

/// Whether a batch may have committed changes of requests that it has not answered yet.
///
/// A batch sets the mark before it sends a statement that commits. It clears the mark once the answers are stored, or
/// once the database has said that nothing was changed. A batch that is broken off while the mark is set must not run
/// again.
#[derive(Debug, Default)]
pub struct CommitMark(AtomicBool);

impl CommitMark {
    /// A statement that commits is about to be sent.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// All changes that were committed have been answered.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether a commit may have happened that was not answered.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
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
