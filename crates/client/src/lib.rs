//! The console: pages that the server renders and the browser brings to life.
//!
//! Built twice: with `ssr` into the server, with `hydrate` to WASM. It knows the wire (`api`) and
//! nothing behind it.

// A view's type spells out all that is in it.
#![recursion_limit = "256"]

mod act;
mod app;
mod components;
#[cfg(feature = "ssr")]
mod document;
mod fetch;
mod filters;
mod href;
mod memo;
mod nav;
mod pages;
mod text;
mod theme;

pub use app::App;
#[cfg(feature = "ssr")]
pub use document::shell;

/// Brings the page that the server rendered to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    // From here on what one clicks is answered: the browser tests wait for it.
    if let Some(html) = leptos::prelude::document().document_element() {
        _ = html.set_attribute("data-alive", "");
    }
}
