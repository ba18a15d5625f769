//! The admin console: the server renders its pages, and the browser hydrates them.
//!
//! Built twice: with `ssr` into the server, with `hydrate` to WASM. Uses the wire types and server functions of
//! `api`, and no other crate of the workspace.

// A Leptos view's type contains the types of all its parts.
#![recursion_limit = "256"]
#![allow(clippy::type_complexity, reason = "tables of labels have functions that return the text")]

mod action;
mod app;
mod components;
mod cookies;
mod days;
#[cfg(feature = "ssr")]
mod document;
mod event_handlers;
mod fetch;
#[cfg(feature = "ssr")]
mod first_steps;
#[cfg(feature = "ssr")]
mod form_result;
mod format;
mod fragments;
mod hashing;
mod href;
mod live_updates;
mod locale;
mod memo;
#[cfg(feature = "ssr")]
pub mod messages;
mod navigation;
mod order_text;
mod pages;
mod permissions;
mod preferences;
mod price;
#[cfg(feature = "ssr")]
mod problem_texts;
mod refetch;
mod saved_views;
mod scanner;
mod scroll;
mod search_text;
mod selection;
mod server_links;
#[cfg(feature = "ssr")]
mod server_pages;
mod shortcuts;
mod sorting;
mod storage;
mod table_clicks;
mod texts;
mod theme;
mod unsaved;
mod url_state;
mod user_text;

pub use app::App;
#[cfg(feature = "ssr")]
pub use document::{Assets, hash_file, shell};
#[cfg(feature = "ssr")]
pub use first_steps::first_steps;
#[cfg(feature = "ssr")]
pub use form_result::FormResult;
#[cfg(feature = "ssr")]
pub use href::UNITS_PREFIX;
#[cfg(feature = "ssr")]
pub use href::category as category_path;
#[cfg(feature = "ssr")]
pub use locale::{own_seconds_ahead, provide_locale};
#[cfg(feature = "ssr")]
pub use problem_texts::{localized, message};
#[cfg(feature = "ssr")]
pub use server_pages::{
    AccountPage, ArchivePage, AuditFilter, AuditPage, BlockPage, CartPage, CartsPage, ChangesFilter,
    ChangesPage, ClientsPage, ConsoleCaller, DocumentKind, DraftLineRow, DraftPage, DraftPageKind, DraftRow,
    DraftsPage, ForwardPage, HelpPage, ImportPage, ImportRowsPage, ImportsPage, InvitationPage,
    ItemChangesPage, LocaleChoice, MovementsPage, NewFactor, NoticeText, NotificationRow, NotificationsPage,
    OrderAllocationPage, OrderDocument, OrderLinesPage, PLAN_LEVELS_SEPARATOR, PeoplePage, PersonRow,
    PlanChoice, RefusalsPage, SearchPage, ServerPage, SessionRow, SettingRow, SettingSource, SettingsPage,
    ShippingPage, SignInPage, SoldPage, SourcingPlace, SpanFilter, UnreadNotifications, WarehouseEditPage,
    WebhookFields, WebhookPage, WebhooksPage, level_key,
};
#[cfg(feature = "ssr")]
pub use url_state::page_size;

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
