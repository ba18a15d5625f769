use crate::memo::memo;
use leptos::prelude::*;

/// Shows its content while something is so, and something else while it is not. Leptos' `Show` is compiled
/// anew for each place that uses it, this one once.
#[component]
pub fn When(
    /// What is so, or not.
    #[prop(into)]
    is: Signal<bool>,
    /// Shown while it is not so.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// Shown while it is so.
    children: ChildrenFn,
) -> impl IntoView {
    let is = memo(move || is.get());
    move || if is.get() { children() } else { fallback.run() }
}
