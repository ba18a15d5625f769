use leptos::prelude::*;
use std::time::Duration;

/// Waits until nothing more has come for a while: a search asks once for a word, not once for each letter.
#[derive(Clone, Copy)]
pub struct Pause(StoredValue<u32>);

impl Pause {
    /// Nothing has come yet.
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Does `act` after `time`, unless this is called again meanwhile, or the page is left.
    pub fn then(self, time: Duration, act: impl FnOnce() + 'static) {
        let turn = self.0.get_value() + 1;
        self.0.set_value(turn);
        set_timeout(
            move || {
                if self.0.try_get_value() == Some(turn) {
                    act();
                }
            },
            time,
        );
    }
}
