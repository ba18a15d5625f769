//! Cancellation of units, and units that pass from one order to another.

use super::model::OrderAllocationPage;
use crate::format::format_integer;
use crate::server_pages::form::{number_field, select_field};
use crate::texts;
use api::OrderStatus;
use leptos::prelude::*;

/// Renders the forms that change a part of the order.
pub(super) fn panels(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let is_open = !matches!(page.order.status, OrderStatus::Shipped | OrderStatus::Cancelled);
    let has_allocated = page.order.allocations.iter().any(|level| level.allocated > 0);
    let lacks_units = page.preview.is_some();
    view! {
        {is_open.then(|| cancel_panel(page))}
        {has_allocated.then(|| give_panel(page))}
        {lacks_units.then(|| get_panel(page))}
    }
}

fn cancel_panel(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let lines = page.order.lines.iter().map(|line| {
        (line.item_id.to_string(), format!("{}: {}", line.item_name, format_integer(line.quantity)))
    });
    let lines = lines.collect();
    view! {
        <section class="panel" id="cancel-units">
            <h2>{texts::cancel_units()}</h2>
            <p class="summary">
                {texts::cancel_units_summary()}
            </p>
            <form class="form" method="post" action=page.action("/cancel")>
                {page.key_field()}
                {select_field("cancelItem", texts::line(), lines, &page.text("cancelItem", ""))}
                {number_field("cancelUnits", texts::units_to_cancel(), page.text("cancelUnits", ""), texts::units_to_cancel_hint())}
                <button class="button button--primary button--danger">{texts::cancel_units()}</button>
            </form>
        </section>
    }
}

/// Returns the choice of an item: all, or one of these, with their units.
fn items(
    page: &OrderAllocationPage,
    all: &str,
    units: impl Iterator<Item = (i64, i64)>,
) -> Vec<(String, String)> {
    let item = |(item, units): (i64, i64)| {
        (item.to_string(), format!("{}: {}", page.item_name(item), texts::units_count(units)))
    };
    [(String::new(), all.to_owned())].into_iter().chain(units.map(item)).collect()
}

fn give_panel(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let allocated = |item: i64| {
        let levels = page.order.allocations.iter().filter(|level| level.item_id == item);
        levels.map(|level| i64::from(level.allocated)).sum::<i64>()
    };
    let units = page.order.lines.iter().map(|line| (line.item_id, allocated(line.item_id)));
    let items = items(page, texts::everything_it_misses(), units.filter(|(_, units)| *units > 0));
    view! {
        <section class="panel" id="reassign">
            <h2>{texts::give_units_title()}</h2>
            <p class="summary">{texts::give_units_summary()}</p>
            <form class="form" method="post" action=page.action("/give")>
                {page.key_field()}
                {number_field("giveTo", texts::give_to(), page.text("giveTo", ""), texts::its_number())}
                {select_field("giveItem", texts::item(), items, &page.text("giveItem", ""))}
                {number_field("giveUnits", texts::units_to_give(), page.text("giveUnits", ""), texts::units_to_give_hint())}
                <button class="button">{texts::give_units()}</button>
            </form>
        </section>
    }
}

fn get_panel(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let units = page.order.missing.iter().map(|line| (line.item_id, i64::from(line.quantity)));
    let items = items(page, texts::everything_missing(), units);
    view! {
        <section class="panel">
            <h2>{texts::take_units_title()}</h2>
            <p class="summary">{texts::take_units_summary()}</p>
            <form class="form" method="post" action=page.action("/get")>
                {page.key_field()}
                {number_field("getFrom", texts::take_from(), page.text("getFrom", ""), texts::its_number())}
                {select_field("getItem", texts::missing_item(), items, &page.text("getItem", ""))}
                {number_field("getUnits", texts::units_to_take(), page.text("getUnits", ""), texts::units_to_take_hint())}
                <button class="button">{texts::take_units()}</button>
            </form>
        </section>
    }
}
