//! Supervision of workers and background tasks: a panic fails one batch or restarts one task, and the health report shows
//! workers that do not work.
//!
//! **Invariant:** this crate depends on no other crate of the workspace.

mod repeated_failure;
mod worker;

pub use repeated_failure::RepeatedFailure;
pub use worker::{EndGuard, WorkerHealth, WorkerState, WorkerStatus, catch_panic, supervise};
