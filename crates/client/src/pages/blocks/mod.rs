//! The blocks: temporary and permanent, and what can be done to them.

pub mod place;

use crate::act::Act;
use crate::components::block_dialogs::{BlockDialogs, Deeds};
use crate::components::block_table::BlockTable;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::picker::ItemPicker;
use crate::components::tabs::Tabs;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::fetch;
use crate::filters::{Filters, use_filters};
use crate::memo::memo;
use crate::text::count;
use api::{BlockState, ExpiredBlocksRemoved, Item, rpc};
use leptos::prelude::*;
use place::PlaceDialog;

const PAGE: i64 = 50;

const STATES: [(&str, &str); 5] = [
    ("", "Current"),
    ("temporary", "Temporary"),
    ("permanent", "Permanent"),
    ("expired", "Expired"),
    ("released", "Released"),
];

fn state(filters: Filters) -> Option<BlockState> {
    match filters.get("state")?.as_str() {
        "temporary" => Some(BlockState::Temporary),
        "permanent" => Some(BlockState::Permanent),
        "expired" => Some(BlockState::Expired),
        "released" => Some(BlockState::Released),
        _ => None,
    }
}

/// The blocks, newest first, filtered by state and item.
#[component]
pub fn BlocksPage() -> impl IntoView {
    let filters = use_filters();
    let placing = RwSignal::new(false);
    let deeds = Deeds::new();
    let blocks = fetch(
        move || (state(filters), filters.parsed("item"), filters.get("after")),
        |(state, item, after)| rpc::list_blocks(state, item, Some(PAGE), after),
    );
    view! {
        <PageHead title="Blocks">
            <CleanUp />
            <button class="button button--primary" type="button" on:click=move |_| placing.set(true)>
                {Icon::Plus.view()}
                "Block units"
            </button>
        </PageHead>
        <div class="toolbar">
            <Tabs label="State" parameter="state" tabs=&STATES />
            <ItemFilter filters />
        </div>
        <Loaded from=blocks lines=10 let:page>
            <When
                is=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoBlocks filters placing /> }
            >
                <BlockTable
                    blocks=Signal::derive(move || page.get().items)
                    caption="Blocks, newest first"
                    deeds
                />
            </When>
            <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) />
        </Loaded>
        <BlockDialogs deeds />
        <PlaceDialog open=placing item=Signal::stored(None) />
    }
}

#[component]
fn CleanUp() -> impl IntoView {
    let toasts = Toasts::expect();
    let clean_up = Act::toasting(
        |()| rpc::cleanup_expired_blocks(),
        move |done: ExpiredBlocksRemoved| {
            toasts.done(match done.expired_blocks_removed {
                0 => "No block was past its time.".to_owned(),
                removed => format!(
                    "{} removed, their units are back.",
                    count(removed, "expired block", "expired blocks")
                ),
            });
        },
    );
    view! {
        <button
            class="button"
            type="button"
            aria-disabled=move || clean_up.pending().get().then_some("true")
            on:click=move |_| clean_up.run(())
        >
            "Clean up expired"
        </button>
    }
}

/// Narrows the list to one item's blocks: found by name, then shown as a chip that can be taken away.
#[component]
fn ItemFilter(filters: Filters) -> impl IntoView {
    let id = memo(move || filters.parsed::<i64>("item"));
    let item = fetch(
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
                            on:click=move |_| placing.set(true)
                        >
                            "Block some units"
                        </button>
                    </Empty>
                }
            }
        >
            <Empty title="No block matches">
                <a class="button button--primary" href=clear>
                    "Show the current blocks"
                </a>
            </Empty>
        </When>
    }
}
