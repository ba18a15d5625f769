//! One category: its items of highest quantity, and its name.

pub mod rename;

use crate::components::cell::Cell;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::when::When;
use crate::fetch::{About, Data, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::memo::{Look, derived, memo};
use crate::text::{count, money_cents, units};
use api::{Item, TopItems, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rename::RenameDialog;

/// One category: its 100 items of highest quantity.
#[component]
pub fn CategoryPage() -> impl IntoView {
    let params = use_params_map();
    let name = memo(move || params.look(|params| params.get("name")).unwrap_or_default());
    // Built anew for another category: nothing of this one may stay.
    move || view! { <Top name=name.get() /> }
}

#[component]
fn Top(name: String) -> impl IntoView {
    let title = name.clone();
    let all = href::with_query("/items", [("category", name.as_str())]);
    let filters = use_filters();
    let renaming = filters.deed("rename");
    let named = Signal::stored(name.clone());
    let top = fetch(About::Stock, move || name.clone(), rpc::top_items);
    view! {
        <PageHead title=title up=("/categories", "Categories")>
            <a class="button" href=all>
                "All its items"
            </a>
            <a class="button" href=move || filters.href(&[("do", "rename")])>
                "Rename or merge"
            </a>
        </PageHead>
        <RenameDialog open=renaming category=named />
        <Loaded from=top lines=12 let:top>
            <When
                is=move || top.look(|top| !top.items.is_empty())
                fallback=|| {
                    view! {
                        <Empty title="No item bears this category">
                            <a class="button button--primary" href="/categories">
                                "See the categories"
                            </a>
                        </Empty>
                    }
                }
            >
                <TopTable top />
            </When>
        </Loaded>
    }
}

fn summary(top: &TopItems) -> String {
    let all = count(top.total_items_in_category, "item", "items");
    if top.count < top.total_items_in_category {
        format!("The {} of highest quantity, out of {all}", units(top.count))
    } else {
        format!("{all}, highest quantity first")
    }
}

const COLUMNS: [Column; 6] = [
    Column::of(Kind::Figure, "rank", "#"),
    Column::of(Kind::Lead, "", "Item"),
    Column::of(Kind::Figure, "", "Available").sorted(&[("", "descending"), ("quantityAsc", "ascending")]),
    Column::of(Kind::Bar, "share", "Share"),
    Column::of(Kind::Figure, "price", "Price").sorted(&[("price", "descending"), ("priceAsc", "ascending")]),
    Column::plain("changed", "Changed")
        .minor()
        .sorted(&[("changed", "descending"), ("changedAsc", "ascending")]),
];

/// The top items with their ranks, in another order.
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
    let filters = use_filters();
    let rows = move || {
        let items = top.get().items;
        let max = items.iter().map(|item| i64::from(item.quantity)).max().unwrap_or_default();
        let row = |(at, item): (usize, Item)| Row {
            id: item.id,
            cells: vec![
                Cell::Quiet((at + 1).to_string()),
                Cell::lead(item.name, href::item(item.id)),
                Cell::stock(item.quantity),
                Cell::Bar { parts: [item.quantity.into(), 0, 0], max },
                Cell::Money(item.price),
                Cell::Ago(item.updated_at),
            ],
        };
        sorted(items, filters.get("sort")).into_iter().map(row).collect::<Vec<_>>()
    };
    view! {
        <p class="summary">{move || top.look(summary)}</p>
        <Table
            name="top"
            caption="Items of highest quantity"
            columns=&COLUMNS
            rows=derived(rows)
        />
    }
}
