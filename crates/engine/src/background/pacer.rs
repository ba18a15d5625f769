//! Work that nobody waits for gives way to what buyers ask for.

use crate::events::notifier::CommitNotifier;
use std::time::Duration;
use tokio::sync::watch;

/// How long such work rests after a batch, in times of what the batch took, while nobody else writes.
const ALONE: u32 = 1;

/// The same while others write. What it writes to the disk makes their commits wait, now and then for long.
const BESIDE: u32 = 8;

/// The longest rest: a batch that took very long was held up by something that a rest does not help.
const REST_MAX: Duration = Duration::from_secs(2);

/// Rests between batches.
pub(crate) struct Rest {
    commits: watch::Receiver<u64>,
    before: u64,
    stopping: watch::Receiver<bool>,
}

impl Rest {
    pub(crate) fn new(notifier: &CommitNotifier, stopping: watch::Receiver<bool>) -> Self {
        let commits = notifier.subscribe();
        let before = *commits.borrow();
        Self { commits, before, stopping }
    }

    /// Rests after a batch that `worked` for so long, without the time that it waited for connections and locks, and of
    /// which watchers were told by so many commits (`told`). Work that is late rests as if it were alone. A stop ends
    /// the rest.
    pub(crate) async fn after(&mut self, worked: Duration, told: u64, late: bool) {
        let commits = *self.commits.borrow();
        let beside = commits.wrapping_sub(self.before) > told;
        self.before = commits;
        let rest = worked.saturating_mul(times(beside, late)).min(REST_MAX);
        tokio::select! {
            _ = self.stopping.wait_for(|stopping| *stopping) => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

fn times(beside: bool, late: bool) -> u32 {
    if beside && !late { BESIDE } else { ALONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_long_beside_others_unless_the_work_is_late() {
        let notifier = CommitNotifier::new();
        let (stop, stopping) = watch::channel(false);
        let mut rest = Rest::new(&notifier, stopping);
        let mut rested = async |worked, commits: u64, late| {
            (0..commits).for_each(|_| notifier.committed());
            let paused = tokio::time::Instant::now();
            rest.after(worked, 1, late).await;
            paused.elapsed()
        };
        let worked = Duration::from_millis(100);
        assert_eq!(rested(worked, 1, false).await, worked);
        assert_eq!(rested(worked, 2, false).await, worked * 8);
        assert_eq!(rested(worked, 2, true).await, worked);
        assert_eq!(rested(worked, 0, false).await, worked);
        assert_eq!(rested(worked * 1_000, 2, false).await, REST_MAX);
        stop.send_replace(true);
        assert_eq!(rested(worked, 2, false).await, Duration::ZERO, "a stop ends the rest");
    }
}
