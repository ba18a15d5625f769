#[cfg(not(feature = "ssr"))]
use crate::memo::memo;
use leptos::prelude::*;

/// Shows its children while a condition holds, and a fallback otherwise. Replaces Leptos' `Show`, which would
/// build its children several times on the server; see `show` for `ssr`.
#[component]
pub fn Show(
    /// The condition.
    #[prop(into)]
    when: Signal<bool>,
    /// Shown while the condition doesn't hold.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// Shown while the condition holds.
    children: ChildrenFn,
) -> impl IntoView {
    show(when, Box::new(move |when| if when { children() } else { fallback.run() }))
}

#[cfg(not(feature = "ssr"))]
fn show(when: Signal<bool>, content: Box<dyn Fn(bool) -> AnyView + Send>) -> AnyView {
    let when = memo(move || when.get());
    (move || content(when.get())).into_any()
}

/// Builds the content once, when the render first polls it. The data of the condition must have arrived by then;
/// inside `Loaded` it has.
#[cfg(feature = "ssr")]
fn show(when: Signal<bool>, content: Box<dyn Fn(bool) -> AnyView + Send>) -> AnyView {
    Suspend::new(async move { content(when.get_untracked()) }).into_any()
}
