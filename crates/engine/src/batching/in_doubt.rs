//! The flag of batches whose outcome may be unknown.

use std::sync::atomic::{AtomicBool, Ordering};

/// A flag: the batch may have committed changes of requests that it has not answered yet.
///
/// A batch sets the flag before it sends a statement that commits. It clears the flag after it has stored the answers, or
/// after the database has reported that nothing was changed. A batch that panics or is cancelled while the flag is set
/// must not run again: the outcome of its requests is unknown.
#[derive(Debug, Default)]
pub struct InDoubtFlag(AtomicBool);

impl InDoubtFlag {
    /// Sets the flag before a statement that commits.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Clears the flag: every committed change has been answered.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Returns whether there may be a commit that has not been answered.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
