//! One order: what was bought, where it could be taken from, and its story.

mod preview;

use crate::act::Act;
use crate::components::badge::order_badge;
use crate::components::cell::Cell;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::Refusal;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::time::Ago;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{About, Data, Fetched, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::memo::{Look, derived, memo};
use crate::on::on_submit;
use crate::pages::not_found::NotFound;
use crate::pages::orders::{name, size};
use api::{Order, OrderCancelled, OrderLine, OrderStatus, Time, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use preview::Preview;

/// The order that the address names.
#[component]
pub fn OrderPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.look(|params| params.get("id")?.parse::<i64>().ok()));
    // Built anew for another order: nothing of this one may stay.
    move || match id.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn One(id: i64) -> impl IntoView {
    let order = fetch(About::Orders, move || id, rpc::get_order);
    let warehouses = fetch(About::Rarely, || (), |()| rpc::list_warehouses());
    // What it is about to be: shown at once, and taken back where it is refused.
    let expected = RwSignal::new(None);
    view! {
        <Loaded from=order lines=5 let:order>
            <Head order />
            <Facts order warehouses expected />
            <When is=move || order.look(|order| order.status == OrderStatus::Pending)>
                <Preview id expected />
            </When>
            <Lines order />
            <Story order warehouses />
        </Loaded>
    }
}

#[component]
fn Head(order: Data<Order>) -> impl IntoView {
    let filters = use_filters();
    let cancelling = filters.deed("cancel");
    let open = move || order.look(|order| order.status != OrderStatus::Cancelled);
    view! {
        <PageHead title=derived(move || order.look(name)) up=("/orders", "Orders")>
            <When is=open>
                <a class="button" href=move || filters.href(&[("do", "cancel")])>
                    "Cancel order"
                </a>
            </When>
        </PageHead>
        <CancelDialog open=cancelling order />
    }
}

#[component]
fn CancelDialog(open: RwSignal<bool>, order: Data<Order>) -> impl IntoView {
    let toasts = Toasts::expect();
    let cancel = Act::new(rpc::cancel_order, move |cancelled: OrderCancelled| {
        open.try_set(false);
        toasts.done(format!("Order {} is cancelled.", cancelled.order_id));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        cancel.run(order.glance(|order| order.id));
    };
    let text = move || {
        order.look(|order| match order.status {
            OrderStatus::Allocated => {
                format!("{} will go back to the warehouse. This can't be undone.", size(order))
            }
            _ => "It has taken no stock. This can't be undone.".to_owned(),
        })
    };
    let title = derived(move || order.look(|order| format!("Cancel order {}", order.id)));
    view! {
        <Dialog id="cancel-order" title open>
            <form class="form" method="post" action="/forms/cancel_order" on:submit=on_submit(submit)>
                <input type="hidden" name="id" value=order.glance(|order| order.id) />
                <p>{text}</p>
                <Refusal problem=cancel.refused() />
                <DialogFoot open act=cancel label="Cancel this order" danger=true />
            </form>
        </Dialog>
    }
}

/// A warehouse as people know it: `BER-1 · Berlin`.
fn warehouse_name(warehouses: Fetched<Vec<Warehouse>>, id: i64) -> String {
    let known = warehouses.get().and_then(Result::ok).unwrap_or_default();
    let named = known.into_iter().find(|warehouse| warehouse.id == id);
    named.map_or_else(
        || format!("Warehouse {id}"),
        |warehouse| format!("{} · {}", warehouse.code, warehouse.name),
    )
}

#[component]
fn Facts(
    order: Data<Order>,
    warehouses: Fetched<Vec<Warehouse>>,
    expected: RwSignal<Option<OrderStatus>>,
) -> impl IntoView {
    let status = move || expected.get().unwrap_or(order.look(|order| order.status));
    let from = move || match order.look(|order| order.warehouse_id) {
        Some(id) => warehouse_name(warehouses, id),
        None if status() == OrderStatus::Cancelled => "Nowhere".to_owned(),
        None => "Not yet".to_owned(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Status"</dt>
                <dd>
                    <span role="status">{move || order_badge(status()).alone()}</span>
                </dd>
            </div>
            <div>
                <dt>"Allocated from"</dt>
                <dd>{from}</dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>{move || order.look(size)}</dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>{move || view! { <Ago at=order.look(|order| order.created_at) /> }}</dd>
            </div>
        </dl>
    }
}

/// What has become of it so far: the latest last, as it happened.
#[component]
fn Story(order: Data<Order>, warehouses: Fetched<Vec<Warehouse>>) -> impl IntoView {
    let chapter = |what: String, at: Option<Time>, by: Option<String>| {
        let when = at.map(|at| view! { <Ago at /> });
        let by = by.map(|by| format!(" by {by}"));
        view! { <li>{what} " " <span class="muted">{when} {by}</span></li> }
    };
    let chapters = move || {
        let order = order.get();
        let size = size(&order);
        let changed = order.updated_at;
        let place = order.warehouse_id.map(|id| warehouse_name(warehouses, id));
        let mut chapters = vec![chapter(format!("Created with {size}."), Some(order.created_at), None)];
        if let Some(from) = &place {
            let text = format!("Allocated: {size} taken out of {from}.");
            chapters.push(chapter(text, order.allocated_at, order.allocated_by));
        }
        match (order.status, place) {
            (OrderStatus::Pending, _) => {
                chapters.push(chapter("Waits for a warehouse that has every line.".to_owned(), None, None));
            }
            (OrderStatus::Allocated, _) => {}
            (OrderStatus::Cancelled, place) => {
                let text = match place {
                    Some(from) => format!("Cancelled: all of it went back to {from}."),
                    None => "Cancelled before it took any stock.".to_owned(),
                };
                chapters.push(chapter(text, Some(changed), order.cancelled_by));
            }
        }
        chapters
    };
    view! {
        <section class="section" aria-labelledby="order-story">
            <header class="section__head">
                <h2 id="order-story">"What happened"</h2>
            </header>
            <ol class="story">{chapters}</ol>
        </section>
    }
}

const LINES: [Column; 2] = [Column::of(Kind::Lead, "", "Item"), Column::of(Kind::Figure, "", "Units")];

#[component]
fn Lines(order: Data<Order>) -> impl IntoView {
    let row = |line: OrderLine| Row {
        id: line.item_id,
        cells: vec![Cell::lead(line.item_name, href::item(line.item_id)), Cell::figure(line.quantity)],
    };
    view! {
        <section class="section" aria-labelledby="order-lines">
            <header class="section__head">
                <h2 id="order-lines">"Lines"</h2>
            </header>
            <Table
                name="lines"
                caption="Lines of this order"
                columns=&LINES
                rows=derived(move || order.get().lines.into_iter().map(row).collect())
            />
        </section>
    }
}
