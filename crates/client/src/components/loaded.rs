use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::{Data, Fetchable, Fetched, Latest};
use crate::memo::{Look, steady};
use leptos::prelude::*;

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
    children: impl Fn(Data<T>) -> V + Send + 'static,
) -> impl IntoView
where
    T: Fetchable,
    V: IntoView + 'static,
{
    let content = move || {
        let (latest, problem) = from.latest();
        shown(latest, problem, Box::new(move || children(Data::of(latest)).into_any()))
    };
    waiting(lines, Box::new(content))
}

/// Compiled once, not for each type of data. The content is made inside the `Transition`, because whoever
/// reads a resource there makes it wait.
fn waiting(lines: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>{content()}</Transition>
    }
    .into_any()
}

/// Compiled once, too.
fn shown(
    latest: Latest,
    problem: Signal<Option<api::Problem>>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let ready = steady(move || latest.look(Option::is_some));
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
