use crate::action::Action;
use crate::components::cell::{NoScript, Tone};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::SelectField;
use crate::components::table::SELECTION_FORM;
use crate::components::time::{now, seconds_between};
use crate::components::toast::Toasts;
use crate::event_handlers::{on_click, on_submit};
use crate::format::format_count;
use crate::memo::{derived, memo};
use crate::refetch::RefetchTrigger;
use crate::selection::Selection;
use api::{ActOnBlocks, Block, BlockAction, BlockOutcome, PlaceBlock, Problem, Time, rpc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::time::Duration;

/// The time that a row shows the result of an action, until its new data has arrived.
const STATE_SHOWN: Duration = Duration::from_millis(1_500);

/// The state of a row that differs from its data.
#[derive(Clone)]
enum RowState {
    /// The expected result of a pending action.
    Expected(BlockAction),
    /// The reason of a rejected action.
    Rejected(String),
}

/// Actions on blocks with optimistic updates: the expected result is shown at once, and replaced by the reason
/// if the server rejects it.
#[derive(Clone, Copy)]
pub struct BlockActions {
    /// The blocks that the open dialog is about.
    chosen: RwSignal<Vec<Block>>,
    confirming: RwSignal<bool>,
    extending: RwSignal<bool>,
    row_states: RwSignal<HashMap<i64, RowState>>,
    refetch: RefetchTrigger,
    toasts: Toasts,
}

impl BlockActions {
    /// Creates actions without any pending.
    pub fn new() -> Self {
        Self {
            chosen: RwSignal::new(Vec::new()),
            confirming: RwSignal::new(false),
            extending: RwSignal::new(false),
            row_states: RwSignal::new(HashMap::new()),
            refetch: RefetchTrigger::expect(),
            toasts: Toasts::expect(),
        }
    }

    /// The labels of the buttons of rows and of the bulk bar.
    pub const VERBS: [&'static str; 3] = ["Confirm", "Extend", "Release"];

    /// The addresses that the buttons post to without JavaScript. A block is
    /// extended by one hour, the default of the dialog.
    pub const NO_SCRIPT: NoScript =
        NoScript::Post(&["/forms/confirm_block", "/forms/extend_block?in=extension", "/forms/release_block"]);

    /// Starts the action of a button. Confirming and extending open a dialog first.
    pub fn begin(self, verb: &str, blocks: Vec<Block>) {
        match verb {
            "Confirm" => {
                self.chosen.set(blocks);
                self.confirming.set(true);
            }
            "Extend" => {
                self.chosen.set(blocks);
                self.extending.set(true);
            }
            _ => self.run(BlockAction::Release, blocks, None),
        }
    }

    /// Returns the state that a row shows while an action is pending or after it was rejected.
    pub fn state_shown(self, id: i64) -> Option<(&'static str, Tone, String)> {
        self.row_states.with(|states| {
            Some(match states.get(&id)? {
                RowState::Expected(BlockAction::Confirm) => ("Permanent", Tone::Good, String::new()),
                RowState::Expected(BlockAction::Release) => ("Released", Tone::Quiet, String::new()),
                RowState::Expected(BlockAction::Extend) => ("Temporary", Tone::Held, "extending…".to_owned()),
                RowState::Rejected(why) => ("Rejected", Tone::Bad, why.clone()),
            })
        })
    }

    fn run(self, action: BlockAction, blocks: Vec<Block>, ttl_seconds: Option<i64>) {
        let block_ids = blocks.iter().map(|block| block.id).collect::<Vec<_>>();
        self.row_states.update(|states| {
            states.extend(block_ids.iter().map(|id| (*id, RowState::Expected(action))));
        });
        spawn_local(async move {
            match rpc::act_on_blocks(ActOnBlocks { action, block_ids, ttl_seconds }).await {
                Ok(outcomes) => self.show_outcomes(action, blocks, outcomes),
                Err(problem) => {
                    self.clear_states(&blocks);
                    self.toasts.problem(problem);
                }
            }
            self.refetch.trigger();
        });
    }

    /// Shows the outcome of each block.
    fn show_outcomes(self, action: BlockAction, blocks: Vec<Block>, outcomes: Vec<BlockOutcome>) {
        let rejected = outcomes.iter().filter_map(|outcome| {
            outcome.problem.as_ref().map(|problem| (outcome.block_id, problem.clone()))
        });
        let rejected = rejected.collect::<HashMap<i64, Problem>>();
        let (failed, done): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| rejected.contains_key(&block.id));
        self.row_states.try_update(|states| {
            for (id, problem) in &rejected {
                states.insert(*id, RowState::Rejected(problem.title.clone()));
            }
        });
        if let [first, ..] = &done[..] {
            let text = success_text(action, first, &done);
            match action {
                BlockAction::Release => {
                    let again = done.clone();
                    self.toasts.done_with_undo(text, move || self.place_again(again.clone()));
                }
                _ => self.toasts.done(text),
            }
        }
        if let Some(mut problem) = failed.first().and_then(|block| rejected.get(&block.id)).cloned() {
            if failed.len() > 1 {
                let others = format_count(failed.len() as i64 - 1, "other", "others");
                problem.detail = format!("{} And {others}: each row shows its reason.", problem.detail);
            }
            self.toasts.problem(problem);
        }
        set_timeout(move || self.clear_states(&done), STATE_SHOWN);
    }

    fn clear_states(self, blocks: &[Block]) {
        self.row_states.try_update(|states| {
            for block in blocks {
                states.remove(&block.id);
            }
        });
    }

    /// Undoes a release: places new blocks of the same units for the remaining time.
    fn place_again(self, blocks: Vec<Block>) {
        spawn_local(async move {
            for block in blocks {
                let left = block.expires_at.map(seconds_until);
                let place = PlaceBlock {
                    item_id: block.item_id,
                    quantity: block.quantity.into(),
                    warehouse_id: Some(block.warehouse_id),
                    ttl_seconds: left.map(|left| left.max(60)),
                };
                match rpc::place_block(place).await {
                    Ok(placed) => {
                        self.toasts.done(format!("Held again, as block {}.", placed.block_id));
                    }
                    Err(problem) => self.toasts.problem(problem),
                }
            }
            self.refetch.trigger();
        });
    }

    /// Describes the chosen blocks: `3 units of Lamp in BER-1`, `5 blocks, 12 units`.
    fn summary(self) -> String {
        self.chosen.with(|blocks| match &blocks[..] {
            [block] => {
                let held = format_count(block.quantity, "unit", "units");
                format!("{held} of {} in {}", block.item_name, block.warehouse_code)
            }
            blocks => {
                format!("{}, {}", format_count(blocks.len() as i64, "block", "blocks"), units_of(blocks))
            }
        })
    }

    fn title(self, verb: &'static str) -> Signal<String> {
        derived(move || {
            self.chosen.with(|blocks| match &blocks[..] {
                [block] => format!("{verb} block {}", block.id),
                blocks => format!("{verb} {}", format_count(blocks.len() as i64, "block", "blocks")),
            })
        })
    }
}

fn seconds_until(time: Time) -> i64 {
    seconds_between(time, now())
}

fn units_of(blocks: &[Block]) -> String {
    format_count(blocks.iter().map(|block| i64::from(block.quantity)).sum::<i64>(), "unit", "units")
}

fn success_text(action: BlockAction, first: &Block, done: &[Block]) -> String {
    let which = match done {
        [block] => format!("Block {} is", block.id),
        blocks => format!("{} are", format_count(blocks.len() as i64, "block", "blocks")),
    };
    match action {
        BlockAction::Confirm => format!("{which} permanent: {} sold.", units_of(done)),
        BlockAction::Release => format!("{which} released: {} back on sale.", units_of(done)),
        BlockAction::Extend if done.len() == 1 => format!("Block {} holds for longer.", first.id),
        BlockAction::Extend => format!("{which} extended."),
    }
}

/// The bar with the actions on all selected blocks.
#[component]
pub fn BulkBar(
    /// The selected rows.
    selection: Selection,
    /// The blocks of the page.
    blocks: Signal<Vec<Block>>,
    /// Whether newer blocks stay hidden until no row is selected.
    paused: Signal<bool>,
    /// The actions on the blocks.
    actions: BlockActions,
) -> impl IntoView {
    let begin = move |verb: &'static str| {
        let ids = untrack(|| selection.ids());
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| ids.contains(&block.id));
        actions.begin(verb, chosen);
    };
    let button = move |verb: &'static str| {
        let begin = move |event: web_sys::MouseEvent| {
            event.prevent_default();
            begin(verb);
        };
        view! {
            <button class="button" name="action" value=verb on:click=on_click(begin)>
                {format!("{verb} selected")}
            </button>
        }
    };
    let period = |(seconds, name): (&'static str, &'static str)| {
        view! {
            <option value=seconds selected=seconds == "3600">
                {name}
            </option>
        }
    };
    // An action may have removed selected blocks from the list.
    let chosen =
        memo(move || blocks.with(|blocks| blocks.iter().filter(|block| selection.has(block.id)).count()));
    view! {
        <div class="bulk" role="region" aria-label="Selected rows" hidden=move || chosen.get() == 0>
            <p role="status">{move || format!("{} selected", chosen.get())}</p>
            <p class="muted" hidden=move || !paused.get()>
                "Newer blocks are hidden while rows are selected."
            </p>
            <form id=SELECTION_FORM method="post" action="/forms/act_on_blocks?in=request">
                {BlockActions::VERBS.map(button).into_iter().collect_view()}
                <label class="no-script">
                    "Extended, they hold from now for "
                    <select class="input" name="ttlSeconds">
                        {PERIODS.map(period)}
                    </select>
                </label>
            </form>
            <button class="button button--link" type="button" on:click=on_click(move |_| selection.clear())>
                "Select none"
            </button>
        </div>
    }
}

/// The dialogs that ask before blocks are confirmed or extended.
#[component]
pub fn BlockDialogs(
    /// The actions on the blocks.
    actions: BlockActions,
) -> impl IntoView {
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        actions.confirming.set(false);
        actions.run(BlockAction::Confirm, actions.chosen.get_untracked(), None);
    };
    let period = RwSignal::new("3600".to_owned());
    let extend = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        actions.extending.set(false);
        let seconds = period.with_untracked(|seconds| seconds.parse().ok());
        actions.run(BlockAction::Extend, actions.chosen.get_untracked(), seconds);
    };
    // These dialogs close at once; the rows show the pending state.
    let no_action = Action::<()>::new(|()| async { Ok(()) }, |()| ());
    view! {
        <Dialog id="confirm-block" title=actions.title("Confirm") open=actions.confirming>
            <form class="form" on:submit=on_submit(confirm)>
                <p>{move || format!("{} will be sold. This can't be undone.", actions.summary())}</p>
                <DialogFoot open=actions.confirming action=no_action label="Confirm" />
            </form>
        </Dialog>
        <Dialog id="extend-block" title=actions.title("Extend") open=actions.extending>
            <form class="form" on:submit=on_submit(extend)>
                <p>{move || format!("{} will stay held.", actions.summary())}</p>
                <SelectField
                    id="extend-period"
                    name="ttlSeconds"
                    label="Hold from now for"
                    value=period
                    options=periods()
                />
                <p class="field__note">"A block that already holds for longer keeps its time."</p>
                <DialogFoot open=actions.extending action=no_action label="Extend" />
            </form>
        </Dialog>
    }
}

const PERIODS: [(&str, &str); 6] = [
    ("300", "5 minutes"),
    ("900", "15 minutes"),
    ("3600", "1 hour"),
    ("21600", "6 hours"),
    ("86400", "1 day"),
    ("604800", "7 days"),
];

/// Returns the periods that a block can hold, as the options of a select.
pub fn periods() -> Signal<Vec<(String, String)>> {
    Signal::stored(PERIODS.map(|(seconds, name)| (seconds.to_owned(), name.to_owned())).to_vec())
}
