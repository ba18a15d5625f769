#[cfg(not(feature = "ssr"))]
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
    shown(is, Box::new(move |so| if so { children() } else { fallback.run() }))
}

#[cfg(not(feature = "ssr"))]
fn shown(is: Signal<bool>, content: Box<dyn Fn(bool) -> AnyView + Send>) -> AnyView {
    let is = memo(move || is.get());
    (move || content(is.get())).into_any()
}

/// On the server it is built once, where it is first looked at: see `loaded`. So what `is` looks at must be known by
/// then: what is fetched is, inside `Loaded`.
#[cfg(feature = "ssr")]
fn shown(is: Signal<bool>, content: Box<dyn Fn(bool) -> AnyView + Send>) -> AnyView {
    Suspend::new(async move { content(is.get_untracked()) }).into_any()
}
