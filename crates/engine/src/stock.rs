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

use crate::Context;
use crate::batching::batch::{Answers, Batch};
use crate::batching::in_doubt::InDoubtFlag;

mod attempt;
pub(crate) mod backlog;
mod batch;
mod commit;
pub(crate) mod document;
mod footprint;
pub(crate) mod level_changes;
mod lock_probe;
mod locked;
mod locked_reads;
mod locked_rows;
mod optimistic;
mod outdated;
mod reclaim;
mod request;
pub(crate) mod shortages;

pub(crate) use attempt::FallbackCounts;
pub use attempt::FallbackReason;
pub(crate) use batch::StockBatch;
pub(crate) use locked_rows::LockedRows;
pub(crate) use request::{StockRequest, StockResponse};

impl Batch for StockBatch {
    type Request = StockRequest;
    type Answer = StockResponse;

    async fn run(&self, requests: &[StockRequest], answers: &mut Answers<StockResponse>) {
        self.reject_locked(requests, answers).await;
        self.run_optimistic(requests, answers).await;
        self.run_locked(requests, answers).await;
    }

    fn context(request: &StockRequest) -> Option<&Context> {
        Some(&request.context)
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.in_doubt)
    }
}
