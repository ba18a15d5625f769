use leptos::prelude::*;

/// Makes the page fetch all its data again, for example after a person has changed something.
#[derive(Clone, Copy)]
pub struct RefetchTrigger(RwSignal<u64>);

impl RefetchTrigger {
    /// Provides the trigger as a context.
    pub fn provide() {
        provide_context(Self(RwSignal::new(0)));
    }

    /// Returns the trigger from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Fetches all data of the page again.
    pub fn trigger(self) {
        self.0.update(|version| *version += 1);
    }

    /// Returns a number that changes with each call of [`Self::trigger`]. Tracks it.
    pub fn version(self) -> u64 {
        self.0.get()
    }
}
