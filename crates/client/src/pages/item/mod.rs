//! The page of an item: its details, its stock by warehouse, its blocks, its history.

mod history;
mod move_dialog;
mod stock_section;

use crate::components::block_actions::{BlockActions, BlockDialogs};
use crate::components::block_table::BlockTable;
use crate::components::chart::{Chart as StockChart, level_data};
use crate::components::empty_state::EmptyState;
use crate::components::item_form::EditDialog;
use crate::components::list_hold::ListHold;
use crate::components::loaded::Loaded;
use crate::components::not_found::NotFound;
use crate::components::page_head::PageHead;
use crate::components::place_dialog::PlaceDialog;
use crate::components::show::Show;
use crate::components::tabs::Tabs;
use crate::components::time::RelativeTime;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::format::format_integer;
use crate::fragments::{self, Fragment};
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::{boxed, derived, dynamic, memo};
use crate::price::format_price;
use crate::texts;
use crate::url_state::use_url_state;
use crate::user_text::visible_lines;
use api::time::seconds;
use api::{Block, BlockState, Item, ItemHistory, Page, rpc};
use history::{History, fetch_movements};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use stock_section::StockSection;

const BLOCKS_MAX: i64 = 20;
/// The chart's period, in hours, that applies without the parameter `hours`.
const CHART_HOURS: i64 = 24;

/// The periods of the chart, in hours, and their labels.
const SPANS: [(&str, fn() -> &'static str); 4] = [
    ("1", texts::period_hour),
    ("", texts::period_day),
    ("168", texts::period_week),
    ("1344", texts::period_eight_weeks),
];

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
    let reasons = fetch(on, move || id, fragments::unavailability);
    view! {
        <Loaded from=item lines=4 up=("/items", texts::items()) let:item>
            <Header item />
            <Facts item />
            <Loaded from=reasons lines=2 let:reasons>
                <Fragment html=derived(move || reasons.get()) />
            </Loaded>
            <Chart chart />
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
        <PageHead title=derived(move || item.with(|item| item.name.clone())) up=("/items", texts::items())>
            <a class="button" href=boxed(move || url.href(&[("do", "edit")]))>
                {texts::edit()}
            </a>
            <a class="button" href=boxed(move || format!("/items/{}/changes", item.with(|item| item.id))) rel="external">
                {texts::changes()}
            </a>
            <a class="button button--primary" href=boxed(move || url.href(&[("do", "place")]))>
                {texts::hold_stock()}
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
        None => view! { <span class="muted">{texts::none()}</span> }.into_any(),
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
        {dynamic(move || {
            item.with(|item| item.archived_at.is_some())
                .then(|| view! { <p class="summary">{texts::item_is_archived()}</p> })
        })}
        <dl class="facts">
            <div>
                <dt>{texts::available()}</dt>
                <dd class="facts__figure" aria-live="polite">{dynamic(available)}</dd>
            </div>
            <div>
                <dt>{texts::item_price()}</dt>
                <dd class="facts__figure">{dynamic(move || item.with(|item| format_price(&item.price)))}</dd>
            </div>
            <div>
                <dt>{texts::category()}</dt>
                <dd>{dynamic(category)}</dd>
            </div>
            <div>
                <dt>{texts::changed()}</dt>
                <dd>{dynamic(changed)}</dd>
            </div>
            <div>
                <dt>{texts::item_keys()}</dt>
                <dd>{dynamic(move || item.with(keys))}</dd>
            </div>
        </dl>
        {dynamic(move || item.with(|item| item.description.clone()).map(|text| view! { <p class="prose" dir="auto">{visible_lines(&text)}</p> }))}
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
fn Chart(chart: Fetched<ItemHistory>) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="item-chart">
            <header class="section__head">
                <h2 id="item-chart">{texts::stock_over_time()}</h2>
                <Tabs label=texts::how_far_back() parameter="hours" tabs=&SPANS />
            </header>
            <Loaded from=chart lines=2 let:history>
                <StockChart
                    label=Signal::stored(texts::stock_over_time().to_owned())
                    data=derived(move || history.with(|history| level_data(texts::available(), &points(history))))
                />
            </Loaded>
        </section>
    }
}

fn points(history: &ItemHistory) -> Vec<(i64, i64)> {
    history.points.iter().map(|point| (seconds(point.at), point.quantity)).collect()
}

#[component]
fn ActiveBlocks(id: i64, blocks: Fetched<Page<Block>>) -> impl IntoView {
    let (actions, hold) = (BlockActions::new(), ListHold::new());
    view! {
        <section class="section" aria-labelledby="item-blocks">
            <header class="section__head">
                <h2 id="item-blocks">{texts::holds()}</h2>
                <a href=href::blocks_of(id)>{texts::all_holds_of_item()}</a>
            </header>
            <Loaded from=blocks lines=2 let:page>
                <Show
                    when=move || hold.is_inside() || page.with(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <EmptyState title=texts::no_units_held()>
                                <p>{texts::no_units_held_about()}</p>
                            </EmptyState>
                        }
                    }
                >
                    <BlockTable
                        blocks=derived(move || page.get().items)
                        caption=texts::item_holds_caption()
                        actions
                        hold
                    />
                </Show>
            </Loaded>
            <BlockDialogs actions />
        </section>
    }
}
