use crate::act::Act;
use crate::components::cell::{Plain, Tone};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::SelectField;
use crate::components::table::SELECTED;
use crate::components::time::{now, since};
use crate::components::toast::Toasts;
use crate::fetch::Changes;
use crate::memo::{Change, Look, derived, memo};
use crate::on::{on_click, on_submit};
use crate::selection::Selection;
use crate::text::count;
use api::{ActOnBlocks, Block, BlockAction, BlockOutcome, PlaceBlock, Problem, Time, rpc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::time::Duration;

/// For how long a row shows what was done to it, should its new data take that long.
const EXPECTED: Duration = Duration::from_millis(1_500);

/// What a row shows beyond its data.
#[derive(Clone)]
enum Outcome {
    /// What is being done to it, as if it were done.
    Expected(BlockAction),
    /// Why it was not done.
    Refused(String),
}

/// What a person does to blocks: it shows at once, and is taken back, with the reason, where it is refused.
#[derive(Clone, Copy)]
pub struct Deeds {
    /// What a dialog asks about.
    asked: RwSignal<Vec<Block>>,
    confirming: RwSignal<bool>,
    extending: RwSignal<bool>,
    outcomes: RwSignal<HashMap<i64, Outcome>>,
    changes: Changes,
    toasts: Toasts,
}

impl Deeds {
    /// Nothing asked, nothing done.
    pub fn new() -> Self {
        Self {
            asked: RwSignal::new(Vec::new()),
            confirming: RwSignal::new(false),
            extending: RwSignal::new(false),
            outcomes: RwSignal::new(HashMap::new()),
            changes: Changes::expect(),
            toasts: Toasts::expect(),
        }
    }

    /// What the buttons of rows and of the selection say.
    pub const VERBS: [&'static str; 3] = ["Confirm", "Extend", "Release"];

    /// Where they are posted to without JavaScript; a block is extended by the time that one is placed for.
    pub const PLAIN: Plain =
        Plain::Post(&["/forms/confirm_block", "/forms/extend_block?in=extension", "/forms/release_block"]);

    /// Begins what a button says: asks first what must be known, or what can't be undone.
    pub fn begin(self, verb: &str, blocks: Vec<Block>) {
        match verb {
            "Confirm" => {
                self.asked.set(blocks);
                self.confirming.set(true);
            }
            "Extend" => {
                self.asked.set(blocks);
                self.extending.set(true);
            }
            _ => self.act(BlockAction::Release, blocks, None),
        }
    }

    /// How a block's state shows while something is being done to it, or after it was refused.
    pub fn shown(self, id: i64) -> Option<(&'static str, Tone, String)> {
        self.outcomes.look(|outcomes| {
            Some(match outcomes.get(&id)? {
                Outcome::Expected(BlockAction::Confirm) => ("Permanent", Tone::Good, String::new()),
                Outcome::Expected(BlockAction::Release) => ("Released", Tone::Quiet, String::new()),
                Outcome::Expected(BlockAction::Extend) => ("Temporary", Tone::Held, "extending…".to_owned()),
                Outcome::Refused(why) => ("Refused", Tone::Bad, why.clone()),
            })
        })
    }

    fn act(self, action: BlockAction, blocks: Vec<Block>, ttl_seconds: Option<i64>) {
        let block_ids = blocks.iter().map(|block| block.id).collect::<Vec<_>>();
        self.outcomes.change(|outcomes| {
            outcomes.extend(block_ids.iter().map(|id| (*id, Outcome::Expected(action))));
        });
        spawn_local(async move {
            match rpc::act_on_blocks(ActOnBlocks { action, block_ids, ttl_seconds }).await {
                Ok(outcomes) => self.tell(action, blocks, outcomes),
                Err(problem) => {
                    self.forget(&blocks);
                    self.toasts.refused(problem);
                }
            }
            self.changes.mark();
        });
    }

    /// Tells what became of each block.
    fn tell(self, action: BlockAction, blocks: Vec<Block>, outcomes: Vec<BlockOutcome>) {
        let refused = outcomes.iter().filter_map(|outcome| {
            outcome.problem.as_ref().map(|problem| (outcome.block_id, problem.clone()))
        });
        let refused = refused.collect::<HashMap<i64, Problem>>();
        let (failed, done): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| refused.contains_key(&block.id));
        self.outcomes.try_update(|shown| {
            for (id, problem) in &refused {
                shown.insert(*id, Outcome::Refused(problem.title.clone()));
            }
        });
        if let [first, ..] = &done[..] {
            let text = what_was_done(action, first, &done);
            match action {
                BlockAction::Release => {
                    let again = done.clone();
                    self.toasts.done_undo(text, move || self.hold_again(again.clone()));
                }
                _ => self.toasts.done(text),
            }
        }
        if let Some(mut problem) = failed.first().and_then(|block| refused.get(&block.id)).cloned() {
            if failed.len() > 1 {
                let others = count(failed.len() as i64 - 1, "other", "others");
                problem.detail = format!("{} And {others}: each row tells why.", problem.detail);
            }
            self.toasts.refused(problem);
        }
        set_timeout(move || self.forget(&done), EXPECTED);
    }

    fn forget(self, blocks: &[Block]) {
        self.outcomes.try_update(|outcomes| {
            for block in blocks {
                outcomes.remove(&block.id);
            }
        });
    }

    /// Takes a release back: new blocks of the same units, for the time that was left.
    fn hold_again(self, blocks: Vec<Block>) {
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
                    Err(problem) => self.toasts.refused(problem),
                }
            }
            self.changes.mark();
        });
    }

    /// `3 units of Lamp in BER-1`, `5 blocks, 12 units`
    fn what(self) -> String {
        self.asked.look(|blocks| match &blocks[..] {
            [block] => {
                let held = count(block.quantity, "unit", "units");
                format!("{held} of {} in {}", block.item_name, block.warehouse_code)
            }
            blocks => format!("{}, {}", count(blocks.len() as i64, "block", "blocks"), units_of(blocks)),
        })
    }

    fn title(self, verb: &'static str) -> Signal<String> {
        derived(move || {
            self.asked.look(|blocks| match &blocks[..] {
                [block] => format!("{verb} block {}", block.id),
                blocks => format!("{verb} {}", count(blocks.len() as i64, "block", "blocks")),
            })
        })
    }
}

fn seconds_until(time: Time) -> i64 {
    since(time, now())
}

fn units_of(blocks: &[Block]) -> String {
    count(blocks.iter().map(|block| i64::from(block.quantity)).sum::<i64>(), "unit", "units")
}

fn what_was_done(action: BlockAction, first: &Block, done: &[Block]) -> String {
    let which = match done {
        [block] => format!("Block {} is", block.id),
        blocks => format!("{} are", count(blocks.len() as i64, "block", "blocks")),
    };
    match action {
        BlockAction::Confirm => format!("{which} permanent: {} sold.", units_of(done)),
        BlockAction::Release => format!("{which} released: {} back on sale.", units_of(done)),
        BlockAction::Extend if done.len() == 1 => format!("Block {} holds for longer.", first.id),
        BlockAction::Extend => format!("{which} extended."),
    }
}

/// What can be done to all selected blocks.
#[component]
pub fn BulkBar(
    /// Which are selected.
    selection: Selection,
    /// The blocks of the page.
    blocks: Signal<Vec<Block>>,
    /// Whether newer blocks wait until none is selected.
    holds: Signal<bool>,
    /// What is done to them.
    deeds: Deeds,
) -> impl IntoView {
    let begin = move |verb: &'static str| {
        let ids = untrack(|| selection.ids());
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| ids.contains(&block.id));
        deeds.begin(verb, chosen);
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
    // What is selected and still there: what was done may have taken it off the list.
    let chosen =
        memo(move || blocks.look(|blocks| blocks.iter().filter(|block| selection.has(block.id)).count()));
    view! {
        <div class="bulk" role="region" aria-label="Selected rows" hidden=move || chosen.get() == 0>
            <p role="status">{move || format!("{} selected", chosen.get())}</p>
            <p class="muted" hidden=move || !holds.get()>
                "Newer blocks wait meanwhile."
            </p>
            <form id=SELECTED method="post" action="/forms/act_on_blocks?in=request">
                {Deeds::VERBS.map(button).into_iter().collect_view()}
                <label class="without-script">
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

/// The dialogs that ask before something is done to blocks.
#[component]
pub fn BlockDialogs(
    /// What they are about.
    deeds: Deeds,
) -> impl IntoView {
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        deeds.confirming.set(false);
        deeds.act(BlockAction::Confirm, deeds.asked.get_untracked(), None);
    };
    let period = RwSignal::new("3600".to_owned());
    let extend = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        deeds.extending.set(false);
        let seconds = period.glance(|seconds| seconds.parse().ok());
        deeds.act(BlockAction::Extend, deeds.asked.get_untracked(), seconds);
    };
    // Nothing is pending in these dialogs: they close at once, and the rows tell the rest.
    let none = Act::<()>::new(|()| async { Ok(()) }, |()| ());
    view! {
        <Dialog id="confirm-block" title=deeds.title("Confirm") open=deeds.confirming>
            <form class="form" on:submit=on_submit(confirm)>
                <p>{move || format!("{} will be sold. This can't be undone.", deeds.what())}</p>
                <DialogFoot open=deeds.confirming act=none label="Confirm" />
            </form>
        </Dialog>
        <Dialog id="extend-block" title=deeds.title("Extend") open=deeds.extending>
            <form class="form" on:submit=on_submit(extend)>
                <p>{move || format!("{} will stay held.", deeds.what())}</p>
                <SelectField
                    id="extend-period"
                    name="ttlSeconds"
                    label="Hold from now for"
                    value=period
                    options=periods()
                />
                <p class="field__note">"A block that already holds for longer keeps its time."</p>
                <DialogFoot open=deeds.extending act=none label="Extend" />
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

/// For how long a block can be asked to hold, as the options of a select.
pub fn periods() -> Signal<Vec<(String, String)>> {
    Signal::stored(PERIODS.map(|(seconds, name)| (seconds.to_owned(), name.to_owned())).to_vec())
}
