//! Work that a worker repeats: one log line for a series of equal failures, one for its end, and the state of the worker.

use crate::worker::WorkerStatus;
use std::borrow::Cow;
use std::sync::Arc;

/// The number of failures in a row from which a kind of work counts as failing.
const FAILING_FROM: u32 = 3;

/// A series of failures of one kind of work.
///
/// A worker may have several kinds. It is failing while any of them fails: the success of one kind does not hide the failures
/// of another.
pub struct RepeatedFailure {
    work: Cow<'static, str>,
    status: Arc<WorkerStatus>,
    /// The error of the last failure. Empty while the work succeeds.
    error: String,
    count: u32,
}

impl RepeatedFailure {
    /// Creates a series without failures for work with this name, which is a part of the worker's.
    pub fn of(work: impl Into<Cow<'static, str>>, status: &Arc<WorkerStatus>) -> Self {
        Self { work: work.into(), status: status.clone(), error: String::new(), count: 0 }
    }

    /// Records the result of one run, and returns its value.
    pub fn note<T>(&mut self, outcome: Result<T, impl std::error::Error>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.succeeded();
                Some(value)
            }
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    /// Counts a failure, and logs it unless the previous one has the same text. The third one in a row makes the worker
    /// failing.
    pub fn failed(&mut self, error: &impl std::error::Error) {
        let error = error.to_string();
        self.count = self.count.saturating_add(1);
        if self.count == FAILING_FROM {
            self.status.add_failing_work();
        }
        if self.error != error {
            tracing::warn!(worker = self.status.name(), error, "{} failed and is tried again", self.work);
            self.error = error;
        }
    }

    /// Logs the end of the failures, if there were any.
    pub fn succeeded(&mut self) {
        if self.count > 0 {
            let failures = self.count;
            tracing::info!(worker = self.status.name(), failures, "{} succeeds again", self.work);
            self.end();
        }
    }

    fn end(&mut self) {
        if self.count >= FAILING_FROM {
            self.status.remove_failing_work();
        }
        self.count = 0;
        self.error.clear();
    }
}

impl Drop for RepeatedFailure {
    /// A task that starts again after a panic has a series of its own.
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WorkerState;
    use std::fmt::Error;

    fn series() -> (Arc<WorkerStatus>, RepeatedFailure) {
        let status = Arc::new(WorkerStatus::new("task", None));
        let failure = RepeatedFailure::of("the work", &status);
        (status, failure)
    }

    #[test]
    fn a_worker_fails_from_the_third_failure_until_a_success() {
        let (status, mut failure) = series();
        failure.failed(&Error);
        failure.failed(&Error);
        assert_eq!(status.health().state, WorkerState::Running);
        assert_eq!(failure.note(Err::<(), _>(Error)), None);
        assert_eq!(status.health().state, WorkerState::Failing);
        failure.failed(&Error);
        assert_eq!(failure.note(Ok::<_, Error>(7)), Some(7));
        assert_eq!(status.health().state, WorkerState::Running);
    }

    #[test]
    fn work_that_succeeds_does_not_hide_work_that_fails() {
        let (status, mut failure) = series();
        let mut other = RepeatedFailure::of("the other work", &status);
        for _ in 0..3 {
            failure.failed(&Error);
            other.succeeded();
        }
        assert_eq!(status.health().state, WorkerState::Failing);
        for _ in 0..3 {
            other.failed(&Error);
        }
        failure.succeeded();
        assert_eq!(status.health().state, WorkerState::Failing);
        drop(other);
        assert_eq!(status.health().state, WorkerState::Running, "a series ends with its task");
    }
}
