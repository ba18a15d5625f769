//! The page of an order: its lines, the preview of its allocation, its timeline.

mod preview;

use crate::action::Action;
use crate::components::badge::order_badge;
use crate::components::cell::{Cell, Row};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::loaded::Loaded;
use crate::components::not_found::NotFound;
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::time::RelativeTime;
use crate::components::toast::{Done, Toasts};
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::format::format_integer;
use crate::href;
use crate::memo::{boxed, derived, dynamic, memo};
use crate::order_text::{order_name, order_size};
use crate::texts;
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
        <Loaded from=order lines=5 up=("/orders", texts::orders()) let:order>
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
    let pending = move || order.with(|order| order.status == OrderStatus::Pending);
    let lacking = move || order.with(lacks_units);
    let ships =
        move || order.with(|order| !matches!(order.status, OrderStatus::Pending | OrderStatus::Cancelled));
    let open =
        move || order.with(|order| !matches!(order.status, OrderStatus::Shipped | OrderStatus::Cancelled));
    view! {
        <PageHead title=derived(move || order.with(order_name)) up=("/orders", texts::orders())>
            <Show when=lacking>
                <a
                    class="button button--primary"
                    href=boxed(move || format!("/orders/{}/allocate", order.with(|order| order.id)))
                    rel="external"
                >
                    {texts::allocate()}
                </a>
            </Show>
            <Show when=pending>
                <a class="button" href=boxed(move || format!("/orders/{}/lines", order.with(|order| order.id))) rel="external">
                    {texts::change_lines()}
                </a>
            </Show>
            <Show when=ships>
                <a class="button" href=boxed(move || format!("/orders/{}/shipping", order.with(|order| order.id))) rel="external">
                    {texts::ship_or_return()}
                </a>
            </Show>
            <Show when=open>
                <a class="button" href=boxed(move || url.href(&[("do", "cancel")]))>
                    {texts::cancel_order()}
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
        let text = texts::order_cancelled(&cancelled.order_id.to_string());
        toasts.show(Done::new(text).about("order", [cancelled.order_id]));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        cancel.run(order.with_untracked(|order| order.id));
    };
    let text = move || match order.with(|order| order.status) {
        OrderStatus::Pending => texts::cancel_order_pending(),
        _ => texts::cancel_order_allocated(),
    };
    let title = derived(move || order.with(|order| texts::cancel_order_title(&order.id.to_string())));
    view! {
        <Dialog id="cancel-order" title open>
            <form class="form" method="post" action="/forms/cancel_order" on:submit=on_submit(submit)>
                <input type="hidden" name="id" value=order.with_untracked(|order| order.id) />
                <p>{dynamic(text)}</p>
                <ProblemAlert problem=cancel.problem() />
                <DialogFoot action=cancel label=texts::cancel_order() keep=texts::keep_order() danger=true />
            </form>
        </Dialog>
    }
}

/// Returns a warehouse's code and name: `BER-1 · Berlin`.
fn warehouse_name(warehouses: Fetched<Vec<Warehouse>>, id: i64) -> String {
    let all = warehouses.get().and_then(Result::ok).unwrap_or_default();
    let named = all.into_iter().find(|warehouse| warehouse.id == id);
    named.map_or_else(
        || texts::warehouse_named(&id.to_string()),
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
        None if order.with(|order| order.allocated_at.is_some()) => texts::several_warehouses().to_owned(),
        None if status() == OrderStatus::Cancelled => texts::allocated_nowhere().to_owned(),
        None => texts::allocated_not_yet().to_owned(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>{texts::status()}</dt>
                <dd>
                    <span role="status">{dynamic(move || order_badge(status()).view_only())}</span>
                </dd>
            </div>
            <div>
                <dt>{texts::allocated_from()}</dt>
                <dd>{dynamic(from)}</dd>
            </div>
            <div>
                <dt>{texts::size()}</dt>
                <dd>{dynamic(move || order.with(order_size))}</dd>
            </div>
            <div>
                <dt>{texts::created()}</dt>
                <dd>{dynamic(move || view! { <RelativeTime at=order.with(|order| order.created_at) /> })}</dd>
            </div>
            <Show when=move || order.with(lacks_units)>
                <div>
                    <dt>{texts::queue()}</dt>
                    <dd>{dynamic(move || order.with(queue))}</dd>
                </div>
                <div>
                    <dt>{texts::priority()}</dt>
                    <dd>{dynamic(move || order.with(|order| format_integer(order.priority)))}</dd>
                </div>
            </Show>
        </dl>
    }
}

/// Returns whether units of the order are missing.
fn lacks_units(order: &Order) -> bool {
    matches!(order.status, OrderStatus::Pending | OrderStatus::Partial)
}

/// Describes the order's place in the queue of missing units.
fn queue(order: &Order) -> AnyView {
    let Some(at) = order.waiting_since else { return texts::not_in_queue().into_any() };
    let place = order.queue_place.map(|place| texts::queue_at(place) + " ");
    view! { {place} {texts::queue_since()} " " <RelativeTime at /> }.into_any()
}

/// The events of the order, oldest first.
#[component]
fn Timeline(order: Data<Order>, warehouses: Fetched<Vec<Warehouse>>) -> impl IntoView {
    let entry = |what: String, at: Option<Time>, by: Option<String>| {
        let when = at.map(|at| view! { <RelativeTime at /> });
        let by = by.map(|by| format!(" {}", texts::by_person(&by)));
        view! { <li>{what} " " <span class="muted">{when} {by}</span></li> }
    };
    let entries = move || {
        let order = order.get();
        let size = order_size(&order);
        let changed = order.updated_at;
        let place = order.warehouse_id.map(|id| warehouse_name(warehouses, id));
        let place = place.or(order.allocated_at.map(|_| texts::several_warehouses().to_owned()));
        let mut entries =
            vec![entry(texts::timeline_created(&size), Some(order.created_at), order.created_by)];
        if let Some(from) = &place {
            let text = match order.status {
                OrderStatus::Partial => texts::timeline_partial(from),
                _ => texts::timeline_allocated(&size, from),
            };
            entries.push(entry(text, order.allocated_at, order.allocated_by));
        }
        match (order.status, place) {
            (OrderStatus::Pending, _) => {
                entries.push(entry(texts::timeline_pending().to_owned(), None, None));
            }
            (OrderStatus::Partial, _) => {
                entries.push(entry(texts::timeline_missing().to_owned(), None, None))
            }
            (OrderStatus::Allocated, _) => {}
            (OrderStatus::Shipped, _) => {
                entries.push(entry(texts::timeline_shipped().to_owned(), Some(changed), None))
            }
            (OrderStatus::Cancelled, place) => {
                let text = match place {
                    Some(from) => texts::timeline_cancelled(&from),
                    None => texts::timeline_cancelled_early().to_owned(),
                };
                entries.push(entry(text, Some(changed), order.cancelled_by));
            }
        }
        entries
    };
    view! {
        <section class="section" aria-labelledby="order-timeline">
            <header class="section__head">
                <h2 id="order-timeline">{texts::timeline()}</h2>
            </header>
            <ol class="timeline">{dynamic(entries)}</ol>
        </section>
    }
}

const LINES: [Column; 3] = [
    Column::of(ColumnKind::RowHeader, "", texts::item),
    Column::of(ColumnKind::Figure, "", texts::units),
    Column::of(ColumnKind::Figure, "", texts::missing),
];

#[component]
fn Lines(order: Data<Order>) -> impl IntoView {
    let row = |order: &Order, line: &OrderLine| {
        let missing = order.missing.iter().find(|units| units.item_id == line.item_id);
        let missing = missing.map_or(0, |units| units.quantity);
        Row {
            id: line.item_id,
            cells: vec![
                Cell::row_header(line.item_name.clone(), href::item(line.item_id)),
                Cell::figure(line.quantity),
                Cell::figure(missing),
            ],
        }
    };
    let rows = move || order.with(|order| order.lines.iter().map(|line| row(order, line)).collect());
    view! {
        <section class="section" aria-labelledby="order-lines">
            <header class="section__head">
                <h2 id="order-lines">{texts::lines()}</h2>
            </header>
            <Table
                name="lines"
                caption=texts::lines_of_order()
                columns=&LINES
                rows=derived(rows)
            />
        </section>
    }
}
