//! Printed documents of an order: the pick list of a warehouse, and the packing slip of its parcel.

use super::form::{message, size, table};
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{AllocatedUnits, Order};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The kind of a printed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// The units to fetch from the shelf: those that are allocated and not shipped.
    PickList,
    /// The units in a parcel: those that are allocated or were shipped.
    PackingSlip,
}

impl DocumentKind {
    /// The last segment of its address.
    pub fn segment(self) -> &'static str {
        match self {
            Self::PickList => "pick-list",
            Self::PackingSlip => "packing-slip",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::PickList => texts::pick_list(),
            Self::PackingSlip => texts::packing_slip(),
        }
    }

    pub(super) fn units(self, units: &AllocatedUnits) -> i32 {
        match self {
            Self::PickList => units.allocated,
            Self::PackingSlip => units.allocated + units.shipped - units.returned,
        }
    }
}

/// A printed document of an order, with a part per warehouse.
#[derive(Debug, Clone)]
pub struct OrderDocument {
    /// The kind.
    pub kind: DocumentKind,
    /// The order.
    pub order: Order,
}

impl OrderDocument {
    pub(super) fn view(self) -> impl IntoView {
        let Self { kind, order } = self;
        let id = order.id;
        let title = texts::document_of_order(kind.title(), &id.to_string());
        let mut warehouses = BTreeMap::<String, Vec<(AllocatedUnits, i32)>>::new();
        for units in order.allocations {
            let count = kind.units(&units);
            if count > 0 {
                warehouses.entry(units.warehouse_code.clone()).or_default().push((units, count));
            }
        }
        let names: BTreeMap<_, _> =
            order.lines.into_iter().map(|line| (line.item_id, line.item_name)).collect();
        let empty = warehouses.is_empty().then(|| {
            view! { <p class="summary">{texts::nothing_allocated()}</p> }
        });
        let parts =
            warehouses.into_iter().map(|(code, lines)| part(kind, code, lines, &names)).collect_view();
        let reference = order.reference.map(|reference| {
            view! {
                <div>
                    <dt>{texts::reference()}</dt>
                    <dd>{user_text(reference)}</dd>
                </div>
            }
        });
        view! {
            <PageHead title=title>
                <a class="button" href=href::order(id)>
                    {texts::back_to_order()}
                </a>
            </PageHead>
            <p class="muted screen-only">{texts::print_hint()}</p>
            <dl class="facts">
                <div>
                    <dt>{texts::order()}</dt>
                    <dd>{id}</dd>
                </div>
                {reference}
                <div>
                    <dt>{texts::created()}</dt>
                    <dd>
                        <ExactTime at=order.created_at />
                    </dd>
                </div>
            </dl>
            {empty}
            {parts}
        }
    }
}

/// Renders the units of one warehouse.
fn part(
    kind: DocumentKind,
    code: String,
    lines: Vec<(AllocatedUnits, i32)>,
    names: &BTreeMap<i64, String>,
) -> impl IntoView + use<> {
    let total: i64 = lines.iter().map(|(_, count)| i64::from(*count)).sum();
    let size = size(lines.len(), total);
    let rows = lines.into_iter().map(|(units, count)| {
        let name = names.get(&units.item_id).cloned().unwrap_or_else(|| format!("#{}", units.item_id));
        let check =
            (kind == DocumentKind::PickList).then(|| view! { <td><span class="print-box"></span></td> });
        view! {
            <tr>
                <td>{user_text(units.sku.unwrap_or_else(|| format!("#{}", units.item_id)))}</td>
                <th scope="row">{user_text(name)}</th>
                <td class="figure">{format_integer(count)}</td>
                {check}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let picked = (kind == DocumentKind::PickList).then(texts::picked);
    let columns = [texts::sku(), texts::item(), texts::units()].into_iter().chain(picked);
    let caption = match kind {
        DocumentKind::PickList => texts::units_to_pick(),
        DocumentKind::PackingSlip => texts::units_in_parcel(),
    };
    view! {
        <section class="section print-part">
            <header class="section__head">
                <h2>{texts::warehouse_named(&code)}</h2>
                <p class="muted">{size}</p>
            </header>
            {table(caption, columns, rows)}
        </section>
    }
}

/// Renders the page of an unknown order.
pub(super) fn no_order(error: String) -> impl IntoView {
    view! {
        <PageHead title=texts::no_such_order().to_owned() up=("/orders", texts::orders()) />
        {message(Some(error))}
    }
}
