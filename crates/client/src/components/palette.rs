use crate::components::dialog::Dialog;
use crate::components::pause::Pause;
use crate::href;
use crate::keys::{KEYS, Keys, PLACES};
use crate::memo::{Change, Look};
use crate::on::{on_change, on_click, on_input, on_keydown};
use crate::prefs::Prefs;
use crate::saved::Saved;
use crate::text::units;
use api::rpc;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// How long typing must have paused before items are looked for.
const PAUSE: Duration = Duration::from_millis(120);
/// How many items are offered.
const ITEMS: i64 = 6;

/// What can be done from anywhere.
const DEEDS: [(&str, &str); 5] = [
    ("/items?do=create", "New item"),
    ("/blocks?do=place", "Block units"),
    ("/orders/new", "New order"),
    ("/warehouses?do=add", "Add warehouse"),
    ("/import", "Upload items and stock as CSV"),
];

/// Opens the list of keys; no address of a page.
const HELP: &str = "#keys";
/// Makes tables dense or roomy; no address of a page.
const DENSITY: &str = "#density";

/// One thing to go to, or to do.
#[derive(Clone, PartialEq)]
struct Entry {
    kind: &'static str,
    text: String,
    note: String,
    href: String,
}

fn entry(kind: &'static str, text: impl Into<String>, href: impl Into<String>) -> Entry {
    Entry { kind, text: text.into(), note: String::new(), href: href.into() }
}

/// What the words name, apart from items.
fn known(words: &str, saved: &[(String, String)]) -> Vec<Entry> {
    let words = lowercase(words.trim());
    let mut entries = Vec::new();
    if let Ok(number) = words.trim_start_matches('#').parse::<i64>() {
        entries.push(entry("Go to", format!("Item {number}"), href::item(number)));
        entries.push(entry("Go to", format!("Order {number}"), href::order(number)));
        entries.push(entry("Go to", format!("Blocks of item {number}"), href::blocks_of(number)));
    }
    let places = PLACES.iter().map(|(_, href, name)| entry("Go to", *name, *href));
    let views = saved.iter().map(|(name, href)| entry("View", name.as_str(), href.as_str()));
    let deeds = DEEDS.iter().map(|(href, name)| entry("Do", *name, *href));
    let more = [entry("Do", "Dense or roomy tables", DENSITY), entry("Do", "Show all keys", HELP)];
    let fits = |entry: &Entry| lowercase(&entry.text).contains(&words);
    entries.extend(places.chain(views).chain(deeds).chain(more).filter(fits));
    entries
}

/// By the browser's own tables of letters: Rust's would come with the WASM.
fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Goes to, finds and does anything, by typing a few letters of it.
#[component]
pub fn Palette() -> impl IntoView {
    let keys = Keys::expect();
    view! {
        <Dialog id="palette" title="Go to, find or do" open=keys.palette>
            <Search />
        </Dialog>
        <Dialog id="keys" title="Keys" open=keys.help>
            <KeyList />
        </Dialog>
    }
}

#[component]
fn Search() -> impl IntoView {
    let (keys, saved, prefs) = (Keys::expect(), Saved::expect(), Prefs::expect());
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let (words, at) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let items = RwSignal::new(Vec::<Entry>::new());
    let entries = Memo::new(move |_| {
        let mut entries = words.look(|words| known(words, &saved.all()));
        entries.extend(items.get());
        entries
    });
    let pause = Pause::new();
    let typed = move |event| {
        words.set(event_target_value(&event));
        at.set(0);
        pause.then(PAUSE, move || find_items(words, items));
    };
    let take = Callback::new(move |at: usize| {
        let Some(entry) = entries.glance(|entries| entries.get(at).cloned()) else { return };
        keys.palette.set(false);
        match entry.href.as_str() {
            HELP => keys.help.set(true),
            DENSITY => prefs.toggle_density(),
            href => navigate(href, Default::default()),
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count = entries.glance(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => at.change(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.change(|at| *at = (*at + count - 1) % count),
            "Enter" => take.run(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        at.get();
        // Rendered already: the effect runs after the list has changed.
        if let Ok(Some(option)) = document().query_selector("#palette-list [aria-selected=true]") {
            option.scroll_into_view_with_bool(false);
        }
    });
    let option = move |(index, entry): (usize, Entry)| {
        view! {
            <li
                id=format!("palette-{index}")
                class="picker__option"
                role="option"
                aria-selected=move || if at.get() == index { "true" } else { "false" }
                on:click=on_click(move |_| take.run(index))
            >
                <span class="picker__name">{entry.text}</span>
                <span class="figure">{entry.note} " " {entry.kind}</span>
            </li>
        }
    };
    view! {
        <input
            node_ref=input
            class="input"
            role="combobox"
            aria-label="Go to, find or do"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-autocomplete="list"
            aria-activedescendant=move || format!("palette-{}", at.get())
            autocomplete="off"
            autofocus=true
            placeholder="A place, an item, a number, something to do"
            on:input=on_input(typed)
            on:keydown=on_keydown(on_key)
        />
        <ul id="palette-list" class="palette" role="listbox" aria-label="What fits">
            {move || entries.get().into_iter().enumerate().map(option).collect_view()}
        </ul>
        <p class="visually-hidden" role="status">
            {move || format!("{} found", entries.look(Vec::len))}
        </p>
    }
}

/// Finds the items whose names have the words; an answer to older words is dropped.
fn find_items(words: RwSignal<String>, items: RwSignal<Vec<Entry>>) {
    let Some(asked) = words.try_get_untracked() else { return };
    if asked.trim().is_empty() {
        return items.set(Vec::new());
    }
    spawn_local(async move {
        let q = Some(asked.trim().to_owned());
        let page = rpc::list_items(None, q, None, None, None, Some(ITEMS), None).await;
        let current = words.try_with_untracked(|words| *words == asked) == Some(true);
        if let (true, Ok(page)) = (current, page) {
            let found = page.items.into_iter().map(|item| Entry {
                note: format!("{} available ·", units(item.quantity)),
                ..entry("Item", item.name, href::item(item.id))
            });
            items.set(found.collect());
        }
    });
}

#[component]
fn KeyList() -> impl IntoView {
    let keys = Keys::expect();
    let row = |key: String, what: String| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
            </div>
        }
    };
    let places = PLACES.iter().map(|(key, _, name)| row(format!("g {key}"), format!("Go to {name}")));
    let others = KEYS.iter().map(|(key, what)| row((*key).to_owned(), (*what).to_owned()));
    view! {
        <dl class="keys">{others.chain(places).collect_view()}</dl>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || keys.letters.get()
                on:change=on_change(move |_| keys.toggle_letters())
            />
            "Single letters are keys"
        </label>
    }
}
