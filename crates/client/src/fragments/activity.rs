//! The activity of a span, such as since yesterday evening, and the open work.

use super::sold_columns::Sold;
use api::Problem;
use api::rpc_protocol::ReadCall;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The activity of a span, and the work that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPart {
    /// The HTML of the numbers, each with a link to the list that it sums.
    pub numbers: String,
    /// The units sold, for the chart.
    pub sold: Sold,
    /// The HTML of the items that run out, the waiting orders, the last receipts, the people, and the last check.
    pub work: String,
}

/// Returns the activity within a span: `evening`, `day`, `week`, `this_week` or `last_week`, or `custom` from one day to another,
/// both included. Days, evenings and weeks are those of the person's time zone.
#[server(prefix = "/rpc", endpoint = "activity", protocol = ReadCall)]
pub async fn activity(
    span: Option<String>,
    from: Option<String>,
    until: Option<String>,
) -> Result<ActivityPart, Problem> {
    let first_weekday = crate::locale::Locale::current().week;
    api::rpc::activity(span, from, until, first_weekday).await.map(|activity| html::part(&activity))
}

#[cfg(feature = "ssr")]
mod html {
    use super::ActivityPart;
    use crate::components::cell::{Cell, Row};
    use crate::components::table::{Column, ColumnKind};
    use crate::components::time::{format_exact, rfc3339};
    use crate::format::format_integer;
    use crate::fragments::movements::history_since;
    use crate::fragments::parts::table_section;
    use crate::fragments::sold::sold;
    use crate::fragments::waiting_orders;
    use crate::href;
    use crate::locale::{Locale, own_seconds_ahead};
    use crate::texts;
    use crate::user_text::user_text;
    use api::Activity;
    use leptos::prelude::*;

    /// The most waiting orders that the activity counts.
    const WAITING_COUNTED_MAX: i64 = 1_000;

    const RUNNING_OUT: [Column; 4] = [
        Column::of(ColumnKind::RowHeader, "", texts::item),
        Column::of(ColumnKind::Figure, "", texts::available),
        Column::of(ColumnKind::Figure, "", texts::sold_in_week),
        Column::of(ColumnKind::Figure, "", texts::lasts_for),
    ];

    const RECEIPTS: [Column; 4] = [
        Column::of(ColumnKind::RowHeader, "", texts::item),
        Column::of(ColumnKind::Figure, "", texts::units),
        Column::text("", texts::warehouse),
        Column::text("", texts::received_at),
    ];

    pub(super) fn part(activity: &Activity) -> ActivityPart {
        let cards = numbers(activity).map(card).collect_view();
        let numbers = view! {
            <p class="muted">{span_text(activity)}</p>
            {history_since(activity.history_since)}
            <div class="figure-cards figure-cards--small">{cards}</div>
        };
        let sold = sold((activity.from, activity.until), &activity.sold, own_seconds_ahead);
        ActivityPart { numbers: numbers.to_html(), sold, work: work(activity).to_html() }
    }

    /// Renders the items that run out, the orders that wait, the last receipts, the people, and the last check.
    fn work(activity: &Activity) -> impl IntoView + use<> {
        view! {
            <div class="columns">
                {table_section("running-out", texts::running_out(), texts::running_out_none(), &RUNNING_OUT, running_out(activity))}
                {waiting_orders::section("waiting", &activity.waiting)}
            </div>
            <div class="columns">
                {table_section("receipts", texts::last_receipts(), texts::receipts_none(), &RECEIPTS, receipts(activity))}
                <section class="section" aria-labelledby="people">
                    <header class="section__head">
                        <h2 id="people">{texts::people_and_checks()}</h2>
                    </header>
                    <ul>{notes(activity)}</ul>
                </section>
            </div>
        }
    }

    /// Returns the start and the end of the span for addresses.
    fn span_times(activity: &Activity) -> (String, String) {
        (rfc3339(activity.from), rfc3339(activity.until))
    }

    fn span_text(activity: &Activity) -> String {
        texts::span_text(&format_exact(activity.from), &format_exact(activity.until))
    }

    type Number = (&'static str, i64, String);

    /// Returns each number with its label and the address of its list.
    fn numbers(activity: &Activity) -> std::vec::IntoIter<Number> {
        let span = span_times(activity);
        let list = |path: &str, kind: &str| {
            href::with_query(path, [("kind", kind), ("from", span.0.as_str()), ("until", span.1.as_str())])
        };
        let moved = |label, units, kind| (label, units, list("/movements", kind));
        let refused = |label, number: Option<i64>| (label, number.unwrap_or(0), list("/refusals", ""));
        vec![
            moved(texts::units_sold(), activity.units_sold, "sold"),
            moved(texts::units_held(), activity.units_held, "held"),
            moved(texts::units_expired(), activity.units_expired, "expired"),
            moved(texts::units_released(), activity.units_released, "released"),
            moved(texts::units_received(), activity.units_received, "received"),
            moved(texts::units_written_off(), activity.units_written_off, "written_off"),
            moved(texts::units_returned(), activity.units_returned, "returned"),
            refused(texts::requests_refused(), activity.refused_requests),
            refused(texts::units_refused(), activity.refused_units),
        ]
        .into_iter()
    }

    fn card((label, number, href): Number) -> impl IntoView {
        view! {
            <a class="figure-card" href=href rel="external">
                <span class="figure-card__label">{label}</span>
                <span class="figure-card__number">{format_integer(number)}</span>
            </a>
        }
    }

    fn running_out(activity: &Activity) -> Vec<Row> {
        let row = |item: &api::RunningOut| Row {
            id: item.item_id,
            cells: vec![
                Cell::row_header(item.item_name.as_str(), href::item(item.item_id)),
                Cell::figure(item.available),
                Cell::figure(item.units_sold),
                Cell::Text(cover_text(item.cover_tenths)),
            ],
        };
        activity.running_out.iter().map(row).collect()
    }

    /// Returns a number of days: "2.5 days".
    fn cover_text(tenths: i64) -> String {
        match tenths {
            0 => texts::few_hours().to_owned(),
            10 => texts::one_day().to_owned(),
            ..100 => {
                let decimal = Locale::current().numbers.decimal;
                texts::some_days(&format!("{}{decimal}{}", tenths / 10, tenths % 10))
            }
            _ => texts::some_days(&format_integer(tenths / 10)),
        }
    }

    fn receipts(activity: &Activity) -> Vec<Row> {
        let row = |receipt: &api::MovedUnits| Row {
            id: receipt.id,
            cells: vec![
                Cell::row_header(receipt.item_name.clone().unwrap_or_default(), href::item(receipt.item_id)),
                Cell::figure(receipt.units),
                Cell::Text(receipt.warehouse_code.clone()),
                Cell::RelativeTime(receipt.created_at),
            ],
        };
        activity.receipts.iter().map(row).collect()
    }

    /// Returns the lines on low and sold out items, on waiting orders, on the people and on the last check.
    fn notes(activity: &Activity) -> AnyView {
        let line = |text: String, href: String| {
            view! {
                <li>
                    <a href=href rel="external">
                        {user_text(text)}
                    </a>
                </li>
            }
            .into_any()
        };
        let (from, until) = span_times(activity);
        let mut lines = vec![
            line(texts::items_at_threshold(activity.items_low), "/items?low=threshold".to_owned()),
            line(texts::items_without_units(activity.items_sold_out), "/items?low=0".to_owned()),
        ];
        if activity.orders_waiting > 0 {
            let text = match activity.orders_waiting {
                WAITING_COUNTED_MAX.. => texts::orders_wait_at_least(activity.orders_waiting),
                count => texts::orders_wait(count),
            };
            lines.push(line(text, "/orders?status=waiting".to_owned()));
        }
        for mover in &activity.movers {
            let pairs = [("actor", mover.actor.as_str()), ("from", from.as_str()), ("until", until.as_str())];
            let text = texts::moved_by(&mover.actor, mover.units, mover.movements);
            lines.push(line(text, href::with_query("/movements", pairs)));
        }
        for actor in &activity.actors {
            let pairs = [("actor", actor.actor.as_str()), ("from", from.as_str()), ("to", until.as_str())];
            let text = texts::recorded_actions(actor.events, &actor.actor);
            lines.push(line(text, href::with_query("/audit", pairs)));
        }
        lines.push(line(reconcile_text(activity.reconcile.as_ref()), "/help/stock".to_owned()));
        lines.into_any()
    }

    fn reconcile_text(run: Option<&api::ReconcileRun>) -> String {
        let Some(run) = run else { return texts::reconcile_never().to_owned() };
        let at = format_exact(run.finished_at);
        match run.left {
            0 => texts::reconcile_clean(&at),
            left => texts::reconcile_left(left, &at),
        }
    }
}
