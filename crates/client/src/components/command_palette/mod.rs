//! The command palette and the list of shortcuts.

mod entries;

use crate::components::debounce::Debounce;
use crate::components::dialog::Dialog;
use crate::event_handlers::{on_change, on_click, on_input, on_keydown};
use crate::memo::{boxed, dynamic, effect, memo};
use crate::preferences::Preferences;
use crate::saved_views::view_href;
use crate::server_links::open;
use crate::shortcuts::{SHORTCUTS, Shortcuts, destinations};
use crate::texts;
use crate::unsaved::Unsaved;
use api::rpc;
use entries::{DENSITY, Entry, HELP, commands, found};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// The debounce time before a search.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// The command palette: finds and opens pages, items, orders and other things, and runs commands.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let shortcuts = Shortcuts::expect();
    view! {
        <Dialog id="palette" title=texts::palette() open=shortcuts.palette_open>
            <Search />
        </Dialog>
        <Dialog id="shortcuts" title=texts::keyboard_shortcuts() open=shortcuts.help_open>
            <ShortcutList />
        </Dialog>
    }
}

/// The state of the palette.
#[derive(Clone, Copy)]
struct Palette {
    words: RwSignal<String>,
    /// The text of the last search, and its results.
    found: RwSignal<(String, Vec<Entry>)>,
    /// The address of the chosen entry. An entry keeps its choice while others arrive or leave.
    chosen: RwSignal<String>,
    /// Whether a person has moved the choice. It is then kept while the text changes.
    is_moved: StoredValue<bool>,
    /// Whether Enter was pressed before the results arrived.
    is_waiting: StoredValue<bool>,
    entries: Memo<Vec<Entry>>,
    choose: Callback<String>,
}

impl Palette {
    fn new() -> Self {
        let (shortcuts, preferences) = (Shortcuts::expect(), Preferences::expect());
        let views = RwSignal::new(Vec::new());
        spawn_local(async move {
            let saved = rpc::list_views().await.unwrap_or_default();
            views.try_set(saved.into_iter().map(|view| (view_href(&view), view.name)).collect());
        });
        let (navigate, unsaved) = (use_navigate(), Unsaved::expect());
        let words = RwSignal::new(String::new());
        let found = RwSignal::new((String::new(), Vec::new()));
        let entries = memo(move || {
            let mut entries = words.with(|words| commands(words, &views.get()));
            entries.extend(found.get().1);
            entries
        });
        let first = entries.with_untracked(|entries| entries.first().map(|entry| entry.href.clone()));
        let choose = Callback::new(move |href: String| {
            shortcuts.palette_open.set(false);
            match href.as_str() {
                HELP => shortcuts.help_open.set(true),
                DENSITY => preferences.toggle_density(),
                href if unsaved.may_leave() => open(href, &navigate),
                _ => {}
            }
        });
        Self {
            words,
            found,
            chosen: RwSignal::new(first.unwrap_or_default()),
            is_moved: StoredValue::new(false),
            is_waiting: StoredValue::new(false),
            entries,
            choose,
        }
    }

    /// Returns the place of the chosen entry. Tracks it.
    fn place(self) -> Option<usize> {
        self.entries
            .with(|entries| self.chosen.with(|chosen| entries.iter().position(|entry| entry.href == *chosen)))
    }

    fn choose_at(self, at: usize) {
        let href = self.entries.with_untracked(|entries| entries.get(at).map(|entry| entry.href.clone()));
        self.chosen.set(href.unwrap_or_default());
    }

    fn typed(self, text: String) {
        self.is_waiting.set_value(false);
        if text.trim().is_empty() {
            self.found.set(Default::default());
        }
        self.words.set(text);
        if !self.is_moved.get_value() || untrack(|| self.place()).is_none() {
            self.is_moved.set_value(false);
            self.choose_at(0);
        }
    }

    /// Moves the choice by `by` entries, around the ends.
    fn step(self, by: usize) {
        let count = self.entries.with_untracked(Vec::len).max(1);
        let at = untrack(|| self.place()).map_or(0, |at| (at + by) % count);
        self.is_moved.set_value(true);
        self.choose_at(at);
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        let count = self.entries.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(count - 1),
            "Enter" if untrack(|| self.is_decided()) => self.choose.run(self.chosen.get_untracked()),
            "Enter" => self.is_waiting.set_value(!untrack(|| self.is_current())),
            _ => return,
        }
        event.prevent_default();
    }

    /// Returns whether Enter opens the chosen entry now: a page or a command, an entry that the person moved to, or a result of
    /// the present text. The results of an earlier text are not opened. Tracks it.
    fn is_decided(self) -> bool {
        let pages = self.entries.with(Vec::len).saturating_sub(self.found.with(|(_, results)| results.len()));
        self.place().is_some_and(|place| place < pages || self.is_moved.get_value() || self.is_current())
    }

    /// Returns whether the results are those of the text. Tracks it.
    fn is_current(self) -> bool {
        self.found.with(|(searched, _)| self.words.with(|words| words.trim() == searched))
    }

    /// Searches. Ignores the response if the text has changed meanwhile.
    fn search(self) {
        let Some(words) = self.words.try_with_untracked(|words| words.trim().to_owned()) else { return };
        if words.is_empty() {
            return;
        }
        spawn_local(async move {
            let response = rpc::search(words.clone(), None).await;
            if self.words.try_with_untracked(|current| current.trim() == words) != Some(true) {
                return;
            }
            // A failed search finds nothing; the pages and commands stay.
            let results = response.map(|found| found.results).unwrap_or_default();
            self.found.set((words, results.into_iter().map(found).collect()));
            if !self.is_moved.get_value() || untrack(|| self.place()).is_none() {
                self.is_moved.set_value(false);
                self.choose_at(0);
            }
            if self.is_waiting.get_value() && untrack(|| self.place()).is_some() {
                self.choose.run(self.chosen.get_untracked());
            }
        });
    }
}

#[component]
fn Search() -> impl IntoView {
    let palette = Palette::new();
    let debounce = Debounce::new();
    let typed = move |event| {
        palette.typed(event_target_value(&event));
        debounce.run(DEBOUNCE, move || palette.search());
    };
    effect(move |_| {
        palette.place();
        // The effect runs after the list has been rendered.
        if let Ok(Some(option)) = document().query_selector("#palette-list [aria-selected=true]") {
            option.scroll_into_view_with_bool(false);
        }
    });
    let status = move || {
        let count = palette.entries.with(Vec::len);
        match palette.words.with(|words| words.trim().to_owned()) {
            words if count == 0 && palette.is_current() => texts::nothing_found(&words),
            _ if count == 0 => texts::searching().to_owned(),
            _ => texts::found_count(count as i64),
        }
    };
    view! {
        <input
            class="input"
            role="combobox"
            aria-label=texts::palette()
            aria-expanded="true"
            aria-controls="palette-list"
            aria-autocomplete="list"
            aria-activedescendant=boxed(move || palette.place().map(|at| format!("palette-{at}")))
            autocomplete="off"
            autofocus=true
            placeholder=texts::palette_hint()
            on:input=on_input(typed)
            on:keydown=on_keydown(move |event| palette.on_key(&event))
        />
        <ul id="palette-list" class="palette" role="listbox" aria-label=texts::matches()>
            {dynamic(move || options(palette))}
        </ul>
        <p
            class="muted"
            class:visually-hidden=boxed(move || palette.entries.with(|entries| !entries.is_empty()))
            role="status"
        >
            {dynamic(status)}
        </p>
    }
}

/// Renders the entries with a heading for each group.
fn options(palette: Palette) -> Vec<AnyView> {
    let mut group = "";
    let option = |(index, entry): (usize, Entry)| {
        let heading = (entry.group != group).then(|| {
            group = entry.group;
            view! {
                <li class="palette__group" role="presentation">
                    {group}
                </li>
            }
        });
        let Entry { text, note, href, .. } = entry;
        let own = href.clone();
        let is_chosen = move || if palette.chosen.with(|chosen| *chosen == own) { "true" } else { "false" };
        view! {
            {heading}
            <li
                id=format!("palette-{index}")
                class="picker__option"
                role="option"
                aria-selected=boxed(is_chosen)
                on:click=on_click(move |_| palette.choose.run(href.clone()))
            >
                <span class="picker__name">{text}</span>
                <span class="figure">{note}</span>
            </li>
        }
        .into_any()
    };
    palette.entries.get().into_iter().enumerate().map(option).collect()
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
    let pages = destinations().map(|(key, _, name)| row(format!("g {key}"), texts::go_to(name())));
    let others = SHORTCUTS.iter().map(|(key, what)| row((*key).to_owned(), what().to_owned()));
    view! {
        <dl class="shortcuts">{others.chain(pages).collect_view()}</dl>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=boxed(move || shortcuts.single_letters.get())
                on:change=on_change(move |_| shortcuts.toggle_single_letters())
            />
            {texts::single_key_shortcuts()}
        </label>
    }
}
