use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::Fetched;
use crate::memo::memo;
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
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>{content(from, children)}</Transition>
    }
}

/// Called inside the `Transition`, because whoever reads a resource there makes it wait.
fn content<T, V>(from: Fetched<T>, children: impl Fn(Signal<T>) -> V + Send + 'static) -> impl IntoView
where
    T: DeserializeOwned + PartialEq + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let good = Memo::new(move |last: Option<&Option<T>>| match from.get() {
        Some(Ok(value)) => Some(value),
        _ => last.cloned().flatten(),
    });
    let problem = memo(move || from.get().and_then(Result::err));
    let ready = memo(move || good.with(Option::is_some));
    move || {
        let failed = move || problem.get().map(|problem| view! { <LoadFailed problem /> });
        let data = Signal::derive(move || good.get().expect("content stands only where a value has come"));
        let shown = ready.get().then(|| children(data).into_any());
        view! {
            {failed}
            {shown}
        }
    }
}
