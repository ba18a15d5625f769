use crate::components::problem::LoadFailed;
use crate::components::skeleton::Skeleton;
use crate::fetch::{Data, Fetchable, Fetched, Latest};
use crate::memo::Look;
#[cfg(not(feature = "ssr"))]
use crate::memo::memo;
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
        let children = Box::new(move || children(Data::of(latest)).into_any());
        #[cfg(feature = "ssr")]
        return shown(from.come(), latest, problem, children);
        #[cfg(not(feature = "ssr"))]
        shown(latest, problem, children)
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
#[cfg(not(feature = "ssr"))]
fn shown(
    latest: Latest,
    problem: Signal<Option<api::Problem>>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let ready = memo(move || latest.look(Option::is_some));
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

/// The same for the one time that the server looks. Leptos looks several times for what there is to wait for, and
/// what is built with each look would fetch anew: so it is built when the data has come, and kept.
#[cfg(feature = "ssr")]
fn shown(
    come: impl Future<Output = ()> + Send + 'static,
    latest: Latest,
    problem: Signal<Option<api::Problem>>,
    children: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let content = async move {
        come.await;
        let failed = problem.get_untracked().map(|problem| view! { <LoadFailed problem /> });
        let content = latest.glance(Option::is_some).then(&children);
        view! {
            {failed}
            {content}
        }
    };
    Suspend::new(content).into_any()
}
