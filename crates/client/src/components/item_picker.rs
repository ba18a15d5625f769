use crate::components::debounce::Debounce;
use crate::components::field::bind_input;
use crate::event_handlers::{on_input, on_keydown};
use crate::memo::{boxed, dynamic, memo};
use crate::texts;
use crate::user_text::user_text;
use api::{Item, rpc};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// The debounce time before items are searched.
const DEBOUNCE: Duration = Duration::from_millis(120);
/// The most items in the list.
const SUGGESTIONS_MAX: i64 = 8;

/// The list of suggestions and its state.
#[derive(Clone, Copy)]
struct Suggestions {
    text: RwSignal<String>,
    items: RwSignal<Vec<Item>>,
    open: RwSignal<bool>,
    active: RwSignal<usize>,
    /// Whether the search found no item.
    no_match: RwSignal<bool>,
    pick: Callback<Item>,
    keep_text: bool,
}

impl Suggestions {
    /// Searches items by name. Ignores the response if the text has changed meanwhile.
    fn search(self, words: String) {
        spawn_local(async move {
            let q = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
            let page = rpc::list_items(None, q, None, None, None, Some(SUGGESTIONS_MAX), None).await;
            let current = self.text.try_with_untracked(|text| *text == words) == Some(true);
            if let (true, Ok(page)) = (current, page) {
                self.no_match.set(page.items.is_empty());
                self.items.set(page.items);
                self.active.set(0);
            }
        });
    }

    fn choose(self, at: usize) {
        let Some(item) = self.items.with_untracked(|items| items.get(at).cloned()) else { return };
        self.text.set(if self.keep_text { item.name.clone() } else { String::new() });
        self.items.set(Vec::new());
        self.open.set(false);
        self.pick.run(item);
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        let count = self.items.with_untracked(Vec::len);
        let (open, active) = (self.open.get_untracked(), self.active.get_untracked());
        match event.key().as_str() {
            "ArrowDown" if open && count > 0 => self.active.set((active + 1) % count),
            "ArrowUp" if open && count > 0 => self.active.set((active + count - 1) % count),
            "ArrowDown" => {
                self.open.set(true);
                self.search(self.text.get_untracked());
            }
            "Enter" if open && count > 0 => self.choose(active),
            "Escape" if open => self.open.set(false),
            _ => return,
        }
        event.prevent_default();
    }
}

/// A combobox that searches items by name and picks one, by keyboard or mouse.
#[component]
pub fn ItemPicker(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// Called with the picked item.
    pick: Callback<Item>,
    /// Whether an item is required.
    #[prop(optional)]
    required: bool,
    /// Keeps the picked item's name in the input. Called when the text changes afterwards, because it no longer
    /// names the item. Without this prop the input is cleared after each pick.
    #[prop(optional)]
    unpick: Option<Callback<()>>,
    /// Whether the field has the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// The reference to the input, to focus it again.
    #[prop(optional)]
    node: NodeRef<html::Input>,
    /// For browsers without JavaScript: the name under which the text is submitted, and the submitted text.
    #[prop(optional)]
    submitted: Option<(&'static str, String)>,
) -> impl IntoView {
    let (name, words) = submitted.unzip();
    let text = RwSignal::new(words.unwrap_or_default());
    let (items, open, active) = (RwSignal::new(Vec::new()), RwSignal::new(false), RwSignal::new(0));
    let no_match = RwSignal::new(false);
    let suggestions = Suggestions { text, items, open, active, no_match, pick, keep_text: unpick.is_some() };
    bind_input(node, text);
    let debounce = Debounce::new();
    let typed = move |event| {
        text.set(event_target_value(&event));
        open.set(true);
        no_match.set(false);
        if let Some(unpick) = unpick {
            unpick.run(());
        }
        debounce.run(DEBOUNCE, move || suggestions.search(text.get_untracked()));
    };
    let list_id = format!("{id}-list");
    let shown = memo(move || open.get() && items.with(|items| !items.is_empty()));
    view! {
        <div class="field picker">
            <label for=id>{label}</label>
            <input
                id=id
                name=name
                node_ref=node
                class="input"
                role="combobox"
                aria-expanded=boxed(move || if shown.get() { "true" } else { "false" })
                aria-controls=list_id.clone()
                aria-autocomplete="list"
                aria-activedescendant=boxed(move || shown.get().then(|| format!("{id}-{}", active.get())))
                autocomplete="off"
                autofocus=autofocus
                required=required
                placeholder=texts::part_of_name()
                value=text.get_untracked()
                on:input=on_input(typed)
                on:keydown=on_keydown(move |event| suggestions.on_key(&event))
                on:blur=move |_| open.set(false)
            />
            <SuggestionList id list_id label suggestions shown />
            <p class="picker__list picker__none" role="status" hidden=boxed(move || !(open.get() && no_match.get()))>
                {texts::no_name_match()}
            </p>
        </div>
    }
}

#[component]
fn SuggestionList(
    id: &'static str,
    list_id: String,
    label: &'static str,
    suggestions: Suggestions,
    shown: Memo<bool>,
) -> impl IntoView {
    let option = move |(at, item): (usize, Item)| {
        view! {
            <li
                id=format!("{id}-{at}")
                class="picker__option"
                role="option"
                aria-selected=boxed(move || if suggestions.active.get() == at { "true" } else { "false" })
                on:mousedown=move |event| {
                    // Keeps the focus in the input. Its `blur` event would close the list before the click.
                    event.prevent_default();
                    suggestions.choose(at);
                }
            >
                <span class="picker__name">{user_text(item.name)}</span>
                <span class="muted">{item.category.map(user_text)}</span>
                <span class="figure">{texts::units_available(item.quantity)}</span>
            </li>
        }
    };
    view! {
        <ul id=list_id class="picker__list" role="listbox" aria-label=label hidden=boxed(move || !shown.get())>
            {dynamic(move || suggestions.items.get().into_iter().enumerate().map(option).collect_view())}
        </ul>
    }
}
