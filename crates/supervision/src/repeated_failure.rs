//! Logging of background work that is retried: one line for a series of equal failures, and one line for its end.

/// A series of failures of one kind of work.
pub struct RepeatedFailure {
    work: &'static str,
    /// The error of the last failure. Empty while the work succeeds.
    error: String,
    count: u64,
}

impl RepeatedFailure {
    /// Creates a series without failures for work with this name.
    pub fn of(work: &'static str) -> Self {
        Self { work, error: String::new(), count: 0 }
    }

    /// Records the result of one run.
    pub fn note(&mut self, outcome: Result<(), impl std::error::Error>) {
        match outcome {
            Ok(()) => self.succeeded(),
            Err(error) => self.failed(&error),
        }
    }

    /// Counts a failure, and logs it unless the previous one has the same text.
    pub fn failed(&mut self, error: &impl std::error::Error) {
        let error = error.to_string();
        self.count += 1;
        if self.error != error {
            tracing::warn!(error, "{} failed and is tried again", self.work);
            self.error = error;
        }
    }

    /// Logs the end of the failures, if there were any.
    pub fn succeeded(&mut self) {
        if self.count > 0 {
            tracing::info!(failures = self.count, "{} succeeds again", self.work);
            *self = Self::of(self.work);
        }
    }
}
