//! The pages for the details of the catalogue: the changes of an item, the form of a warehouse, and the archive.

use super::caller::ConsoleCaller;
use super::form::{button_form, text_field};
use crate::components::page_head::PageHead;
use crate::components::time::format_utc;
use crate::href;
use api::{Change, Item, Page, Warehouse};
use leptos::prelude::*;
use serde_json::Value;

/// The action that callers need to change items and warehouses.
const EDIT: &str = "edit";

/// The changes of an item, with the button that archives or restores it.
#[derive(Debug, Clone)]
pub struct ItemChangesPage {
    /// The item.
    pub item: Item,
    /// Its changes, latest first.
    pub changes: Page<Change>,
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
        let Self { item, changes } = self;
        let id = item.id;
        let (action, label, state) = match item.archived_at {
            None => ("/forms/archive_item", "Archive", None),
            Some(at) => {
                let text =
                    format!("Archived on {}. It can't be sold, and lists leave it out.", format_utc(at));
                ("/forms/restore_item", "Restore", Some(text))
            }
        };
        let button = may_edit().then(|| button_form(action, label, version_fields(id, item.version)));
        let path = format!("/items/{id}/changes");
        view! {
            <PageHead title=format!("Changes of {}", item.name)>
                <a class="button" href=href::item(id) rel="external">
                    "Open item"
                </a>
                {button}
            </PageHead>
            {state.map(|text| view! { <p class="summary">{text}</p> })}
            {change_table(changes, &path)}
        }
    }
}

impl WarehouseEditPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { warehouse, changes } = self;
        let Warehouse { id, code, name, is_default, archived_at, version, .. } = warehouse;
        let title = format!("{code} · {name}");
        let path = format!("/warehouses/{id}/edit");
        let state = match archived_at {
            Some(at) => {
                format!("Archived on {}. It receives no units, and lists leave it out.", format_utc(at))
            }
            None if is_default => {
                "The default warehouse: it receives the stock of requests that name no warehouse.".to_owned()
            }
            None => String::new(),
        };
        let forms = may_edit().then(|| {
            let make_default = (!is_default && archived_at.is_none()).then(|| {
                let mut fields = version_fields(id, version.clone());
                fields.push(("isDefault", "true".to_owned()));
                button_form("/forms/update_warehouse?in=changes", "Make default", fields)
            });
            let archive = match archived_at {
                Some(_) => Some(("/forms/restore_warehouse", "Restore")),
                None if is_default => None,
                None => Some(("/forms/archive_warehouse", "Archive")),
            };
            let archive = archive
                .map(|(action, label)| button_form(action, label, version_fields(id, version.clone())));
            view! {
                <form class="form" method="post" action="/forms/update_warehouse?in=changes">
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="if_match" value=version />
                    {text_field("code", "Code", "text", code, "Short and unique, such as BER-1.")}
                    {text_field("name", "Name", "text", name, "")}
                    <button class="button button--primary">"Save warehouse"</button>
                </form>
                <div class="toolbar">{make_default} {archive}</div>
            }
        });
        view! {
            <PageHead title>
                <a class="button" href="/warehouses" rel="external">
                    "Warehouses"
                </a>
            </PageHead>
            {(!state.is_empty()).then(|| view! { <p class="summary">{state}</p> })}
            {forms}
            <h2>"Changes"</h2>
            {change_table(changes, &path)}
        }
    }
}

impl ArchivePage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { items, warehouses } = self;
        let next = next_page(items.next, "/archive");
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
            <PageHead title="Archive".to_owned() />
            <p class="summary">
                "Archived items can't be sold, and archived warehouses receive no units. Open one to restore it."
            </p>
            <h2>"Items"</h2>
            {archive_table("Archived items", "Category", item_rows.collect_view())}
            {next}
            <h2>"Warehouses"</h2>
            {archive_table("Archived warehouses", "Name", warehouse_rows.collect_view())}
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
                    {name}
                </a>
            </th>
            <td>{detail}</td>
            <td>{units}</td>
            <td>{archived_at.map(format_utc)}</td>
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
                        <th scope="col">"Archived"</th>
                        <th scope="col">{detail}</th>
                        <th scope="col">"Available units"</th>
                        <th scope="col">"Since"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Renders the changes with the link to the next page of `path`.
fn change_table(changes: Page<Change>, path: &str) -> impl IntoView {
    let next = next_page(changes.next, path);
    let rows = changes.items.into_iter().map(change_row).collect_view();
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Changes, latest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        <th scope="col">"Change"</th>
                        <th scope="col">"By"</th>
                        <th scope="col">"Before"</th>
                        <th scope="col">"After"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {next}
    }
}

fn change_row(change: Change) -> impl IntoView {
    let values = |values: Option<Value>| values.map(|values| view! { <code>{values.to_string()}</code> });
    view! {
        <tr>
            <td>{format_utc(change.created_at)}</td>
            <th scope="row">{change.kind}</th>
            <td>{change.actor}</td>
            <td>{values(change.before)}</td>
            <td>{values(change.after)}</td>
        </tr>
    }
}

fn next_page(next: Option<String>, path: &str) -> Option<impl IntoView> {
    let href = next.map(|next| format!("{path}?after={}", href::percent_encode(&next)))?;
    Some(view! {
        <nav class="pager" aria-label="Pages">
            <a class="button" href=href rel="next">
                "Next page"
            </a>
        </nav>
    })
}
