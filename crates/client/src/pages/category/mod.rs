//! The page of a category.

pub mod rename_dialog;

use crate::components::cell::Cell;
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::{format_count, format_integer, money_cents};
use crate::href;
use crate::memo::{derived, memo};
use crate::url_state::use_url_state;
use api::{Item, TopItems, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rename_dialog::RenameDialog;

/// A category: its 100 items of highest quantity.
#[component]
pub fn CategoryPage() -> impl IntoView {
    let params = use_params_map();
    let name =
        memo(move || href::category_name(&params.with(|params| params.get("name")).unwrap_or_default()));
    // Rebuilds the page for another category, so that no state of the old one remains.
    move || view! { <CategoryDetails name=name.get() /> }
}

#[component]
fn CategoryDetails(name: String) -> impl IntoView {
    let title = name.clone();
    let all = href::with_query("/items", [("category", name.as_str())]);
    let changes = href::with_query("/changes", [("category", name.as_str())]);
    let url = use_url_state();
    let renaming = url.dialog("rename");
    let named = Signal::stored(name.clone());
    let top = fetch(RefetchOn::Stock, move || name.clone(), rpc::top_items);
    view! {
        <PageHead title=title up=("/categories", "Categories")>
            <a class="button" href=all>
                "All its items"
            </a>
            <a class="button" href=changes rel="external">
                "Changes"
            </a>
            <a class="button" href=move || url.href(&[("do", "rename")])>
                "Rename or merge"
            </a>
        </PageHead>
        <RenameDialog open=renaming category=named />
        <Loaded from=top lines=12 let:top>
            <Show
                when=move || top.with(|top| !top.items.is_empty())
                fallback=|| {
                    view! {
                        <EmptyState title="No item has this category">
                            <a class="button button--primary" href="/categories">
                                "See the categories"
                            </a>
                        </EmptyState>
                    }
                }
            >
                <TopTable top />
            </Show>
        </Loaded>
    }
}

fn summary(top: &TopItems) -> String {
    let all = format_count(top.total_items_in_category, "item", "items");
    if top.count < top.total_items_in_category {
        format!("The {} of highest quantity, out of {all}", format_integer(top.count))
    } else {
        format!("{all}, highest quantity first")
    }
}

const COLUMNS: [Column; 6] = [
    Column::of(ColumnKind::Figure, "rank", "#"),
    Column::of(ColumnKind::RowHeader, "", "Item"),
    Column::of(ColumnKind::Figure, "", "Available")
        .sorted(&[("", "descending"), ("quantityAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", "Share"),
    Column::of(ColumnKind::Figure, "price", "Price")
        .sorted(&[("price", "descending"), ("priceAsc", "ascending")]),
    Column::text("changed", "Changed")
        .minor()
        .sorted(&[("changed", "descending"), ("changedAsc", "ascending")]),
];

/// Sorts the top items. Each item keeps its rank.
fn sorted(items: Vec<Item>, by: Option<String>) -> Vec<(usize, Item)> {
    let mut ranked = items.into_iter().enumerate().collect::<Vec<_>>();
    match by.as_deref() {
        Some("quantityAsc") => ranked.reverse(),
        Some("price") => ranked.sort_by_key(|(_, item)| -money_cents(&item.price)),
        Some("priceAsc") => ranked.sort_by_key(|(_, item)| money_cents(&item.price)),
        Some("changed") => ranked.sort_by_key(|(_, item)| std::cmp::Reverse(item.updated_at)),
        Some("changedAsc") => ranked.sort_by_key(|(_, item)| item.updated_at),
        _ => {}
    }
    ranked
}

#[component]
fn TopTable(top: Data<TopItems>) -> impl IntoView {
    let url = use_url_state();
    let rows = move || {
        let items = top.get().items;
        let max = items.iter().map(|item| i64::from(item.quantity)).max().unwrap_or_default();
        let row = |(at, item): (usize, Item)| Row {
            id: item.id,
            cells: vec![
                Cell::Quiet((at + 1).to_string()),
                Cell::item(&item),
                Cell::stock(item.quantity),
                Cell::Bar { parts: [item.quantity.into(), 0, 0], max },
                Cell::Money(item.price),
                Cell::RelativeTime(item.updated_at),
            ],
        };
        sorted(items, url.get("sort")).into_iter().map(row).collect::<Vec<_>>()
    };
    view! {
        <p class="summary">{move || top.with(summary)}</p>
        <Table
            name="top"
            caption="Items of highest quantity"
            columns=&COLUMNS
            rows=derived(rows)
        />
    }
}
