use crate::filters::use_filters;
use crate::memo::{Look, memo};
use leptos::prelude::*;

/// A filter with few values, as links: each is an address of its own.
#[component]
pub fn Tabs(
    /// What is filtered by.
    label: &'static str,
    /// Its parameter in the address.
    parameter: &'static str,
    /// The values and their names; the empty value is no filter.
    tabs: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let filters = use_filters();
    let current = memo(move || filters.get(parameter).unwrap_or_default());
    let tab = move |(value, name): &'static (&'static str, &'static str)| {
        view! {
            <li>
                <a
                    href=move || filters.href(&[(parameter, value)])
                    data-noscroll=""
                    aria-current=move || current.look(|current| current == value).then_some("true")
                >
                    {*name}
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
