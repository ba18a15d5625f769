//! A person's display preferences, stored in cookies: the server renders with them, so that no page flashes.

use crate::cookies::{cookie, set_cookie};
use crate::memo::memo;
use leptos::prelude::*;

const COLUMNS: &str = "columns";
const DENSITY: &str = "density";
/// The document's attribute with the density of tables.
pub const DENSITY_ATTRIBUTE: &str = "data-density";

/// Returns the density of tables from the cookie.
pub fn density() -> &'static str {
    if cookie(DENSITY).as_deref() == Some("dense") { "dense" } else { "roomy" }
}

/// The hidden columns and the density of tables.
#[derive(Clone, Copy)]
pub struct Preferences {
    /// The names of hidden columns, with their table: `items.price`.
    hidden: RwSignal<Vec<String>>,
    dense: RwSignal<bool>,
}

impl Preferences {
    /// Provides the preferences as a context.
    pub fn provide() {
        let hidden = cookie(COLUMNS).unwrap_or_default();
        let hidden = hidden.split('+').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        provide_context(Self { hidden: RwSignal::new(hidden), dense: RwSignal::new(density() == "dense") });
    }

    /// Returns the preferences from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the hidden columns of a table, for an attribute that the style sheet matches.
    pub fn hidden(self, table: &'static str) -> Signal<String> {
        let named = move || {
            self.hidden.with(|hidden| {
                let own = hidden.iter().filter_map(|name| name.strip_prefix(table)?.strip_prefix('.'));
                own.collect::<Vec<_>>().join(" ")
            })
        };
        memo(named).into()
    }

    /// Hides a column, or shows it if it is hidden.
    pub fn toggle(self, table: &str, column: &str) {
        let name = format!("{table}.{column}");
        self.hidden.update(|hidden| match hidden.iter().position(|other| *other == name) {
            Some(at) => _ = hidden.remove(at),
            None => hidden.push(name),
        });
        set_cookie(COLUMNS, &self.hidden.with_untracked(|hidden| hidden.join("+")));
    }

    /// Returns whether tables are dense. Tracks it.
    pub fn dense(self) -> bool {
        self.dense.get()
    }

    /// Makes tables dense, or roomy if they are dense.
    pub fn toggle_density(self) {
        let dense = !self.dense.get_untracked();
        self.dense.set(dense);
        let name = if dense { "dense" } else { "roomy" };
        if let Some(html) = document().document_element() {
            _ = html.set_attribute(DENSITY_ATTRIBUTE, name);
        }
        set_cookie(DENSITY, name);
    }
}
