use crate::components::empty_state::EmptyState;
use crate::components::page_head::PageHead;
use crate::texts;
use leptos::prelude::*;

/// The page for unknown addresses.
#[component]
pub fn NotFound() -> impl IntoView {
    api::page_request::respond_with_status(404);
    view! {
        <PageHead title=texts::page_not_found() />
        <EmptyState title=texts::page_not_found_title()>
            <p>{texts::page_not_found_about()}</p>
            <a class="button button--primary" href="/">
                {texts::go_to_overview()}
            </a>
        </EmptyState>
    }
}
