//! One item: what describes it, its stock by warehouse, its blocks, its history.

pub mod form;
mod history;
mod stock;

use crate::components::block_dialogs::{BlockDialogs, Deeds};
use crate::components::block_table::BlockTable;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::Ago;
use crate::components::when::When;
use crate::fetch::{Fetched, fetch};
use crate::href;
use crate::memo::memo;
use crate::pages::blocks::place::PlaceDialog;
use crate::pages::not_found::NotFound;
use crate::text::{price, units};
use api::{Block, BlockState, Item, Page, rpc};
use form::EditDialog;
use history::{History, fetch_movements};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use stock::Stock;

const BLOCKS: i64 = 20;

/// The item that the address names.
#[component]
pub fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")?.parse::<i64>().ok()));
    // Built anew for another item: nothing of this one may stay.
    move || match id.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn One(id: i64) -> impl IntoView {
    // All at once, before anything waits: one journey to the server instead of one after the other.
    let item = fetch(move || id, rpc::get_item);
    let levels = fetch(move || id, rpc::item_levels);
    let blocks =
        fetch(move || id, |id| rpc::list_blocks(Some(BlockState::Temporary), Some(id), Some(BLOCKS), None));
    let movements = fetch_movements(id);
    view! {
        <Loaded from=item lines=4 let:item>
            <Head item />
            <Facts item />
            <Stock id levels />
            <ActiveBlocks id blocks />
            <History movements />
        </Loaded>
    }
}

#[component]
fn Head(item: Signal<Item>) -> impl IntoView {
    let (editing, blocking) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <PageHead title=Signal::derive(move || item.with(|item| item.name.clone())) up=("/items", "Items")>
            <button class="button" type="button" on:click=move |_| editing.set(true)>
                "Edit"
            </button>
            <button class="button button--primary" type="button" on:click=move |_| blocking.set(true)>
                "Block units"
            </button>
        </PageHead>
        <EditDialog open=editing item />
        <PlaceDialog open=blocking item=Signal::derive(move || Some(item.get())) />
    }
}

#[component]
fn Facts(item: Signal<Item>) -> impl IntoView {
    let category = move || match item.with(|item| item.category.clone()) {
        Some(name) => view! { <a href=href::category(&name)>{name.clone()}</a> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let changed = move || view! { <Ago at=item.with(|item| item.updated_at) /> };
    view! {
        <dl class="facts">
            <div>
                <dt>"Available"</dt>
                <dd class="facts__figure">{move || item.with(|item| units(item.quantity))}</dd>
            </div>
            <div>
                <dt>"Price"</dt>
                <dd class="facts__figure">{move || item.with(|item| price(&item.price))}</dd>
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
                <dd>{move || item.with(|item| item.id)}</dd>
            </div>
        </dl>
        {move || item.with(|item| item.description.clone()).map(|text| view! { <p class="prose">{text}</p> })}
    }
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
                    is=move || page.with(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <Empty title="No units are held">
                                <p>"A temporary block holds units while a buyer checks out."</p>
                            </Empty>
                        }
                    }
                >
                    <BlockTable
                        blocks=Signal::derive(move || page.get().items)
                        caption="Temporary blocks of this item"
                        with_item=false
                        deeds
                    />
                </When>
            </Loaded>
            <BlockDialogs deeds />
        </section>
    }
}
