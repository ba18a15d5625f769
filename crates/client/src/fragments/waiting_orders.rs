//! A table of waiting orders.

use super::parts::table_section;
use crate::components::cell::{Cell, Row};
use crate::components::table::{Column, ColumnKind};
use crate::href;
use crate::texts;
use leptos::prelude::*;

const WAITING: [Column; 4] = [
    Column::of(ColumnKind::RowHeader, "", texts::order),
    Column::of(ColumnKind::Figure, "", texts::place),
    Column::text("", texts::since),
    Column::text("", texts::missing),
];

/// The most items of an order that are named.
const NAMED_MAX: usize = 2;

/// Renders the section of waiting orders.
pub(super) fn section(name: &'static str, orders: &[api::WaitingOrder]) -> AnyView {
    table_section(name, texts::waiting_orders(), texts::waiting_none(), &WAITING, rows(orders))
}

fn rows(orders: &[api::WaitingOrder]) -> Vec<Row> {
    let row = |order: &api::WaitingOrder| {
        let mut missing: Vec<_> = order
            .missing
            .iter()
            .take(NAMED_MAX)
            .map(|missing| texts::units_of_item(missing.units, &missing.item_name))
            .collect();
        let more = order.missing.len().saturating_sub(NAMED_MAX);
        if more > 0 {
            missing.push(texts::more_items(more as i64));
        }
        let name = order.reference.clone().unwrap_or_else(|| texts::order_named(&order.order_id.to_string()));
        Row {
            id: order.order_id,
            cells: vec![
                Cell::row_header(name, href::order(order.order_id)),
                Cell::figure(order.place),
                Cell::RelativeTime(order.waiting_since),
                Cell::Text(missing.join(", ")),
            ],
        }
    };
    orders.iter().map(row).collect()
}
