use crate::components::badge::order_badge;
use crate::components::cell::Cell;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::tabs::Tabs;
use crate::components::view_options::ViewOptions;
use crate::fetch::{RefetchOn, fetch};
use crate::format::format_count;
use crate::href;
use crate::memo::derived;
use crate::url_state::{UrlState, use_url_state};
use api::{Order, OrderStatus, rpc};
use leptos::prelude::*;

const PAGE_SIZE: i64 = 50;

const STATUSES: [(&str, &str); 4] =
    [("", "All"), ("pending", "Pending"), ("allocated", "Allocated"), ("cancelled", "Cancelled")];

fn status(url: UrlState) -> Option<OrderStatus> {
    match url.get("status")?.as_str() {
        "pending" => Some(OrderStatus::Pending),
        "allocated" => Some(OrderStatus::Allocated),
        "cancelled" => Some(OrderStatus::Cancelled),
        _ => None,
    }
}

/// The list of orders, newest first, filtered by status.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let url = use_url_state();
    let csv = move || {
        let status = url.get("status").unwrap_or_default();
        href::with_query("/api/orders.csv", [("status", status.as_str())])
    };
    let orders = fetch(
        RefetchOn::Orders,
        move || (status(url), url.get("after")),
        |(status, after)| rpc::list_orders(status, Some(PAGE_SIZE), after),
    );
    view! {
        <PageHead title="Orders">
            <ViewOptions table="orders" columns=&COLUMNS url csv=derived(csv) />
            <a class="button button--primary" href="/orders/new">
                {Icon::Plus.view()}
                "New order"
            </a>
        </PageHead>
        <div class="toolbar">
            <Tabs label="Status" parameter="status" tabs=&STATUSES />
        </div>
        <Loaded from=orders lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoOrders url /> }
            >
                <Table
                    name="orders"
                    caption="Orders, newest first"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}

#[component]
fn NoOrders(url: UrlState) -> impl IntoView {
    view! {
        <Show
            when=move || url.get("status").is_some()
            fallback=|| {
                view! {
                    <EmptyState title="No orders yet">
                        <p>"An order lists the items that a customer bought. Allocating it takes the units out of stock."</p>
                        <a class="button button--primary" href="/orders/new">
                            "Create the first order"
                        </a>
                    </EmptyState>
                }
            }
        >
            <EmptyState title="No order has this status">
                <a class="button button--primary" href=move || url.href(&[("status", "")])>
                    "Show all orders"
                </a>
            </EmptyState>
        </Show>
    }
}

const COLUMNS: [Column; 6] = [
    Column::of(ColumnKind::RowHeader, "", "Order"),
    Column::text("contents", "Contents").minor(),
    Column::of(ColumnKind::Figure, "lines", "Lines").minor(),
    Column::of(ColumnKind::Figure, "units", "Units"),
    Column::text("", "Status"),
    Column::text("created", "Created").minor(),
];

/// Lists the first items of an order: `Lamp, Chair and 3 more`.
fn contents(order: &Order) -> String {
    let names: Vec<_> = order.lines.iter().take(2).map(|line| line.item_name.as_str()).collect();
    match order.lines.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {} more", names.join(", "), more),
    }
}

fn row(order: Order) -> Row {
    let units = order.lines.iter().map(|line| i64::from(line.quantity)).sum::<i64>();
    let cells = vec![
        Cell::row_header(order_name(&order), href::order(order.id)),
        Cell::Quiet(contents(&order)),
        Cell::figure(order.lines.len() as i64),
        Cell::figure(units),
        order_badge(order.status),
        Cell::RelativeTime(order.created_at),
    ];
    Row { id: order.id, cells }
}

/// Returns the name of an order: `Order 12`, or `Order 12 · WEB-1042` with the shop's reference.
pub fn order_name(order: &Order) -> String {
    match &order.reference {
        Some(reference) => format!("Order {} · {reference}", order.id),
        None => format!("Order {}", order.id),
    }
}

/// Returns the size of an order: `2 lines, 5 units`.
pub fn order_size(order: &Order) -> String {
    let total: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    let lines = format_count(order.lines.len() as i64, "line", "lines");
    format!("{lines}, {}", format_count(total, "unit", "units"))
}
