//! Parts of pages without reactive code: the server renders them to HTML, and the browser inserts it. Their data and their views
//! are not in the WASM.

mod activity;
mod ended_blocks;
mod list_totals;
mod movements;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod sold;
mod sold_columns;
mod unavailability;
#[cfg(feature = "ssr")]
mod waiting_orders;

pub use activity::{ActivityPart, activity};
pub use ended_blocks::ended_blocks;
pub use list_totals::{count_blocks, count_items, count_orders};
pub use movements::item_movements;
#[cfg(feature = "ssr")]
pub use movements::{history_since, reason_text};
pub use sold_columns::Sold;
pub use unavailability::unavailability;

use crate::components::time::{Clock, ago, is_soon, time_left};
use crate::live_updates::LiveUpdates;
use crate::memo::effect;
use api::Time;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPart {
    /// The HTML of the rows.
    pub html: String,
    /// The cursor of the next page; none on the last one.
    pub next: Option<String>,
}

/// The attribute of a `time` element that shows the time since it, in seconds since 1970.
const SINCE: &str = "data-since";
/// The attribute of a `time` element that shows the time left until it, in seconds since 1970.
const UNTIL: &str = "data-until";
/// The attribute of a cell that is highlighted for a moment when it shows another text: a key of the cell.
const CELL: &str = "data-cell";

/// HTML of the server. Times in it are relative, as in [`crate::components::time`]. New HTML waits while the pointer or the focus is
/// inside.
#[component]
pub fn Fragment(
    /// The HTML.
    #[prop(into)]
    html: Signal<String>,
) -> impl IntoView {
    let (clock, live, node) = (Clock::expect(), LiveUpdates::expect(), NodeRef::<html::Div>::new());
    let first = html.get_untracked();
    let rendered = first.clone();
    effect(move |shown: Option<String>| {
        let shown = shown.unwrap_or_else(|| rendered.clone());
        let (Some(html), now, Some(element)) = (html.try_get(), clock.now(), node.get()) else {
            return shown;
        };
        let is_in_use = element.matches(":hover, :focus-within").unwrap_or(false);
        let is_new = html != shown && !is_in_use;
        if is_new {
            element.set_inner_html(&html);
        }
        if let Some(now) = now {
            show_times(&element, now);
        }
        for cell in all(&element, CELL) {
            let text = cell.text_content();
            if live.changed(&cell.get_attribute(CELL), &text) {
                cell.set_class_name(&format!("{} changed", cell.class_name()));
            }
        }
        if is_new { html } else { shown }
    });
    view! { <div class="fragment" node_ref=node inner_html=first></div> }
}

/// Returns the elements that have an attribute.
fn all(parent: &Element, attribute: &str) -> Vec<Element> {
    let Ok(found) = parent.query_selector_all(&format!("[{attribute}]")) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Shows the times relative to `now`.
fn show_times(parent: &Element, now: Time) {
    let time = |element: &Element, attribute: &str| {
        element.get_attribute(attribute).and_then(|seconds| seconds.parse().ok()).map(api::time::at)
    };
    for element in all(parent, SINCE) {
        if let Some(at) = time(&element, SINCE) {
            show_text(&element, &ago(at, now));
        }
    }
    for element in all(parent, UNTIL) {
        if let Some(until) = time(&element, UNTIL) {
            show_text(&element, &time_left(until, now));
            element.set_class_name(if is_soon(until, now) {
                "time-left time-left--soon"
            } else {
                "time-left"
            });
        }
    }
}

fn show_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}
