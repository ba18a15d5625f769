use crate::url_state::use_url_state;
use leptos::prelude::*;

/// Links to the next page and back to the first one. The browser's back button leads to the previous page.
#[component]
pub fn Pager(
    /// The cursor of the next page.
    #[prop(into)]
    next: Signal<Option<String>>,
    /// The query parameter with the cursor.
    #[prop(default = "after")]
    parameter: &'static str,
) -> impl IntoView {
    let url = use_url_state();
    let first = move || {
        url.get(parameter).map(|_| {
            let href = url.href(&[(parameter, "")]);
            view! { <a class="button" href=href>"First page"</a> }
        })
    };
    let next = move || {
        next.get().map(|cursor| {
            let href = url.href(&[(parameter, &cursor)]);
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
