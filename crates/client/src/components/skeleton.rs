use leptos::prelude::*;

/// The shape of a list while its content comes.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 6)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-busy="true">
            <p class="visually-hidden">"Loading…"</p>
            {(0..lines).map(|_| view! { <div class="skeleton__line"></div> }).collect_view()}
        </div>
    }
}
