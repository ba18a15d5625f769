//! Views that a person saved: a name and an address each, kept in the browser.

use crate::memo::{Change, Look};
use leptos::prelude::*;

const KEY: &str = "stockhold.views";

/// The saved views of this browser, empty until the page has come to life.
#[derive(Clone, Copy)]
pub struct Saved(RwSignal<Vec<(String, String)>>);

impl Saved {
    /// Makes them known to everything below.
    pub fn provide() {
        let saved = Self(RwSignal::new(Vec::new()));
        provide_context(saved);
        Effect::new(move |_| {
            if let Some(text) = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()) {
                saved.0.set(text.lines().filter_map(parse).collect());
            }
        });
    }

    /// Those of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Names and addresses.
    pub fn all(self) -> Vec<(String, String)> {
        self.0.get()
    }

    /// Saves a view; one of the same name is replaced.
    pub fn save(self, name: &str, href: String) {
        let name = one_line(name);
        self.0.change(|views| {
            views.retain(|(other, _)| *other != name);
            views.push((name, href));
        });
        self.write();
    }

    /// Forgets a view.
    pub fn forget(self, name: &str) {
        self.0.change(|views| views.retain(|(other, _)| other != name));
        self.write();
    }

    fn write(self) {
        let line = |(name, href): &(String, String)| format!("{name}\t{href}\n");
        let text = self.0.glance(|views| views.iter().map(line).collect::<String>());
        if let Some(storage) = storage() {
            _ = storage.set_item(KEY, &text);
        }
    }
}

/// What the browser keeps for us, where it does.
pub fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn parse(line: &str) -> Option<(String, String)> {
    line.split_once('\t').map(|(name, href)| (name.to_owned(), href.to_owned()))
}

/// A name without what ends lines and fields.
fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
