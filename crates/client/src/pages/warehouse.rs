use crate::components::cell::{Cell, Row};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::missing::Missing;
use crate::components::not_found::NotFound;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::search_field::SearchField;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::href;
use crate::memo::{derived, dynamic, memo};
use crate::texts;
use crate::url_state::use_url_state;
use api::{ItemSort, Warehouse, WarehouseItem, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

const PAGE_SIZE: i64 = 50;

const COLUMNS: [Column; 5] = [
    Column::of(ColumnKind::RowHeader, "", texts::item).sorted(&[("name", "ascending"), ("id", "none")]),
    Column::text("category", texts::category).minor(),
    Column::of(ColumnKind::Figure, "", texts::here),
    Column::of(ColumnKind::Bar, "share", texts::share),
    Column::of(ColumnKind::Figure, "", texts::all_warehouses)
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
                        let title = texts::no_such_warehouse().to_owned();
                        let detail = texts::no_warehouse(&id.to_string());
                        view! { <Missing title detail up=("/warehouses", texts::warehouses()) /> }.into_any()
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
        if searched { texts::no_match_here() } else { texts::warehouse_empty() }.to_owned()
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
        <PageHead title=format!("{} · {}", warehouse.code, warehouse.name) up=("/warehouses", texts::warehouses())>
            <a class="button" href=href::with_query("/items", [("warehouse", id.to_string().as_str())])>
                {texts::filter_its_items()}
            </a>
            <a class="button" href=format!("/warehouses/{id}/edit") rel="external">
                {texts::edit()}
            </a>
        </PageHead>
        <p class="summary">{dynamic(move || texts::units_available_here(here()))}</p>
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label=texts::search_its_items() />
        </form>
        <Loaded from=items lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || {
                    view! {
                        <EmptyState title=none>
                            <p>{texts::warehouse_empty_about()}</p>
                            <a class="button button--primary" href="/items">
                                {texts::go_to_items()}
                            </a>
                        </EmptyState>
                    }
                }
            >
                <Table
                    name="warehouse"
                    caption=texts::warehouse_items()
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                    default_sort="id"
                />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}
