use leptos::prelude::*;

/// Makes the page fetch all its data again, for example after a person has changed something.
#[derive(Clone, Copy)]
pub struct RefetchTrigger {
    version: RwSignal<u64>,
    created: RwSignal<u64>,
}

impl RefetchTrigger {
    /// Provides the trigger as a context.
    pub fn provide() {
        provide_context(Self { version: RwSignal::new(0), created: RwSignal::new(0) });
    }

    /// Returns the trigger from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Fetches all data of the page again.
    pub fn trigger(self) {
        self.version.update(|version| *version += 1);
    }

    /// Fetches all data of the page again, and lists show new rows at once: one may be the result of the person's action.
    pub fn trigger_created(self) {
        self.created.update(|version| *version += 1);
        self.trigger();
    }

    /// Returns a number that changes with each call of [`Self::trigger_created`]. Tracks it.
    pub fn created(self) -> u64 {
        self.created.get()
    }

    /// Returns a number that changes with each call of [`Self::trigger`]. Tracks it.
    pub fn version(self) -> u64 {
        self.version.get()
    }
}
