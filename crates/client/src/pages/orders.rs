use crate::components::badge::order_badge;
use crate::components::cell::Cell;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::tabs::Tabs;
use crate::components::view_options::ViewOptions;
use crate::components::when::When;
use crate::fetch::{About, fetch};
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::memo::derived;
use crate::text::count;
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
    let csv = move || {
        let status = filters.get("status").unwrap_or_default();
        href::with_query("/api/orders.csv", [("status", status.as_str())])
    };
    let orders = fetch(
        About::Orders,
        move || (status(filters), filters.get("after")),
        |(status, after)| rpc::list_orders(status, Some(PAGE), after),
    );
    view! {
        <PageHead title="Orders">
            <ViewOptions table="orders" columns=&COLUMNS filters csv=derived(csv) />
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
                is=move || page.look(|page| !page.items.is_empty())
                fallback=move || view! { <NoOrders filters /> }
            >
                <Table
                    name="orders"
                    caption="Orders, newest first"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                />
            </When>
            <Pager next=derived(move || page.look(|page| page.next.clone())) />
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

const COLUMNS: [Column; 6] = [
    Column::of(Kind::Lead, "", "Order"),
    Column::plain("what", "What").minor(),
    Column::of(Kind::Figure, "lines", "Lines").minor(),
    Column::of(Kind::Figure, "units", "Units"),
    Column::plain("", "Status"),
    Column::plain("created", "Created").minor(),
];

/// `Lamp, Chair and 3 more`
fn what(order: &Order) -> String {
    let names: Vec<_> = order.lines.iter().take(2).map(|line| line.item_name.as_str()).collect();
    match order.lines.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {} more", names.join(", "), more),
    }
}

fn row(order: Order) -> Row {
    let units = order.lines.iter().map(|line| i64::from(line.quantity)).sum::<i64>();
    let cells = vec![
        Cell::lead(name(&order), href::order(order.id)),
        Cell::Quiet(what(&order)),
        Cell::figure(order.lines.len() as i64),
        Cell::figure(units),
        order_badge(order.status),
        Cell::Ago(order.created_at),
    ];
    Row { id: order.id, cells }
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
