//! The missing units of an order, and the ways out of a shortage: receive, move, wait.

use super::by_hand::is_fillable;
use super::model::OrderAllocationPage;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use api::{OrderPreview, OrderStatus, WarehousePreview};
use leptos::prelude::*;

/// Renders the missing units of each line, with links to the forms of the item.
pub(super) fn section(page: &OrderAllocationPage, preview: &OrderPreview) -> impl IntoView + use<> {
    let target = target(page, preview);
    let rows = preview.lines.iter().enumerate().map(|(at, line)| {
        let units = Units { at, item: line.item_id, name: line.item_name.clone(), missing: line.quantity };
        row(page, preview, &units, target)
    });
    let rows = rows.collect_view();
    let can_wait = page.may_wait && page.order.waiting_since.is_none() && !is_fillable(page, preview);
    let wait = can_wait.then(|| {
        view! {
            <a class="button" href="#queue">
                {texts::wait_for_units()}
            </a>
        }
    });
    // The units of a pending order are all missing.
    let more = (page.order.status == OrderStatus::Partial).then(|| {
        [texts::ordered(), texts::allocated(), texts::shipped()]
            .map(|name| view! { <th scope="col" class="figure">{name}</th> })
    });
    view! {
        <section class="section" aria-labelledby="missing">
            <header class="section__head">
                <h2 id="missing">{texts::units_left()}</h2>
                {wait}
            </header>
            <div class="table-box" tabindex="0" role="region" aria-label=texts::missing_by_line()>
                <table class="table">
                    <caption class="visually-hidden">{texts::missing_of_lines()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{texts::item()}</th>
                            <th scope="col" class="figure">{texts::missing()}</th>
                            <th scope="col" class="figure">{texts::available()}</th>
                            <th scope="col">{texts::actions()}</th>
                            {more}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The missing units of a line.
struct Units {
    /// The place of the line in the preview.
    at: usize,
    item: i64,
    name: String,
    missing: i32,
}

/// Returns the warehouse to receive and to move units into: the one with the fewest missing units; of equal ones, the
/// first by code.
fn target<'a>(page: &OrderAllocationPage, preview: &'a OrderPreview) -> Option<&'a WarehousePreview> {
    let allowed = |side: &&WarehousePreview| page.places.iter().any(|place| place.id == side.warehouse_id);
    preview.warehouses.iter().filter(allowed).min_by_key(|side| (side.lines_short, side.units_short))
}

fn row(
    page: &OrderAllocationPage,
    preview: &OrderPreview,
    units: &Units,
    target: Option<&WarehousePreview>,
) -> impl IntoView + use<> {
    let item = units.item;
    let available = |side: &WarehousePreview| side.lines.get(units.at).map_or(0, |line| line.available);
    let in_all: i64 = preview.warehouses.iter().map(|side| i64::from(available(side))).sum();
    let ordered = page.order.lines.iter().find(|line| line.item_id == item).map_or(0, |line| line.quantity);
    let of_item = || page.order.allocations.iter().filter(|level| level.item_id == item);
    let allocated: i32 = of_item().map(|level| level.allocated).sum();
    let shipped: i32 = of_item().map(|level| level.shipped).sum();
    let receive = target.and_then(|target| {
        let short = i64::from(units.missing) - in_all;
        let into = target.warehouse_code.clone();
        (short > 0).then(|| {
            let href = format!("/items/{item}?do=receive.{}.{short}", target.warehouse_id);
            link(href, texts::receive_count(short), texts::receive_units_of(&units.name, &into))
        })
    });
    let movement = target.and_then(|target| {
        let short = units.missing - available(target);
        let others = preview.warehouses.iter().filter(|side| side.warehouse_id != target.warehouse_id);
        let from = others.filter(|side| available(side) > 0).max_by_key(|side| available(side))?;
        (short > 0).then(|| {
            let moved = short.min(available(from));
            let (source, into) = (from.warehouse_code.clone(), target.warehouse_code.clone());
            let href = format!("/items/{item}?do=move.{}.{moved}", from.warehouse_id);
            link(href, texts::move_from(moved, &source), texts::move_units_of(&units.name, &source, &into))
        })
    });
    let more = (page.order.status == OrderStatus::Partial).then(|| {
        [ordered, allocated, shipped].map(|units| view! { <td class="figure">{format_integer(units)}</td> })
    });
    view! {
        <tr>
            <th scope="row">
                <a href=href::item(item)>{units.name.clone()}</a>
            </th>
            <td class="figure">{format_integer(units.missing)}</td>
            <td class="figure">{format_integer(in_all)}</td>
            <td>{receive} {movement}</td>
            {more}
        </tr>
    }
}

fn link(href: String, text: String, about: String) -> impl IntoView {
    view! {
        <a class="button" href=href title=about>
            {text}
        </a>
    }
}
