use crate::components::empty_state::EmptyState;
use crate::components::page_head::PageHead;
use crate::texts;
use leptos::prelude::*;

/// The page in place of something that does not exist: its title, the reason, and the way on. The server's response has the
/// status 404.
#[component]
pub fn Missing(
    /// The title.
    title: String,
    /// The reason.
    detail: String,
    /// The address and the name of the list.
    up: (&'static str, &'static str),
) -> impl IntoView {
    api::page_request::respond_with_status(404);
    view! {
        <PageHead title=title up />
        <EmptyState title=detail>
            <p>{texts::check_address()}</p>
            <a class="button button--primary" href=up.0>
                {texts::see_all(up.1)}
            </a>
            <a class="button" href="/search" rel="external">
                {texts::search()}
            </a>
        </EmptyState>
    }
}
