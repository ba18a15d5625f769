use crate::act::Act;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::SelectField;
use crate::components::problem::Refusal;
use crate::components::toast::Toasts;
use crate::text::count;
use api::{Block, BlockExtended, ExtendBlock, rpc};
use leptos::prelude::*;

/// The block that a person is about to do something to, and the dialogs that ask for it.
#[derive(Clone, Copy)]
pub struct Deeds {
    block: RwSignal<Option<Block>>,
    /// Whether it is asked to confirm.
    pub confirming: RwSignal<bool>,
    /// Whether it is asked for how long to extend.
    pub extending: RwSignal<bool>,
    /// Whether it is asked to release.
    pub releasing: RwSignal<bool>,
}

impl Deeds {
    /// Nothing asked.
    pub fn new() -> Self {
        let [confirming, extending, releasing] = [(); 3].map(|()| RwSignal::new(false));
        Self { block: RwSignal::new(None), confirming, extending, releasing }
    }

    /// Opens one of the dialogs for a block.
    pub fn ask(self, dialog: RwSignal<bool>, block: Block) {
        self.block.set(Some(block));
        dialog.set(true);
    }

    fn id(self) -> i64 {
        self.block.with_untracked(|block| block.as_ref().map_or(0, |block| block.id))
    }

    /// `3 × Lamp in BER-1`
    fn what(self) -> String {
        let describe = |block: &Block| {
            format!(
                "{} of {} in {}",
                count(block.quantity, "unit", "units"),
                block.item_name,
                block.warehouse_code
            )
        };
        self.block.with(|block| block.as_ref().map(describe).unwrap_or_default())
    }

    fn title(self, deed: &'static str) -> Signal<String> {
        Signal::derive(move || {
            self.block.with(|block| {
                block.as_ref().map(|block| format!("{deed} block {}", block.id)).unwrap_or_default()
            })
        })
    }
}

/// The dialogs of a table of blocks.
#[component]
pub fn BlockDialogs(
    /// What they are about.
    deeds: Deeds,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let confirm = Act::new(rpc::confirm_block, move |done: api::BlockConfirmed| {
        deeds.confirming.try_set(false);
        toasts.done(format!(
            "Block {} is permanent: {} sold.",
            done.block_id,
            count(done.quantity, "unit", "units")
        ));
    });
    let release = Act::new(rpc::release_block, move |done: api::BlockReleased| {
        deeds.releasing.try_set(false);
        let back = count(done.quantity, "unit", "units");
        let now = count(done.remaining_quantity, "unit", "units");
        toasts.done(format!(
            "Block {} is released: {back} back, {now} of the item available now.",
            done.block_id
        ));
    });
    let sold = move || format!("{} will be sold. This can't be undone.", deeds.what());
    let back = move || format!("{} will go back on sale. The buyer loses them.", deeds.what());
    view! {
        <Question
            id="confirm-block"
            title=deeds.title("Confirm")
            open=deeds.confirming
            deeds
            act=confirm
            label="Confirm block"
            text=Signal::derive(sold)
        />
        <Question
            id="release-block"
            title=deeds.title("Release")
            open=deeds.releasing
            deeds
            act=release
            label="Release block"
            text=Signal::derive(back)
        />
        <ExtendDialog deeds />
    }
}

/// Asks before what can't be undone.
#[component]
fn Question(
    id: &'static str,
    title: Signal<String>,
    open: RwSignal<bool>,
    deeds: Deeds,
    act: Act<i64>,
    label: &'static str,
    text: Signal<String>,
) -> impl IntoView {
    forget_on_close(open, act);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        act.run(deeds.id());
    };
    view! {
        <Dialog id title open>
            <form class="form" on:submit=submit>
                <p>{move || text.get()}</p>
                <Refusal problem=act.refused() />
                <DialogFoot open act label />
            </form>
        </Dialog>
    }
}

fn forget_on_close<I>(open: RwSignal<bool>, act: Act<I>) {
    Effect::new(move |_| {
        if !open.get() {
            act.forget();
        }
    });
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

/// Asks for how long a block is to hold its units from now.
#[component]
fn ExtendDialog(deeds: Deeds) -> impl IntoView {
    let toasts = Toasts::expect();
    let open = deeds.extending;
    let period = RwSignal::new("3600".to_owned());
    let call = |(id, ttl_seconds)| rpc::extend_block(id, ExtendBlock { ttl_seconds });
    let extend = Act::new(call, move |done: BlockExtended| {
        open.try_set(false);
        let until = crate::components::time::exact(done.expires_at);
        toasts.done(format!("Block {} holds until {until}.", done.block_id));
    });
    forget_on_close(open, extend);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        extend.run((deeds.id(), period.with_untracked(|seconds| seconds.parse().unwrap_or_default())));
    };
    view! {
        <Dialog id="extend-block" title=deeds.title("Extend") open>
            <form class="form" on:submit=submit>
                <p>{move || format!("{} will stay held.", deeds.what())}</p>
                <SelectField
                    id="extend-period"
                    name="ttlSeconds"
                    label="Hold from now for"
                    value=period
                    options=periods()
                />
                <p class="field__note">"A block that already holds for longer keeps its time."</p>
                <Refusal problem=extend.refused() />
                <DialogFoot open act=extend label="Extend block" />
            </form>
        </Dialog>
    }
}
