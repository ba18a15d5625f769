use crate::components::icon::Icon;
use crate::components::time::TimeOfDay;
use crate::event_handlers::on_click;
use crate::format::format_integer;
use crate::memo::dynamic;
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::user_text::visible;
use api::{Problem, Time};
use leptos::prelude::*;

/// A problem: its text, the numbers that explain it, and the request id.
#[component]
pub fn ProblemText(
    /// The problem.
    problem: Problem,
) -> impl IntoView {
    let problem = of_browser(problem);
    let shortfall =
        problem.requested.zip(problem.available).filter(|(requested, available)| requested > available);
    let held = problem.held.filter(|held| *held > 0);
    let held_until = problem.held_until;
    // Loads the page again: the server then redirects to the sign-in, which leads back here.
    let sign_in = (problem.status == 401)
        .then(|| view! { <a class="button" href="" rel="external">{texts::sign_in()}</a> });
    view! {
        <p class="problem__title">{problem.title}</p>
        <p class="problem__detail">{visible(problem.detail)}</p>
        {shortfall.map(|(requested, available)| view! { <Shortfall requested available held held_until /> })}
        {sign_in}
        {problem.request_id.map(|id| view! { <RequestId id /> })}
    }
}

/// Puts the texts of the person's language into a problem that the browser itself found. The server's problems have them.
fn of_browser(mut problem: Problem) -> Problem {
    if problem.code == "unreachable" {
        texts::problem_unreachable().clone_into(&mut problem.title);
        texts::detail_unreachable().clone_into(&mut problem.detail);
    }
    problem
}

/// Requested, available and missing units, and the held units that may become available again.
#[component]
fn Shortfall(requested: i64, available: i64, held: Option<i64>, held_until: Option<Time>) -> impl IntoView {
    let held = held.map(|held| {
        let until = held_until.map(|until| view! { " " {texts::until()} " " <TimeOfDay at=until /> });
        view! {
            <div>
                <dt>{texts::held()} {until}</dt>
                <dd>{format_integer(held)}</dd>
            </div>
        }
    });
    let figure = |label: &'static str, number: i64| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{format_integer(number)}</dd>
            </div>
        }
    };
    view! {
        <dl class="problem__numbers">
            {figure(texts::requested(), requested)} {figure(texts::available(), available)}
            {figure(texts::missing(), requested - available)} {held}
        </dl>
    }
}

/// The request id, with a button that copies it.
#[component]
fn RequestId(id: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = id.clone();
    let copy = move |_| {
        // The promise is not awaited. If the browser denies access to the clipboard, the id can be selected by
        // hand.
        _ = window().navigator().clipboard().write_text(&text);
        copied.set(true);
    };
    view! {
        <p class="problem__request">
            {texts::request()} " " <code>{id}</code>
            <button class="button button--link" type="button" on:click=on_click(copy)>
                {dynamic(move || if copied.get() { texts::copied() } else { texts::copy_request_id() })}
            </button>
        </p>
    }
}

/// The problem of a form's last submission.
#[component]
pub fn ProblemAlert(
    /// The problem, if there is one.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    move || {
        problem.get().map(|problem| {
            view! {
                <div class="problem" role="alert">
                    {Icon::Alert.view()}
                    <div>
                        <ProblemText problem />
                    </div>
                </div>
            }
        })
    }
}

/// Replaces content that could not be fetched. The server's response then has the problem's HTTP status.
#[component]
pub fn LoadFailed(
    /// The problem.
    problem: Problem,
) -> impl IntoView {
    api::page_request::respond_with_status(problem.status);
    let refetch = RefetchTrigger::expect();
    view! {
        <div class="problem" role="alert">
            {Icon::Alert.view()}
            <div>
                <ProblemText problem />
                <button class="button" type="button" on:click=on_click(move |_| refetch.trigger())>
                    {texts::try_again()}
                </button>
            </div>
        </div>
    }
}
