//! Views that a person saved in the browser: names and addresses of pages.

use crate::storage::{store, stored};
use leptos::prelude::*;

const STORAGE_KEY: &str = "stockhold.views";

/// The saved views of this browser. Empty until the page is hydrated.
#[derive(Clone, Copy)]
pub struct SavedViews(RwSignal<Vec<(String, String)>>);

impl SavedViews {
    /// Provides the saved views as a context.
    pub fn provide() {
        let views = Self(RwSignal::new(Vec::new()));
        provide_context(views);
        Effect::new(move |_| {
            if let Some(text) = stored(STORAGE_KEY) {
                views.0.set(text.lines().filter_map(parse).collect());
            }
        });
    }

    /// Returns the saved views from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns names and addresses. Tracks them.
    pub fn all(self) -> Vec<(String, String)> {
        self.0.get()
    }

    /// Saves a view. Replaces a view of the same name.
    pub fn save(self, name: &str, href: String) {
        let name = single_line(name);
        self.0.update(|views| {
            views.retain(|(other, _)| *other != name);
            views.push((name, href));
        });
        self.write();
    }

    /// Deletes a view.
    pub fn delete(self, name: &str) {
        self.0.update(|views| views.retain(|(other, _)| other != name));
        self.write();
    }

    fn write(self) {
        let line = |(name, href): &(String, String)| format!("{name}\t{href}\n");
        store(STORAGE_KEY, &self.0.with_untracked(|views| views.iter().map(line).collect::<String>()));
    }
}

fn parse(line: &str) -> Option<(String, String)> {
    line.split_once('\t').map(|(name, href)| (name.to_owned(), href.to_owned()))
}

/// Replaces tabs and line ends, which separate the stored fields, by spaces.
fn single_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
