//! One item: what describes it, its stock by warehouse, its blocks, its history.

pub mod form;
mod history;
mod moving;
mod stock;

use crate::components::block_deeds::{BlockDialogs, Deeds};
use crate::components::block_rows::BlockTable;
use crate::components::chart::Steps;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::tabs::Tabs;
use crate::components::time::Ago;
use crate::components::when::When;
use crate::fetch::{About, Data, Fetched, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::live::Live;
use crate::memo::{Look, derived, memo};
use crate::pages::blocks::place::PlaceDialog;
use crate::pages::not_found::NotFound;
use crate::text::{price, units};
use api::time::seconds;
use api::{Block, BlockState, Item, ItemHistory, Page, rpc};
use form::EditDialog;
use history::{History, fetch_movements};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use stock::Stock;

const BLOCKS: i64 = 20;
/// How far back the chart goes, in hours, where the address does not say.
const CHART_HOURS: i64 = 24;

/// How far back it can go, in hours, and what that is called.
const SPANS: [(&str, &str); 3] = [("1", "An hour"), ("", "A day"), ("168", "A week")];

/// The item that the address names.
#[component]
pub fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.look(|params| params.get("id")?.parse::<i64>().ok()));
    // Built anew for another item: nothing of this one may stay.
    move || match id.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn One(id: i64) -> impl IntoView {
    // All at once, before anything waits: one journey to the server instead of one after the other.
    let about = About::Item(id);
    let item = fetch(about, move || id, rpc::get_item);
    let levels = fetch(about, move || id, rpc::item_levels);
    let blocks = fetch(
        about,
        move || id,
        |id| rpc::list_blocks(Some(BlockState::Temporary), Some(id), Some(BLOCKS), None),
    );
    let filters = use_filters();
    let hours = memo(move || filters.parsed("hours").unwrap_or(CHART_HOURS));
    let chart = fetch(about, move || (id, hours.get()), |(id, hours)| rpc::item_history(id, Some(hours)));
    let movements = fetch_movements(id);
    view! {
        <Loaded from=item lines=4 let:item>
            <Head item />
            <Facts item />
            <Chart chart hours />
            <Stock id levels />
            <ActiveBlocks id blocks />
            <History movements />
        </Loaded>
    }
}

#[component]
fn Head(item: Data<Item>) -> impl IntoView {
    let filters = use_filters();
    let (editing, blocking) = (filters.deed("edit"), filters.deed("place"));
    view! {
        <PageHead title=derived(move || item.look(|item| item.name.clone())) up=("/items", "Items")>
            <a class="button" href=move || filters.href(&[("do", "edit")])>
                "Edit"
            </a>
            <a class="button button--primary" href=move || filters.href(&[("do", "place")])>
                "Block units"
            </a>
        </PageHead>
        <EditDialog open=editing item />
        <PlaceDialog open=blocking item=derived(move || Some(item.get())) />
    }
}

#[component]
fn Facts(item: Data<Item>) -> impl IntoView {
    let live = Live::expect();
    let category = move || match item.look(|item| item.category.clone()) {
        Some(name) => view! { <a href=href::category(&name)>{name.clone()}</a> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let changed = move || view! { <Ago at=item.look(|item| item.updated_at) /> };
    // What was heard and what is then fetched are the same: it is shown, and marked, once.
    let quantity = memo(move || {
        let (id, fetched) = item.look(|item| (item.id, item.quantity));
        (id, live.quantity(id, fetched))
    });
    let available = move || {
        let (id, quantity) = quantity.get();
        let changed = live.changed(&("available", id), &quantity);
        view! { <span class:changed=changed>{units(quantity)}</span> }
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Available"</dt>
                <dd class="facts__figure" aria-live="polite">{available}</dd>
            </div>
            <div>
                <dt>"Price"</dt>
                <dd class="facts__figure">{move || item.look(|item| price(&item.price))}</dd>
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
                <dt>"Id"</dt>
                <dd>{move || item.look(|item| item.id)}</dd>
            </div>
        </dl>
        {move || item.look(|item| item.description.clone()).map(|text| view! { <p class="prose">{text}</p> })}
    }
}

/// The item's level of late.
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
                <h2 id="item-chart">"Available of late"</h2>
                <Tabs label="How far back" parameter="hours" tabs=&SPANS />
            </header>
            <Loaded from=chart lines=2 let:history>
                <Steps
                    label=derived(move || history.look(describe))
                    points=derived(move || history.look(points))
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
    format!("Available units: {} now, between {} and {}", units(now), units(least), units(most))
}

#[component]
fn ActiveBlocks(id: i64, blocks: Fetched<Page<Block>>) -> impl IntoView {
    let deeds = Deeds::new();
    view! {
        <section class="section" aria-labelledby="item-blocks">
            <header class="section__head">
                <h2 id="item-blocks">"Temporary blocks"</h2>
                <a href=href::blocks_of(id)>"All blocks of this item"</a>
            </header>
            <Loaded from=blocks lines=2 let:page>
                <When
                    is=move || page.look(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <Empty title="No units are held">
                                <p>"A temporary block holds units while a buyer checks out."</p>
                            </Empty>
                        }
                    }
                >
                    <BlockTable
                        blocks=derived(move || page.get().items)
                        caption="Temporary blocks of this item"
                        deeds
                    />
                </When>
            </Loaded>
            <BlockDialogs deeds />
        </section>
    }
}
