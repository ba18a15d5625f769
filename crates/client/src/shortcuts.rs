//! Keyboard shortcuts of the console.

use crate::components::toast::Toasts;
use crate::memo::effect;
use crate::permissions::is_forbidden_href;
use crate::scanner::Scanner;
use crate::server_links::{mark_on_click, open};
use crate::storage::{store, stored};
use crate::table_clicks;
use crate::texts;
use crate::unsaved::Unsaved;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// The key, the address and the text of the name of the pages that `g` and a letter open.
const DESTINATIONS: [(&str, &str, fn() -> &'static str); 8] = [
    ("h", "/", texts::nav_overview),
    ("c", "/categories", texts::nav_categories),
    ("i", "/items", texts::items),
    ("b", "/blocks", texts::holds),
    ("o", "/orders", texts::orders),
    ("w", "/warehouses", texts::warehouses),
    ("s", "/stock", texts::drafts),
    ("u", "/imports", texts::imports),
];

/// Returns the destinations that the caller may open.
pub fn destinations() -> impl Iterator<Item = &'static (&'static str, &'static str, fn() -> &'static str)> {
    DESTINATIONS.iter().filter(|(_, href, _)| !is_forbidden_href(href))
}

/// The other shortcuts and their descriptions.
pub const SHORTCUTS: [(&str, fn() -> &'static str); 9] = [
    ("Ctrl K / ⌘ K", texts::palette),
    ("Ctrl Z / ⌘ Z", texts::shortcut_undo),
    ("/", texts::search),
    ("n", texts::shortcut_main),
    ("j", texts::shortcut_next),
    ("k", texts::shortcut_previous),
    ("x", texts::shortcut_select),
    ("Enter", texts::shortcut_open),
    ("?", texts::shortcut_help),
];

/// The longest time between `g` and the letter, in milliseconds.
const CHORD_MS: f64 = 1_500.0;
/// The key in local storage for the choice about single-letter shortcuts.
pub const STORAGE_KEY: &str = "stockhold.keys";

/// The state of the shortcuts and of the dialogs that they open.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    /// Whether the command palette is open.
    pub palette_open: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    pub help_open: RwSignal<bool>,
    /// Whether single letters are shortcuts. Users of speech input may want to turn them off.
    pub single_letters: RwSignal<bool>,
    toasts: Toasts,
}

impl Shortcuts {
    /// Provides the shortcuts as a context and listens to the keyboard. Call it inside the router, because
    /// shortcuts navigate.
    pub fn provide() {
        let shortcuts = Self {
            palette_open: RwSignal::new(false),
            help_open: RwSignal::new(false),
            single_letters: RwSignal::new(true),
            toasts: Toasts::expect(),
        };
        provide_context(shortcuts);
        let navigate = use_navigate();
        let unsaved = Unsaved::expect();
        let go = move |href: &str| {
            if unsaved.may_leave() {
                open(href, &navigate);
            }
        };
        effect(move |_| {
            shortcuts.single_letters.set(stored(STORAGE_KEY).as_deref() != Some("off"));
        });
        effect(|_| mark_on_click());
        table_clicks::listen();
        let (chord, scanner, toasts) = (StoredValue::new(f64::MIN), Scanner::new(), Toasts::expect());
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if scans(&event) && scanner.key(&event.key(), event.time_stamp(), toasts, &go)
                || shortcuts.handle(&event, chord, &go)
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// Returns the shortcuts from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Turns single-letter shortcuts on or off.
    pub fn toggle_single_letters(self) {
        let on = !self.single_letters.get_untracked();
        self.single_letters.set(on);
        store(STORAGE_KEY, if on { "on" } else { "off" });
    }

    /// Handles a key. Returns whether the key is a shortcut.
    fn handle(self, event: &KeyboardEvent, chord: StoredValue<f64>, go: &impl Fn(&str)) -> bool {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
            self.palette_open.update(|open| *open = !*open);
            return true;
        }
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("z") {
            // In a text field the browser undoes the typing.
            let is_free = !event.shift_key() && !is_typing() && query("dialog[open]").is_none();
            return is_free && self.toasts.undo_latest();
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || !self.single_letters.get_untracked() || is_typing() || query("dialog[open]").is_some()
        {
            return false;
        }
        let now = event.time_stamp();
        if now - chord.get_value() < CHORD_MS {
            chord.set_value(f64::MIN);
            if let Some((_, href, _)) = destinations().find(|(letter, ..)| *letter == key) {
                go(href);
                return true;
            }
        }
        match key.as_str() {
            "g" => chord.set_value(now),
            "?" => self.help_open.set(true),
            "/" => match query("main input[type=search]") {
                Some(search) => focus(&search),
                None => self.palette_open.set(true),
            },
            "n" => return query(".page-head__actions .button--primary").is_some_and(|button| click(&button)),
            "j" => move_row(1),
            "k" => move_row(-1),
            "x" => {
                return focused_row()
                    .and_then(|row| row.query_selector("input[type=checkbox]").ok().flatten())
                    .is_some_and(|check| click(&check));
            }
            "Enter" => {
                let row = focused().filter(|element| element.has_attribute("data-row"));
                let link = row.and_then(|row| row.query_selector("a").ok().flatten());
                return link.is_some_and(|link| click(&link));
            }
            _ => return false,
        }
        true
    }
}

/// Returns whether a key may be one of a scanner: outside of text fields and dialogs, without a modifier, and not repeated by a
/// held key.
fn scans(event: &KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    !modified && !event.repeat() && !is_typing() && query("dialog[open]").is_none()
}

fn query(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focused() -> Option<Element> {
    document().active_element()
}

fn focused_row() -> Option<Element> {
    focused()?.closest("tr[data-row]").ok().flatten()
}

fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        _ = element.focus();
    }
}

/// Clicks an element, if it is visible. Returns whether it was clicked.
fn click(element: &Element) -> bool {
    let visible = element.dyn_ref::<HtmlElement>().filter(|element| element.offset_parent().is_some());
    visible.map(HtmlElement::click).is_some()
}

/// Returns whether the focused element takes text input.
fn is_typing() -> bool {
    focused().is_some_and(|element| match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "file")),
        _ => false,
    })
}

/// Moves the focus by a number of rows, across all tables of the page.
fn move_row(by: i32) {
    let Ok(rows) = document().query_selector_all("main tr[data-row]") else { return };
    let row = |at: u32| rows.item(at).and_then(|row| row.dyn_into::<Element>().ok());
    let current = focused_row();
    let at = (0..rows.length()).find(|at| row(*at).is_some_and(|row| Some(&row) == current.as_ref()));
    let next = match at {
        Some(at) => at.saturating_add_signed(by).min(rows.length().saturating_sub(1)),
        None => 0,
    };
    if let Some(row) = row(next) {
        focus(&row);
    }
}
