use crate::action::Action;
use crate::components::cell::{NoScript, Tone, Verb};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, SelectField, TextField};
use crate::components::table::SELECTION_FORM;
use crate::components::time::{Clock, seconds_between, time_or_date};
use crate::components::toast::{Done, Object, Toasts};
use crate::event_handlers::{on_click, on_submit};
use crate::memo::{boxed, derived, dynamic, memo};
use crate::refetch::RefetchTrigger;
use crate::selection::Selection;
use crate::texts;
use api::{
    ActOnBlocks, Block, BlockAction, BlockConfirmed, BlockOutcome, PERIOD_OTHER, PERIOD_UNTIL, PlaceBlock,
    Problem, Time, rpc,
};
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
    /// The units of the hold that the open dialog confirms; empty for all.
    part: RwSignal<String>,
    /// The choice for the other units of that hold.
    rest: RwSignal<String>,
    confirming: RwSignal<bool>,
    extending: RwSignal<bool>,
    releasing: RwSignal<bool>,
    row_states: RwSignal<HashMap<i64, RowState>>,
    refetch: RefetchTrigger,
    toasts: Toasts,
    clock: Clock,
}

impl BlockActions {
    /// Creates actions without any pending.
    pub fn new() -> Self {
        Self {
            chosen: RwSignal::new(Vec::new()),
            part: RwSignal::new(String::new()),
            rest: RwSignal::new(RELEASE_REST.to_owned()),
            confirming: RwSignal::new(false),
            extending: RwSignal::new(false),
            releasing: RwSignal::new(false),
            row_states: RwSignal::new(HashMap::new()),
            refetch: RefetchTrigger::expect(),
            toasts: Toasts::expect(),
            clock: Clock::expect(),
        }
    }

    /// The actions of the buttons of rows and of the bulk bar.
    pub const VERBS: [Verb; 3] = [Verb::Confirm, Verb::Extend, Verb::Release];

    /// The addresses that the buttons post to without JavaScript. A block is
    /// extended by one hour, the default of the dialog.
    pub const NO_SCRIPT: NoScript =
        NoScript::Post(&["/forms/confirm_block", "/forms/extend_block?in=extension", "/forms/release_block"]);

    /// Starts the action of a button. Confirming, extending, and releasing several blocks open a dialog first. A single release
    /// can be undone.
    pub fn begin(self, verb: Verb, blocks: Vec<Block>) {
        match verb {
            Verb::Confirm => {
                self.part.set(String::new());
                self.rest.set(RELEASE_REST.to_owned());
                self.chosen.set(blocks);
                self.confirming.set(true);
            }
            Verb::Extend => {
                self.chosen.set(blocks);
                self.extending.set(true);
            }
            _ if blocks.len() > 1 => {
                self.chosen.set(blocks);
                self.releasing.set(true);
            }
            _ => self.run(BlockAction::Release, blocks, None),
        }
    }

    /// Returns the state that a row shows while an action is pending or after it was rejected.
    pub fn state_shown(self, id: i64) -> Option<(&'static str, Tone, String)> {
        self.row_states.with(|states| {
            Some(match states.get(&id)? {
                RowState::Expected(BlockAction::Confirm) => (texts::sold(), Tone::Good, String::new()),
                RowState::Expected(BlockAction::Release) => {
                    (texts::state_released(), Tone::Quiet, String::new())
                }
                RowState::Expected(BlockAction::Extend) => {
                    (texts::held(), Tone::Held, texts::state_extending().to_owned())
                }
                RowState::Rejected(why) => (texts::rejected(), Tone::Bad, why.clone()),
            })
        })
    }

    fn run(self, action: BlockAction, blocks: Vec<Block>, ttl_seconds: Option<i64>) {
        let block_ids = ids(&blocks);
        self.toasts.supersede(&block_ids.iter().map(|id| (HOLD, *id)).collect::<Vec<Object>>());
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

    /// Confirms units of a block. The others are released, or stay held in a new block.
    fn confirm_part(self, id: i64, units: i64, keep_rest: bool) {
        self.toasts.supersede(&[(HOLD, id)]);
        spawn_local(async move {
            match rpc::confirm_block(id, Some(units), keep_rest).await {
                Ok(done) => {
                    let text = part_confirmed_text(&done);
                    self.toasts.show(Done::new(text).about(HOLD, [id]));
                }
                Err(problem) => self.toasts.problem(problem),
            }
            self.refetch.trigger_created();
        });
    }

    /// Shows the outcome of each block in its row, and all outcomes in one message.
    fn show_outcomes(self, action: BlockAction, blocks: Vec<Block>, outcomes: Vec<BlockOutcome>) {
        let rejected = outcomes.iter().filter_map(|outcome| {
            outcome.problem.as_ref().map(|problem| (outcome.block_id, problem.clone()))
        });
        let rejected = rejected.collect::<HashMap<i64, Problem>>();
        let (failed, done): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| rejected.contains_key(&block.id));
        let until = outcomes.iter().find_map(|outcome| outcome.expires_at);
        self.row_states.try_update(|states| {
            for (id, problem) in &rejected {
                states.insert(*id, RowState::Rejected(problem.title.clone()));
            }
        });
        match (&done[..], &failed[..]) {
            ([], [only]) => {
                rejected.get(&only.id).cloned().into_iter().for_each(|problem| self.toasts.problem(problem));
            }
            _ => {
                let failures = failed.iter().filter_map(|block| {
                    rejected
                        .get(&block.id)
                        .map(|problem| texts::action_hold_failure(&block.id.to_string(), &problem.title))
                });
                let mut message =
                    Done::new(outcome_text(action, &done, failed.len(), until)).failures(failures.collect());
                message = message.about(HOLD, ids(&done));
                if action == BlockAction::Release && !done.is_empty() {
                    let again = done.clone();
                    message = message.undo(move || self.place_again(again.clone()));
                }
                self.toasts.show(message);
            }
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
            let (mut placed, mut failures) = (Vec::new(), Vec::new());
            for block in blocks {
                let left = block.expires_at.map(|until| seconds_between(until, self.clock.read()));
                let place = PlaceBlock {
                    item_id: block.item_id,
                    quantity: block.quantity.into(),
                    warehouse_id: Some(block.warehouse_id),
                    ttl_seconds: left.map(|left| left.max(60)),
                    reference: block.reference.unwrap_or_default(),
                    note: block.note.unwrap_or_default(),
                    ..PlaceBlock::default()
                };
                match rpc::place_block(place).await {
                    Ok(again) => placed.push((block.id, again.block_id)),
                    Err(problem) => failures.push((block.id, problem)),
                }
            }
            match (&placed[..], &failures[..]) {
                ([], [(_, problem)]) => self.toasts.problem(problem.clone()),
                _ => {
                    let mut text = restored_text(&placed);
                    if !failures.is_empty() {
                        text = format!("{text} {}", texts::action_failures_follow(failures.len() as i64));
                    }
                    let failures = failures
                        .iter()
                        .map(|(id, problem)| texts::action_hold_failure(&id.to_string(), &problem.title));
                    let message = Done::new(text).failures(failures.collect());
                    self.toasts.show(message.about(HOLD, placed.iter().map(|(_, new)| *new)));
                }
            }
            self.refetch.trigger_created();
        });
    }

    /// Describes the chosen blocks: `3 units of Lamp in BER-1`, `5 holds with 12 units`.
    fn summary(self) -> String {
        self.chosen.with(|blocks| match &blocks[..] {
            [block] => texts::held_units(block.quantity, &block.item_name, &block.warehouse_code),
            blocks => {
                texts::action_holds_with_units(&texts::holds_count(blocks.len() as i64), &units_of(blocks))
            }
        })
    }

    fn title(self, verb: Verb) -> Signal<String> {
        derived(move || {
            let about = self.chosen.with(|blocks| match &blocks[..] {
                [block] => texts::about_hold(&block.id.to_string()),
                blocks => texts::holds_count(blocks.len() as i64),
            });
            texts::verb_about(verb.label(), &about)
        })
    }
}

/// The choice for the units of a hold that are not confirmed: they return to stock.
const RELEASE_REST: &str = "false";

/// Returns the choices for the units of a hold that are not confirmed. They are also the values of `keep_rest` in a form.
pub fn rests() -> Vec<(String, String)> {
    let rest = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    vec![rest(RELEASE_REST, texts::rest_released()), rest("true", texts::rest_held())]
}

/// Describes the confirmation of a part of a hold.
fn part_confirmed_text(done: &BlockConfirmed) -> String {
    let which = texts::hold_named(&done.block_id.to_string());
    let text = texts::action_hold_confirmed(&which, &texts::units_count(done.quantity));
    match done.rest_block_id {
        Some(rest) => format!("{text} {}", texts::rest_stays_held(&rest.to_string())),
        None => text,
    }
}

/// The kind of object that the messages are about.
pub const HOLD: &str = "hold";

/// The most holds that a message lists by their ids.
const LISTED_MAX: usize = 4;

fn ids(blocks: &[Block]) -> Vec<i64> {
    blocks.iter().map(|block| block.id).collect()
}

fn units_of(blocks: &[Block]) -> String {
    texts::units_count(blocks.iter().map(|block| i64::from(block.quantity)).sum::<i64>())
}

/// Describes what an action has done, and the number of failures.
fn outcome_text(action: BlockAction, done: &[Block], failed: usize, until: Option<Time>) -> String {
    let which = match done {
        [block] => texts::hold_named(&block.id.to_string()),
        blocks => texts::holds_count(blocks.len() as i64),
    };
    let units = units_of(done);
    let mut text = match action {
        _ if done.is_empty() => String::new(),
        BlockAction::Confirm => texts::action_hold_confirmed(&which, &units),
        BlockAction::Release => texts::action_hold_released(&which, &units),
        BlockAction::Extend => match (done, until) {
            ([block], Some(until)) => texts::hold_extended_to(&block.id.to_string(), &time_or_date(until)),
            _ => texts::action_hold_extended(&which),
        },
    };
    match failed {
        0 => {}
        failed if done.is_empty() => text = texts::action_holds_failed(&texts::holds_count(failed as i64)),
        failed => text = format!("{text} {}", texts::action_failures_follow(failed as i64)),
    }
    text
}

/// Describes restored holds, given their old and their new ids. A restored hold is a new one.
fn restored_text(placed: &[(i64, i64)]) -> String {
    let list = |ids: Vec<String>| ids.join(", ");
    match placed {
        [] => texts::action_no_hold_restored().to_owned(),
        [(old, new)] => texts::action_hold_restored(&old.to_string(), &new.to_string()),
        placed if placed.len() <= LISTED_MAX => {
            let (old, new) = placed.iter().map(|(old, new)| (old.to_string(), new.to_string())).unzip();
            texts::action_holds_restored(&list(old), &list(new))
        }
        placed => texts::action_many_holds_restored(&texts::holds_count(placed.len() as i64)),
    }
}

/// The bar with the actions on all selected blocks.
#[component]
pub fn BulkBar(
    /// The selected rows.
    selection: Selection,
    /// The blocks of the page.
    blocks: Signal<Vec<Block>>,
    /// The actions on the blocks.
    actions: BlockActions,
) -> impl IntoView {
    let begin = move |verb: Verb| {
        let ids = untrack(|| selection.ids());
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| ids.contains(&block.id));
        actions.begin(verb, chosen);
    };
    let button = move |verb: Verb| {
        let begin = move |event: web_sys::MouseEvent| {
            event.prevent_default();
            begin(verb);
        };
        view! {
            <button class="button" name="action" value=verb.name() on:click=on_click(begin)>
                {texts::verb_selected(verb.label())}
            </button>
        }
    };
    let period = |seconds: i64| {
        view! {
            <option value=seconds selected=seconds == 3_600>
                {period_name(seconds)}
            </option>
        }
    };
    // An action may have removed selected blocks from the list.
    let chosen =
        memo(move || blocks.with(|blocks| blocks.iter().filter(|block| selection.has(block.id)).count()));
    view! {
        <div class="bulk" role="region" aria-label=texts::selected_rows() hidden=boxed(move || chosen.get() == 0)>
            <p role="status">{dynamic(move || texts::selected_count(chosen.get() as i64))}</p>
            <form id=SELECTION_FORM method="post" action="/forms/act_on_blocks?in=request">
                {BlockActions::VERBS.map(button).into_iter().collect_view()}
                <label class="no-script">
                    {texts::hold_from_now()} " "
                    <select class="input" name="ttlSeconds">
                        {PERIODS.map(period)}
                    </select>
                </label>
            </form>
            <button class="button button--link" type="button" on:click=on_click(move |_| selection.clear())>
                {texts::select_none()}
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
    let (part, rest) = (actions.part, actions.rest);
    // Only the units of a single hold can be confirmed in part.
    let divisible =
        move || actions.chosen.with(|blocks| matches!(&blocks[..], [block] if block.quantity > 1));
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        actions.confirming.set(false);
        let blocks = actions.chosen.get_untracked();
        match (&blocks[..], part.get_untracked().parse::<i64>()) {
            ([block], Ok(units)) if units != i64::from(block.quantity) => {
                actions.confirm_part(block.id, units, rest.get_untracked() != RELEASE_REST);
            }
            _ => actions.run(BlockAction::Confirm, blocks, None),
        }
    };
    let part_fields = move || {
        divisible().then(|| {
            view! {
                <div class="form__pair">
                    <TextField
                        id="confirm-part"
                        name="quantity"
                        label=texts::units_sold_of_hold()
                        value=part
                        kind=FieldKind::Quantity
                        hint=Signal::stored(texts::all_units_hint().to_owned())
                    />
                    <SelectField id="confirm-rest" name="keep_rest" label=texts::rest_of_hold() value=rest options=Signal::stored(rests()) />
                </div>
            }
        })
    };
    let release = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        actions.releasing.set(false);
        actions.run(BlockAction::Release, actions.chosen.get_untracked(), None);
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
        <Dialog id="confirm-block" title=actions.title(Verb::Confirm) open=actions.confirming>
            <form class="form" on:submit=on_submit(confirm)>
                <p>{dynamic(move || texts::confirm_holds_note(&actions.summary()))}</p>
                {part_fields}
                <DialogFoot action=no_action label=texts::confirm() />
            </form>
        </Dialog>
        <Dialog
            id="release-blocks"
            title=derived(move || texts::action_release_holds(&actions.summary()))
            open=actions.releasing
        >
            <form class="form" on:submit=on_submit(release)>
                <p>{texts::action_release_holds_note()}</p>
                <DialogFoot action=no_action label=texts::release() />
            </form>
        </Dialog>
        <Dialog id="extend-block" title=actions.title(Verb::Extend) open=actions.extending>
            <form class="form" on:submit=on_submit(extend)>
                <p>{dynamic(move || texts::extend_holds_note_of(&actions.summary()))}</p>
                <SelectField
                    id="extend-period"
                    name="ttlSeconds"
                    label=texts::hold_from_now()
                    value=period
                    options=periods()
                />
                <p class="field__note">{texts::extend_holds_note()}</p>
                <DialogFoot action=no_action label=texts::extend() />
            </form>
        </Dialog>
    }
}

/// The periods that a hold can be chosen to last, in seconds.
const PERIODS: [i64; 6] = [300, 900, 3_600, 21_600, 86_400, 604_800];

fn period_name(seconds: i64) -> String {
    match seconds {
        ..3_600 => texts::period_minutes(seconds / 60),
        3_600..86_400 => texts::period_hours(seconds / 3_600),
        _ => texts::period_days(seconds / 86_400),
    }
}

/// Returns the periods of a new block: those of [`periods`], any other one, and a date.
pub fn all_periods() -> Signal<Vec<(String, String)>> {
    let mut options = periods().get_untracked();
    options.push((PERIOD_OTHER.to_owned(), texts::period_other().to_owned()));
    options.push((PERIOD_UNTIL.to_owned(), texts::period_until().to_owned()));
    Signal::stored(options)
}

/// Returns the periods that a block can hold, as the options of a select.
pub fn periods() -> Signal<Vec<(String, String)>> {
    Signal::stored(PERIODS.map(|seconds| (seconds.to_string(), period_name(seconds))).to_vec())
}
