use crate::memo::{boxed, memo};
use crate::url_state::use_url_state;
use leptos::prelude::*;

/// A filter with few values, as links. Each value has its own address.
#[component]
pub fn Tabs(
    /// The name of the filter.
    label: &'static str,
    /// The query parameter.
    parameter: &'static str,
    /// The values and their labels. The empty value removes the filter.
    tabs: &'static [(&'static str, fn() -> &'static str)],
) -> impl IntoView {
    let url = use_url_state();
    let current = memo(move || url.get(parameter).unwrap_or_default());
    let tab = move |(value, name): &'static (&'static str, fn() -> &'static str)| {
        view! {
            <li>
                <a
                    href=boxed(move || url.href(&[(parameter, value)]))
                    data-noscroll=""
                    aria-current=boxed(move || current.with(|current| current == value).then_some("true"))
                >
                    {name()}
                </a>
            </li>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            <ul>{tabs.iter().map(tab).collect_view()}</ul>
        </nav>
    }
}
