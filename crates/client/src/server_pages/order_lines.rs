//! The page that changes the lines of a pending order.

use super::form::{message, number_field, table, text_field};
use crate::components::page_head::PageHead;
use crate::format::format_integer;
use crate::href;
use crate::href::UNITS_PREFIX;
use crate::texts;
use crate::user_text::user_text;
use api::{Order, OrderLine};
use leptos::prelude::*;

/// The page that changes the lines of an order.
#[derive(Debug, Clone)]
pub struct OrderLinesPage {
    /// The order.
    pub order: Order,
    /// Whether its lines can be changed.
    pub is_changeable: bool,
    /// The version of the lines that the form is about.
    pub version: String,
    /// The texts in the fields with the units, in the order of the lines.
    pub units: Vec<String>,
    /// The lines of a rejected form that the order does not have any more: id, name and text of the units.
    pub removed: Vec<(i64, String, String)>,
    /// The SKU of the item to add.
    pub sku: String,
    /// The id of the item to add, instead of the SKU.
    pub item: String,
    /// The units of the item to add.
    pub quantity: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

impl OrderLinesPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { order, is_changeable, version, units, removed, sku, item, quantity, error } = self;
        let id = order.id;
        let summary = match is_changeable {
            true => texts::lines_changeable(),
            false => texts::lines_fixed(),
        };
        let form = is_changeable.then(|| {
            let rows = order.lines.into_iter().zip(units).map(|(line, units)| line_row(line, units));
            let removed = removed.into_iter().map(|(item_id, item_name, units)| {
                line_row(OrderLine { item_id, item_name, sku: None, quantity: 0 }, units)
            });
            let rows = rows.chain(removed);
            view! {
                <form class="form form--page" method="post" action=format!("{}/lines", href::order(id))>
                    <input type="hidden" name="version" value=version />
                    {table(texts::order_lines(), [texts::item(), texts::present_units(), texts::units()], rows.collect_view())}
                    <h2>{texts::add_item()}</h2>
                    {text_field("sku", texts::sku(), "text", sku, "")}
                    {number_field("item", texts::item_number(), item, texts::no_sku_hint())}
                    {number_field("quantity", texts::units(), quantity, "")}
                    <button class="button button--primary">{texts::save_lines()}</button>
                </form>
            }
        });
        let title = texts::lines_of_order_named(&id.to_string());
        view! {
            <PageHead title up=("/orders", texts::orders())>
                <a class="button" href=href::order(id) rel="external">
                    {texts::open_order()}
                </a>
            </PageHead>
            {message(error)}
            <p class="summary">{summary}</p>
            {form}
        }
    }
}

fn line_row(line: OrderLine, units: String) -> impl IntoView {
    let label = texts::units_of(&line.item_name);
    let sku = line.sku.map(|sku| view! { <span class="table__sku">{user_text(sku)}</span> });
    view! {
        <tr>
            <th scope="row">
                <a href=href::item(line.item_id) rel="external">
                    {user_text(line.item_name)}
                </a>
                {sku}
            </th>
            <td class="figure">{format_integer(line.quantity)}</td>
            <td class="figure">
                <input
                    class="input input--figure"
                    name=format!("{UNITS_PREFIX}{}", line.item_id)
                    inputmode="numeric"
                    pattern="[0-9]{1,19}"
                    title=texts::whole_number_hint()
                    aria-label=label
                    value=units
                    autocomplete="off"
                />
            </td>
        </tr>
    }
}
