use crate::components::empty_state::EmptyState;
use crate::components::page_head::PageHead;
use leptos::prelude::*;

/// The page for unknown addresses.
#[component]
pub fn NotFound() -> impl IntoView {
    api::page_request::respond_with_status(404);
    view! {
        <PageHead title="Page not found" />
        <EmptyState title="There is no page at this address.">
            <p>"It may have been mistyped, or the page has moved."</p>
            <a class="button button--primary" href="/">
                "Go to the overview"
            </a>
        </EmptyState>
    }
}
