use crate::components::icon::Icon;
use crate::components::time::TimeOfDay;
use crate::event_handlers::on_click;
use crate::format::format_integer;
use crate::refetch::RefetchTrigger;
use api::{Problem, Time};
use leptos::prelude::*;

/// A problem: its text, the numbers that explain it, and the request id.
#[component]
pub fn ProblemText(
    /// The problem.
    problem: Problem,
) -> impl IntoView {
    let shortfall =
        problem.requested.zip(problem.available).filter(|(requested, available)| requested > available);
    let advice = advice(&problem.code);
    let held = problem.held.filter(|held| *held > 0);
    let held_until = problem.held_until;
    // Loads the page again: the server then redirects to the sign-in, which leads back here.
    let sign_in =
        (problem.status == 401).then(|| view! { <a class="button" href="" rel="external">"Sign in"</a> });
    view! {
        <p class="problem__title">{problem.title}</p>
        <p class="problem__detail">{problem.detail}</p>
        {shortfall.map(|(requested, available)| view! { <Shortfall requested available held held_until /> })}
        {advice.map(|text| view! { <p>{text}</p> })}
        {sign_in}
        {problem.request_id.map(|id| view! { <RequestId id /> })}
    }
}

/// Returns advice on a problem, in addition to its detail.
fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "insufficient_stock" => "Request fewer units, choose another warehouse, or receive more units first.",
        "block_expired" | "block_released" => "Its units are back on sale: place a new block to hold some.",
        "block_already_permanent" => "Its units are sold; there is nothing left to do.",
        "order_already_allocated" => "Its units are taken. Cancel the order to give them back.",
        "order_cancelled" => "Create a new order for the same lines.",
        "warehouse_code_taken" => "Choose another code.",
        "item_not_found" | "block_not_found" | "order_not_found" | "warehouse_not_found" => {
            "Check the address, or look for it in the list."
        }
        _ => return None,
    })
}

/// Requested, available and missing units, and the held units that may become available again.
#[component]
fn Shortfall(requested: i64, available: i64, held: Option<i64>, held_until: Option<Time>) -> impl IntoView {
    let held = held.map(|held| {
        let until = held_until.map(|until| view! { " until " <TimeOfDay at=until /> });
        view! {
            <div>
                <dt>"Held" {until}</dt>
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
            {figure("Requested", requested)} {figure("Available", available)}
            {figure("Missing", requested - available)} {held}
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
            "Request " <code>{id}</code>
            <button class="button button--link" type="button" on:click=on_click(copy)>
                {move || if copied.get() { "Copied" } else { "Copy request id" }}
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
                    "Try again"
                </button>
            </div>
        </div>
    }
}
