//! The lists that the numbers of the overview sum: movements, and refused units.

use super::form::{kind_field, message, number_field, select_field, table, text_field, with_all};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::format::{format_integer, format_signed};
use crate::fragments::{history_since, reason_text};
use crate::href;
use crate::texts;
use api::{LedgerPage, NamedMovement, RefusedItem};
use leptos::prelude::*;

/// The filter of the movements and of the refused units, as text of the form.
#[derive(Debug, Clone, Default)]
pub struct SpanFilter {
    /// The kind of movements.
    pub kind: String,
    /// The id of an item.
    pub item: String,
    /// The SKU of an item, instead of its id.
    pub sku: String,
    /// The id of a warehouse.
    pub warehouse: String,
    /// The principal that made the movements.
    pub actor: String,
    /// The first day, such as `2026-11-28`, or a time.
    pub from: String,
    /// The last day, or a time.
    pub until: String,
}

impl SpanFilter {
    fn query(&self, path: &str) -> String {
        let fields = [
            ("kind", &self.kind),
            ("item", &self.item),
            ("sku", &self.sku),
            ("warehouse", &self.warehouse),
            ("actor", &self.actor),
            ("from", &self.from),
            ("until", &self.until),
        ];
        href::with_query(path, fields.map(|(name, text)| (name, text.as_str())))
    }
}

/// A page of the movements of the ledger.
#[derive(Debug, Clone)]
pub struct MovementsPage {
    /// The movements, latest first.
    pub movements: LedgerPage<NamedMovement>,
    /// The number of movements of all pages and the sum of their units; `None` without a span.
    pub sum: Option<(i64, i64)>,
    /// The names of all kinds.
    pub kinds: Vec<&'static str>,
    /// The id and the code of each warehouse.
    pub warehouses: Vec<(String, String)>,
    /// The filter.
    pub filter: SpanFilter,
    /// The address of the file with all movements of the filter; `None` for a filter that can't be used.
    pub file: Option<String>,
    /// The message about a filter that can't be used.
    pub error: Option<String>,
}

impl MovementsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { movements, sum, kinds, warehouses, filter, file, error } = self;
        let path = filter.query("/movements");
        let path = format!("{path}{}", if path.contains('?') { '&' } else { '?' });
        let summary = match (sum, movements.items.is_empty()) {
            (Some((count, units)), _) => texts::movements_sum(units, count),
            (None, true) if movements.next.is_none() => texts::no_movements().to_owned(),
            (None, _) => texts::movements_latest_first().to_owned(),
        };
        let pages = pages(movements.next, &path, movements.items.len());
        let rows = movements.items.into_iter().map(movement_row).collect_view();
        let download = file.map(|file| {
            view! {
                <a class="button" href=file download="movements.csv">
                    {texts::download_csv()}
                </a>
            }
        });
        view! {
            <PageHead title=texts::movements().to_owned()>{download}</PageHead>
            <form class="form form--filter" method="get" action="/movements">
                {kind_field(texts::reason(), kinds, &filter.kind, kind_text)}
                {text_field("sku", texts::sku(), "text", filter.sku, "")}
                {number_field("item", texts::item(), filter.item, texts::item_id_hint())}
                {select_field("warehouse", texts::warehouse(), with_all(warehouses), &filter.warehouse)}
                {text_field("actor", texts::actor(), "text", filter.actor, texts::actor_hint())}
                {span_fields(filter.from, filter.until)}
                <button class="button">{texts::filter()}</button>
            </form>
            {message(error)}
            <p class="summary" role="status">
                {summary}
            </p>
            {table(
                texts::movements_latest_first(),
                [texts::time(), texts::item(), texts::warehouse(), texts::reason(), texts::units(), texts::change(), texts::about(), texts::actor()],
                rows,
            )}
            {history_since(movements.history_since)}
            {pages}
        }
    }
}

fn span_fields(from: String, until: String) -> impl IntoView {
    view! {
        {text_field("from", texts::from_day(), "text", from, texts::day_or_time_hint())}
        {text_field("until", texts::to_day(), "text", until, texts::last_day_or_time_hint())}
    }
}

/// Returns the text of a kind of movements.
fn kind_text(kind: &str) -> String {
    let text = match kind {
        "sold" => texts::units_sold(),
        "held" => texts::units_held(),
        "expired" => texts::units_expired(),
        "released" => texts::units_released(),
        "received" => texts::units_received(),
        "written_off" => texts::units_written_off(),
        _ => texts::units_returned(),
    };
    text.to_owned()
}

fn movement_row(named: NamedMovement) -> impl IntoView {
    let NamedMovement { item_name, movement } = named;
    let belongs = match (movement.order_id, movement.block_id) {
        (Some(order), _) => view! {
            <a href=href::order(order) rel="external">
                {texts::order_named(&order.to_string())}
            </a>
        }
        .into_any(),
        (None, Some(block)) => texts::hold_named(&block.to_string()).into_any(),
        (None, None) => movement.note.unwrap_or_default().into_any(),
    };
    let units = movement.units.unwrap_or(movement.change.saturating_abs());
    view! {
        <tr>
            <td>{format_exact(movement.created_at)}</td>
            <th scope="row">
                <a href=href::item(movement.item_id) rel="external">
                    {item_name.unwrap_or_else(|| texts::item_named(&movement.item_id.to_string()))}
                </a>
            </th>
            <td>{movement.warehouse_code}</td>
            <td>{reason_text(&movement.reason)}</td>
            <td class="figure">{format_integer(units)}</td>
            <td>{format_signed(movement.change)}</td>
            <td>{belongs}</td>
            <td>{movement.actor}</td>
        </tr>
    }
}

/// The refused units by item.
#[derive(Debug, Clone)]
pub struct RefusalsPage {
    /// The requests and units of all items.
    pub sum: (i64, i64),
    /// The items with the most refused units.
    pub items: Vec<RefusedItem>,
    /// The filter, with the span.
    pub filter: SpanFilter,
    /// The message about a filter that can't be used.
    pub error: Option<String>,
}

impl RefusalsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { sum: (requests, units), items, filter, error } = self;
        let listed = |of: fn(&RefusedItem) -> i64| items.iter().map(of).sum::<i64>();
        let rest = (requests - listed(|item| item.requests), units - listed(|item| item.units));
        let summary = texts::refusals_sum(units, requests);
        let row = |item: RefusedItem| {
            let name = item.item_name.unwrap_or_else(|| texts::item_named(&item.item_id.to_string()));
            view! {
                <tr>
                    <th scope="row">
                        <a href=href::item(item.item_id) rel="external">
                            {name}
                        </a>
                    </th>
                    <td class="figure">{format_integer(item.requests)}</td>
                    <td class="figure">{format_integer(item.units)}</td>
                </tr>
            }
        };
        let rows = items.into_iter().map(row).collect_view();
        let others = (rest.0 > 0).then(|| {
            view! {
                <tr>
                    <th scope="row">{texts::other_items()}</th>
                    <td class="figure">{format_integer(rest.0)}</td>
                    <td class="figure">{format_integer(rest.1)}</td>
                </tr>
            }
        });
        view! {
            <PageHead title=texts::refusals().to_owned() />
            <form class="form form--filter" method="get" action="/refusals">
                {span_fields(filter.from, filter.until)}
                <button class="button">{texts::filter()}</button>
            </form>
            {message(error)}
            <p class="summary" role="status">
                {summary}
            </p>
            {table(texts::refusals(), [texts::item(), texts::requests(), texts::units()], view! {
                {rows}
                {others}
            })}
        }
    }
}
