//! The background tasks of authentication.

use crate::Result;
use crate::rate_limits::RateLimits;
use crate::throttle::Throttle;
use crate::verification::Verifier;
use std::sync::Arc;
use std::time::Duration;
use store::{AuditExpiry, Store};
use supervision::{RepeatedFailure, WorkerHealth, WorkerStatus, supervise};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep};

/// The pause before a failed LISTEN is retried.
const LISTEN_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The minimum time between two statements that store last uses.
const USES_INTERVAL: Duration = Duration::from_secs(1);

/// The delay of the first deletion of old rows, so that it does not slow the start.
const RETENTION_DELAY: Duration = Duration::from_secs(60);

/// The interval of the deletion of old rows.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3_600);

/// The pause before a failed deletion is retried.
const RETENTION_RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// The pause between two statements that delete old rows.
const RETENTION_PAUSE: Duration = Duration::from_millis(100);

/// The interval of the removal of rate limiter entries without effect.
const SHRINK_INTERVAL: Duration = Duration::from_secs(1);

/// The supervised tasks of a service. They end when it is dropped.
pub(crate) struct BackgroundTasks {
    workers: Vec<Arc<WorkerStatus>>,
    handles: Vec<JoinHandle<()>>,
    stopping: watch::Sender<bool>,
}

impl BackgroundTasks {
    /// Returns a service without tasks.
    pub(crate) fn none() -> Self {
        Self { workers: Vec::new(), handles: Vec::new(), stopping: watch::Sender::new(false) }
    }

    /// Starts a task. A panic restarts it, with exponential back-off.
    pub(crate) fn start<F>(
        &mut self,
        name: &'static str,
        mut task: impl FnMut(Arc<WorkerStatus>) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let status = Arc::new(WorkerStatus::new(name, None));
        self.workers.push(status.clone());
        let stopping = self.stopping.subscribe();
        self.handles.push(tokio::spawn(async move {
            supervise(&status, stopping, || task(status.clone())).await;
        }));
    }

    /// Returns the health of each task.
    pub(crate) fn health(&self) -> Vec<WorkerHealth> {
        self.workers.iter().map(|worker| worker.health()).collect()
    }

    /// Stops all tasks.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
        self.handles.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for BackgroundTasks {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Receives announcements of changes, and drops cached credentials.
pub(crate) async fn listen(verifier: Arc<Verifier>, status: Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("receiving changes of access", &status);
    loop {
        // A failure of `changed` also ends here: the next connection checks the administrators again.
        if let Some(mut listener) = failure.note(verifier.store.access_listen().await) {
            // Announcements before LISTEN were lost.
            while failure.note(changed(&verifier).await).is_some() {
                let Ok(Some(_)) = listener.try_recv().await else { break };
            }
        }
        sleep(LISTEN_RETRY_INTERVAL).await;
    }
}

async fn changed(verifier: &Verifier) -> Result<()> {
    verifier.cache.invalidate();
    verifier.check_local().await
}

/// Stores the times of last uses.
pub(crate) async fn record_uses(verifier: Arc<Verifier>, status: Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("storing the last uses of credentials", &status);
    loop {
        failure.note(verifier.record_uses().await);
        sleep(USES_INTERVAL).await;
    }
}

/// Deletes audit events that are older than `days`, ended sessions and expired one-time links.
pub(crate) async fn delete_old_rows(store: Store, days: Option<i32>, status: Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("the removal of old audit events and sessions", &status);
    let mut is_archived = false;
    sleep(RETENTION_DELAY).await;
    loop {
        match failure.note(delete_some(&store, days, &mut is_archived).await) {
            Some(true) => sleep(RETENTION_PAUSE).await,
            Some(false) => sleep(RETENTION_INTERVAL).await,
            None => sleep(RETENTION_RETRY_INTERVAL).await,
        }
    }
}

/// Deletes a bounded number of old rows. Returns whether more may be left. Logs once that old audit events are left to an archive,
/// and sets `is_archived`.
async fn delete_some(store: &Store, days: Option<i32>, is_archived: &mut bool) -> Result<bool> {
    let expired = match days {
        Some(days) => store.audit_expire(days).await?,
        None => AuditExpiry::Done,
    };
    if expired == AuditExpiry::Archived && !std::mem::replace(is_archived, true) {
        tracing::warn!(
            audit_days = days,
            "old audit events are not deleted by this server, because audit events are archived: the server with \
             archive_dir, or `stockhold archive --kind audit`, deletes them after they are in a file"
        );
    }
    Ok((expired == AuditExpiry::More) | store.ended_credentials_delete().await?)
}

/// Removes entries without effect from the limiters.
pub(crate) async fn shrink_limiters(throttle: Arc<Throttle>, limits: Arc<RateLimits>) {
    let mut interval = interval(SHRINK_INTERVAL);
    loop {
        interval.tick().await;
        throttle.shrink();
        limits.shrink();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use supervision::WorkerState;

    fn only(tasks: &BackgroundTasks) -> WorkerHealth {
        tasks.health().pop().expect("a task")
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_reported_and_restarted() {
        let runs = Arc::new(AtomicUsize::new(0));
        let mut tasks = BackgroundTasks::none();
        let counted = runs.clone();
        tasks.start("task", move |_| {
            let run = counted.fetch_add(1, Ordering::Relaxed);
            async move {
                assert!(run > 0, "the first run fails");
                std::future::pending().await
            }
        });
        sleep(Duration::from_millis(500)).await;
        assert_eq!((only(&tasks).state, only(&tasks).panics), (WorkerState::Restarting, 1));
        sleep(Duration::from_secs(1)).await;
        assert_eq!((only(&tasks).state, only(&tasks).panics), (WorkerState::Running, 1));
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        tasks.stop();
        sleep(Duration::from_millis(1)).await;
        assert_eq!(only(&tasks).state, WorkerState::Dead);
    }
}
