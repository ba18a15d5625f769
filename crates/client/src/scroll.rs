//! Restores the scroll position and the focused row of a list when a person returns to it.

use crate::memo::effect;
use crate::storage::{session_stored, store_in_session};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The attempts to restore the place, until the rows have arrived.
const ATTEMPTS_MAX: u32 = 60;
/// The time between two attempts.
const ATTEMPT_AFTER: Duration = Duration::from_millis(50);

/// Whether the present page was opened by Back or Forward.
#[derive(Clone, Copy)]
struct Returning(StoredValue<bool>);

/// Stores the place on the page before a click or a key, which may leave the page. Call it before the router is created: the
/// router's listener builds the page of an earlier address, and listeners are called in the order of their registration.
pub fn listen() {
    let is_returning = StoredValue::new(false);
    provide_context(Returning(is_returning));
    let store = move || {
        is_returning.set_value(false);
        store_place();
    };
    let on_pop = window_event_listener(leptos::ev::popstate, move |_| is_returning.set_value(true));
    let on_click = window_event_listener(leptos::ev::pointerdown, move |_| store());
    let on_key = window_event_listener(leptos::ev::keydown, move |_| store());
    on_cleanup(move || {
        on_pop.remove();
        on_click.remove();
        on_key.remove();
    });
}

/// Returns the key of the place on the present page.
fn key() -> String {
    let location = window().location();
    format!("place:{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

fn store_place() {
    let row = document().active_element().and_then(|element| element.closest("tr[data-row]").ok().flatten());
    let row = row.and_then(|row| row.get_attribute("data-row")).unwrap_or_default();
    // Integers: code that formats and parses fractions is large.
    let y = window().scroll_y().unwrap_or_default() as i32;
    store_in_session(&key(), &format!("{y} {row}"));
}

/// Restores the place after Back or Forward. Call it in a page of a list.
pub fn restore() {
    let Some(Returning(is_returning)) = use_context() else { return };
    effect(move |_| {
        let place = session_stored(&key()).filter(|_| is_returning.get_value());
        is_returning.set_value(false);
        if let Some(place) = place {
            restore_when_loaded(key(), place, ATTEMPTS_MAX);
        }
    });
}

/// Restores the place on the page of `page` as soon as the page is long enough: the rows arrive later.
fn restore_when_loaded(page: String, place: String, attempts: u32) {
    let (y, row) = place.split_once(' ').unwrap_or((&place, ""));
    let y: i32 = y.parse().unwrap_or_default();
    let height = document().document_element().map_or(0, |html| html.scroll_height() - html.client_height());
    if attempts == 0 || key() != page {
        return;
    }
    if height < y || document().query_selector("main tr[data-row]").ok().flatten().is_none() {
        set_timeout(move || restore_when_loaded(page, place, attempts - 1), ATTEMPT_AFTER);
        return;
    }
    let row = document().query_selector(&format!("tr[data-row='{row}'] a")).ok().flatten();
    if let Some(row) = row.and_then(|row: Element| row.dyn_into::<HtmlElement>().ok()) {
        _ = row.focus();
    }
    window().scroll_to_with_x_and_y(0.0, y.into());
}
