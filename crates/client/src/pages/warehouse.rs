use crate::components::cell::Cell;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::problem::LoadFailed;
use crate::components::search::SearchField;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::when::When;
use crate::fetch::{About, Data, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::memo::{Look, derived, memo};
use crate::on::on_submit;
use crate::pages::not_found::NotFound;
use crate::text::units;
use api::{ItemSort, Problem, Warehouse, WarehouseItem, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

const PAGE: i64 = 50;

const COLUMNS: [Column; 5] = [
    Column::of(Kind::Lead, "", "Item").sorted(&[("name", "ascending"), ("id", "none")]),
    Column::plain("category", "Category").minor(),
    Column::of(Kind::Figure, "", "Here"),
    Column::of(Kind::Bar, "share", "Share"),
    Column::of(Kind::Figure, "", "Everywhere")
        .sorted(&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]),
];

/// The warehouse that the address names: the items that lie there.
#[component]
pub fn WarehousePage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.look(|params| params.get("id")?.parse::<i64>().ok()));
    move || match id.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn One(id: i64) -> impl IntoView {
    let warehouses = fetch(About::Stock, || (), |()| rpc::list_warehouses());
    view! {
        <Loaded from=warehouses lines=10 let:all>
            {
                let warehouse = all.glance(|all| all.iter().find(|one| one.id == id).cloned());
                match warehouse {
                    Some(warehouse) => view! { <Levels warehouse all /> }.into_any(),
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
fn Levels(warehouse: Warehouse, all: Data<Vec<Warehouse>>) -> impl IntoView {
    let filters = use_filters();
    let id = warehouse.id;
    let sort = move || match filters.get("sort").as_deref() {
        Some("name") => ItemSort::Name,
        Some("quantityDesc") => ItemSort::QuantityDesc,
        Some("quantityAsc") => ItemSort::QuantityAsc,
        _ => ItemSort::Id,
    };
    let items = fetch(
        About::Stock,
        move || (filters.get("q"), sort(), filters.get("after")),
        move |(q, sort, after)| rpc::warehouse_items(id, q, Some(sort), Some(PAGE), after),
    );
    let here =
        move || all.look(|all| all.iter().find(|one| one.id == id).map_or(0, |one| one.units_available));
    let none = derived(move || {
        let searched = filters.get("q").is_some();
        if searched { "No such item lies here" } else { "Nothing lies here yet" }.to_owned()
    });
    // How much of all that there is of an item lies here.
    let row = |WarehouseItem { item, available }: WarehouseItem| Row {
        id: item.id,
        cells: vec![
            Cell::lead(item.name, href::item(item.id)),
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
        </PageHead>
        <p class="summary">{move || format!("{} units available here", units(here()))}</p>
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label="Search its items by name" />
        </form>
        <Loaded from=items lines=10 let:page>
            <When
                is=move || page.look(|page| !page.items.is_empty())
                fallback=move || {
                    view! {
                        <Empty title=none>
                            <p>"Open an item and receive units of it into this warehouse, or move some here."</p>
                            <a class="button button--primary" href="/items">
                                "Go to items"
                            </a>
                        </Empty>
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
            </When>
            <Pager next=derived(move || page.look(|page| page.next.clone())) />
        </Loaded>
    }
}
