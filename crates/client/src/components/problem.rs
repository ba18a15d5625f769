use crate::components::icon::Icon;
use crate::components::time::Moment;
use crate::fetch::Changes;
use crate::on::on_click;
use crate::text::units;
use api::{Problem, Time};
use leptos::prelude::*;

/// What went wrong, the numbers that explain it, and the request's id to ask about.
#[component]
pub fn ProblemText(
    /// The problem.
    problem: Problem,
) -> impl IntoView {
    let numbers =
        problem.requested.zip(problem.available).filter(|(requested, available)| requested > available);
    let way_out = way_out(&problem.code);
    let held = problem.held.filter(|held| *held > 0);
    let held_until = problem.held_until;
    view! {
        <p class="problem__title">{problem.title}</p>
        <p class="problem__detail">{problem.detail}</p>
        {numbers.map(|(requested, available)| view! { <Shortfall requested available held held_until /> })}
        {way_out.map(|text| view! { <p>{text}</p> })}
        {problem.request_id.map(|id| view! { <RequestId id /> })}
    }
}

/// What a person can do about a problem, beyond what its detail says.
fn way_out(code: &str) -> Option<&'static str> {
    Some(match code {
        "insufficient_stock" => "Ask for fewer, name another warehouse, or receive more units first.",
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

/// Asked, available, and what is held and may come back.
#[component]
fn Shortfall(requested: i64, available: i64, held: Option<i64>, held_until: Option<Time>) -> impl IntoView {
    let held = held.map(|held| {
        let until = held_until.map(|until| view! { " until " <Moment at=until /> });
        view! {
            <div>
                <dt>"Held" {until}</dt>
                <dd>{units(held)}</dd>
            </div>
        }
    });
    let figure = |label: &'static str, number: i64| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{units(number)}</dd>
            </div>
        }
    };
    view! {
        <dl class="problem__numbers">
            {figure("Asked", requested)} {figure("Available", available)}
            {figure("Missing", requested - available)} {held}
        </dl>
    }
}

/// The id of the request, and a button that copies it.
#[component]
fn RequestId(id: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = id.clone();
    let copy = move |_| {
        // The promise is not awaited: where the browser forbids it, the id can be selected by hand.
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

/// A refusal beside the form that was refused.
#[component]
pub fn Refusal(
    /// The refusal, if there is one.
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

/// Stands for content that could not be fetched. A page that the server renders bears its status.
#[component]
pub fn LoadFailed(
    /// Why.
    problem: Problem,
) -> impl IntoView {
    api::document::respond_with_status(problem.status);
    let changes = Changes::expect();
    view! {
        <div class="problem" role="alert">
            {Icon::Alert.view()}
            <div>
                <ProblemText problem />
                <button class="button" type="button" on:click=on_click(move |_| changes.mark())>
                    "Try again"
                </button>
            </div>
        </div>
    }
}
