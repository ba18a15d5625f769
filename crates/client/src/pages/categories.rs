use crate::components::bar::Bar;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::rows::Rows;
use crate::components::sort::SortHead;
use crate::components::when::When;
use crate::fetch::fetch;
use crate::filters::use_filters;
use crate::href;
use crate::memo::memo;
use crate::text::units;
use api::{Category, rpc};
use leptos::prelude::*;

/// Every category with its totals.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let categories = fetch(|| (), |()| rpc::list_categories());
    view! {
        <PageHead title="Categories" />
        <Loaded from=categories let:categories>
            <When is=move || !categories.with(Vec::is_empty) fallback=NoCategories>
                <CategoryTable categories />
            </When>
        </Loaded>
    }
}

#[component]
fn NoCategories() -> impl IntoView {
    view! {
        <Empty title="No categories yet">
            <p>"A category exists while an item bears its name. Create an item and name one."</p>
            <a class="button button--primary" href="/items">
                "Go to items"
            </a>
        </Empty>
    }
}

const BY_NAME: [(&str, &str); 2] = [("name", "ascending"), ("nameDesc", "descending")];
const BY_ITEMS: [(&str, &str); 2] = [("items", "descending"), ("itemsAsc", "ascending")];
const BY_AVAILABLE: [(&str, &str); 2] = [("available", "descending"), ("availableAsc", "ascending")];
const BY_BLOCKED: [(&str, &str); 2] = [("blocked", "descending"), ("blockedAsc", "ascending")];

fn sorted(mut categories: Vec<Category>, by: Option<String>) -> Vec<Category> {
    let figure: fn(&Category) -> i64 = match by.as_deref() {
        Some("nameDesc") => {
            categories.reverse();
            return categories;
        }
        Some("items") => |category| -category.items,
        Some("itemsAsc") => |category| category.items,
        Some("available") => |category| -category.units_available,
        Some("availableAsc") => |category| category.units_available,
        Some("blocked") => |category| -category.units_blocked,
        Some("blockedAsc") => |category| category.units_blocked,
        _ => return categories,
    };
    categories.sort_by_key(figure);
    categories
}

#[component]
fn CategoryTable(categories: Signal<Vec<Category>>) -> impl IntoView {
    let filters = use_filters();
    let rows = move || sorted(categories.get(), filters.get("sort"));
    let largest = memo(move || {
        categories.with(|all| all.iter().map(|category| category.units_available).max().unwrap_or_default())
    });
    let total = move |part: fn(&Category) -> i64| {
        move || units(categories.with(|all| all.iter().map(part).sum::<i64>()))
    };
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Categories with their totals"</caption>
                <thead>
                    <tr>
                        <SortHead label="Category" default="name" orders=&BY_NAME />
                        <SortHead label="Items" default="name" orders=&BY_ITEMS figures=true />
                        <SortHead label="Available" default="name" orders=&BY_AVAILABLE figures=true />
                        <th scope="col" class="table__bar">
                            <span class="visually-hidden">"Share"</span>
                        </th>
                        <SortHead label="Blocked" default="name" orders=&BY_BLOCKED figures=true />
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=rows
                        key=|row| (row.category.clone(), row.items, row.units_available, row.units_blocked)
                        children=move |category| view! { <CategoryRow category largest /> }
                    />
                </tbody>
                <tfoot>
                    <tr>
                        <th scope="row">"All categories"</th>
                        <td class="figure">{total(|category| category.items)}</td>
                        <td class="figure">{total(|category| category.units_available)}</td>
                        <td class="table__bar"></td>
                        <td class="figure">{total(|category| category.units_blocked)}</td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

#[component]
fn CategoryRow(category: Category, largest: Memo<i64>) -> impl IntoView {
    let href = href::category(&category.category);
    view! {
        <tr>
            <th scope="row" class="table__lead"><a href=href>{category.category}</a></th>
            <td class="figure">{units(category.items)}</td>
            <td class="figure">{units(category.units_available)}</td>
            <td class="table__bar"><Bar value=category.units_available max=largest /></td>
            <td class="figure">{units(category.units_blocked)}</td>
        </tr>
    }
}
