//! Decides stock requests in batches. A batch of many requests needs one commit.
//!
//! A batch goes through four steps:
//!
//! 1. **Reject.** Requests that need a row which another transaction is known to hold fail at once ([`locked_rows`]).
//! 2. **Partition.** Requests that find all their rows in the caches go to the optimistic path, the others to the locked
//!    path.
//! 3. **Optimistic path** ([`optimistic`]): decide on cached rows; one statement compares and writes.
//! 4. **Locked path** ([`locked`]): lock and read the rows, decide, write, commit. It also takes the requests of an
//!    optimistic attempt that fell back.
//!
//! After each attempt the answers are merged into the batch's answers by position. Both paths share [`commit`], which has
//! everything that follows a commit.

use crate::background::supervise::InDoubtFlag;
use crate::batching::queue::{Answers, Batch};
use crate::clock::DatabaseClock;
use crate::ids::IdPool;
use crate::writer::Writer;
use crate::{Context, Response};
use domain::{Granted, Request};
use store::{Cause, PinnedConnection};

mod attempt;
pub(crate) mod backlog;
mod commit;
mod footprint;
mod locked;
mod locked_reads;
mod locked_rows;
mod optimistic;
mod reclaim;

pub(crate) use attempt::FallbackCounts;
pub use attempt::FallbackReason;
pub(crate) use locked_rows::LockedRows;

use attempt::Attempt;

/// A request that changes stock, with its caller.
#[derive(Debug, Clone)]
pub(crate) struct StockRequest {
    pub(crate) request: Request,
    pub(crate) context: Context,
}

/// The response to a stock request that was granted.
pub(crate) type StockResponse = Response<Granted>;

/// Decides batches of stock requests, one batch at a time.
pub(crate) struct StockBatch {
    writer: Writer,
    ids: IdPool,
    clock: DatabaseClock,
    pinned: PinnedConnection,
    in_doubt: InDoubtFlag,
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
    fn merge(
        &self,
        attempt: Attempt,
        entries: &[Entry<'_>],
        answers: &mut Answers<StockResponse>,
    ) -> Option<FallbackReason> {
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

impl Batch for StockBatch {
    type Request = StockRequest;
    type Answer = StockResponse;

    async fn run(&self, requests: &[StockRequest], answers: &mut Answers<StockResponse>) {
        self.reject_locked(requests, answers).await;
        self.run_optimistic(requests, answers).await;
        self.run_locked(requests, answers).await;
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.in_doubt)
    }
}

/// A request of a batch.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    /// The request's position in the batch.
    position: usize,
    request: &'a Request,
    context: &'a Context,
}

/// Returns the requests of a batch that have no answer yet.
fn open_entries<'a>(batch: &'a [StockRequest], answers: &Answers<StockResponse>) -> Vec<Entry<'a>> {
    let open = batch.iter().zip(answers).enumerate().filter(|(_, (_, answer))| answer.is_none());
    open.map(|(position, (StockRequest { request, context }, _))| Entry { position, request, context })
        .collect()
}

fn requests(entries: &[Entry<'_>]) -> Vec<Request> {
    entries.iter().map(|entry| entry.request.clone()).collect()
}

/// Returns the actor and request id that the ledger records for each request.
fn causes<'a>(entries: &[Entry<'a>]) -> Vec<Cause<'a>> {
    entries.iter().map(|entry| entry.context.cause()).collect()
}
