//! The reasons for which an item is sold out or short.

use api::Problem;
use api::rpc_protocol::ReadCall;
use leptos::prelude::*;

/// Returns the HTML of the reasons for which an item is sold out or short; nothing if it is neither.
#[server(prefix = "/rpc", endpoint = "unavailability", protocol = ReadCall)]
pub async fn unavailability(id: i64) -> Result<String, Problem> {
    let reasons = api::rpc::unavailability(id).await?;
    Ok(reasons.map(|reasons| html::sections(&reasons).to_html()).unwrap_or_default())
}

#[cfg(feature = "ssr")]
mod html {
    use crate::components::cell::{Cell, Row};
    use crate::components::table::{Column, ColumnKind};
    use crate::components::time::format_exact;
    use crate::fragments::parts::{table_section, time_until};
    use crate::fragments::waiting_orders;
    use crate::href;
    use crate::texts;
    use api::{MovedUnits, Unavailability};
    use leptos::prelude::*;

    const HOLDS: [Column; 3] = [
        Column::of(ColumnKind::RowHeader, "", texts::hold),
        Column::of(ColumnKind::Figure, "", texts::units),
        Column::text("", texts::time_left),
    ];

    const ORDERS: [Column; 2] = [
        Column::of(ColumnKind::RowHeader, "", texts::order),
        Column::of(ColumnKind::Figure, "", texts::units),
    ];

    const SALES: [Column; 3] = [
        Column::of(ColumnKind::RowHeader, "", texts::sold_to),
        Column::of(ColumnKind::Figure, "", texts::units),
        Column::text("", texts::time),
    ];

    pub(super) fn sections(reasons: &Unavailability) -> impl IntoView + use<> {
        let title = match reasons.available {
            ..=0 => texts::why_unavailable(),
            _ => texts::why_short(),
        };
        view! {
            <section class="section" aria-labelledby="reasons">
                <header class="section__head">
                    <h2 id="reasons">{title}</h2>
                </header>
                <ul>{lines(reasons)}</ul>
            </section>
            <div class="columns">
                {table_section("largest-holds", texts::largest_holds(), texts::holds_none(), &HOLDS, holds(reasons))}
                {table_section("not-shipped", texts::not_shipped(), texts::not_shipped_none(), &ORDERS, orders(reasons))}
            </div>
            <div class="columns">
                {table_section("sales", texts::last_sales(), texts::sales_none(), &SALES, sales(reasons))}
                {waiting_orders::section("missed-by", &reasons.waiting)}
            </div>
        }
    }

    /// Returns a line per state of the units, and one on the last receipt.
    fn lines(reasons: &Unavailability) -> AnyView {
        let mut states = vec![texts::units_available_now(reasons.available)];
        let others: [(i64, fn(i64) -> String); 5] = [
            (reasons.held, texts::units_held_for_buyers),
            (reasons.committed, texts::units_committed),
            (reasons.damaged, texts::units_damaged),
            (reasons.quarantined, texts::units_quarantined),
            (reasons.expected, texts::units_expected),
        ];
        states.extend(others.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| text(count)));
        let states = states.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        let next = reasons.next_expiry.map(|until| {
            view! {
                <li>
                    {texts::next_hold_expires()} " " {time_until(until)}
                </li>
            }
        });
        let receipt = match &reasons.receipt {
            Some(receipt) => {
                texts::last_receipt(receipt.units, &receipt.warehouse_code, &format_exact(receipt.created_at))
            }
            None => texts::receipt_none().to_owned(),
        };
        view! {
            {states}
            {next}
            <li>{receipt}</li>
        }
        .into_any()
    }

    fn holds(reasons: &Unavailability) -> Vec<Row> {
        let row = |block: &api::Block| Row {
            id: block.id,
            cells: vec![
                Cell::row_header(block.id.to_string(), format!("/blocks/{}", block.id)),
                Cell::figure(block.quantity),
                block.expires_at.map_or(Cell::None, Cell::TimeLeft),
            ],
        };
        reasons.holds.iter().map(row).collect()
    }

    fn orders(reasons: &Unavailability) -> Vec<Row> {
        let row = |order: &api::AllocatedOrder| Row {
            id: order.order_id,
            cells: vec![
                Cell::row_header(
                    order
                        .reference
                        .clone()
                        .unwrap_or_else(|| texts::order_named(&order.order_id.to_string())),
                    href::order(order.order_id),
                ),
                Cell::figure(order.units),
            ],
        };
        reasons.orders.iter().map(row).collect()
    }

    fn sales(reasons: &Unavailability) -> Vec<Row> {
        let row = |sale: &MovedUnits| {
            let (text, href) = match sale.order_id {
                Some(order) => (texts::order_named(&order.to_string()), href::order(order)),
                None => (sale.actor.clone(), String::new()),
            };
            let cells = vec![
                Cell::row_header(text, href),
                Cell::figure(sale.units),
                Cell::RelativeTime(sale.created_at),
            ];
            Row { id: sale.id, cells }
        };
        reasons.sales.iter().map(row).collect()
    }
}
