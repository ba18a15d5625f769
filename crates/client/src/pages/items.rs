use crate::components::cell::Cell;
use crate::components::empty::Empty;
use crate::components::field::Select;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::search::SearchField;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::view_options::ViewOptions;
use crate::components::when::When;
use crate::fetch::{About, Data, Fetched, fetch};
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::live::Live;
use crate::memo::derived;
use crate::on::{on_click, on_submit};
use crate::pages::item::form::{CreateDialog, warehouse_options};
use api::{Category, Item, ItemSort, Page, Warehouse, rpc};
use leptos::prelude::*;

const PAGE: i64 = 50;

/// The columns of the table of items.
const COLUMNS: [Column; 6] = [
    Column::of(Kind::Lead, "", "Item").sorted(&[("name", "ascending"), ("id", "none")]),
    Column::plain("category", "Category").minor(),
    Column::of(Kind::Figure, "", "Available")
        .sorted(&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]),
    Column::of(Kind::Bar, "share", "Share"),
    Column::of(Kind::Figure, "price", "Price"),
    Column::plain("changed", "Changed").minor(),
];

/// The parameters of the address that narrow the list.
const NARROWING: [&str; 4] = ["q", "category", "warehouse", "low"];

/// The items: found by a part of their name, filtered, sorted, page by page.
#[component]
pub fn ItemsPage() -> impl IntoView {
    let filters = use_filters();
    let creating = filters.deed("create");
    let categories = fetch(About::Rarely, || (), |()| rpc::list_categories());
    let warehouses = fetch(About::Rarely, || (), |()| rpc::list_warehouses());
    let items = fetch(
        About::Rarely,
        move || {
            let [q, category, _, _] = NARROWING.map(|name| filters.get(name));
            let (warehouse, low) = (filters.parsed::<i64>("warehouse"), filters.parsed::<i64>("low"));
            (category, q, warehouse, low, sort(filters), filters.get("after"))
        },
        |(category, q, warehouse, low, sort, after)| {
            rpc::list_items(category, q, warehouse, low, Some(sort), Some(PAGE), after)
        },
    );
    let csv = move || {
        let values =
            ["q", "category", "warehouse", "low", "sort"].map(|name| filters.get(name).unwrap_or_default());
        let names = ["q", "category", "warehouseId", "maxQuantity", "sort"];
        href::with_query("/api/items.csv", names.into_iter().zip(values.iter().map(String::as_str)))
    };
    view! {
        <PageHead title="Items">
            <ViewOptions table="items" columns=&COLUMNS filters csv=derived(csv) />
            <a class="button" href="/import">
                "Upload CSV"
            </a>
            <a class="button button--primary" href=move || filters.href(&[("do", "create")])>
                {Icon::Plus.view()}
                "New item"
            </a>
        </PageHead>
        // Without JavaScript this is an ordinary form that leads to the filtered page.
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label="Search items by name" />
            <CategoryFilter categories filters />
            <WarehouseFilter warehouses filters />
            <LowFilter filters />
            <noscript>
                <button class="button">"Apply"</button>
            </noscript>
        </form>
        <Loaded from=items lines=10 let:page>
            <When
                is=move || page.look(|page| !page.items.is_empty())
                fallback=move || view! { <NoItems filters creating /> }
            >
                <ItemTable page />
            </When>
            <Pager next=derived(move || page.look(|page| page.next.clone())) />
        </Loaded>
        <CreateDialog open=creating categories />
    }
}

fn sort(filters: Filters) -> ItemSort {
    match filters.get("sort").as_deref() {
        Some("name") => ItemSort::Name,
        Some("quantityDesc") => ItemSort::QuantityDesc,
        Some("quantityAsc") => ItemSort::QuantityAsc,
        _ => ItemSort::Id,
    }
}

/// A choice that narrows the list.
#[component]
fn Filter(
    label: &'static str,
    name: &'static str,
    filters: Filters,
    /// The values and their names, without the one for all.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    all: &'static str,
) -> impl IntoView {
    let chosen = derived(move || filters.get(name).unwrap_or_default());
    let options = move || {
        let mut offered = vec![(String::new(), all.to_owned())];
        offered.extend(options.get());
        // What the address names is what is filtered by, though it may be no more.
        let chosen = chosen.get();
        if !offered.iter().any(|(key, _)| *key == chosen) {
            offered.push((chosen.clone(), chosen));
        }
        offered
    };
    view! {
        <label class="toolbar__filter">
            <span class="visually-hidden">{label}</span>
            <Select
                name
                value=chosen
                options=derived(options)
                change=move |choice: String| filters.go(&[(name, &choice)], false)
            />
        </label>
    }
}

#[component]
fn CategoryFilter(categories: Fetched<Vec<Category>>, filters: Filters) -> impl IntoView {
    let options = move || {
        let known = categories.get().and_then(Result::ok).unwrap_or_default();
        known.into_iter().map(|category| (category.category.clone(), category.category)).collect()
    };
    view! {
        <Filter
            label="Category"
            name="category"
            filters
            options=derived(options)
            all="All categories"
        />
    }
}

#[component]
fn WarehouseFilter(warehouses: Fetched<Vec<Warehouse>>, filters: Filters) -> impl IntoView {
    let options = move || warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default());
    view! {
        <Filter
            label="Warehouse"
            name="warehouse"
            filters
            options=derived(options)
            all="All warehouses"
        />
    }
}

#[component]
fn LowFilter(filters: Filters) -> impl IntoView {
    let options = [("0", "Sold out"), ("5", "5 or fewer"), ("10", "10 or fewer"), ("50", "50 or fewer")];
    let options = options.map(|(units, name)| (units.to_owned(), name.to_owned())).to_vec();
    view! {
        <Filter label="Stock" name="low" filters options=Signal::stored(options) all="Any stock" />
    }
}

#[component]
fn NoItems(filters: Filters, creating: RwSignal<bool>) -> impl IntoView {
    let filtered = move || NARROWING.iter().any(|name| filters.get(name).is_some());
    move || {
        if filtered() {
            let clear = filters.href(&NARROWING.map(|name| (name, "")));
            view! {
                <Empty title="No item matches">
                    <p>"No item fits this search and all of these filters."</p>
                    <a class="button button--primary" href=clear>
                        "Clear the search and filters"
                    </a>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <Empty title="No items yet">
                    <p>"An item is something sold: a name, a price, a category and its first stock."</p>
                    <button
                        class="button button--primary"
                        type="button"
                        on:click=on_click(move |_| creating.set(true))
                    >
                        "Create the first item"
                    </button>
                </Empty>
            }
            .into_any()
        }
    }
}

#[component]
fn ItemTable(page: Data<Page<Item>>) -> impl IntoView {
    let live = Live::expect();
    let rows = move || {
        // What was heard since the page was fetched shows at once.
        let mut items = page.get().items;
        for item in &mut items {
            item.quantity = live.quantity(item.id, item.quantity);
        }
        let max = items.iter().map(|item| i64::from(item.quantity)).max().unwrap_or_default();
        items.into_iter().map(|item| row(item, max)).collect::<Vec<_>>()
    };
    view! { <Table name="items" caption="Items" columns=&COLUMNS rows=derived(rows) default_sort="id" /> }
}

fn row(item: Item, max: i64) -> Row {
    let category = match item.category {
        Some(name) => Cell::Link { href: href::category(&name), text: name },
        None => Cell::None,
    };
    let cells = vec![
        Cell::lead(item.name, href::item(item.id)),
        category,
        Cell::stock(item.quantity),
        Cell::Bar { parts: [item.quantity.into(), 0, 0], max },
        Cell::Money(item.price),
        Cell::Ago(item.updated_at),
    ];
    Row { id: item.id, cells }
}
