//! The table for an allocation by hand: lines by warehouses.

use super::model::OrderAllocationPage;
use crate::format::format_integer;
use crate::href;
use crate::href::UNITS_PREFIX;
use crate::texts;
use crate::user_text::user_text;
use api::{OrderLine, OrderPreview, SourcingPlan, WarehousePreview};
use leptos::prelude::*;

/// The maximum number of fields in the table.
const HAND_FIELDS_MAX: usize = 1_000;

/// Renders the table with the units of the chosen plan.
pub(super) fn section(page: &OrderAllocationPage, preview: &OrderPreview) -> impl IntoView + use<> {
    let plan = page.chosen_plan(preview);
    let is_useful = |side: &&WarehousePreview| {
        page.places.iter().any(|place| place.id == side.warehouse_id)
            && side.lines.iter().any(|line| line.available > 0)
    };
    if !is_fillable(page, preview) {
        return None;
    }
    let sides: Vec<_> = preview.warehouses.iter().filter(is_useful).collect();
    let fields = sides.len() * preview.lines.len();
    let body = match fields {
        0 => return None,
        1..=HAND_FIELDS_MAX => form(page, preview, &sides, plan).into_any(),
        _ => {
            let text = texts::too_many_fields(HAND_FIELDS_MAX as i64, fields as i64);
            view! { <p class="summary">{text}</p> }.into_any()
        }
    };
    Some(view! {
        <section class="section" aria-labelledby="by-hand">
            <header class="section__head">
                <h2 id="by-hand">{texts::by_hand()}</h2>
            </header>
            {body}
        </section>
    })
}

/// Returns whether the warehouses that the caller may change have every missing unit.
pub(super) fn is_fillable(page: &OrderAllocationPage, preview: &OrderPreview) -> bool {
    let is_allowed = |side: &&WarehousePreview| page.places.iter().any(|place| place.id == side.warehouse_id);
    let sides: Vec<_> = preview.warehouses.iter().filter(is_allowed).collect();
    preview.lines.iter().enumerate().all(|(at, line)| {
        let available =
            sides.iter().filter_map(|side| side.lines.get(at)).map(|line| i64::from(line.available));
        available.sum::<i64>() >= i64::from(line.quantity)
    })
}

fn form(
    page: &OrderAllocationPage,
    preview: &OrderPreview,
    sides: &[&WarehousePreview],
    plan: Option<(usize, &SourcingPlan)>,
) -> impl IntoView + use<> {
    let heads = sides.iter().map(|side| {
        view! {
            <th scope="col" class="figure">
                <span title=side.warehouse_name.clone()>{side.warehouse_code.clone()}</span>
            </th>
        }
    });
    let heads = heads.collect_view();
    let rows = preview.lines.iter().enumerate().map(|(at, line)| {
        let cells = sides.iter().map(|side| {
            let available = side.lines.get(at).map_or(0, |line| line.available);
            cell(page, line, side, available, plan.map(|(_, plan)| plan))
        });
        view! {
            <tr>
                <th scope="row" class="table__row-header">
                    <a href=href::item(line.item_id)>{user_text(line.item_name.as_str())}</a>
                </th>
                <td class="figure">{format_integer(line.quantity)}</td>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let from = match plan {
        Some((at, _)) => texts::fields_of_plan(&(at + 1).to_string()),
        None => String::new(),
    };
    view! {
        <p class="summary">{from} " " {texts::by_hand_hint()}</p>
        <form method="post" action=page.action("")>
            {page.key_field()}
            <input type="hidden" name="by" value="hand" />
            <div class="table-box" tabindex="0" role="region" aria-label=texts::units_per_warehouse()>
                <table class="table table--warehouses">
                    <caption class="visually-hidden">{texts::line_units_per_warehouse()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{texts::item()}</th>
                            <th scope="col" class="figure">{texts::missing()}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <button class="button plans__submit">{texts::allocate_these()}</button>
        </form>
    }
}

fn cell(
    page: &OrderAllocationPage,
    line: &OrderLine,
    side: &WarehousePreview,
    available: i32,
    plan: Option<&SourcingPlan>,
) -> impl IntoView + use<> {
    if available == 0 {
        return view! { <td class="figure muted">"0"</td> }.into_any();
    }
    let name = format!("{UNITS_PREFIX}{}.{}", line.item_id, side.warehouse_id);
    let planned = plan.map_or(0, |plan| planned(plan, line.item_id, side.warehouse_id));
    let value = page.text(&name, planned.to_string());
    let label = texts::units_of_from(&line.item_name, &side.warehouse_code);
    view! {
        <td class="figure">
            <input
                class="input input--figure"
                name=name
                inputmode="numeric"
                pattern="[0-9]{1,19}"
                title=texts::whole_number_hint()
                aria-label=label
                value=value
                autocomplete="off"
            />
            <span class="table__missing">{texts::units_available(available)}</span>
        </td>
    }
    .into_any()
}

/// Returns the units of an item that a plan takes from a warehouse.
fn planned(plan: &SourcingPlan, item: i64, warehouse: i64) -> i32 {
    let parcels = plan.parcels.iter().filter(|parcel| parcel.warehouse_id == warehouse);
    let lines = parcels.flat_map(|parcel| &parcel.lines).filter(|line| line.item_id == item);
    lines.map(|line| line.quantity).sum()
}
