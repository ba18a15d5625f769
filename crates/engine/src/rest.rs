//! Work that nobody waits for gives way to what buyers ask for.

use crate::events::Announcer;
use std::time::Instant;
use tokio::sync::watch;

/// How long such work rests after a batch, in times of what the batch took, while nobody else writes.
const ALONE: u32 = 1;

/// The same while others write. What it writes to the disk makes their commits wait, now and then for long.
const BESIDE: u32 = 8;

/// Rests between batches.
pub(crate) struct Rest {
    heard: watch::Receiver<u64>,
    before: u64,
}

impl Rest {
    pub(crate) fn new(announcer: &Announcer) -> Self {
        let heard = announcer.subscribe();
        let before = *heard.borrow();
        Self { heard, before }
    }

    /// Rests after a batch that was `begun` then, of which watchers were told by so many commits (`told`). Work that is
    /// late rests as if it were alone.
    pub(crate) async fn after(&mut self, begun: Instant, told: u64, late: bool) {
        let heard = *self.heard.borrow();
        let beside = heard.wrapping_sub(self.before) > told;
        self.before = heard;
        tokio::time::sleep(begun.elapsed() * times(beside, late)).await;
    }
}

fn times(beside: bool, late: bool) -> u32 {
    if beside && !late { BESIDE } else { ALONE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn it_is_long_beside_others_unless_the_work_is_late() {
        let announcer = Announcer::new();
        let mut rest = Rest::new(&announcer);
        let mut rested = async |commits: u64, late| {
            (0..commits).for_each(|_| announcer.committed());
            let begun = Instant::now() - Duration::from_secs(1);
            let paused = tokio::time::Instant::now();
            rest.after(begun, 1, late).await;
            paused.elapsed().as_secs()
        };
        assert_eq!(rested(1, false).await, 1);
        assert_eq!(rested(2, false).await, 8);
        assert_eq!(rested(2, true).await, 1);
        assert_eq!(rested(0, false).await, 1);
    }
}
