use crate::texts;
use leptos::prelude::*;

/// A placeholder for a list that is being fetched.
#[component]
pub fn Skeleton(
    /// The number of lines.
    #[prop(default = 6)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-busy="true">
            <p class="visually-hidden">{texts::loading()}</p>
            {(0..lines).map(|_| view! { <div class="skeleton__line"></div> }).collect_view()}
        </div>
    }
}
