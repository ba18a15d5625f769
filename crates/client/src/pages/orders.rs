use crate::action::Action;
use crate::components::badge::order_badge;
use crate::components::bulk_panel::{BulkPanel, BulkVerb, show_outcomes};
use crate::components::cell::{Cell, Row};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::{ListFoot, Pager};
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::tabs::Tabs;
use crate::components::toast::Toasts;
use crate::components::view_options::ViewOptions;
use crate::days::{end, first_moment};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::fragments;
use crate::href;
use crate::memo::{boxed, derived};
use crate::order_text::order_name;
use crate::permissions::is_forbidden;
use crate::saved_views::{ViewTabs, fetch_views};
use crate::scroll::restore;
use crate::selection::Selection;
use crate::texts;
use crate::url_state::{AFTER, UrlState, use_url_state};
use api::{BulkOutcome, Order, OrderAction, OrderFilter, Page, Problem, rpc};
use leptos::prelude::*;

/// The tab of the orders in the queue of missing units.
const WAITING: &str = "waiting";

const STATUSES: [(&str, fn() -> &'static str); 7] = [
    ("", texts::all),
    ("pending", texts::status_pending),
    ("partial", texts::status_partial),
    (WAITING, texts::waiting_tab),
    ("allocated", texts::status_allocated),
    ("shipped", texts::status_shipped),
    ("cancelled", texts::status_cancelled),
];

/// The filters besides the status: query parameter, text of the label, and kind of the field.
const FILTERS: [(&str, fn() -> &'static str, &str); 5] = [
    ("reference", texts::reference, "text"),
    ("sku", texts::sku, "text"),
    ("warehouse", texts::warehouse_code, "text"),
    ("from", texts::from_day, "date"),
    ("to", texts::to_day, "date"),
];

fn filter(url: UrlState) -> OrderFilter {
    let [reference, sku, warehouse, from, to] = FILTERS.map(|(name, ..)| url.get(name).unwrap_or_default());
    let status = url.get("status").unwrap_or_default();
    OrderFilter { status, reference, sku, warehouse, from, to }
}

/// The list of orders, newest first, with filters.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let url = use_url_state();
    let csv = move || {
        let OrderFilter { status, reference, sku, warehouse, from, to } = filter(url);
        let status = if status == WAITING { (WAITING, "true") } else { ("status", status.as_str()) };
        let (from, to) = (first_moment(from), end(to));
        href::with_query(
            "/api/orders.csv",
            [
                status,
                ("reference", &reference),
                ("sku", &sku),
                ("warehouseCode", &warehouse),
                ("from", &from),
                ("to", &to),
                ("sort", &url.get("sort").unwrap_or_default()),
            ],
        )
    };
    let oldest_first = move || url.get("sort").as_deref() == Some("oldest");
    let orders = fetch(
        RefetchOn::Orders,
        move || (filter(url), oldest_first(), url.page_size(), url.get(AFTER)),
        |(filter, oldest_first, size, after)| rpc::list_orders(filter, oldest_first, Some(size), after),
    );
    let total = fetch(RefetchOn::Orders, move || filter(url), fragments::count_orders);
    let views = fetch_views();
    restore();
    view! {
        <PageHead title=texts::orders()>
            <ViewOptions table="orders" columns=&COLUMNS url views csv=derived(csv) />
            <a class="button button--primary" href="/orders/new">
                {Icon::Plus.view()}
                {texts::new_order()}
            </a>
        </PageHead>
        <ViewTabs views list="orders" url />
        <div class="toolbar">
            <Tabs label=texts::status() parameter="status" tabs=&STATUSES />
        </div>
        <FilterForm url />
        <Loaded from=orders lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoOrders url more=page.with(|page| page.next.is_some()) /> }
            >
                <OrderList page url />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
            <ListFoot total=derived(move || total.get()) />
        </Loaded>
    }
}

/// The form of the filters. The browser sends it, also without JavaScript.
#[component]
fn FilterForm(url: UrlState) -> impl IntoView {
    let field = |(name, label, kind): (&'static str, fn() -> &'static str, &'static str)| {
        view! {
            <div class="field">
                <label for=name>{label()}</label>
                <input id=name class="input" type=kind name=name value=boxed(move || url.get(name)) autocomplete="off" />
            </div>
        }
    };
    view! {
        <form class="form form--filter" action="/orders">
            <input type="hidden" name="status" value=boxed(move || url.get("status")) />
            <input type="hidden" name="sort" value=boxed(move || url.get("sort")) />
            {FILTERS.map(field).into_iter().collect_view()}
            <button class="button">{texts::filter()}</button>
        </form>
    }
}

#[component]
fn NoOrders(url: UrlState, more: bool) -> impl IntoView {
    view! {
        <Show
            when=move || more || filter(url) != OrderFilter::default()
            fallback=|| {
                view! {
                    <EmptyState title=texts::no_orders()>
                        <p>{texts::no_orders_about()}</p>
                        <a class="button button--primary" href="/orders/new">
                            {texts::create_first_order()}
                        </a>
                    </EmptyState>
                }
            }
        >
            <EmptyState title=if more { texts::no_order_matches_yet() } else { texts::no_order_matches() }>
                <a class="button button--primary" href="/orders">
                    {texts::show_all_orders()}
                </a>
            </EmptyState>
        </Show>
    }
}

fn count_text(count: i64) -> String {
    texts::orders_count(count)
}

/// The actions on the selected orders.
const VERBS: [BulkVerb; 2] = [
    BulkVerb { label: texts::allocate_available, done: texts::done_filled },
    BulkVerb { label: texts::cancel_orders, done: texts::done_cancelled },
];

/// The table of orders, with the actions on the selected ones.
#[component]
fn OrderList(page: Data<Page<Order>>, url: UrlState) -> impl IntoView {
    let rows = derived(move || page.get().items.into_iter().map(row).collect::<Vec<_>>());
    let caption = texts::orders();
    if is_forbidden("allocate") {
        return view! { <Table name="orders" caption columns=&COLUMNS rows default_sort="" /> }.into_any();
    }
    let (selection, toasts) = (Selection::of(url), Toasts::expect());
    let open = RwSignal::new(false);
    let act = Action::new(
        move |(at, ids): (usize, Vec<i64>)| async move {
            let action = [OrderAction::Fill, OrderAction::Cancel][at];
            let outcomes = rpc::act_on_orders(action, ids).await?;
            Ok::<_, Problem>((at, outcomes))
        },
        move |(at, outcomes): (usize, Vec<BulkOutcome>)| {
            open.try_set(false);
            selection.clear();
            show_outcomes(toasts, outcomes, count_text, (VERBS[at].done)());
        },
    );
    let ids = derived(move || page.with(|page| page.items.iter().map(|order| order.id).collect()));
    let fields = Callback::new(|_| ().into_any());
    view! {
        <BulkPanel selection rows=ids rows_text=count_text verbs=&VERBS action=act open fields />
        <Table name="orders" caption columns=&COLUMNS rows default_sort="" selection />
    }
    .into_any()
}

const COLUMNS: [Column; 6] = [
    Column::of(ColumnKind::RowHeader, "", texts::order),
    Column::text("contents", texts::contents).minor(),
    Column::of(ColumnKind::Figure, "lines", texts::lines).minor(),
    Column::of(ColumnKind::Figure, "units", texts::units),
    Column::text("", texts::status),
    Column::text("created", texts::created).minor().sorted(&[("", "descending"), ("oldest", "ascending")]),
];

/// Lists the first items of an order: `Lamp, Chair and 3 more`.
fn contents(order: &Order) -> String {
    let names: Vec<_> = order.lines.iter().take(2).map(|line| line.item_name.as_str()).collect();
    match order.lines.len() - names.len() {
        0 => names.join(", "),
        more => texts::and_more(&names.join(", "), more as i64),
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
