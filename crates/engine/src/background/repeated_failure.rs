//! The log of background work that is tried again at short intervals: one line for failures alike, and one for their end.

/// Failures of one kind of work, one after the other.
pub(crate) struct RepeatedFailure {
    work: &'static str,
    /// The last failure's error; empty while the work succeeds.
    error: String,
    count: u64,
}

impl RepeatedFailure {
    /// For work with this name, which has not failed.
    pub(crate) fn of(work: &'static str) -> Self {
        Self { work, error: String::new(), count: 0 }
    }

    /// Notes how the work ended.
    pub(crate) fn note(&mut self, outcome: Result<(), impl std::error::Error>) {
        match outcome {
            Ok(()) => self.succeeded(),
            Err(error) => self.failed(&error),
        }
    }

    /// Counts a failure. Logs it unless the one before it had the same text.
    pub(crate) fn failed(&mut self, error: &impl std::error::Error) {
        let error = error.to_string();
        self.count += 1;
        if self.error != error {
            tracing::warn!(error, "{} failed and is tried again", self.work);
            self.error = error;
        }
    }

    /// Logs the end of the failures, if there were any.
    pub(crate) fn succeeded(&mut self) {
        if self.count > 0 {
            tracing::info!(failures = self.count, "{} succeeds again", self.work);
            *self = Self::of(self.work);
        }
    }
}
