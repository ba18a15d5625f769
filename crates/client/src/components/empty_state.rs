use crate::memo::dynamic;
use leptos::prelude::*;

/// An empty state: replaces an empty list and links to the next step.
#[component]
pub fn EmptyState(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// An explanation and a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-state__title">{dynamic(move || title.get())}</p>
            <div class="empty-state__body">{children()}</div>
        </div>
    }
}
