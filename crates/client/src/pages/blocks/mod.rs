//! The blocks: those that hold, those that are sold, those that ended, and what can be done to them.

mod ended;
pub mod place;

use crate::components::block_deeds::{BlockDialogs, BulkBar, Deeds};
use crate::components::block_rows::{BlockTable, COLUMNS};
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::picker::ItemPicker;
use crate::components::tabs::Tabs;
use crate::components::view_options::ViewOptions;
use crate::components::when::When;
use crate::fetch::{About, Data, fetch};
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::memo::{Look, derived, memo};
use crate::on::on_click;
use crate::selection::Selection;
use api::{Block, BlockState, Item, Page, rpc};
use ended::Ended;
use leptos::prelude::*;
use place::PlaceDialog;

const PAGE: i64 = 50;

/// What "soon" means, in seconds.
const SOON: i64 = 600;

const STATES: [(&str, &str); 5] = [
    ("", "Current"),
    ("temporary", "Active"),
    ("expiring", "Expiring soon"),
    ("permanent", "Permanent"),
    ("ended", "Lately ended"),
];

fn state(filters: Filters) -> Option<BlockState> {
    match filters.get("state")?.as_str() {
        "temporary" => Some(BlockState::Temporary),
        "permanent" => Some(BlockState::Permanent),
        _ => None,
    }
}

/// The blocks, newest first, filtered by state and item.
#[component]
pub fn BlocksPage() -> impl IntoView {
    let filters = use_filters();
    let placing = filters.deed("place");
    let csv = move || {
        let [state, item] = ["state", "item"].map(|name| filters.get(name).unwrap_or_default());
        let soon = SOON.to_string();
        // The files of two of the tabs are lists of their own.
        let (path, own) = match state.as_str() {
            "ended" => ("/api/blocks/ended.csv", ("", "")),
            "expiring" => ("/api/blocks/expiring.csv", ("withinSeconds", soon.as_str())),
            state => ("/api/blocks.csv", ("state", state)),
        };
        href::with_query(path, [own, ("itemId", item.as_str())])
    };
    view! {
        <PageHead title="Blocks">
            <ViewOptions table="blocks" columns=&COLUMNS filters csv=derived(csv) />
            <a class="button button--primary" href=move || filters.href(&[("do", "place")])>
                {Icon::Plus.view()}
                "Block units"
            </a>
        </PageHead>
        <div class="toolbar">
            <Tabs label="State" parameter="state" tabs=&STATES />
            <ItemFilter filters />
        </div>
        <When
            is=move || filters.get("state").as_deref() == Some("ended")
            fallback=move || view! { <Current filters placing /> }
        >
            <Ended filters />
        </When>
        <PlaceDialog open=placing item=Signal::stored(None) />
    }
}

#[component]
fn Current(filters: Filters, placing: RwSignal<bool>) -> impl IntoView {
    let deeds = Deeds::new();
    let selection = Selection::of(filters);
    // While rows are selected none may slide off the page: it begins with the block that was the newest.
    let held = RwSignal::new(None::<i64>);
    let blocks = fetch(
        About::Stock,
        move || {
            let soon = filters.get("state").as_deref() == Some("expiring");
            let held = held.get().filter(|_| !soon).map(|newest| (newest + 1).to_string());
            (soon, state(filters), filters.parsed("item"), filters.get("after").or(held))
        },
        |(soon, state, item, after)| async move {
            match soon {
                true => rpc::expiring_blocks(Some(SOON), item, Some(PAGE), after).await,
                false => rpc::list_blocks(state, item, Some(PAGE), after).await,
            }
        },
    );
    view! {
        <Loaded from=blocks lines=10 let:page>
            <List page filters placing selection held deeds />
        </Loaded>
        <BlockDialogs deeds />
    }
}

#[component]
fn List(
    page: Data<Page<Block>>,
    filters: Filters,
    placing: RwSignal<bool>,
    selection: Selection,
    held: RwSignal<Option<i64>>,
    deeds: Deeds,
) -> impl IntoView {
    let blocks = derived(move || page.get().items);
    Effect::new(move |_| {
        let selected = blocks.look(|blocks| {
            let any = blocks.iter().any(|block| selection.has(block.id));
            blocks.first().map(|newest| newest.id).filter(|_| any)
        });
        // Once selected, the newest of the others may end: the page stays where it was.
        let newest = selected.map(|newest| held.get_untracked().unwrap_or(newest));
        if newest != held.get_untracked() {
            held.set(newest);
        }
    });
    let holds = move || held.get().is_some() && filters.get("after").is_none();
    view! {
        <BulkBar selection blocks holds=derived(holds) deeds />
        <When
            is=move || page.look(|page| !page.items.is_empty())
            fallback=move || view! { <NoBlocks filters placing /> }
        >
            <BlockTable blocks caption="Blocks, newest first" deeds selection />
        </When>
        <Pager next=derived(move || page.look(|page| page.next.clone())) />
    }
}

/// Narrows the list to one item's blocks: found by name, then shown as a chip that can be taken away.
#[component]
fn ItemFilter(filters: Filters) -> impl IntoView {
    let id = memo(move || filters.parsed::<i64>("item"));
    let item = fetch(
        About::Rarely,
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => rpc::get_item(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let name = move || match item.get() {
        Some(Ok(Some(item))) => item.name,
        _ => id.get().map(|id| format!("Item {id}")).unwrap_or_default(),
    };
    let pick = Callback::new(move |item: Item| filters.go(&[("item", &item.id.to_string())], false));
    view! {
        <When
            is=move || id.get().is_some()
            fallback=move || view! { <ItemPicker id="blocks-item" label="Blocks of item" pick /> }
        >
            <p class="chip">
                <span class="muted">"Item "</span>
                <Transition>{name}</Transition>
                <a
                    class="button button--icon"
                    href=move || filters.href(&[("item", "")])
                    data-noscroll=""
                    aria-label="Show the blocks of all items"
                >
                    {Icon::Cross.view()}
                </a>
            </p>
        </When>
    }
}

#[component]
fn NoBlocks(filters: Filters, placing: RwSignal<bool>) -> impl IntoView {
    let title = derived(move || {
        let soon = filters.get("state").as_deref() == Some("expiring");
        if soon { "No block expires within 10 minutes" } else { "No block matches" }.to_owned()
    });
    let filtered = move || filters.get("state").is_some() || filters.get("item").is_some();
    let clear = move || filters.href(&[("state", ""), ("item", "")]);
    view! {
        <When
            is=filtered
            fallback=move || {
                view! {
                    <Empty title="No blocks yet">
                        <p>"A block holds units of an item while a buyer checks out."</p>
                        <button
                            class="button button--primary"
                            type="button"
                            on:click=on_click(move |_| placing.set(true))
                        >
                            "Block some units"
                        </button>
                    </Empty>
                }
            }
        >
            <Empty title>
                <a class="button button--primary" href=clear>
                    "Show the current blocks"
                </a>
            </Empty>
        </When>
    }
}
