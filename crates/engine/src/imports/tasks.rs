//! Wakes the background tasks of imports.

use tokio::sync::Notify;

/// Wakes the background tasks of this server.
#[derive(Default)]
pub(crate) struct ImportTasks {
    pub(super) judgement: Notify,
    pub(super) application: Notify,
}

impl ImportTasks {
    /// Wakes both tasks, after the change of an import.
    pub(super) fn wake(&self) {
        self.judgement.notify_one();
        self.application.notify_one();
    }
}
