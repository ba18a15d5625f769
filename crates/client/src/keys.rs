//! The keyboard: what each key does, wherever one is in the console.

use crate::memo::Change;
use crate::saved::storage;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Where `g` and a letter lead.
pub const PLACES: [(&str, &str, &str); 7] = [
    ("h", "/", "Overview"),
    ("c", "/categories", "Categories"),
    ("i", "/items", "Items"),
    ("b", "/blocks", "Blocks"),
    ("o", "/orders", "Orders"),
    ("w", "/warehouses", "Warehouses"),
    ("u", "/import", "CSV upload"),
];

/// The other keys, and what they do.
pub const KEYS: [(&str, &str); 8] = [
    ("Ctrl K or ⌘ K", "Go to, find or do anything"),
    ("/", "Search"),
    ("n", "The page's main action, such as a new item"),
    ("j", "Next row"),
    ("k", "Row before"),
    ("x", "Select the row"),
    ("Enter", "Open the row"),
    ("?", "This list"),
];

/// For how long the letter after `g` is waited for, in milliseconds.
const CHORD_MS: f64 = 1_500.0;
/// Where it is kept that someone wants no single keys.
const STORED: &str = "stockhold.keys";

/// What the keyboard opens.
#[derive(Clone, Copy)]
pub struct Keys {
    /// Whether the palette is open.
    pub palette: RwSignal<bool>,
    /// Whether the list of keys is open.
    pub help: RwSignal<bool>,
    /// Whether single letters do something; a person who speaks to the computer may not want that.
    pub letters: RwSignal<bool>,
}

impl Keys {
    /// Makes them known to everything below, and listens. Within the router: keys lead to places.
    pub fn provide() {
        let keys =
            Self { palette: RwSignal::new(false), help: RwSignal::new(false), letters: RwSignal::new(true) };
        provide_context(keys);
        let navigate = use_navigate();
        let go = move |href: &str| navigate(href, NavigateOptions::default());
        Effect::new(move |_| {
            let stored = storage().and_then(|storage| storage.get_item(STORED).ok().flatten());
            keys.letters.set(stored.as_deref() != Some("off"));
        });
        let chord = StoredValue::new(f64::MIN);
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if keys.press(&event, chord, &go) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// Those of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Lets single letters do something, or no longer.
    pub fn toggle_letters(self) {
        let on = !self.letters.get_untracked();
        self.letters.set(on);
        if let Some(storage) = storage() {
            _ = storage.set_item(STORED, if on { "on" } else { "off" });
        }
    }

    /// Whether the key was ours.
    fn press(self, event: &KeyboardEvent, chord: StoredValue<f64>, go: &impl Fn(&str)) -> bool {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
            self.palette.change(|open| *open = !*open);
            return true;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || !self.letters.get_untracked() || is_typing() || find("dialog[open]").is_some() {
            return false;
        }
        let now = event.time_stamp();
        if now - chord.get_value() < CHORD_MS {
            chord.set_value(f64::MIN);
            if let Some((_, href, _)) = PLACES.iter().find(|(letter, ..)| *letter == key) {
                go(href);
                return true;
            }
        }
        match key.as_str() {
            "g" => chord.set_value(now),
            "?" => self.help.set(true),
            "/" => match find("main input[type=search]") {
                Some(search) => focus(&search),
                None => self.palette.set(true),
            },
            "n" => return find(".page-head__actions .button--primary").is_some_and(|button| click(&button)),
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

fn find(selector: &str) -> Option<Element> {
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

fn click(element: &Element) -> bool {
    element.dyn_ref::<HtmlElement>().map(HtmlElement::click).is_some()
}

/// Whether a letter would be typed somewhere.
fn is_typing() -> bool {
    focused().is_some_and(|element| match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "file")),
        _ => false,
    })
}

/// Moves the focus by so many rows, over all tables of the page.
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
