use crate::components::field::bind;
use crate::components::icon::Icon;
use crate::components::pause::Pause;
use crate::filters::use_filters;
use crate::memo::Look;
use crate::on::on_input;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// How long typing must have paused.
const PAUSE: Duration = Duration::from_millis(150);

/// A search that keeps its words in the address, a moment after they were typed. `/` focuses it from
/// anywhere on the page.
#[component]
pub fn SearchField(
    /// What it searches, for its label and placeholder.
    label: &'static str,
    /// Its parameter in the address.
    #[prop(default = "q")]
    parameter: &'static str,
) -> impl IntoView {
    let filters = use_filters();
    let node = NodeRef::<html::Input>::new();
    let text = RwSignal::new(untrack(|| filters.get(parameter)).unwrap_or_default());
    bind(node, text);

    let written = StoredValue::new(text.get_untracked());
    let pause = Pause::new();
    Effect::new(move |_| {
        let words = text.look(|text| text.trim().to_owned());
        pause.then(PAUSE, move || {
            if words != written.get_value() {
                written.set_value(words.clone());
                filters.go(&[(parameter, &words)], true);
            }
        });
    });
    // Back and forward change the address, and so the words; the field's own writing does not.
    Effect::new(move |_| {
        let words = filters.get(parameter).unwrap_or_default();
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
