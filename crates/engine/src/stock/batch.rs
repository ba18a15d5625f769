//! The state of a worker that decides stock requests.

use super::attempt::{Attempt, FallbackReason};
use super::request::{Entry, StockResponse};
use crate::batching::batch::Answers;
use crate::batching::in_doubt::InDoubtFlag;
use crate::clock::DatabaseClock;
use crate::ids::IdPool;
use crate::metrics::{Outcome, StockPath};
use crate::writer::Writer;
use store::PinnedConnection;

/// Decides batches of stock requests, one batch at a time.
pub(crate) struct StockBatch {
    pub(super) writer: Writer,
    pub(super) ids: IdPool,
    pub(super) clock: DatabaseClock,
    pub(super) pinned: PinnedConnection,
    pub(super) in_doubt: InDoubtFlag,
}

impl StockBatch {
    /// Returns a worker with an empty id pool.
    pub(crate) fn new(writer: Writer) -> Self {
        Self {
            pinned: writer.store.pinned_connection(),
            writer,
            ids: IdPool::default(),
            clock: DatabaseClock::default(),
            in_doubt: InDoubtFlag::default(),
        }
    }

    /// Merges the result of an attempt on `entries` into the batch's answers. Returns the reason of a fallback.
    pub(super) fn merge(
        &self,
        path: StockPath,
        attempt: Attempt,
        entries: &[Entry<'_>],
        answers: &mut Answers<StockResponse>,
    ) -> Option<FallbackReason> {
        let outcome = match &attempt {
            Attempt::Committed(_) => Outcome::Committed,
            Attempt::Failed(_) => Outcome::Failed,
            Attempt::Fallback(reason) => Outcome::Fallback(*reason),
        };
        self.writer.metrics.count_attempt(path, outcome);
        let reason = match attempt {
            Attempt::Committed(committed) => {
                committed.into_iter().for_each(|(position, answer)| answers[position] = Some(answer));
                None
            }
            Attempt::Failed(error) => {
                entries.iter().for_each(|entry| answers[entry.position] = Some(Err(error.clone())));
                None
            }
            Attempt::Fallback(reason) => {
                self.writer.fallbacks.count(reason);
                Some(reason)
            }
        };
        // Everything that was committed is answered now.
        self.in_doubt.clear();
        reason
    }
}
