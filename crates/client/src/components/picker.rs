use crate::components::field::bind;
use crate::components::pause::Pause;
use crate::memo::{Look, memo};
use crate::on::{on_input, on_keydown};
use crate::text::units;
use api::{Item, rpc};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long typing must have paused.
const PAUSE: Duration = Duration::from_millis(120);
/// How many items are offered.
const OFFERED: i64 = 8;

/// What the picker offers for the words typed into it.
#[derive(Clone, Copy)]
struct Offer {
    text: RwSignal<String>,
    items: RwSignal<Vec<Item>>,
    open: RwSignal<bool>,
    active: RwSignal<usize>,
    /// Whether no item has the words.
    none: RwSignal<bool>,
    pick: Callback<Item>,
    keep: bool,
}

impl Offer {
    /// Fetches the items whose names have the words; an answer to older words is dropped.
    fn look_up(self, words: String) {
        spawn_local(async move {
            let q = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
            let page = rpc::list_items(None, q, None, None, None, Some(OFFERED), None).await;
            let current = self.text.try_with_untracked(|text| *text == words) == Some(true);
            if let (true, Ok(page)) = (current, page) {
                self.none.set(page.items.is_empty());
                self.items.set(page.items);
                self.active.set(0);
            }
        });
    }

    fn take(self, at: usize) {
        let Some(item) = self.items.glance(|items| items.get(at).cloned()) else { return };
        self.text.set(if self.keep { item.name.clone() } else { String::new() });
        self.items.set(Vec::new());
        self.open.set(false);
        self.pick.run(item);
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        let count = self.items.glance(Vec::len);
        let (open, active) = (self.open.get_untracked(), self.active.get_untracked());
        match event.key().as_str() {
            "ArrowDown" if open && count > 0 => self.active.set((active + 1) % count),
            "ArrowUp" if open && count > 0 => self.active.set((active + count - 1) % count),
            "ArrowDown" => {
                self.open.set(true);
                self.look_up(self.text.get_untracked());
            }
            "Enter" if open && count > 0 => self.take(active),
            "Escape" if open => self.open.set(false),
            _ => return,
        }
        event.prevent_default();
    }
}

/// Finds an item as one types a part of its name, and picks it: arrows and Enter, or a click.
#[component]
pub fn ItemPicker(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// Called with the item that was picked.
    pick: Callback<Item>,
    /// Whether an item must be picked.
    #[prop(optional)]
    required: bool,
    /// Keeps the picked item's name in the input, and is called when that is changed, for then it no
    /// longer names the item. Without it the input is empty again after each pick, for the next one.
    #[prop(optional)]
    unpick: Option<Callback<()>>,
    /// Whether it has the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Where the input is, to focus it again.
    #[prop(optional)]
    node: NodeRef<html::Input>,
    /// The name under which its words are sent without JavaScript, and the words that were.
    #[prop(optional)]
    sent: Option<(&'static str, String)>,
) -> impl IntoView {
    let (name, words) = sent.unzip();
    let text = RwSignal::new(words.unwrap_or_default());
    let (items, open, active) = (RwSignal::new(Vec::new()), RwSignal::new(false), RwSignal::new(0));
    let none = RwSignal::new(false);
    let offer = Offer { text, items, open, active, none, pick, keep: unpick.is_some() };
    bind(node, text);
    let pause = Pause::new();
    let typed = move |event| {
        text.set(event_target_value(&event));
        open.set(true);
        none.set(false);
        if let Some(unpick) = unpick {
            unpick.run(());
        }
        pause.then(PAUSE, move || offer.look_up(text.get_untracked()));
    };
    let list_id = format!("{id}-list");
    let shown = memo(move || open.get() && items.look(|items| !items.is_empty()));
    view! {
        <div class="field picker">
            <label for=id>{label}</label>
            <input
                id=id
                name=name
                node_ref=node
                class="input"
                role="combobox"
                aria-expanded=move || if shown.get() { "true" } else { "false" }
                aria-controls=list_id.clone()
                aria-autocomplete="list"
                aria-activedescendant=move || shown.get().then(|| format!("{id}-{}", active.get()))
                autocomplete="off"
                autofocus=autofocus
                required=required
                placeholder="Part of a name"
                value=text.get_untracked()
                on:input=on_input(typed)
                on:keydown=on_keydown(move |event| offer.on_key(&event))
                on:blur=move |_| open.set(false)
            />
            <OfferList id list_id label offer shown />
            <p class="picker__list picker__none" role="status" hidden=move || !(open.get() && none.get())>
                "No item has this in its name."
            </p>
        </div>
    }
}

#[component]
fn OfferList(
    id: &'static str,
    list_id: String,
    label: &'static str,
    offer: Offer,
    shown: Memo<bool>,
) -> impl IntoView {
    let option = move |(at, item): (usize, Item)| {
        view! {
            <li
                id=format!("{id}-{at}")
                class="picker__option"
                role="option"
                aria-selected=move || if offer.active.get() == at { "true" } else { "false" }
                on:mousedown=move |event| {
                    // Keeps the focus in the input, whose blur would close the list before the click.
                    event.prevent_default();
                    offer.take(at);
                }
            >
                <span class="picker__name">{item.name}</span>
                <span class="muted">{item.category}</span>
                <span class="figure">{units(item.quantity)} " available"</span>
            </li>
        }
    };
    view! {
        <ul id=list_id class="picker__list" role="listbox" aria-label=label hidden=move || !shown.get()>
            {move || offer.items.get().into_iter().enumerate().map(option).collect_view()}
        </ul>
    }
}
