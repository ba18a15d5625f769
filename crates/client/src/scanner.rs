//! Barcode scanners. A scanner types the characters of a code and Enter, faster than a person.

use crate::components::toast::{Done, Toasts};
use crate::href;
use crate::texts;
use api::rpc;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The fewest characters of a scanned code.
const CHARS_MIN: usize = 6;
/// The longest time between two keys of a scanner, in milliseconds.
const GAP_MS: f64 = 50.0;
/// After so many fast keys, letters are part of a code, and no shortcuts.
const FAST_KEYS_MIN: usize = 4;

/// The keys that were typed fast.
#[derive(Clone, Copy)]
pub struct Scanner(StoredValue<(String, f64)>);

impl Scanner {
    /// Creates a scanner without keys.
    pub fn new() -> Self {
        Self(StoredValue::new((String::new(), f64::MIN)))
    }

    /// Adds a key that was typed at a time in milliseconds. Returns whether it belongs to a scan. Enter after a code opens the
    /// item with this barcode or SKU.
    pub fn key(self, key: &str, now: f64, toasts: Toasts, open: &(impl Fn(&str) + Clone + 'static)) -> bool {
        let code = self.0.try_update_value(|(code, last)| {
            if now - *last >= GAP_MS {
                code.clear();
            }
            *last = now;
            if key.chars().count() == 1 {
                code.push_str(key);
            }
            code.clone()
        });
        let code = code.unwrap_or_default();
        let length = code.chars().count();
        match key {
            "Enter" => {
                self.0.set_value((String::new(), f64::MIN));
                if length >= CHARS_MIN {
                    find(code, toasts, open.clone());
                }
                length >= CHARS_MIN
            }
            _ => length >= FAST_KEYS_MIN,
        }
    }
}

/// Opens the item with a barcode or SKU.
fn find(code: String, toasts: Toasts, open: impl Fn(&str) + 'static) {
    spawn_local(async move {
        match rpc::scan_item(code.clone()).await {
            Ok(Some(id)) => open(&href::item(id)),
            Ok(None) => {
                let search = href::with_query("/search", [("q", code.as_str())]);
                toasts.show(Done::new(texts::no_barcode(&code)).link(search, texts::search_for_it()));
            }
            Err(problem) => toasts.problem(problem),
        }
    });
}
