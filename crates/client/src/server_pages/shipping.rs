//! The page that ships an order and takes its units back.

use super::caller::ConsoleCaller;
use super::form::{button_form, message, number_field, select_field, table};
use super::order_documents::DocumentKind;
use crate::components::page_head::PageHead;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{AllocatedUnits, Order};
use leptos::prelude::*;

/// An action with the permission that callers need to ship and to take back.
const ORDERS: &str = "cancel";

/// The page that ships an order.
#[derive(Debug, Clone)]
pub struct ShippingPage {
    /// The order.
    pub order: Order,
    /// The stock level in the form of a return: see [`level_key`].
    pub level: String,
    /// The units in the form of a return.
    pub units: String,
    /// The condition in the form of a return.
    pub into: String,
    /// The idempotency key of the form of a return: a form that is sent twice returns its units once.
    pub key: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

/// Returns the key of a stock level in a form: the ids of item and warehouse.
pub fn level_key(units: &AllocatedUnits) -> String {
    format!("{}.{}", units.item_id, units.warehouse_id)
}

impl ShippingPage {
    pub(super) fn view(self) -> impl IntoView {
        let id = self.order.id;
        let may_ship = use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(ORDERS));
        let has =
            |units: fn(&AllocatedUnits) -> i32| self.order.allocations.iter().any(|level| units(level) > 0);
        let ship = (may_ship && has(|level| level.allocated)).then(|| {
            view! {
                <form method="post" action=format!("/orders/{id}/shipping/ship")>
                    <button class="button button--primary">{texts::ship_all()}</button>
                </form>
            }
        });
        let give_back = (may_ship && has(|level| level.shipped - level.returned)).then(|| self.return_form());
        let documents = [DocumentKind::PickList, DocumentKind::PackingSlip]
            .into_iter()
            .filter(|kind| self.order.allocations.iter().any(|level| kind.units(level) > 0));
        let documents = documents.map(|kind| {
            view! { <a class="button" href=href::order_document(id, kind.segment())>{kind.title()}</a> }
        });
        let documents = documents.collect_view();
        let parts = (may_ship && has(|level| level.allocated)).then(|| {
            view! {
                <a class="button" href=format!("/orders/{id}/allocate")>
                    {texts::cancel_or_reassign()}
                </a>
            }
        });
        let Self { order, error, .. } = self;
        let names: Vec<_> = order.lines.iter().map(|line| (line.item_id, line.item_name.clone())).collect();
        let rows = order.allocations.into_iter().map(|level| {
            let name = names.iter().find(|(item, _)| *item == level.item_id).map(|(_, name)| name.clone());
            level_row(id, level, name.unwrap_or_default(), may_ship)
        });
        let rows = rows.collect_view();
        let columns = [
            texts::item(),
            texts::warehouse(),
            texts::allocated(),
            texts::shipped(),
            texts::returned(),
            texts::action(),
        ];
        view! {
            <PageHead title=texts::ship_order(&id.to_string()) up=("/orders", texts::orders())>
                <a class="button" href=href::order(id)>
                    {texts::order()}
                </a>
                {documents}
                {parts}
                {ship}
            </PageHead>
            {message(error)}
            <p class="summary">
                {texts::shipping_summary()}
            </p>
            {table(texts::units_by_warehouse(), columns, rows)}
            {give_back}
        }
    }

    /// Renders the form of a return.
    fn return_form(&self) -> impl IntoView + use<> {
        let returnable = self.order.allocations.iter().filter(|level| level.shipped > level.returned);
        let levels = returnable.map(|level| {
            let name = self.order.lines.iter().find(|line| line.item_id == level.item_id);
            let name = name.map_or("", |line| line.item_name.as_str());
            let left = format_integer(level.shipped - level.returned);
            (level_key(level), format!("{name}, {}: {left}", level.warehouse_code))
        });
        let conditions = [
            ("available", texts::into_available()),
            ("damaged", texts::damaged()),
            ("quarantine", texts::into_quarantine()),
        ];
        let conditions = conditions.map(|(value, text)| (value.to_owned(), text.to_owned()));
        let levels = select_field("level", texts::units(), levels.collect(), &self.level);
        let into = select_field("into", texts::condition(), conditions.to_vec(), &self.into);
        let action = format!("/orders/{}/shipping/return", self.order.id);
        let units = number_field("units", texts::number_of_units(), self.units.clone(), texts::return_hint());
        view! {
            <section class="panel">
                <h2>{texts::take_units_back()}</h2>
                <form class="form" method="post" action=action>
                    <input type="hidden" name="key" value=self.key.clone() />
                    {levels}
                    {units}
                    {into}
                    <button class="button">{texts::take_back()}</button>
                </form>
            </section>
        }
    }
}

fn level_row(order: i64, level: AllocatedUnits, name: String, may_ship: bool) -> impl IntoView {
    let sku = level.sku.clone().map(|sku| view! { <span class="table__sku">{user_text(sku)}</span> });
    let ship = (may_ship && level.allocated > 0).then(|| {
        let fields = vec![("level", level_key(&level)), ("units", level.allocated.to_string())];
        button_form(format!("/orders/{order}/shipping/ship"), texts::ship(), fields)
    });
    view! {
        <tr>
            <th scope="row">
                <a href=href::item(level.item_id)>{user_text(name)}</a>
                {sku}
            </th>
            <td>
                <a href=href::warehouse(level.warehouse_id)>{user_text(level.warehouse_code)}</a>
            </td>
            <td class="figure">{format_integer(level.allocated)}</td>
            <td class="figure">{format_integer(level.shipped)}</td>
            <td class="figure">{format_integer(level.returned)}</td>
            <td>{ship}</td>
        </tr>
    }
}
