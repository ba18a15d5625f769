use crate::filters::use_filters;
use leptos::prelude::*;

/// Leads to the next page and back to the first. The browser's own "back" leads to the one before.
#[component]
pub fn Pager(
    /// The cursor of the page behind this one.
    #[prop(into)]
    next: Signal<Option<String>>,
    /// The cursor's parameter in the address.
    #[prop(default = "after")]
    parameter: &'static str,
) -> impl IntoView {
    let filters = use_filters();
    let first = move || {
        filters.get(parameter).map(|_| {
            let href = filters.href(&[(parameter, "")]);
            view! { <a class="button" href=href>"First page"</a> }
        })
    };
    let next = move || {
        next.get().map(|cursor| {
            let href = filters.href(&[(parameter, &cursor)]);
            view! { <a class="button" href=href rel="next">"Next page"</a> }
        })
    };
    view! {
        <nav class="pager" aria-label="Pages">
            {first}
            {next}
        </nav>
    }
}
