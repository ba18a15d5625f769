//! The page of a category.

use crate::components::cell::{Cell, Row};
use crate::components::loaded::Loaded;
use crate::components::missing::Missing;
use crate::components::page_head::PageHead;
use crate::components::rename_dialog::RenameDialog;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::money_cents;
use crate::href;
use crate::memo::{boxed, derived, dynamic, memo};
use crate::sorting::sorted_by_key;
use crate::texts;
use crate::url_state::use_url_state;
use api::time::seconds;
use api::{Item, TopItems, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

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
    let all = StoredValue::new(href::with_query("/items", [("category", name.as_str())]));
    let changes = StoredValue::new(href::with_query("/changes", [("category", name.as_str())]));
    let url = use_url_state();
    let renaming = url.dialog("rename");
    let named = Signal::stored(name.clone());
    let top = fetch(RefetchOn::Stock, move || name.clone(), rpc::top_items);
    view! {
        <RenameDialog open=renaming category=named />
        <Loaded from=top lines=12 let:top>
            <Show
                when=move || top.with(|top| !top.items.is_empty())
                fallback=move || {
                    let detail = texts::no_item_has_category(&named.get());
                    view! { <Missing title=texts::no_such_category().to_owned() detail up=("/categories", texts::nav_categories()) /> }
                }
            >
                <PageHead title=named up=("/categories", texts::nav_categories())>
                    <a class="button" href=all.get_value()>
                        {texts::category_items()}
                    </a>
                    <a class="button" href=changes.get_value() rel="external">
                        {texts::changes()}
                    </a>
                    <a class="button" href=boxed(move || url.href(&[("do", "rename")]))>
                        {texts::rename_or_merge()}
                    </a>
                </PageHead>
                <TopTable top />
            </Show>
        </Loaded>
    }
}

fn summary(top: &TopItems) -> String {
    let all = top.total_items_in_category;
    if top.count < all { texts::top_of_category(top.count, all) } else { texts::all_of_category(all) }
}

const COLUMNS: [Column; 6] = [
    Column::of(ColumnKind::Figure, "rank", texts::rank),
    Column::of(ColumnKind::RowHeader, "", texts::item),
    Column::of(ColumnKind::Figure, "", texts::available)
        .sorted(&[("", "descending"), ("quantityAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", texts::share),
    Column::of(ColumnKind::Figure, "price", texts::item_price)
        .sorted(&[("price", "descending"), ("priceAsc", "ascending")]),
    Column::text("changed", texts::changed)
        .minor()
        .sorted(&[("changed", "descending"), ("changedAsc", "ascending")]),
];

/// Sorts the top items. Each item keeps its rank.
fn sorted(items: Vec<Item>, by: Option<String>) -> Vec<(usize, Item)> {
    let mut ranked = items.into_iter().enumerate().collect::<Vec<_>>();
    let key: fn(&Item) -> i128 = match by.as_deref() {
        Some("quantityAsc") => {
            ranked.reverse();
            return ranked;
        }
        Some("price") => |item| -money_cents(&item.price),
        Some("priceAsc") => |item| money_cents(&item.price),
        Some("changed") => |item| -i128::from(seconds(item.updated_at)),
        Some("changedAsc") => |item| seconds(item.updated_at).into(),
        _ => return ranked,
    };
    sorted_by_key(ranked, |(_, item)| key(item))
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
        <p class="summary">{dynamic(move || top.with(summary))}</p>
        <Table
            name="top"
            caption=texts::top_items()
            columns=&COLUMNS
            rows=derived(rows)
        />
    }
}
