//! Request batching: requests queue in memory, and one worker runs all queued requests as one batch.

pub mod batch;
pub mod in_doubt;
pub mod observer;
pub mod queue;
pub(crate) mod routing;
mod supervised;
