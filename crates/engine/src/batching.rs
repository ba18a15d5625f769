//! Request batching: requests queue in memory, and one worker runs all that have queued as one batch.

pub mod queue;
