use crate::action::Action;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::problem::ProblemAlert;
use crate::components::toast::Toasts;
use crate::event_handlers::{on_click, on_submit};
use crate::memo::{boxed, derived, dynamic};
use crate::selection::Selection;
use crate::texts;
use api::{BulkOutcome, Problem};
use leptos::prelude::*;

/// An action on all selected rows.
#[derive(Debug, Clone, Copy)]
pub struct BulkVerb {
    /// Returns the label of the button, and the start of the dialog's title.
    pub label: fn() -> &'static str,
    /// Returns what happens to the rows, for the dialog and the message: `cancelled`.
    pub done: fn() -> &'static str,
}

/// The bar with the actions on all selected rows of the page, and the dialog that asks once for all of them.
#[component]
pub fn BulkPanel(
    /// The selected rows.
    selection: Selection,
    /// The ids of the rows of the page.
    rows: Signal<Vec<i64>>,
    /// Returns a number of rows as text: `3 items`.
    rows_text: fn(i64) -> String,
    /// The actions.
    verbs: &'static [BulkVerb],
    /// Runs the action at this place of `verbs` on these rows.
    action: Action<(usize, Vec<i64>)>,
    /// Whether the dialog is open. A success closes it.
    open: RwSignal<bool>,
    /// The fields of the dialog of the action at this place.
    fields: Callback<usize, AnyView>,
) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let ids = derived(move || {
        let mut ids = rows.get();
        ids.retain(|id| selection.has(*id));
        ids
    });
    let count = move || rows_text(ids.with(Vec::len) as i64);
    let button = move |(at, verb): (usize, &'static BulkVerb)| {
        let begin = move |_| {
            chosen.set(at);
            action.reset();
            open.set(true);
        };
        view! {
            <button class="button" type="button" on:click=on_click(begin)>
                {(verb.label)()}
            </button>
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.run((chosen.get_untracked(), ids.get_untracked()));
    };
    view! {
        <div
            class="bulk bulk--script"
            role="region"
            aria-label=texts::selected_rows()
            hidden=boxed(move || ids.with(Vec::is_empty))
        >
            <p role="status">{dynamic(move || texts::selected_count(ids.with(Vec::len) as i64))}</p>
            {verbs.iter().enumerate().map(button).collect_view()}
            <button class="button button--link" type="button" on:click=on_click(move |_| selection.clear())>
                {texts::select_none()}
            </button>
        </div>
        <Dialog id="bulk" title=derived(move || format!("{}: {}", (verbs[chosen.get()].label)(), count())) open>
            <form class="form" on:submit=on_submit(submit)>
                <ProblemAlert problem=action.problem() />
                <p>{dynamic(move || texts::will_be_done(&count(), (verbs[chosen.get()].done)()))}</p>
                {dynamic(move || fields.run(chosen.get()))}
                <DialogFoot
                    action
                    label=derived(move || (verbs[chosen.get()].label)().to_owned())
                />
            </form>
        </Dialog>
    }
}

/// Shows the outcomes of a bulk action in one message: the number of successes, or the number of failures with the first reason.
pub fn show_outcomes(toasts: Toasts, outcomes: Vec<BulkOutcome>, rows_text: fn(i64) -> String, done: &str) {
    let all = outcomes.len();
    let problems: Vec<Problem> = outcomes.into_iter().filter_map(|outcome| outcome.problem).collect();
    let succeeded = rows_text((all - problems.len()) as i64);
    match problems.first() {
        None => toasts.done(texts::is_done(&succeeded, done)),
        Some(first) => {
            let title = texts::is_partly_done(&succeeded, done, &problems.len().to_string());
            let detail = format!("{}. {}", first.title, first.detail);
            toasts.problem(Problem { title, detail, ..first.clone() });
        }
    }
}
