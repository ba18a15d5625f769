//! The page of the changes of the catalogue, and the table of changes on other pages.

use super::event_kinds::kind_text;
use super::form::{kind_field, message, number_field, select_field, table, text_field, with_all};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{Change, Page};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// The filter of the changes, as text of the form.
#[derive(Debug, Clone, Default)]
pub struct ChangesFilter {
    /// The id of an item.
    pub item: String,
    /// The SKU of an item, instead of its id.
    pub sku: String,
    /// The id of a warehouse.
    pub warehouse: String,
    /// The name of a category.
    pub category: String,
    /// The principal that made the change.
    pub actor: String,
    /// The kind.
    pub kind: String,
    /// The first day, such as `2026-11-28`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// The changes of items, categories and warehouses.
#[derive(Debug, Clone)]
pub struct ChangesPage {
    /// The changes, latest first.
    pub changes: Page<Change>,
    /// The names of all kinds.
    pub kinds: Vec<&'static str>,
    /// The id and the code of each warehouse.
    pub warehouses: Vec<(String, String)>,
    /// The filter.
    pub filter: ChangesFilter,
    /// The address of the file with all changes of the filter; `None` for a filter that can't be used.
    pub file: Option<String>,
    /// The message about a filter that can't be used.
    pub error: Option<String>,
}

impl ChangesFilter {
    /// Returns the address of the page with this filter, up to the next parameter.
    fn path(&self) -> String {
        let fields = [
            ("item", &self.item),
            ("sku", &self.sku),
            ("warehouse", &self.warehouse),
            ("category", &self.category),
            ("actor", &self.actor),
            ("kind", &self.kind),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let filled = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let query: String =
            filled.map(|(name, text)| format!("{name}={}&", href::percent_encode(text))).collect();
        format!("/changes?{query}")
    }
}

impl ChangesPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { changes, kinds, warehouses, filter, file, error } = self;
        let path = filter.path();
        let summary = match changes.items.is_empty() {
            true => texts::no_changes(),
            false => texts::changes_summary(),
        };
        let download = file.map(|file| {
            view! {
                <a class="button" href=file download="changes.csv">
                    {texts::download_csv()}
                </a>
            }
        });
        view! {
            <PageHead title=texts::changes().to_owned()>{download}</PageHead>
            {filter_form(filter, kinds, warehouses)}
            {message(error)}
            <p class="summary" role="status">
                {summary}
            </p>
            {change_table(changes, &path)}
        }
    }
}

fn filter_form(
    filter: ChangesFilter,
    kinds: Vec<&'static str>,
    warehouses: Vec<(String, String)>,
) -> impl IntoView {
    view! {
        <form class="form form--filter" method="get" action="/changes">
            {text_field("sku", texts::sku(), "text", filter.sku, "")}
            {number_field("item", texts::item(), filter.item, texts::item_id_hint())}
            {select_field("warehouse", texts::warehouse(), with_all(warehouses), &filter.warehouse)}
            {text_field("category", texts::category(), "text", filter.category, texts::category_renames_hint())}
            {text_field("actor", texts::actor(), "text", filter.actor, texts::actor_hint())}
            {kind_field(texts::change(), kinds, &filter.kind, kind_text)}
            {text_field("from", texts::from_day(), "date", filter.from, texts::first_day_hint())}
            {text_field("to", texts::to_day(), "date", filter.to, texts::last_day_hint())}
            <button class="button">{texts::filter()}</button>
        </form>
    }
}

/// Renders the changes with the links to other pages. `path` ends with `?` or `&`.
pub(super) fn change_table(changes: Page<Change>, path: &str) -> impl IntoView {
    let pages = pages(changes.next, path, changes.items.len());
    let rows = changes.items.into_iter().map(change_row).collect_view();
    let columns = [texts::time(), texts::change(), texts::about(), texts::actor(), texts::before_after()];
    view! {
        {table(texts::changes_latest_first(), columns, rows)}
        {pages}
    }
}

fn change_row(change: Change) -> impl IntoView {
    let about = match (change.item_id, change.warehouse_id, change.category) {
        (Some(id), ..) => Some((format!("/items/{id}/changes"), texts::item_named(&id.to_string()))),
        (_, Some(id), _) => Some((format!("/warehouses/{id}/edit"), texts::warehouse_named(&id.to_string()))),
        (.., Some(name)) => Some((href::with_query("/changes", [("category", name.as_str())]), name)),
        _ => None,
    };
    let about = about.map(|(href, text)| {
        view! {
            <a href=href rel="external">
                {text}
            </a>
        }
    });
    let fields = field_texts(change.before.as_ref(), change.after.as_ref());
    let fields = fields.into_iter().map(|text| view! { <div>{user_text(text)}</div> }).collect_view();
    view! {
        <tr>
            <td>{format_exact(change.created_at)}</td>
            <th scope="row">{kind_text(&change.kind)}</th>
            <td>{about}</td>
            <td>{user_text(change.actor)}</td>
            <td>{fields}</td>
        </tr>
    }
}

/// Returns a text per field: its name, the value before and the value after. A field that was not set before has only the
/// value after.
fn field_texts(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let fields = |values: Option<&Value>| values.and_then(Value::as_object).cloned().unwrap_or_default();
    let (is_new, before, after) = (before.is_none(), fields(before), fields(after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let text = |name: &String| {
        let value =
            |values: &serde_json::Map<String, Value>| value_text(values.get(name).unwrap_or(&Value::Null));
        match is_new || !before.contains_key(name) {
            true => format!("{}: {}", field_name(name), value(&after)),
            false => format!("{}: {} → {}", field_name(name), value(&before), value(&after)),
        }
    };
    names.into_iter().map(text).collect()
}

/// Returns the label of a field of a change. A field without one has its name in the API.
pub(super) fn field_name(name: &str) -> &str {
    match name {
        "name" => texts::name(),
        "description" => texts::description(),
        "price" => texts::item_price(),
        "category" => texts::category(),
        "sku" => texts::sku(),
        "barcodes" => texts::barcodes(),
        "lowStock" => texts::low_stock_at(),
        "quantity" => texts::first_stock(),
        "warehouseId" => texts::in_warehouse(),
        "archived" => texts::archived(),
        "code" => texts::code(),
        "isDefault" => texts::default_warehouse(),
        "priority" => texts::priority(),
        "latitude" => texts::latitude(),
        "longitude" => texts::longitude(),
        "items" => texts::items(),
        other => other,
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => texts::nothing().to_owned(),
        Value::Bool(true) => texts::yes().to_owned(),
        Value::Bool(false) => texts::no().to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => texts::nothing().to_owned(),
        Value::Array(values) => values.iter().map(value_text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_readable() {
        let before = json!({"price": "9.99", "sku": null, "barcodes": ["1", "2"], "category": "Cups"});
        let after = json!({"price": "12.00", "sku": "L-1", "barcodes": null, "category": "Mugs", "items": 3});
        assert_eq!(
            field_texts(Some(&before), Some(&after)),
            [
                "Barcodes: 1, 2 → none",
                "Category: Cups → Mugs",
                "Items: 3",
                "Price: 9.99 → 12.00",
                "SKU: none → L-1"
            ]
        );
        assert_eq!(
            field_texts(None, Some(&json!({"isDefault": true, "new": 1}))),
            ["Default warehouse: yes", "new: 1"]
        );
        assert_eq!(kind_text("warehouse.made_default"), "Warehouse made default");
    }
}
