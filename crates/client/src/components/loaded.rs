use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::{Data, Fetchable, Fetched, Latest};
#[cfg(not(feature = "ssr"))]
use crate::memo::memo;
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
        return render(from.ready(), latest, problem, children);
        #[cfg(not(feature = "ssr"))]
        render(latest, problem, children)
    };
    transition(lines, Box::new(content))
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
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let has_data = memo(move || latest.with(Option::is_some));
    let view = move || {
        let failed = move || problem.get().map(|problem| view! { <LoadFailed problem /> });
        let content = has_data.get().then(&children);
        view! {
            {failed}
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
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let content = async move {
        ready.await;
        let failed = problem.get_untracked().map(|problem| view! { <LoadFailed problem /> });
        let content = latest.with_untracked(Option::is_some).then(&children);
        view! {
            {failed}
            {content}
        }
    };
    Suspend::new(content).into_any()
}
