use leptos::prelude::*;

/// What stands where there is nothing to show, and where to go from there.
#[component]
pub fn Empty(
    /// What there is none of.
    #[prop(into)]
    title: Signal<String>,
    /// Why, and what leads on.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty__title">{move || title.get()}</p>
            <div class="empty__body">{children()}</div>
        </div>
    }
}
