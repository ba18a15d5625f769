use crate::components::missing::Missing;
use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::{Data, Fetchable, Fetched, Latest};
#[cfg(not(feature = "ssr"))]
use crate::memo::{dynamic, memo};
use leptos::prelude::*;

/// Shows fetched data: a skeleton until it arrives, then the content. The content is built once and reads the
/// data as a signal, so that rows keep their focus when newer data arrives.
#[component]
pub fn Loaded<T, V>(
    /// The data.
    from: Fetched<T>,
    /// The number of lines of the skeleton.
    #[prop(default = 6)]
    lines: usize,
    /// The address and the name of the list above a page of one thing. If the thing does not exist, its page says so.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// Renders the data.
    children: impl Fn(Data<T>) -> V + Send + 'static,
) -> impl IntoView
where
    T: Fetchable,
    V: IntoView + 'static,
{
    let content = move || {
        let (latest, problem) = from.latest();
        let children = Box::new(move || children(Data::of(latest)).into_any());
        #[cfg(feature = "ssr")]
        return render(from.ready(), latest, problem, up, children);
        #[cfg(not(feature = "ssr"))]
        render(latest, problem, up, children)
    };
    transition(lines, Box::new(content))
}

/// Renders a problem. On the page of one thing, 404 is the page of a missing thing.
fn failure(problem: api::Problem, up: Option<(&'static str, &'static str)>) -> AnyView {
    match up.filter(|_| problem.status == 404) {
        Some(up) => view! { <Missing title=problem.title detail=problem.detail up /> }.into_any(),
        None => view! { <LoadFailed problem /> }.into_any(),
    }
}

/// Wraps the content in a `Transition`. The content is built inside it, because a `Transition` waits for the
/// resources that are read inside it.
fn transition(lines: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>{content()}</Transition>
    }
    .into_any()
}

#[cfg(not(feature = "ssr"))]
fn render(
    latest: Latest,
    problem: Signal<Option<api::Problem>>,
    up: Option<(&'static str, &'static str)>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let has_data = memo(move || latest.with(Option::is_some));
    let view = move || {
        let failed = move || problem.get().map(|problem| failure(problem, up.filter(|_| !has_data.get())));
        let content = has_data.get().then(&children);
        view! {
            {dynamic(failed)}
            {content}
        }
    };
    view.into_any()
}

/// Builds the content once, after the data has arrived. Leptos polls a view several times to find the resources
/// to wait for; content that is built with each poll would fetch its own data again each time.
#[cfg(feature = "ssr")]
fn render(
    ready: impl Future<Output = ()> + Send + 'static,
    latest: Latest,
    problem: Signal<Option<api::Problem>>,
    up: Option<(&'static str, &'static str)>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let content = async move {
        ready.await;
        let failed = problem.get_untracked().map(|problem| failure(problem, up));
        let content = latest.with_untracked(Option::is_some).then(&children);
        view! {
            {failed}
            {content}
        }
    };
    Suspend::new(content).into_any()
}
