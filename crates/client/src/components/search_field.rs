use crate::components::debounce::Debounce;
use crate::components::field::bind_input;
use crate::components::icon::Icon;
use crate::event_handlers::on_input;
use crate::memo::effect;
use crate::url_state::use_url_state;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// The debounce time before the address changes.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// A search field that keeps its text in the page's address. The shortcut `/` focuses it.
#[component]
pub fn SearchField(
    /// The label, which is also the placeholder.
    label: &'static str,
    /// The query parameter with the text.
    #[prop(default = "q")]
    parameter: &'static str,
) -> impl IntoView {
    let url = use_url_state();
    let node = NodeRef::<html::Input>::new();
    let text = RwSignal::new(untrack(|| url.get(parameter)).unwrap_or_default());
    bind_input(node, text);

    let written = StoredValue::new(text.get_untracked());
    let debounce = Debounce::new();
    effect(move |_| {
        let words = text.with(|text| text.trim().to_owned());
        debounce.run(DEBOUNCE, move || {
            if words != written.get_value() {
                written.set_value(words.clone());
                url.set_params(&[(parameter, &words)], true);
            }
        });
    });
    // Back and forward change the address and therefore the text. Changes by this field itself are skipped.
    effect(move |_| {
        let words = url.get(parameter).unwrap_or_default();
        if words != written.get_value() {
            written.set_value(words.clone());
            text.set(words);
        }
    });
    view! {
        <label class="search">
            <span class="visually-hidden">{label}</span>
            {Icon::Search.view()}
            <input
                class="input"
                type="search"
                name=parameter
                node_ref=node
                value=text.get_untracked()
                placeholder=label
                autocomplete="off"
                on:input=on_input(move |event| text.set(event_target_value(&event)))
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
    }
}
