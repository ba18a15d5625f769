use crate::components::badge::OrderBadge;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::rows::Rows;
use crate::components::tabs::Tabs;
use crate::components::time::Ago;
use crate::components::when::When;
use crate::fetch::fetch;
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::text::{count, units};
use api::{Order, OrderStatus, rpc};
use leptos::prelude::*;

const PAGE: i64 = 50;

const STATUSES: [(&str, &str); 4] =
    [("", "All"), ("pending", "Pending"), ("allocated", "Allocated"), ("cancelled", "Cancelled")];

fn status(filters: Filters) -> Option<OrderStatus> {
    match filters.get("status")?.as_str() {
        "pending" => Some(OrderStatus::Pending),
        "allocated" => Some(OrderStatus::Allocated),
        "cancelled" => Some(OrderStatus::Cancelled),
        _ => None,
    }
}

/// The orders, newest first, filtered by status.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let filters = use_filters();
    let orders = fetch(
        move || (status(filters), filters.get("after")),
        |(status, after)| rpc::list_orders(status, Some(PAGE), after),
    );
    view! {
        <PageHead title="Orders">
            <a class="button button--primary" href="/orders/new">
                {Icon::Plus.view()}
                "New order"
            </a>
        </PageHead>
        <div class="toolbar">
            <Tabs label="Status" parameter="status" tabs=&STATUSES />
        </div>
        <Loaded from=orders lines=10 let:page>
            <When
                is=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoOrders filters /> }
            >
                <OrderTable orders=Signal::derive(move || page.get().items) />
            </When>
            <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}

#[component]
fn NoOrders(filters: Filters) -> impl IntoView {
    view! {
        <When
            is=move || filters.get("status").is_some()
            fallback=|| {
                view! {
                    <Empty title="No orders yet">
                        <p>"An order names what a customer bought; allocating it takes the units."</p>
                        <a class="button button--primary" href="/orders/new">
                            "Create the first order"
                        </a>
                    </Empty>
                }
            }
        >
            <Empty title="No order has this status">
                <a class="button button--primary" href=move || filters.href(&[("status", "")])>
                    "Show all orders"
                </a>
            </Empty>
        </When>
    }
}

/// Orders, one a row.
#[component]
pub fn OrderTable(
    /// The orders.
    orders: Signal<Vec<Order>>,
) -> impl IntoView {
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Orders, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Order"</th>
                        <th scope="col" class="table__minor">"What"</th>
                        <th scope="col" class="figure">"Lines"</th>
                        <th scope="col" class="figure">"Units"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="table__minor">"Created"</th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || orders.get()
                        key=|order| (order.id, order.status)
                        children=|order| view! { <OrderRow order /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

/// `Lamp, Chair and 3 more`
fn what(order: &Order) -> String {
    let names: Vec<_> = order.lines.iter().take(2).map(|line| line.item_name.as_str()).collect();
    match order.lines.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {} more", names.join(", "), more),
    }
}

#[component]
fn OrderRow(order: Order) -> impl IntoView {
    let total: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    view! {
        <tr>
            <th scope="row" class="table__lead"><a href=href::order(order.id)>{name(&order)}</a></th>
            <td class="table__minor table__quiet table__clip">{what(&order)}</td>
            <td class="figure">{units(order.lines.len() as i64)}</td>
            <td class="figure">{units(total)}</td>
            <td><OrderBadge status=order.status /></td>
            <td class="muted table__minor"><Ago at=order.created_at /></td>
        </tr>
    }
}

/// What an order is called: `Order 12`, or `Order 12 · WEB-1042` where the shop has its own name for it.
pub fn name(order: &Order) -> String {
    match &order.reference {
        Some(reference) => format!("Order {} · {reference}", order.id),
        None => format!("Order {}", order.id),
    }
}

/// `2 lines, 5 units`
pub fn size(order: &Order) -> String {
    let total: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    let lines = count(order.lines.len() as i64, "line", "lines");
    format!("{lines}, {}", count(total, "unit", "units"))
}
