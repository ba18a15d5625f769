//! The pages for the details of the catalogue: the changes of an item, the form of a warehouse, and the archive.

use super::caller::ConsoleCaller;
use super::changes::change_table;
use super::form::{button_form, degrees_field, number_field, signed_field, text_field};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{Change, Item, Page, Warehouse};
use leptos::prelude::*;

/// The action that callers need to change items and warehouses.
const EDIT: &str = "edit";

/// The changes of an item, with the button that archives or restores it.
#[derive(Debug, Clone)]
pub struct ItemChangesPage {
    /// The item.
    pub item: Item,
    /// Its changes, latest first.
    pub changes: Page<Change>,
    /// The threshold of low stock of items without one of their own.
    pub low_stock_default: i32,
}

/// The form of a warehouse, and its changes.
#[derive(Debug, Clone)]
pub struct WarehouseEditPage {
    /// The warehouse.
    pub warehouse: Warehouse,
    /// Its changes, latest first.
    pub changes: Page<Change>,
}

/// The archived items and warehouses.
#[derive(Debug, Clone)]
pub struct ArchivePage {
    /// A page of the items, by name.
    pub items: Page<Item>,
    /// The warehouses, by code.
    pub warehouses: Vec<Warehouse>,
}

/// Returns whether the caller of the render may change items and warehouses.
fn may_edit() -> bool {
    use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(EDIT))
}

/// Returns the fields of a form that changes one version of a row.
fn version_fields(id: i64, version: String) -> Vec<(&'static str, String)> {
    vec![("id", id.to_string()), ("if_match", version)]
}

impl ItemChangesPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { item, changes, low_stock_default } = self;
        let id = item.id;
        let (action, label, state) = match item.archived_at {
            None => ("/forms/archive_item", texts::archive(), None),
            Some(at) => {
                let text = texts::item_archived_on(&format_exact(at));
                ("/forms/restore_item", texts::restore(), Some(text))
            }
        };
        let button = may_edit().then(|| button_form(action, label, version_fields(id, item.version.clone())));
        let form = may_edit().then(|| low_stock_form(id, item.version, item.low_stock, low_stock_default));
        let path = format!("/items/{id}/changes?");
        view! {
            <PageHead title=texts::changes_of(&item.name)>
                <a class="button" href=href::item(id) rel="external">
                    {texts::open_item()}
                </a>
                <a class="button" href="/changes" rel="external">
                    {texts::all_changes()}
                </a>
                {button}
            </PageHead>
            {state.map(|text| view! { <p class="summary">{text}</p> })}
            {form}
            <h2>{texts::changes()}</h2>
            {change_table(changes, &path)}
        }
    }
}

/// Renders the form of an item's threshold of low stock.
fn low_stock_form(id: i64, version: String, units: Option<i32>, default: i32) -> impl IntoView {
    let value = units.map(|units| units.to_string()).unwrap_or_default();
    let hint = texts::low_stock_hint();
    view! {
        <form class="form" method="post" action="/forms/update_item?in=changes">
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="if_match" value=version />
            {number_field("lowStock", texts::low_stock_at(), value, hint)}
            <p class="field__note">{texts::low_stock_setting(default)}</p>
            <button class="button">{texts::save_threshold()}</button>
        </form>
    }
}

impl WarehouseEditPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { warehouse, changes } = self;
        let Warehouse { id, code, name, is_default, archived_at, version, .. } = warehouse;
        let degrees = |degrees: Option<f64>| degrees.map_or(String::new(), |degrees| degrees.to_string());
        let [latitude, longitude] = [warehouse.latitude, warehouse.longitude].map(degrees);
        let priority = warehouse.priority.to_string();
        let title = format!("{code} · {name}");
        let path = format!("/warehouses/{id}/edit?");
        let state = match archived_at {
            Some(at) => texts::warehouse_archived_on(&format_exact(at)),
            None if is_default => texts::default_warehouse_state().to_owned(),
            None => String::new(),
        };
        let forms = may_edit().then(|| {
            let make_default = (!is_default && archived_at.is_none()).then(|| {
                let mut fields = version_fields(id, version.clone());
                fields.push(("isDefault", "true".to_owned()));
                button_form("/forms/update_warehouse?in=changes", texts::make_default(), fields)
            });
            let archive = match archived_at {
                Some(_) => Some(("/forms/restore_warehouse", texts::restore())),
                None if is_default => None,
                None => Some(("/forms/archive_warehouse", texts::archive())),
            };
            let archive = archive
                .map(|(action, label)| button_form(action, label, version_fields(id, version.clone())));
            view! {
                <form class="form" method="post" action="/forms/update_warehouse?in=changes">
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="if_match" value=version />
                    {text_field("code", texts::code(), "text", code, texts::warehouse_code_hint())}
                    {text_field("name", texts::name(), "text", name, "")}
                    {signed_field("priority", texts::priority(), priority, texts::warehouse_priority_hint())}
                    {degrees_field("latitude", texts::latitude(), latitude, texts::position_hint())}
                    {degrees_field("longitude", texts::longitude(), longitude, "")}
                    <button class="button button--primary">{texts::save_warehouse()}</button>
                </form>
                <div class="toolbar">{make_default} {archive}</div>
            }
        });
        view! {
            <PageHead title>
                <a class="button" href="/warehouses" rel="external">
                    {texts::warehouses()}
                </a>
                <a class="button" href="/changes" rel="external">
                    {texts::all_changes()}
                </a>
            </PageHead>
            {(!state.is_empty()).then(|| view! { <p class="summary">{state}</p> })}
            {forms}
            <h2>{texts::changes()}</h2>
            {change_table(changes, &path)}
        }
    }
}

impl ArchivePage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { items, warehouses } = self;
        let pages = pages(items.next, "/archive?", items.items.len());
        let item_rows = items.items.into_iter().map(|item| {
            let Item { id, name, category, quantity, archived_at, .. } = item;
            archive_row(
                format!("/items/{id}/changes"),
                name,
                category.unwrap_or_default(),
                quantity.into(),
                archived_at,
            )
        });
        let warehouse_rows = warehouses.into_iter().map(|warehouse| {
            let Warehouse { id, code, name, units_available, archived_at, .. } = warehouse;
            archive_row(format!("/warehouses/{id}/edit"), code, name, units_available, archived_at)
        });
        view! {
            <PageHead title=texts::archive_title().to_owned() />
            <p class="summary">
                {texts::archive_summary()}
            </p>
            <h2>{texts::items()}</h2>
            {archive_table(texts::archived_items(), texts::category(), item_rows.collect_view())}
            {pages}
            <h2>{texts::warehouses()}</h2>
            {archive_table(texts::archived_warehouses(), texts::name(), warehouse_rows.collect_view())}
        }
    }
}

fn archive_row(
    href: String,
    name: String,
    detail: String,
    units: i64,
    archived_at: Option<api::Time>,
) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=href rel="external">
                    {user_text(name)}
                </a>
            </th>
            <td>{user_text(detail)}</td>
            <td>{units}</td>
            <td>{archived_at.map(format_exact)}</td>
        </tr>
    }
}

fn archive_table(caption: &'static str, detail: &'static str, rows: impl IntoView) -> impl IntoView {
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::archived()}</th>
                        <th scope="col">{detail}</th>
                        <th scope="col">{texts::available_units()}</th>
                        <th scope="col">{texts::since()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
