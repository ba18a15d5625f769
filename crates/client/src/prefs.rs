//! What a person has chosen for good, kept in cookies: the server renders with it, and nothing flashes.

use crate::memo::{Change, Look, memo};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const COLUMNS: &str = "columns";
const DENSITY: &str = "density";
/// The document's attribute for the density of tables.
pub const DENSITY_ATTRIBUTE: &str = "data-density";

/// Writes a cookie that lasts for a year.
pub fn remember(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        _ = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
    }
}

/// The value of a cookie, on the server and in the browser alike.
pub fn remembered(name: &str) -> Option<String> {
    if cfg!(feature = "ssr") {
        return api::document::request_cookie(name);
    }
    let cookies = document().dyn_ref::<web_sys::HtmlDocument>()?.cookie().ok()?;
    let pair =
        |pair: &str| pair.trim().split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    cookies.split(';').filter_map(pair).find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The density of tables that the document is rendered with.
pub fn density() -> &'static str {
    if remembered(DENSITY).as_deref() == Some("dense") { "dense" } else { "roomy" }
}

/// The columns that a person took away, and how dense tables are.
#[derive(Clone, Copy)]
pub struct Prefs {
    /// `items.price` and the like.
    hidden: RwSignal<Vec<String>>,
    dense: RwSignal<bool>,
}

impl Prefs {
    /// Makes them known to everything below.
    pub fn provide() {
        let hidden = remembered(COLUMNS).unwrap_or_default();
        let hidden = hidden.split('+').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        provide_context(Self { hidden: RwSignal::new(hidden), dense: RwSignal::new(density() == "dense") });
    }

    /// Those of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The hidden columns of a table, as an attribute that the style sheet reads.
    pub fn hidden(self, table: &'static str) -> Signal<String> {
        let named = move || {
            self.hidden.look(|hidden| {
                let own = hidden.iter().filter_map(|name| name.strip_prefix(table)?.strip_prefix('.'));
                own.collect::<Vec<_>>().join(" ")
            })
        };
        memo(named).into()
    }

    /// Shows a column again, or takes it away.
    pub fn toggle(self, table: &str, column: &str) {
        let name = format!("{table}.{column}");
        self.hidden.change(|hidden| match hidden.iter().position(|other| *other == name) {
            Some(at) => _ = hidden.remove(at),
            None => hidden.push(name),
        });
        remember(COLUMNS, &self.hidden.glance(|hidden| hidden.join("+")));
    }

    /// Whether tables are dense.
    pub fn dense(self) -> bool {
        self.dense.get()
    }

    /// Makes tables dense, or roomy again.
    pub fn toggle_density(self) {
        let dense = !self.dense.get_untracked();
        self.dense.set(dense);
        let name = if dense { "dense" } else { "roomy" };
        if let Some(html) = document().document_element() {
            _ = html.set_attribute(DENSITY_ATTRIBUTE, name);
        }
        remember(DENSITY, name);
    }
}
