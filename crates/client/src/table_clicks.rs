//! Clicks in tables: a click beside the controls of a row opens the row, and a click on a check box with Shift selects all rows
//! since the last one.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, MouseEvent};

/// The elements of a row that handle their clicks themselves.
const CONTROLS: &str = "a, button, input, label, select, summary, textarea, .table__check";

/// Listens to clicks.
pub fn listen() {
    let last = StoredValue::new(None::<String>);
    let listener = window_event_listener(leptos::ev::click, move |event| handle(&event, last));
    on_cleanup(move || listener.remove());
}

fn handle(event: &MouseEvent, last: StoredValue<Option<String>>) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let row = target.as_ref().and_then(|target| closest(target, "tr[data-row]"));
    let (Some(target), Some(row)) = (target, row) else { return };
    if target.matches(".table__check input").unwrap_or(false) {
        if event.shift_key() {
            last.with_value(|last| select_range(&row, last.as_deref(), &target));
        }
        return last.set_value(row.get_attribute("data-row"));
    }
    let is_modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || is_modified || closest(&target, CONTROLS).is_some() || has_selection() {
        return;
    }
    let link = row.query_selector("th a[href], td a[href]").ok().flatten();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        // A click within this listener would run it recursively.
        queue_microtask(move || link.click());
    }
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

/// Returns whether text is selected: the click has ended the selection.
fn has_selection() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Gives the check boxes between the last clicked row and this one the state of this one.
fn select_range(row: &Element, last: Option<&str>, clicked: &Element) {
    let Some(body) = row.parent_element() else { return };
    let rows = body.query_selector_all("tr[data-row]").ok();
    let rows: Vec<Element> = rows
        .into_iter()
        .flat_map(|rows| (0..rows.length()).filter_map(move |at| rows.item(at)?.dyn_into().ok()))
        .collect();
    let place = |id: Option<&str>| {
        rows.iter().position(|row| id.is_some() && row.get_attribute("data-row").as_deref() == id)
    };
    let (from, to) = (place(last), place(row.get_attribute("data-row").as_deref()));
    let (Some(from), Some(to)) = (from, to) else { return };
    let wanted = clicked.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked);
    for (at, row) in rows.iter().enumerate() {
        let check = row.query_selector(".table__check input").ok().flatten();
        let check = check.and_then(|check| check.dyn_into::<HtmlInputElement>().ok());
        if let Some(check) = check.filter(|check| {
            at != to && (from.min(to)..=from.max(to)).contains(&at) && check.checked() != wanted
        }) {
            queue_microtask(move || check.click());
        }
    }
}
