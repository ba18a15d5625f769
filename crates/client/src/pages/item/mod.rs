//! The page of an item: its details, its stock by warehouse, its blocks, its history.

mod history;
pub mod item_form;
mod move_dialog;
mod stock_section;

use crate::components::block_actions::{BlockActions, BlockDialogs};
use crate::components::block_table::BlockTable;
use crate::components::chart::StepChart;
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::show::Show;
use crate::components::tabs::Tabs;
use crate::components::time::RelativeTime;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::format::{format_integer, format_price};
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::{derived, memo};
use crate::pages::blocks::place_dialog::PlaceDialog;
use crate::pages::not_found::NotFound;
use crate::url_state::use_url_state;
use api::time::seconds;
use api::{Block, BlockState, Item, ItemHistory, Page, rpc};
use history::{History, fetch_movements};
use item_form::EditDialog;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use stock_section::StockSection;

const BLOCKS_MAX: i64 = 20;
/// The chart's period, in hours, that applies without the parameter `hours`.
const CHART_HOURS: i64 = 24;

/// The periods of the chart, in hours, and their labels.
const SPANS: [(&str, &str); 3] = [("1", "An hour"), ("", "A day"), ("168", "A week")];

/// The page of the item whose id is in the address.
#[component]
pub fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")?.parse::<i64>().ok()));
    // Rebuilds the page for another item, so that no state of the old one remains.
    move || match id.get() {
        Some(id) => view! { <ItemDetails id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn ItemDetails(id: i64) -> impl IntoView {
    // All requests start before the page waits for one of them, so that they take one round trip and not
    // several.
    let on = RefetchOn::Item(id);
    let item = fetch(on, move || id, rpc::get_item);
    let levels = fetch(on, move || id, rpc::item_levels);
    let blocks = fetch(
        on,
        move || id,
        |id| rpc::list_blocks(Some(BlockState::Temporary), Some(id), Some(BLOCKS_MAX), None),
    );
    let url = use_url_state();
    let hours = memo(move || url.parse("hours").unwrap_or(CHART_HOURS));
    let chart = fetch(on, move || (id, hours.get()), |(id, hours)| rpc::item_history(id, Some(hours)));
    let movements = fetch_movements(id);
    view! {
        <Loaded from=item lines=4 let:item>
            <Header item />
            <Facts item />
            <Chart chart hours />
            <StockSection id levels />
            <ActiveBlocks id blocks />
            <History movements />
        </Loaded>
    }
}

#[component]
fn Header(item: Data<Item>) -> impl IntoView {
    let url = use_url_state();
    let (editing, blocking) = (url.dialog("edit"), url.dialog("place"));
    view! {
        <PageHead title=derived(move || item.with(|item| item.name.clone())) up=("/items", "Items")>
            <a class="button" href=move || url.href(&[("do", "edit")])>
                "Edit"
            </a>
            <a class="button" href=move || format!("/items/{}/changes", item.with(|item| item.id)) rel="external">
                "Changes"
            </a>
            <a class="button button--primary" href=move || url.href(&[("do", "place")])>
                "Block units"
            </a>
        </PageHead>
        <EditDialog open=editing item />
        <PlaceDialog open=blocking item=derived(move || Some(item.get())) />
    }
}

#[component]
fn Facts(item: Data<Item>) -> impl IntoView {
    let live = LiveUpdates::expect();
    let category = move || match item.with(|item| item.category.clone()) {
        Some(name) => view! { <a href=href::category(&name)>{name.clone()}</a> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let changed = move || view! { <RelativeTime at=item.with(|item| item.updated_at) /> };
    // The live update and the data fetched after it have the same quantity. The memo prevents a second
    // highlight.
    let quantity = memo(move || {
        let (id, fetched) = item.with(|item| (item.id, item.quantity));
        (id, live.quantity(id, fetched))
    });
    let available = move || {
        let (id, quantity) = quantity.get();
        let changed = live.changed(&("available", id), &quantity);
        view! { <span class:changed=changed>{format_integer(quantity)}</span> }
    };
    view! {
        {move || {
            item.with(|item| item.archived_at.is_some())
                .then(|| view! { <p class="summary">"Archived: it can't be sold."</p> })
        }}
        <dl class="facts">
            <div>
                <dt>"Available"</dt>
                <dd class="facts__figure" aria-live="polite">{available}</dd>
            </div>
            <div>
                <dt>"Price"</dt>
                <dd class="facts__figure">{move || item.with(|item| format_price(&item.price))}</dd>
            </div>
            <div>
                <dt>"Category"</dt>
                <dd>{category}</dd>
            </div>
            <div>
                <dt>"Changed"</dt>
                <dd>{changed}</dd>
            </div>
            <div>
                <dt>"Id, SKU, barcodes"</dt>
                <dd>{move || item.with(keys)}</dd>
            </div>
        </dl>
        {move || item.with(|item| item.description.clone()).map(|text| view! { <p class="prose">{text}</p> })}
    }
}

/// Returns the id, the SKU and the barcodes.
fn keys(item: &Item) -> String {
    let mut keys = vec![item.id.to_string()];
    keys.extend(item.sku.iter().chain(&item.barcodes).cloned());
    keys.join(" · ")
}

/// The chart of the item's recent quantity.
#[component]
fn Chart(chart: Fetched<ItemHistory>, hours: Memo<i64>) -> impl IntoView {
    let from = derived(move || match hours.get() {
        1 => "an hour ago".to_owned(),
        24 => "a day ago".to_owned(),
        168 => "a week ago".to_owned(),
        hours => format!("{hours} hours ago"),
    });
    view! {
        <section class="section" aria-labelledby="item-chart">
            <header class="section__head">
                <h2 id="item-chart">"Available over time"</h2>
                <Tabs label="How far back" parameter="hours" tabs=&SPANS />
            </header>
            <Loaded from=chart lines=2 let:history>
                <StepChart
                    label=derived(move || history.with(describe))
                    points=derived(move || history.with(points))
                    from
                />
            </Loaded>
        </section>
    }
}

fn points(history: &ItemHistory) -> Vec<(i64, i64)> {
    history.points.iter().map(|point| (seconds(point.at), point.quantity)).collect()
}

fn describe(history: &ItemHistory) -> String {
    let levels = || history.points.iter().map(|point| point.quantity);
    let (least, most) = (levels().min().unwrap_or(0), levels().max().unwrap_or(0));
    let now = history.points.last().map_or(0, |point| point.quantity);
    format!(
        "Available units: {} now, between {} and {}",
        format_integer(now),
        format_integer(least),
        format_integer(most)
    )
}

#[component]
fn ActiveBlocks(id: i64, blocks: Fetched<Page<Block>>) -> impl IntoView {
    let actions = BlockActions::new();
    view! {
        <section class="section" aria-labelledby="item-blocks">
            <header class="section__head">
                <h2 id="item-blocks">"Temporary blocks"</h2>
                <a href=href::blocks_of(id)>"All blocks of this item"</a>
            </header>
            <Loaded from=blocks lines=2 let:page>
                <Show
                    when=move || page.with(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <EmptyState title="No units are held">
                                <p>"A temporary block holds units while a buyer checks out."</p>
                            </EmptyState>
                        }
                    }
                >
                    <BlockTable
                        blocks=derived(move || page.get().items)
                        caption="Temporary blocks of this item"
                        actions
                    />
                </Show>
            </Loaded>
            <BlockDialogs actions />
        </section>
    }
}
