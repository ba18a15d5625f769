pub mod activity;

use crate::components::cell::{Cell, Row, Tone};
use crate::components::chart::{Chart, ChartData, Series};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::format_integer;
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::{derived, dynamic, memo};
use crate::texts;
use activity::{SpanSection, WorkSections, fetch_activity};
use api::time::seconds;
use api::{ActivityMinute, LOW_BY_THRESHOLD, Overview, rpc};
use leptos::prelude::*;

/// The overview: stock figures, the activity of the last hour, the items in demand, low stock, and recent
/// problems.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let overview = fetch(RefetchOn::Stock, || (), |()| rpc::overview());
    let activity = fetch_activity();
    view! {
        <PageHead title=texts::nav_overview()>
            <a class="button" href="/orders/new">
                {texts::new_order()}
            </a>
            <a class="button button--primary" href="/blocks?do=place">
                {texts::hold_stock()}
            </a>
        </PageHead>
        <FirstSteps />
        <Loaded from=overview lines=10 let:overview>
            <Show when=move || overview.with(|overview| overview.items > 0) fallback=FirstRun>
                <Figures overview />
                <SpanSection activity />
                <WorkSections activity />
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

/// The first steps of a new shop. The server renders them; nothing after they are done or dismissed.
#[component]
fn FirstSteps() -> impl IntoView {
    let steps = fetch(RefetchOn::Catalog, || (), |()| rpc::first_steps());
    view! {
        <Transition>
            {move || {
                let html = steps.get().and_then(Result::ok).unwrap_or_default();
                view! { <div inner_html=html></div> }
            }}
        </Transition>
    }
}

/// Replaces the overview while there are no items.
#[component]
fn FirstRun() -> impl IntoView {
    view! {
        <EmptyState title=texts::welcome()>
            <p>
                {texts::welcome_about()}
            </p>
            <a class="button button--primary" href="/items?do=create">
                {texts::create_first_item()}
            </a>
            <a class="button" href="/imports" rel="external">
                {texts::import_items_and_stock()}
            </a>
            <a href="/api/docs" rel="external">
                {texts::connect_shop()}
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
            <span class="figure-card__number">{dynamic(figure)}</span>
            <span class="figure-card__note">{dynamic(move || note.get())}</span>
        </a>
    }
}

#[component]
fn Figures(overview: Data<Overview>) -> impl IntoView {
    let number = move |part: fn(&Overview) -> i64| memo(move || overview.with(part));
    let note = move |part: fn(&Overview) -> String| memo(move || overview.with(part));
    view! {
        <section class="figure-cards" aria-label=texts::figures()>
            <Figure
                href="/items"
                label=texts::available()
                number=number(|overview| overview.units_available)
                note=note(|overview| {
                    texts::items_and_sold_out(overview.items, overview.items_sold_out)
                })
            />
            <Figure
                href="/blocks?state=temporary"
                label=texts::held()
                number=number(|overview| overview.units_held)
                note=note(|overview| texts::active_holds(overview.blocks_active))
            />
            <Figure
                href="/sold"
                label=texts::sold()
                number=number(|overview| overview.units_sold)
                note=note(|_| texts::sold_about().to_owned())
            />
            <Figure
                href="/blocks?state=expiring"
                label=texts::expiring_soon()
                number=number(|overview| overview.units_expiring)
                note=note(|overview| {
                    texts::holds_within(overview.blocks_expiring, overview.expiring_seconds / 60)
                })
            />
            <Figure
                href="/orders?status=pending"
                label=texts::orders_to_allocate()
                number=number(|overview| overview.orders_pending)
                note=note(|_| texts::pending_note().to_owned())
            />
        </section>
    }
}

#[component]
fn Activity(overview: Data<Overview>) -> impl IntoView {
    let data = move || {
        let line = |name, class, part: fn(&ActivityMinute) -> i64| Series {
            name,
            class,
            values: overview.with(|overview| overview.activity.iter().map(part).collect()),
        };
        let series = vec![
            line(texts::holds(), "chart__a", |minute| minute.blocks),
            line(texts::confirmed(), "chart__b", |minute| minute.confirmed),
            line(texts::allocations(), "chart__c", |minute| minute.allocations),
            line(texts::expired(), "chart__d", |minute| minute.expired),
        ];
        let times: Vec<_> =
            overview.with(|overview| overview.activity.iter().map(|minute| seconds(minute.minute)).collect());
        let until = times.last().map_or(0, |last| last + 60);
        ChartData { times, until, series, is_level: false }
    };
    view! {
        <section class="section" aria-labelledby="activity">
            <header class="section__head">
                <h2 id="activity">{texts::last_hour()}</h2>
                <span class="muted">{texts::per_minute()}</span>
            </header>
            <Chart label=Signal::stored(texts::activity_minutes().to_owned()) data=derived(data) />
        </section>
    }
}

const HOT: [Column; 3] = [
    Column::of(ColumnKind::RowHeader, "", texts::item),
    Column::of(ColumnKind::Figure, "", texts::held),
    Column::of(ColumnKind::Figure, "", texts::available),
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
                <h2 id="hottest">{texts::most_held()}</h2>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.hottest.is_empty())
                fallback=|| view! { <p class="muted">{texts::nothing_held()}</p> }
            >
                <Table
                    name="hot"
                    caption=texts::most_held_caption()
                    columns=&HOT
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}

const LOW: [Column; 3] = [
    Column::of(ColumnKind::RowHeader, "", texts::category),
    Column::of(ColumnKind::Figure, "", texts::items_low),
    Column::of(ColumnKind::Figure, "", texts::available),
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
                <h2 id="low">{texts::low_categories()}</h2>
                <a href="/items?low=threshold">{texts::all_low_items()}</a>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.low.is_empty())
                fallback=|| view! { <p class="muted">{texts::nothing_low()}</p> }
            >
                <Table
                    name="low"
                    caption=texts::low_caption()
                    columns=&LOW
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}

const FAILED: [Column; 5] = [
    Column::text("", texts::time),
    Column::of(ColumnKind::RowHeader, "", texts::problem),
    Column::text("", texts::reason),
    Column::of(ColumnKind::Figure, "", texts::count),
    Column::text("", texts::actor).minor(),
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
                <h2 id="failures">{texts::recent_problems()}</h2>
            </header>
            <Show
                when=move || overview.with(|overview| !overview.failures.is_empty())
                fallback=|| view! { <p class="muted">{texts::no_problems()}</p> }
            >
                <Table
                    name="failures"
                    caption=texts::recent_problems_caption()
                    columns=&FAILED
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}
