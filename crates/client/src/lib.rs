//! The admin console: the server renders its pages, and the browser hydrates them.
//!
//! Built twice: with `ssr` into the server, with `hydrate` to WASM. Uses the wire types and server functions of
//! `api`, and no other crate of the workspace.

// A Leptos view's type contains the types of all its parts.
#![recursion_limit = "256"]

mod action;
mod app;
mod components;
mod cookies;
#[cfg(feature = "ssr")]
mod document;
mod event_handlers;
mod fetch;
#[cfg(feature = "ssr")]
mod form_result;
mod format;
mod hashing;
mod href;
mod live_updates;
mod memo;
mod navigation;
mod pages;
mod permissions;
mod preferences;
mod refetch;
mod saved_views;
mod selection;
#[cfg(feature = "ssr")]
mod server_pages;
mod shortcuts;
mod storage;
mod theme;
mod url_state;

pub use app::App;
#[cfg(feature = "ssr")]
pub use document::{Assets, hash_file, shell};
#[cfg(feature = "ssr")]
pub use form_result::FormResult;
#[cfg(feature = "ssr")]
pub use href::category as category_path;
#[cfg(feature = "ssr")]
pub use server_pages::{
    AccountPage, ArchivePage, AuditFilter, AuditPage, CartPage, CartsPage, ChangesFilter, ChangesPage,
    ClientsPage, ConsoleCaller, ForwardPage, ImportPage, ImportRowsPage, ImportsPage, InvitationPage,
    ItemChangesPage, NewFactor, PeoplePage, PersonRow, ServerPage, SessionRow, SignInPage, WarehouseEditPage,
};

/// Hydrates the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // The optimised build has no panic messages: `xtask` removes them.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let body = leptos::prelude::document().body();
    if let Some(body) = body.filter(|body| !is_for_this_address(body)) {
        // The user has navigated while the page was loading, so the HTML belongs to another address.
        body.set_inner_html("");
        leptos::mount::mount_to_body(App);
    } else {
        leptos::mount::hydrate_body(App);
    }
    // The browser tests wait for this attribute before they click.
    if let Some(html) = leptos::prelude::document().document_element() {
        _ = html.set_attribute("data-hydrated", "");
    }
}

/// Returns whether the server rendered the page for the browser's current address.
#[cfg(feature = "hydrate")]
fn is_for_this_address(body: &web_sys::HtmlElement) -> bool {
    let location = leptos::prelude::window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    body.get_attribute("data-address").is_none_or(|address| address == format!("{path}{query}"))
}
