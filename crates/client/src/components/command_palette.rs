use crate::components::debounce::Debounce;
use crate::components::dialog::Dialog;
use crate::event_handlers::{on_change, on_click, on_input, on_keydown};
use crate::format::format_integer;
use crate::href;
use crate::permissions::is_forbidden_href;
use crate::preferences::Preferences;
use crate::saved_views::SavedViews;
use crate::shortcuts::{SHORTCUTS, Shortcuts, destinations, open};
use api::rpc;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// The debounce time before items are searched.
const DEBOUNCE: Duration = Duration::from_millis(120);
/// The most items in the list.
const ITEMS_MAX: i64 = 6;

/// The address and the name of the commands that are available on every page.
const COMMANDS: [(&str, &str); 5] = [
    ("/items?do=create", "New item"),
    ("/blocks?do=place", "Block units"),
    ("/orders/new", "New order"),
    ("/warehouses?do=add", "Add warehouse"),
    ("/imports", "Import a file"),
];

/// The entry that opens the list of shortcuts. Not an address.
const HELP: &str = "#shortcuts";
/// The entry that toggles the density of tables. Not an address.
const DENSITY: &str = "#density";

/// An entry: a page or a command.
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

/// Returns the matching entries, except items.
fn static_entries(words: &str, saved: &[(String, String)]) -> Vec<Entry> {
    let words = lowercase(words.trim());
    let mut entries = Vec::new();
    if let Ok(number) = words.trim_start_matches('#').parse::<i64>() {
        entries.push(entry("Page", format!("Item {number}"), href::item(number)));
        entries.push(entry("Page", format!("Order {number}"), href::order(number)));
        entries.push(entry("Page", format!("Blocks of item {number}"), href::blocks_of(number)));
    }
    let pages = destinations().map(|(_, href, name)| entry("Page", *name, *href));
    let views = saved.iter().map(|(name, href)| entry("View", name.as_str(), href.as_str()));
    let commands = COMMANDS.iter().filter(|(href, _)| !is_forbidden_href(href));
    let commands = commands.map(|(href, name)| entry("Command", *name, *href));
    let more =
        [entry("Command", "Toggle dense tables", DENSITY), entry("Command", "Show keyboard shortcuts", HELP)];
    let fits = |entry: &Entry| lowercase(&entry.text).contains(&words);
    entries.extend(pages.chain(views).chain(commands).chain(more).filter(fits));
    entries
}

/// Uses the browser's Unicode tables. Rust's tables would add to the size of the WASM.
fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The command palette: finds and opens pages, items and commands by a few letters.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let shortcuts = Shortcuts::expect();
    view! {
        <Dialog id="palette" title="Command palette" open=shortcuts.palette_open>
            <Search />
        </Dialog>
        <Dialog id="shortcuts" title="Keyboard shortcuts" open=shortcuts.help_open>
            <ShortcutList />
        </Dialog>
    }
}

#[component]
fn Search() -> impl IntoView {
    let (shortcuts, views, preferences) = (Shortcuts::expect(), SavedViews::expect(), Preferences::expect());
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let (words, at) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let items = RwSignal::new(Vec::<Entry>::new());
    let entries = Memo::new(move |_| {
        let mut entries = words.with(|words| static_entries(words, &views.all()));
        entries.extend(items.get());
        entries
    });
    let debounce = Debounce::new();
    let typed = move |event| {
        words.set(event_target_value(&event));
        at.set(0);
        debounce.run(DEBOUNCE, move || find_items(words, items));
    };
    let choose = Callback::new(move |at: usize| {
        let Some(entry) = entries.with_untracked(|entries| entries.get(at).cloned()) else { return };
        shortcuts.palette_open.set(false);
        match entry.href.as_str() {
            HELP => shortcuts.help_open.set(true),
            DENSITY => preferences.toggle_density(),
            href => open(href, &navigate),
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count = entries.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => choose.run(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        at.get();
        // The effect runs after the list has been rendered.
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
                on:click=on_click(move |_| choose.run(index))
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
            aria-label="Command palette"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-autocomplete="list"
            aria-activedescendant=move || format!("palette-{}", at.get())
            autocomplete="off"
            autofocus=true
            placeholder="Type a page, an item, an id or a command"
            on:input=on_input(typed)
            on:keydown=on_keydown(on_key)
        />
        <ul id="palette-list" class="palette" role="listbox" aria-label="Matches">
            {move || entries.get().into_iter().enumerate().map(option).collect_view()}
        </ul>
        <p class="visually-hidden" role="status">
            {move || format!("{} found", entries.with(Vec::len))}
        </p>
    }
}

/// Searches items by name. Ignores the response if the text has changed meanwhile.
fn find_items(words: RwSignal<String>, items: RwSignal<Vec<Entry>>) {
    let Some(searched) = words.try_get_untracked() else { return };
    if searched.trim().is_empty() {
        return items.set(Vec::new());
    }
    spawn_local(async move {
        let q = Some(searched.trim().to_owned());
        let page = rpc::list_items(None, q, None, None, None, Some(ITEMS_MAX), None).await;
        let current = words.try_with_untracked(|words| *words == searched) == Some(true);
        if let (true, Ok(page)) = (current, page) {
            let found = page.items.into_iter().map(|item| {
                let sku = item.sku.map(|sku| format!("{sku} · ")).unwrap_or_default();
                let note = format!("{sku}{} available ·", format_integer(item.quantity));
                Entry { note, ..entry("Item", item.name, href::item(item.id)) }
            });
            items.set(found.collect());
        }
    });
}

#[component]
fn ShortcutList() -> impl IntoView {
    let shortcuts = Shortcuts::expect();
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
    let pages = destinations().map(|(key, _, name)| row(format!("g {key}"), format!("Go to {name}")));
    let others = SHORTCUTS.iter().map(|(key, what)| row((*key).to_owned(), (*what).to_owned()));
    view! {
        <dl class="shortcuts">{others.chain(pages).collect_view()}</dl>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || shortcuts.single_letters.get()
                on:change=on_change(move |_| shortcuts.toggle_single_letters())
            />
            "Use single-letter shortcuts"
        </label>
    }
}
