//! The list of blocks: active, permanent and recently ended ones, with the actions on them.

mod ended;
pub mod place_dialog;

use crate::components::block_actions::{BlockActions, BlockDialogs, BulkBar};
use crate::components::block_table::{BlockTable, COLUMNS};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::item_picker::ItemPicker;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::show::Show;
use crate::components::tabs::Tabs;
use crate::components::view_options::ViewOptions;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::href;
use crate::memo::{derived, memo};
use crate::selection::Selection;
use crate::url_state::{UrlState, use_url_state};
use api::{Block, BlockState, Item, Page, rpc};
use ended::EndedBlocks;
use leptos::prelude::*;
use place_dialog::PlaceDialog;

const PAGE_SIZE: i64 = 50;

/// The period of the tab "Expiring soon", in seconds.
const EXPIRING_SECONDS: i64 = 600;

const STATES: [(&str, &str); 5] = [
    ("", "Current"),
    ("temporary", "Active"),
    ("expiring", "Expiring soon"),
    ("permanent", "Permanent"),
    ("ended", "Recently ended"),
];

fn state(url: UrlState) -> Option<BlockState> {
    match url.get("state")?.as_str() {
        "temporary" => Some(BlockState::Temporary),
        "permanent" => Some(BlockState::Permanent),
        _ => None,
    }
}

/// The list of blocks, newest first, filtered by state and item.
#[component]
pub fn BlocksPage() -> impl IntoView {
    let url = use_url_state();
    let placing = url.dialog("place");
    let csv = move || {
        let [state, item] = ["state", "item"].map(|name| url.get(name).unwrap_or_default());
        let expiring = EXPIRING_SECONDS.to_string();
        // Two of the tabs have CSV files of their own.
        let (path, own) = match state.as_str() {
            "ended" => ("/api/blocks/ended.csv", ("", "")),
            "expiring" => ("/api/blocks/expiring.csv", ("withinSeconds", expiring.as_str())),
            state => ("/api/blocks.csv", ("state", state)),
        };
        href::with_query(path, [own, ("itemId", item.as_str())])
    };
    view! {
        <PageHead title="Blocks">
            <a class="button" href="/carts" rel="external">
                "Carts"
            </a>
            <ViewOptions table="blocks" columns=&COLUMNS url csv=derived(csv) />
            <a class="button button--primary" href=move || url.href(&[("do", "place")])>
                {Icon::Plus.view()}
                "Block units"
            </a>
        </PageHead>
        <div class="toolbar">
            <Tabs label="State" parameter="state" tabs=&STATES />
            <ItemFilter url />
        </div>
        <Show
            when=move || url.get("state").as_deref() == Some("ended")
            fallback=move || view! { <CurrentBlocks url /> }
        >
            <EndedBlocks url />
        </Show>
        <PlaceDialog open=placing item=Signal::stored(None) />
    }
}

#[component]
fn CurrentBlocks(url: UrlState) -> impl IntoView {
    let actions = BlockActions::new();
    let selection = Selection::of(url);
    // While rows are selected, newer blocks must not push them off the page: the page starts at the block that
    // was the newest at the selection.
    let page_start = RwSignal::new(None::<i64>);
    let blocks = fetch(
        RefetchOn::Stock,
        move || {
            let expiring = url.get("state").as_deref() == Some("expiring");
            let page_start = page_start.get().filter(|_| !expiring).map(|newest| (newest + 1).to_string());
            (expiring, state(url), url.parse("item"), url.get("after").or(page_start))
        },
        |(expiring, state, item, after)| async move {
            match expiring {
                true => rpc::expiring_blocks(Some(EXPIRING_SECONDS), item, Some(PAGE_SIZE), after).await,
                false => rpc::list_blocks(state, item, Some(PAGE_SIZE), after).await,
            }
        },
    );
    view! {
        <Loaded from=blocks lines=10 let:page>
            <BlockList page url selection page_start actions />
        </Loaded>
        <BlockDialogs actions />
    }
}

#[component]
fn BlockList(
    page: Data<Page<Block>>,
    url: UrlState,
    selection: Selection,
    page_start: RwSignal<Option<i64>>,
    actions: BlockActions,
) -> impl IntoView {
    let blocks = derived(move || page.get().items);
    Effect::new(move |_| {
        let selected = blocks.with(|blocks| {
            let any = blocks.iter().any(|block| selection.has(block.id));
            blocks.first().map(|newest| newest.id).filter(|_| any)
        });
        // The page keeps its start even if that block ends.
        let newest = selected.map(|newest| page_start.get_untracked().unwrap_or(newest));
        if newest != page_start.get_untracked() {
            page_start.set(newest);
        }
    });
    let paused = move || page_start.get().is_some() && url.get("after").is_none();
    view! {
        <BulkBar selection blocks paused=derived(paused) actions />
        <Show
            when=move || page.with(|page| !page.items.is_empty())
            fallback=move || view! { <NoBlocks url /> }
        >
            <BlockTable blocks caption="Blocks, newest first" actions selection />
        </Show>
        <Pager next=derived(move || page.with(|page| page.next.clone())) />
    }
}

/// The filter by item: a search by name, then a chip that removes the filter.
#[component]
fn ItemFilter(url: UrlState) -> impl IntoView {
    let id = memo(move || url.parse::<i64>("item"));
    let item = fetch(
        RefetchOn::Catalog,
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
    let pick = Callback::new(move |item: Item| url.set_params(&[("item", &item.id.to_string())], false));
    view! {
        <Show
            when=move || id.get().is_some()
            fallback=move || view! { <ItemPicker id="blocks-item" label="Blocks of item" pick /> }
        >
            <p class="chip">
                <span class="muted">"Item "</span>
                <Transition>{name}</Transition>
                <a
                    class="button button--icon"
                    href=move || url.href(&[("item", "")])
                    data-noscroll=""
                    aria-label="Show the blocks of all items"
                >
                    {Icon::Cross.view()}
                </a>
            </p>
        </Show>
    }
}

#[component]
fn NoBlocks(url: UrlState) -> impl IntoView {
    let title = derived(move || {
        let expiring = url.get("state").as_deref() == Some("expiring");
        if expiring { "No block expires within 10 minutes" } else { "No block matches" }.to_owned()
    });
    let filtered = move || url.get("state").is_some() || url.get("item").is_some();
    let clear = move || url.href(&[("state", ""), ("item", "")]);
    view! {
        <Show
            when=filtered
            fallback=move || {
                view! {
                    <EmptyState title="No blocks yet">
                        <p>"A block holds units of an item while a buyer checks out."</p>
                        <a class="button button--primary" href=move || url.href(&[("do", "place")])>
                            "Block some units"
                        </a>
                    </EmptyState>
                }
            }
        >
            <EmptyState title>
                <a class="button button--primary" href=clear>
                    "Show the current blocks"
                </a>
            </EmptyState>
        </Show>
    }
}
