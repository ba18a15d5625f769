use leptos::prelude::*;
use std::time::Duration;

/// Debounces events: a search runs once per word and not once per letter.
#[derive(Clone, Copy)]
pub struct Debounce(StoredValue<u32>);

impl Debounce {
    /// Creates a debounce without a pending callback.
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Runs `callback` after `delay`, unless this is called again before, or the page is left.
    pub fn run(self, delay: Duration, callback: impl FnOnce() + 'static) {
        let call = self.0.get_value() + 1;
        self.0.set_value(call);
        set_timeout(
            move || {
                if self.0.try_get_value() == Some(call) {
                    callback();
                }
            },
            delay,
        );
    }
}
