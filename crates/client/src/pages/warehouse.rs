use crate::components::cell::Cell;
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::problem::LoadFailed;
use crate::components::search_field::SearchField;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::format_integer;
use crate::href;
use crate::memo::{derived, memo};
use crate::pages::not_found::NotFound;
use crate::url_state::use_url_state;
use api::{ItemSort, Problem, Warehouse, WarehouseItem, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

const PAGE_SIZE: i64 = 50;

const COLUMNS: [Column; 5] = [
    Column::of(ColumnKind::RowHeader, "", "Item").sorted(&[("name", "ascending"), ("id", "none")]),
    Column::text("category", "Category").minor(),
    Column::of(ColumnKind::Figure, "", "Here"),
    Column::of(ColumnKind::Bar, "share", "Share"),
    Column::of(ColumnKind::Figure, "", "Everywhere")
        .sorted(&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]),
];

/// A warehouse and the items in it.
#[component]
pub fn WarehousePage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")?.parse::<i64>().ok()));
    move || match id.get() {
        Some(id) => view! { <WarehouseDetails id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn WarehouseDetails(id: i64) -> impl IntoView {
    let warehouses = fetch(RefetchOn::Stock, || (), |()| rpc::list_warehouses());
    view! {
        <Loaded from=warehouses lines=10 let:all>
            {
                let warehouse = all.with_untracked(|all| all.iter().find(|one| one.id == id).cloned());
                match warehouse {
                    Some(warehouse) => view! { <WarehouseItems warehouse all /> }.into_any(),
                    None => {
                        let detail = format!("There is no warehouse {id}.");
                        let problem = Problem::new(404, "warehouse_not_found", "No such warehouse", detail);
                        view! { <LoadFailed problem /> }.into_any()
                    }
                }
            }
        </Loaded>
    }
}

#[component]
fn WarehouseItems(warehouse: Warehouse, all: Data<Vec<Warehouse>>) -> impl IntoView {
    let url = use_url_state();
    let id = warehouse.id;
    let sort = move || match url.get("sort").as_deref() {
        Some("name") => ItemSort::Name,
        Some("quantityDesc") => ItemSort::QuantityDesc,
        Some("quantityAsc") => ItemSort::QuantityAsc,
        _ => ItemSort::Id,
    };
    let items = fetch(
        RefetchOn::Stock,
        move || (url.get("q"), sort(), url.get("after")),
        move |(q, sort, after)| rpc::warehouse_items(id, q, Some(sort), Some(PAGE_SIZE), after),
    );
    let here =
        move || all.with(|all| all.iter().find(|one| one.id == id).map_or(0, |one| one.units_available));
    let none = derived(move || {
        let searched = url.get("q").is_some();
        if searched { "No item in this warehouse matches" } else { "This warehouse is empty" }.to_owned()
    });
    // The bar shows this warehouse's share of the item's total quantity.
    let row = |WarehouseItem { item, available }: WarehouseItem| Row {
        id: item.id,
        cells: vec![
            Cell::row_header(item.name, href::item(item.id)),
            Cell::Quiet(item.category.unwrap_or_default()),
            Cell::stock(available),
            Cell::Bar { parts: [available.into(), 0, 0], max: item.quantity.into() },
            Cell::figure(item.quantity),
        ],
    };
    view! {
        <PageHead title=format!("{} · {}", warehouse.code, warehouse.name) up=("/warehouses", "Warehouses")>
            <a class="button" href=href::with_query("/items", [("warehouse", id.to_string().as_str())])>
                "Filter its items"
            </a>
            <a class="button" href=format!("/warehouses/{id}/edit") rel="external">
                "Edit"
            </a>
        </PageHead>
        <p class="summary">{move || format!("{} units available here", format_integer(here()))}</p>
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label="Search its items by name" />
        </form>
        <Loaded from=items lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || {
                    view! {
                        <EmptyState title=none>
                            <p>"Open an item and receive units of it into this warehouse, or move some here."</p>
                            <a class="button button--primary" href="/items">
                                "Go to items"
                            </a>
                        </EmptyState>
                    }
                }
            >
                <Table
                    name="warehouse"
                    caption="Items in this warehouse"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                    default_sort="id"
                />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}
