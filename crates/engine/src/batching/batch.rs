//! Work that a queue's worker runs in batches.

use crate::batching::in_doubt::InDoubtFlag;
use crate::{Context, Result};
use std::future::Future;

/// The answers of a batch, in the order of the requests; `None` until a request is answered.
pub type Answers<A> = [Option<Result<A>>];

/// Work on many requests at a time.
pub trait Batch: Send + Sync + 'static {
    /// A request.
    type Request: Send + Sync + 'static;
    /// The answer to a request.
    type Answer: Send + 'static;

    /// Whether a batch waits for callers that are about to submit. That pays if a batch takes less time than a caller needs
    /// to submit again. With slower batches the next requests queue in the meantime, and waiting would leave the database
    /// idle.
    const LINGER: bool = false;

    /// Runs the requests in their order and stores the answers. A request without an answer fails with
    /// [`Error::Internal`].
    fn run(
        &self,
        requests: &[Self::Request],
        answers: &mut Answers<Self::Answer>,
    ) -> impl Future<Output = ()> + Send;

    /// Returns the context of a request, for log lines and traces; `None` if its kind has none.
    fn context(_request: &Self::Request) -> Option<&Context> {
        None
    }

    /// Returns the flag that is set while requests without an answer may be committed; `None` for work that only reads.
    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        None
    }
}
