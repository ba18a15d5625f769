//! Pacing of background work, so that it does not slow down requests.

use crate::events::notifier::CommitNotifier;
use std::time::Duration;
use tokio::sync::watch;

/// The pause after a batch while no request writes, as a multiple of the batch's time.
const IDLE_FACTOR: u32 = 1;

/// The pause after a batch while requests write, as a multiple of the batch's time. Background writes to the disk delay
/// the requests' commits.
const BUSY_FACTOR: u32 = 8;

/// The longest pause. A batch that takes this long was delayed by something that a pause does not improve.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Pauses between the batches of a background task.
pub(crate) struct Pacer {
    commits: watch::Receiver<u64>,
    commits_before: u64,
    stopping: watch::Receiver<bool>,
}

impl Pacer {
    pub(crate) fn new(notifier: &CommitNotifier, stopping: watch::Receiver<bool>) -> Self {
        let commits = notifier.subscribe();
        let commits_before = *commits.borrow();
        Self { commits, commits_before, stopping }
    }

    /// Pauses after a batch. `worked` is the batch's time without waiting for connections and locks. `own_commits` is the
    /// number of commits that the batch itself announced. A task that `is_late` pauses as if no request wrote. A stop of
    /// the engine ends the pause.
    pub(crate) async fn pause(&mut self, worked: Duration, own_commits: u64, is_late: bool) {
        let commits = *self.commits.borrow();
        let is_busy = commits.wrapping_sub(self.commits_before) > own_commits;
        self.commits_before = commits;
        let factor = if is_busy && !is_late { BUSY_FACTOR } else { IDLE_FACTOR };
        let pause = worked.saturating_mul(factor).min(PAUSE_MAX);
        tokio::select! {
            _ = self.stopping.wait_for(|stopping| *stopping) => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_pause_is_long_while_requests_write_unless_the_task_is_late() {
        let notifier = CommitNotifier::new();
        let (stop, stopping) = watch::channel(false);
        let mut pacer = Pacer::new(&notifier, stopping);
        let mut paused = async |worked, commits: u64, late| {
            (0..commits).for_each(|_| notifier.committed());
            let begun = tokio::time::Instant::now();
            pacer.pause(worked, 1, late).await;
            begun.elapsed()
        };
        let worked = Duration::from_millis(100);
        assert_eq!(paused(worked, 1, false).await, worked);
        assert_eq!(paused(worked, 2, false).await, worked * 8);
        assert_eq!(paused(worked, 2, true).await, worked);
        assert_eq!(paused(worked, 0, false).await, worked);
        assert_eq!(paused(worked * 1_000, 2, false).await, PAUSE_MAX);
        stop.send_replace(true);
        assert_eq!(paused(worked, 2, false).await, Duration::ZERO, "a stop ends the pause");
    }
}
