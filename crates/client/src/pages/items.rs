use crate::components::bar::Bar;
use crate::components::empty::Empty;
use crate::components::field::Options;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::rows::Rows;
use crate::components::search::SearchField;
use crate::components::sort::SortHead;
use crate::components::time::Ago;
use crate::components::when::When;
use crate::fetch::{Fetched, fetch};
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::memo::memo;
use crate::pages::item::form::CreateDialog;
use crate::text::{price, units};
use api::{Category, Item, ItemSort, Page, rpc};
use leptos::prelude::*;

const PAGE: i64 = 50;

/// The items: found by a part of their name, filtered, sorted, page by page.
#[component]
pub fn ItemsPage() -> impl IntoView {
    let filters = use_filters();
    let creating = RwSignal::new(false);
    let categories = fetch(|| (), |()| rpc::list_categories());
    let items = fetch(
        move || (filters.get("category"), filters.get("q"), sort(filters), filters.get("after")),
        |(category, q, sort, after)| rpc::list_items(category, q, None, None, Some(sort), Some(PAGE), after),
    );
    view! {
        <PageHead title="Items">
            <button class="button button--primary" type="button" on:click=move |_| creating.set(true)>
                {Icon::Plus.view()}
                "New item"
            </button>
        </PageHead>
        // Without JavaScript this is an ordinary form that leads to the filtered page.
        <form class="toolbar" method="get" role="search" on:submit=|event| event.prevent_default()>
            <SearchField label="Search items by name" />
            <CategoryFilter categories filters />
            <noscript>
                <button class="button">"Apply"</button>
            </noscript>
        </form>
        <Loaded from=items lines=10 let:page>
            <When
                is=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoItems filters creating /> }
            >
                <ItemTable page />
            </When>
            <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) />
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

#[component]
fn CategoryFilter(categories: Fetched<Vec<Category>>, filters: Filters) -> impl IntoView {
    let chosen = Signal::derive(move || filters.get("category").unwrap_or_default());
    let options = move || {
        let mut options = vec![(String::new(), "All categories".to_owned())];
        let known = categories.get().and_then(Result::ok).unwrap_or_default();
        options.extend(known.into_iter().map(|category| (category.category.clone(), category.category)));
        // A category in the address that no item bears any more is still what is filtered by.
        let chosen = chosen.get();
        if !options.iter().any(|(key, _)| *key == chosen) {
            options.push((chosen.clone(), chosen));
        }
        options
    };
    view! {
        <label class="toolbar__filter">
            <span class="visually-hidden">"Category"</span>
            <select
                class="input"
                name="category"
                on:change=move |event| filters.go(&[("category", &event_target_value(&event))], false)
            >
                <Suspense>
                    <Options value=chosen options=Signal::derive(options) />
                </Suspense>
            </select>
        </label>
    }
}

#[component]
fn NoItems(filters: Filters, creating: RwSignal<bool>) -> impl IntoView {
    let filtered = move || filters.get("q").is_some() || filters.get("category").is_some();
    move || {
        if filtered() {
            let clear = filters.href(&[("q", ""), ("category", "")]);
            view! {
                <Empty title="No item matches">
                    <p>"No item has this in its name, within this category."</p>
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
                        on:click=move |_| creating.set(true)
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
fn ItemTable(page: Signal<Page<Item>>) -> impl IntoView {
    let largest = memo(move || {
        page.with(|page| page.items.iter().map(|item| i64::from(item.quantity)).max().unwrap_or_default())
    });
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Items"</caption>
                <thead>
                    <tr>
                        <SortHead label="Item" default="id" orders=&[("name", "ascending"), ("id", "none")] />
                        <th scope="col" class="table__minor">"Category"</th>
                        <SortHead
                            label="Available"
                            default="id"
                            orders=&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]
                            figures=true
                        />
                        <th scope="col" class="table__bar"><span class="visually-hidden">"Share"</span></th>
                        <th scope="col" class="figure">"Price"</th>
                        <th scope="col" class="table__minor">"Changed"</th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || page.get().items
                        key=|item| (item.id, item.quantity, item.updated_at)
                        children=move |item| view! { <ItemRow item largest /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn ItemRow(item: Item, largest: Memo<i64>) -> impl IntoView {
    let category = item.category.map(|name| view! { <a href=href::category(&name)>{name.clone()}</a> });
    view! {
        <tr>
            <th scope="row" class="table__lead"><a href=href::item(item.id)>{item.name}</a></th>
            <td class="table__minor table__quiet">{category}</td>
            <td class="figure" class:figure--out=item.quantity == 0>{units(item.quantity)}</td>
            <td class="table__bar"><Bar value=i64::from(item.quantity) max=largest /></td>
            <td class="figure">{price(&item.price)}</td>
            <td class="muted table__minor"><Ago at=item.updated_at /></td>
        </tr>
    }
}
