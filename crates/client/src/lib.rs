//! The console: pages that the server renders and the browser brings to life.
//!
//! Built twice: with `ssr` into the server, with `hydrate` to WASM. It knows the wire (`api`) and
//! nothing behind it.

// A view's type spells out all that is in it.
#![recursion_limit = "256"]

mod act;
mod app;
mod components;
mod csv;
#[cfg(feature = "ssr")]
mod document;
mod fetch;
mod filters;
mod href;
mod keys;
mod live;
mod memo;
mod nav;
mod on;
mod pages;
#[cfg(feature = "ssr")]
mod plain;
mod prefs;
mod saved;
mod selection;
mod text;
mod theme;

pub use app::App;
#[cfg(feature = "ssr")]
pub use document::{Assets, hash_file, shell};
#[cfg(feature = "ssr")]
pub use plain::Outcome;

/// Brings the page that the server rendered to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // The optimised build has no words for panics: xtask leaves them out.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let body = leptos::prelude::document().body();
    if let Some(body) = body.filter(|body| !is_for_this_address(body)) {
        // The person has gone back or forth while the page was loading: its content is of another address.
        body.set_inner_html("");
        leptos::mount::mount_to_body(App);
    } else {
        leptos::mount::hydrate_body(App);
    }
    // From here on what one clicks is answered: the browser tests wait for it.
    if let Some(html) = leptos::prelude::document().document_element() {
        _ = html.set_attribute("data-alive", "");
    }
}

/// Whether the page that the server rendered is that of the address in the browser.
#[cfg(feature = "hydrate")]
fn is_for_this_address(body: &web_sys::HtmlElement) -> bool {
    let location = leptos::prelude::window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    body.get_attribute("data-address").is_none_or(|address| address == format!("{path}{query}"))
}
