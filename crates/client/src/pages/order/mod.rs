//! The page of an order: its lines, the preview of its allocation, its timeline.

mod preview;

use crate::action::Action;
use crate::components::badge::order_badge;
use crate::components::cell::Cell;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::time::RelativeTime;
use crate::components::toast::Toasts;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::href;
use crate::memo::{derived, memo};
use crate::pages::not_found::NotFound;
use crate::pages::orders::{order_name, order_size};
use crate::url_state::use_url_state;
use api::{Order, OrderCancelled, OrderLine, OrderStatus, Time, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use preview::Preview;

/// The page of the order whose id is in the address.
#[component]
pub fn OrderPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")?.parse::<i64>().ok()));
    // Rebuilds the page for another order, so that no state of the old one remains.
    move || match id.get() {
        Some(id) => view! { <OrderDetails id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn OrderDetails(id: i64) -> impl IntoView {
    let order = fetch(RefetchOn::Orders, move || id, rpc::get_order);
    let warehouses = fetch(RefetchOn::Catalog, || (), |()| rpc::list_warehouses());
    // The expected status while an allocation is pending. It is cleared by the response.
    let expected = RwSignal::new(None);
    view! {
        <Loaded from=order lines=5 let:order>
            <Header order />
            <Facts order warehouses expected />
            <Show when=move || order.with(|order| order.status == OrderStatus::Pending)>
                <Preview id expected />
            </Show>
            <Lines order />
            <Timeline order warehouses />
        </Loaded>
    }
}

#[component]
fn Header(order: Data<Order>) -> impl IntoView {
    let url = use_url_state();
    let cancelling = url.dialog("cancel");
    let open = move || order.with(|order| order.status != OrderStatus::Cancelled);
    view! {
        <PageHead title=derived(move || order.with(order_name)) up=("/orders", "Orders")>
            <Show when=open>
                <a class="button" href=move || url.href(&[("do", "cancel")])>
                    "Cancel order"
                </a>
            </Show>
        </PageHead>
        <CancelDialog open=cancelling order />
    }
}

#[component]
fn CancelDialog(open: RwSignal<bool>, order: Data<Order>) -> impl IntoView {
    let toasts = Toasts::expect();
    let cancel = Action::new(rpc::cancel_order, move |cancelled: OrderCancelled| {
        open.try_set(false);
        toasts.done(format!("Order {} is cancelled.", cancelled.order_id));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        cancel.run(order.with_untracked(|order| order.id));
    };
    let text = move || {
        order.with(|order| match order.status {
            OrderStatus::Allocated => {
                format!("{} will go back to the warehouse. This can't be undone.", order_size(order))
            }
            _ => "It has taken no stock. This can't be undone.".to_owned(),
        })
    };
    let title = derived(move || order.with(|order| format!("Cancel order {}", order.id)));
    view! {
        <Dialog id="cancel-order" title open>
            <form class="form" method="post" action="/forms/cancel_order" on:submit=on_submit(submit)>
                <input type="hidden" name="id" value=order.with_untracked(|order| order.id) />
                <p>{text}</p>
                <ProblemAlert problem=cancel.problem() />
                <DialogFoot open action=cancel label="Cancel this order" danger=true />
            </form>
        </Dialog>
    }
}

/// Returns a warehouse's code and name: `BER-1 · Berlin`.
fn warehouse_name(warehouses: Fetched<Vec<Warehouse>>, id: i64) -> String {
    let all = warehouses.get().and_then(Result::ok).unwrap_or_default();
    let named = all.into_iter().find(|warehouse| warehouse.id == id);
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
    let status = move || expected.get().unwrap_or(order.with(|order| order.status));
    let from = move || match order.with(|order| order.warehouse_id) {
        Some(id) => warehouse_name(warehouses, id),
        None if status() == OrderStatus::Cancelled => "Nowhere".to_owned(),
        None => "Not yet".to_owned(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Status"</dt>
                <dd>
                    <span role="status">{move || order_badge(status()).view_only()}</span>
                </dd>
            </div>
            <div>
                <dt>"Allocated from"</dt>
                <dd>{from}</dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>{move || order.with(order_size)}</dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>{move || view! { <RelativeTime at=order.with(|order| order.created_at) /> }}</dd>
            </div>
        </dl>
    }
}

/// The events of the order, oldest first.
#[component]
fn Timeline(order: Data<Order>, warehouses: Fetched<Vec<Warehouse>>) -> impl IntoView {
    let entry = |what: String, at: Option<Time>, by: Option<String>| {
        let when = at.map(|at| view! { <RelativeTime at /> });
        let by = by.map(|by| format!(" by {by}"));
        view! { <li>{what} " " <span class="muted">{when} {by}</span></li> }
    };
    let entries = move || {
        let order = order.get();
        let size = order_size(&order);
        let changed = order.updated_at;
        let place = order.warehouse_id.map(|id| warehouse_name(warehouses, id));
        let mut entries =
            vec![entry(format!("Created with {size}."), Some(order.created_at), order.created_by)];
        if let Some(from) = &place {
            let text = format!("Allocated: {size} taken out of {from}.");
            entries.push(entry(text, order.allocated_at, order.allocated_by));
        }
        match (order.status, place) {
            (OrderStatus::Pending, _) => {
                entries.push(entry("Waiting for a warehouse that has every line.".to_owned(), None, None));
            }
            (OrderStatus::Allocated, _) => {}
            (OrderStatus::Cancelled, place) => {
                let text = match place {
                    Some(from) => format!("Cancelled: all units went back to {from}."),
                    None => "Cancelled before it took any stock.".to_owned(),
                };
                entries.push(entry(text, Some(changed), order.cancelled_by));
            }
        }
        entries
    };
    view! {
        <section class="section" aria-labelledby="order-timeline">
            <header class="section__head">
                <h2 id="order-timeline">"Timeline"</h2>
            </header>
            <ol class="timeline">{entries}</ol>
        </section>
    }
}

const LINES: [Column; 2] =
    [Column::of(ColumnKind::RowHeader, "", "Item"), Column::of(ColumnKind::Figure, "", "Units")];

#[component]
fn Lines(order: Data<Order>) -> impl IntoView {
    let row = |line: OrderLine| Row {
        id: line.item_id,
        cells: vec![Cell::row_header(line.item_name, href::item(line.item_id)), Cell::figure(line.quantity)],
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
