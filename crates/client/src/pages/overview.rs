use crate::components::cell::{Cell, Tone};
use crate::components::chart::{ColumnChart, Series};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::{format_count, format_integer};
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::{derived, memo};
use api::{ActivityMinute, LOW_BY_THRESHOLD, Overview, rpc};
use leptos::prelude::*;

/// The overview: stock figures, the activity of the last hour, the items in demand, low stock, and recent
/// problems.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let overview = fetch(RefetchOn::Stock, || (), |()| rpc::overview());
    view! {
        <PageHead title="Overview">
            <a class="button" href="/orders/new">
                "New order"
            </a>
            <a class="button button--primary" href="/blocks?do=place">
                "Block units"
            </a>
        </PageHead>
        <Loaded from=overview lines=10 let:overview>
            <Show when=move || overview.with(|overview| overview.items > 0) fallback=FirstRun>
                <Figures overview />
                <Activity overview />
                <div class="columns">
                    <Hottest overview />
                    <Low overview />
                </div>
                <Failures overview />
            </Show>
        </Loaded>
    }
}

/// Replaces the overview while there are no items.
#[component]
fn FirstRun() -> impl IntoView {
    view! {
        <EmptyState title="Welcome to Stockhold">
            <p>
                "It keeps your stock correct while thousands of buyers compete for the same unit. Start with the items that you sell."
            </p>
            <a class="button button--primary" href="/items?do=create">
                "Create the first item"
            </a>
            <a class="button" href="/imports" rel="external">
                "Import items and stock"
            </a>
            <a href="/api/docs" rel="external">
                "Connect the shop: the REST API"
            </a>
        </EmptyState>
    }
}

/// A figure with a note and a link to its details.
#[component]
fn Figure(
    href: &'static str,
    label: &'static str,
    #[prop(into)] number: Signal<i64>,
    #[prop(into)] note: Signal<String>,
) -> impl IntoView {
    let live = LiveUpdates::expect();
    let figure = move || {
        let number = number.get();
        let changed = live.changed(&("figure", label), &number);
        let text = format_integer(number);
        let digits = format!("--digits: {}", text.len());
        view! { <span class:changed=changed style=digits>{text}</span> }
    };
    view! {
        <a class="figure-card" href=href>
            <span class="figure-card__label">{label}</span>
            <span class="figure-card__number">{figure}</span>
            <span class="figure-card__note">{move || note.get()}</span>
        </a>
    }
}

#[component]
fn Figures(overview: Data<Overview>) -> impl IntoView {
    let number = move |part: fn(&Overview) -> i64| memo(move || overview.with(part));
    let note = move |part: fn(&Overview) -> String| memo(move || overview.with(part));
    view! {
        <section class="figure-cards" aria-label="Figures">
            <Figure
                href="/items"
                label="Available"
                number=number(|overview| overview.units_available)
                note=note(|overview| {
                    format!("{}, {} sold out", format_count(overview.items, "item", "items"), format_integer(overview.items_sold_out))
                })
            />
            <Figure
                href="/blocks?state=temporary"
                label="Held"
                number=number(|overview| overview.units_held)
                note=note(|overview| format_count(overview.blocks_active, "active block", "active blocks"))
            />
            <Figure
                href="/blocks?state=permanent"
                label="Sold"
                number=number(|overview| overview.units_sold)
                note=note(|_| "permanent blocks and allocated orders".to_owned())
            />
            <Figure
                href="/blocks?state=expiring"
                label="Expiring soon"
                number=number(|overview| overview.units_expiring)
                note=note(|overview| {
                    let blocks = format_count(overview.blocks_expiring, "block", "blocks");
                    format!("{blocks} within {}", format_count(overview.expiring_seconds / 60, "minute", "minutes"))
                })
            />
            <Figure
                href="/orders?status=pending"
                label="Orders to allocate"
                number=number(|overview| overview.orders_pending)
                note=note(|_| "pending".to_owned())
            />
        </section>
    }
}

#[component]
fn Activity(overview: Data<Overview>) -> impl IntoView {
    let series = move || {
        let line = |name, class, part: fn(&ActivityMinute) -> i64| Series {
            name,
            class,
            values: overview.with(|overview| overview.activity.iter().map(part).collect()),
        };
        vec![
            line("Blocks", "chart__a", |minute| minute.blocks),
            line("Confirmed", "chart__b", |minute| minute.confirmed),
            line("Allocations", "chart__c", |minute| minute.allocations),
            line("Expired", "chart__d", |minute| minute.expired),
        ]
    };
    view! {
        <section class="section" aria-labelledby="activity">
            <header class="section__head">
                <h2 id="activity">"The last hour"</h2>
                <span class="muted">"per minute"</span>
            </header>
            <ColumnChart label="Activity per minute of the last hour" series=derived(series) />
        </section>
    }
}

const HOT: [Column; 3] = [
    Column::of(ColumnKind::RowHeader, "", "Item"),
    Column::of(ColumnKind::Figure, "", "Blocked"),
    Column::of(ColumnKind::Figure, "", "Available"),
];

#[component]
fn Hottest(overview: Data<Overview>) -> impl IntoView {
    let live = LiveUpdates::expect();
    let rows = move || {
        let row = |item: &api::HotItem| Row {
            id: item.item_id,
            cells: vec![
                Cell::row_header(item.item_name.as_str(), href::item(item.item_id)),
                Cell::figure(item.units_blocked),
                Cell::stock(live.quantity(item.item_id, item.quantity)),
            ],
        };
        overview.with(|overview| overview.hottest.iter().map(row).collect())
    };
    view! {
        <section class="section" aria-labelledby="hottest">
            <header class="section__head">
                <h2 id="hottest">"Most blocked, last hour"</h2>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.hottest.is_empty())
                fallback=|| view! { <p class="muted">"No unit was blocked in the last hour."</p> }
            >
                <Table
                    name="hot"
                    caption="Items with the most blocked units in the last hour"
                    columns=&HOT
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}

const LOW: [Column; 3] = [
    Column::of(ColumnKind::RowHeader, "", "Category"),
    Column::of(ColumnKind::Figure, "", "Items low"),
    Column::of(ColumnKind::Figure, "", "Available"),
];

#[component]
fn Low(overview: Data<Overview>) -> impl IntoView {
    let rows = move || {
        overview.with(|overview| {
            let row = |(at, low): (usize, &api::LowCategory)| {
                let pairs = [("category", low.category.as_str()), ("low", LOW_BY_THRESHOLD)];
                Row {
                    id: at as i64,
                    cells: vec![
                        Cell::row_header(low.category.as_str(), href::with_query("/items", pairs)),
                        Cell::Figure(low.items_low, Tone::Bad),
                        Cell::figure(low.units_available),
                    ],
                }
            };
            overview.low.iter().enumerate().map(row).collect()
        })
    };
    view! {
        <section class="section" aria-labelledby="low">
            <header class="section__head">
                <h2 id="low">"Categories running low"</h2>
                <a href="/items?low=threshold">"All items that run low"</a>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.low.is_empty())
                fallback=|| view! { <p class="muted">"No item runs low."</p> }
            >
                <Table
                    name="low"
                    caption="Categories with items that run low"
                    columns=&LOW
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}

const FAILED: [Column; 5] = [
    Column::text("", "Show"),
    Column::of(ColumnKind::RowHeader, "", "Problem"),
    Column::text("", "Reason"),
    Column::of(ColumnKind::Figure, "", "Count"),
    Column::text("", "Actor").minor(),
];

#[component]
fn Failures(overview: Data<Overview>) -> impl IntoView {
    let rows = move || {
        let row = |(at, failure): (usize, &api::Failure)| {
            let problem = &failure.problem;
            let href = match (problem.order_id, problem.item_id) {
                (Some(order), _) => href::order(order),
                (_, Some(item)) => href::item(item),
                _ => String::new(),
            };
            Row {
                id: at as i64,
                cells: vec![
                    Cell::RelativeTime(failure.at),
                    Cell::row_header(problem.title.as_str(), href),
                    Cell::Text(problem.detail.clone()),
                    Cell::figure(failure.count),
                    Cell::Quiet(failure.actor.clone()),
                ],
            }
        };
        overview.with(|overview| overview.failures.iter().take(10).enumerate().map(row).collect())
    };
    view! {
        <section class="section" aria-labelledby="failures">
            <header class="section__head">
                <h2 id="failures">"Recent problems"</h2>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.failures.is_empty())
                fallback=|| view! { <p class="muted">"Nothing was rejected since the server started."</p> }
            >
                <Table
                    name="failures"
                    caption="Recent problems and their reasons"
                    columns=&FAILED
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}
