use crate::components::block_dialogs::{BlockDialogs, Deeds};
use crate::components::block_table::BlockTable;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::rows::Rows;
use crate::components::when::When;
use crate::fetch::fetch;
use crate::href;
use crate::pages::orders::OrderTable;
use crate::text::units;
use api::{BlockState, Item, ItemSort, OrderStatus, rpc};
use leptos::prelude::*;

const ROWS: i64 = 5;

/// Where things stand: what is available and blocked, what waits, what runs low.
#[component]
pub fn OverviewPage() -> impl IntoView {
    view! {
        <PageHead title="Overview" />
        <Figures />
        <div class="columns">
            <PendingOrders />
            <RunningLow />
        </div>
        <LatestBlocks />
    }
}

/// One figure, and the page behind it.
#[component]
fn Figure(href: &'static str, label: &'static str, #[prop(into)] number: Signal<i64>) -> impl IntoView {
    view! {
        <a class="figure-card" href=href>
            <span class="figure-card__label">{label}</span>
            <span class="figure-card__number">{move || units(number.get())}</span>
        </a>
    }
}

#[component]
fn Figures() -> impl IntoView {
    let categories = fetch(|| (), |()| rpc::list_categories());
    let warehouses = fetch(|| (), |()| rpc::list_warehouses());
    view! {
        <section class="figure-cards" aria-label="Figures">
            <Loaded from=warehouses lines=2 let:warehouses>
                <Figure
                    href="/warehouses"
                    label="Units available"
                    number=Signal::derive(move || {
                        warehouses.with(|all| all.iter().map(|warehouse| warehouse.units_available).sum())
                    })
                />
                <Figure
                    href="/warehouses"
                    label="Warehouses"
                    number=Signal::derive(move || warehouses.with(|all| all.len() as i64))
                />
            </Loaded>
            <Loaded from=categories lines=2 let:categories>
                <Figure
                    href="/categories?sort=blocked"
                    label="Units blocked"
                    number=Signal::derive(move || {
                        categories.with(|all| all.iter().map(|category| category.units_blocked).sum())
                    })
                />
                <Figure
                    href="/categories"
                    label="Categories"
                    number=Signal::derive(move || categories.with(|all| all.len() as i64))
                />
            </Loaded>
        </section>
    }
}

#[component]
fn PendingOrders() -> impl IntoView {
    let orders = fetch(|| (), |()| rpc::list_orders(Some(OrderStatus::Pending), Some(ROWS), None));
    view! {
        <section class="section" aria-labelledby="pending-orders">
            <header class="section__head">
                <h2 id="pending-orders">"Orders to allocate"</h2>
                <a href="/orders?status=pending">"All pending"</a>
            </header>
            <Loaded from=orders lines=ROWS as usize let:page>
                <When
                    is=move || page.with(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <Empty title="No order waits">
                                <a href="/orders/new">"Create an order"</a>
                            </Empty>
                        }
                    }
                >
                    <OrderTable orders=Signal::derive(move || page.get().items) />
                </When>
            </Loaded>
        </section>
    }
}

#[component]
fn RunningLow() -> impl IntoView {
    let items = fetch(
        || (),
        |()| rpc::list_items(None, None, None, None, Some(ItemSort::QuantityAsc), Some(ROWS), None),
    );
    let row = |item: Item| {
        view! {
            <tr>
                <th scope="row" class="table__lead"><a href=href::item(item.id)>{item.name}</a></th>
                <td class="table__minor table__quiet">{item.category}</td>
                <td class="figure" class:figure--out=item.quantity == 0>{units(item.quantity)}</td>
            </tr>
        }
    };
    view! {
        <section class="section" aria-labelledby="running-low">
            <header class="section__head">
                <h2 id="running-low">"Lowest stock"</h2>
                <a href="/items?sort=quantityAsc">"All, lowest first"</a>
            </header>
            <Loaded from=items lines=ROWS as usize let:page>
                <div class="table-box">
                    <table class="table">
                        <caption class="visually-hidden">"Items of lowest stock"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Item"</th>
                                <th scope="col" class="table__minor">"Category"</th>
                                <th scope="col" class="figure">"Available"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <Rows
                                each=move || page.get().items
                                key=|item| (item.id, item.quantity, item.updated_at)
                                children=row
                            />
                        </tbody>
                    </table>
                </div>
            </Loaded>
        </section>
    }
}

#[component]
fn LatestBlocks() -> impl IntoView {
    let deeds = Deeds::new();
    let blocks = fetch(|| (), |()| rpc::list_blocks(Some(BlockState::Temporary), None, Some(ROWS), None));
    view! {
        <section class="section" aria-labelledby="latest-blocks">
            <header class="section__head">
                <h2 id="latest-blocks">"Latest temporary blocks"</h2>
                <a href="/blocks?state=temporary">"All temporary"</a>
            </header>
            <Loaded from=blocks lines=ROWS as usize let:page>
                <When
                    is=move || page.with(|page| !page.items.is_empty())
                    fallback=|| {
                        view! {
                            <Empty title="No units are held">
                                <a href="/blocks">"Go to the blocks"</a>
                            </Empty>
                        }
                    }
                >
                    <BlockTable
                        blocks=Signal::derive(move || page.get().items)
                        caption="Latest temporary blocks"
                        deeds
                    />
                </When>
            </Loaded>
            <BlockDialogs deeds />
        </section>
    }
}
