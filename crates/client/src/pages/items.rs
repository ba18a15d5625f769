use crate::components::cell::Cell;
use crate::components::empty_state::EmptyState;
use crate::components::field::Select;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::search_field::SearchField;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::view_options::ViewOptions;
use crate::components::warehouse_field::warehouse_options;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::derived;
use crate::pages::item::item_form::CreateDialog;
use crate::url_state::{UrlState, use_url_state};
use api::{Category, Item, ItemSort, LOW_BY_THRESHOLD, Page, Warehouse, rpc};
use leptos::prelude::*;

const PAGE_SIZE: i64 = 50;

/// The columns of the table of items.
const COLUMNS: [Column; 6] = [
    Column::of(ColumnKind::RowHeader, "", "Item").sorted(&[("name", "ascending"), ("id", "none")]),
    Column::text("category", "Category").minor(),
    Column::of(ColumnKind::Figure, "", "Available")
        .sorted(&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", "Share"),
    Column::of(ColumnKind::Figure, "price", "Price"),
    Column::text("changed", "Changed").minor(),
];

/// The query parameters that filter the list.
const NARROWING: [&str; 4] = ["q", "category", "warehouse", "low"];

/// The list of items, with search, filters, sort orders and pages.
#[component]
pub fn ItemsPage() -> impl IntoView {
    let url = use_url_state();
    let creating = url.dialog("create");
    let categories = fetch(RefetchOn::Catalog, || (), |()| rpc::list_categories());
    let warehouses = fetch(RefetchOn::Catalog, || (), |()| rpc::list_warehouses());
    let items = fetch(
        RefetchOn::Catalog,
        move || {
            let [q, category, _, low] = NARROWING.map(|name| url.get(name));
            let warehouse = url.parse::<i64>("warehouse");
            (category, q, warehouse, low, sort(url), url.get("after"))
        },
        |(category, q, warehouse, low, sort, after)| {
            rpc::list_items(category, q, warehouse, low, Some(sort), Some(PAGE_SIZE), after)
        },
    );
    let csv = move || {
        let mut values =
            ["q", "category", "warehouse", "low", "sort"].map(|name| url.get(name).unwrap_or_default());
        let mut names = ["q", "category", "warehouseId", "maxQuantity", "sort"];
        if values[3] == LOW_BY_THRESHOLD {
            names[3] = "low";
            values[3] = "true".to_owned();
        }
        href::with_query("/api/items.csv", names.into_iter().zip(values.iter().map(String::as_str)))
    };
    view! {
        <PageHead title="Items">
            <ViewOptions table="items" columns=&COLUMNS url csv=derived(csv) />
            <a class="button" href="/imports" rel="external">
                "Import"
            </a>
            <a class="button button--primary" href=move || url.href(&[("do", "create")])>
                {Icon::Plus.view()}
                "New item"
            </a>
        </PageHead>
        // Without JavaScript this form loads the filtered page.
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label="Search items by name" />
            <CategoryFilter categories url />
            <WarehouseFilter warehouses url />
            <LowFilter url />
            <noscript>
                <button class="button">"Apply"</button>
            </noscript>
        </form>
        <Loaded from=items lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoItems url /> }
            >
                <ItemTable page />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
        <CreateDialog open=creating categories />
    }
}

fn sort(url: UrlState) -> ItemSort {
    match url.get("sort").as_deref() {
        Some("name") => ItemSort::Name,
        Some("quantityDesc") => ItemSort::QuantityDesc,
        Some("quantityAsc") => ItemSort::QuantityAsc,
        _ => ItemSort::Id,
    }
}

/// A filter with a list of values.
#[component]
fn Filter(
    label: &'static str,
    name: &'static str,
    url: UrlState,
    /// The values and their names, without the option for no filter.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    all: &'static str,
) -> impl IntoView {
    let chosen = derived(move || url.get(name).unwrap_or_default());
    let options = move || {
        let mut offered = vec![(String::new(), all.to_owned())];
        offered.extend(options.get());
        // The address may name a value that no longer exists. The filter shows it all the same.
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
                on_select=move |choice: String| url.set_params(&[(name, &choice)], false)
            />
        </label>
    }
}

#[component]
fn CategoryFilter(categories: Fetched<Vec<Category>>, url: UrlState) -> impl IntoView {
    let options = move || {
        let known = categories.get().and_then(Result::ok).unwrap_or_default();
        known.into_iter().map(|category| (category.category.clone(), category.category)).collect()
    };
    view! {
        <Filter
            label="Category"
            name="category"
            url
            options=derived(options)
            all="All categories"
        />
    }
}

#[component]
fn WarehouseFilter(warehouses: Fetched<Vec<Warehouse>>, url: UrlState) -> impl IntoView {
    let options = move || warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default());
    view! {
        <Filter
            label="Warehouse"
            name="warehouse"
            url
            options=derived(options)
            all="All warehouses"
        />
    }
}

#[component]
fn LowFilter(url: UrlState) -> impl IntoView {
    let options = [
        (LOW_BY_THRESHOLD, "Running low"),
        ("0", "Sold out"),
        ("5", "5 or fewer"),
        ("10", "10 or fewer"),
        ("50", "50 or fewer"),
    ];
    let options = options.map(|(units, name)| (units.to_owned(), name.to_owned())).to_vec();
    view! {
        <Filter label="Stock" name="low" url options=Signal::stored(options) all="Any stock" />
    }
}

#[component]
fn NoItems(url: UrlState) -> impl IntoView {
    let filtered = move || NARROWING.iter().any(|name| url.get(name).is_some());
    move || {
        if filtered() {
            let clear = url.href(&NARROWING.map(|name| (name, "")));
            view! {
                <EmptyState title="No item matches">
                    <p>"Try other words or fewer filters."</p>
                    <a class="button button--primary" href=clear>
                        "Clear the search and filters"
                    </a>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState title="No items yet">
                    <p>"An item is a product: a name, a price, a category and its first stock."</p>
                    <a class="button button--primary" href=url.href(&[("do", "create")])>
                        "Create the first item"
                    </a>
                </EmptyState>
            }
            .into_any()
        }
    }
}

#[component]
fn ItemTable(page: Data<Page<Item>>) -> impl IntoView {
    let live = LiveUpdates::expect();
    let rows = move || {
        // Live updates since the last fetch are shown at once.
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
    let header = Cell::item(&item);
    let category = match item.category {
        Some(name) => Cell::Link { href: href::category(&name), text: name },
        None => Cell::None,
    };
    let cells = vec![
        header,
        category,
        Cell::stock(item.quantity),
        Cell::Bar { parts: [item.quantity.into(), 0, 0], max },
        Cell::Money(item.price),
        Cell::RelativeTime(item.updated_at),
    ];
    Row { id: item.id, cells }
}
