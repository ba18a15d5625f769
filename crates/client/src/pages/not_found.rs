use crate::components::empty::Empty;
use crate::components::page_head::PageHead;
use leptos::prelude::*;

/// Stands where an address leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    api::document::respond_with_status(404);
    view! {
        <PageHead title="Page not found" />
        <Empty title="Nothing is at this address.">
            <p>"It may have been mistyped, or the page has moved."</p>
            <a class="button button--primary" href="/">
                "Go to the overview"
            </a>
        </Empty>
    }
}
