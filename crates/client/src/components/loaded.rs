use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::Fetched;
use crate::memo::{derived, memo};
use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// Shows what was fetched: a skeleton until it is there, then the content, which stays in place while newer
/// data comes. The content is built once and reads the data as a signal, so that rows keep their focus.
#[component]
pub fn Loaded<T, V>(
    /// What is fetched.
    from: Fetched<T>,
    /// How many lines the skeleton has.
    #[prop(default = 6)]
    lines: usize,
    /// Shows the data.
    children: impl Fn(Signal<T>) -> V + Send + 'static,
) -> impl IntoView
where
    T: DeserializeOwned + PartialEq + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = Box::new(move |data| children(data).into_any());
    waiting(lines, Box::new(move || content(from, children)))
}

/// Compiled once, not for each type of data.
fn waiting(lines: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>{content()}</Transition>
    }
    .into_any()
}

/// Called inside the `Transition`, because whoever reads a resource there makes it wait.
fn content<T>(from: Fetched<T>, children: Box<dyn Fn(Signal<T>) -> AnyView + Send>) -> AnyView
where
    T: DeserializeOwned + PartialEq + Clone + Send + Sync + 'static,
{
    let good = Memo::new(move |last: Option<&Option<T>>| match from.get() {
        Some(Ok(value)) => Some(value),
        _ => last.cloned().flatten(),
    });
    let problem = memo(move || from.get().and_then(Result::err));
    let ready = memo(move || good.with(Option::is_some));
    let data = derived(move || good.get().expect("content stands only where a value has come"));
    shown(problem, ready, Box::new(move || children(data)))
}

/// Compiled once, too.
fn shown(
    problem: Memo<Option<api::Problem>>,
    ready: Memo<bool>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let view = move || {
        let failed = move || problem.get().map(|problem| view! { <LoadFailed problem /> });
        let content = ready.get().then(&children);
        view! {
            {failed}
            {content}
        }
    };
    view.into_any()
}
