use crate::components::cell::{Cell, Plain};
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::when::When;
use crate::fetch::{About, Data, fetch, fingerprint};
use crate::filters::{DEED, use_filters};
use crate::href;
use crate::memo::derived;
use crate::pages::category::rename::RenameDialog;
use crate::text::money_cents;
use api::{Category, rpc};
use leptos::prelude::*;

/// Every category with its totals.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let categories = fetch(About::Stock, || (), |()| rpc::list_categories());
    view! {
        <PageHead title="Categories" />
        <Loaded from=categories let:categories>
            <When is=move || !categories.look(Vec::is_empty) fallback=NoCategories>
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
            <a class="button button--primary" href="/items?do=create">
                "Create an item"
            </a>
        </Empty>
    }
}

const COLUMNS: [Column; 7] = [
    Column::of(Kind::Lead, "", "Category").sorted(&[("name", "ascending"), ("nameDesc", "descending")]),
    Column::of(Kind::Figure, "items", "Items").sorted(&[("items", "descending"), ("itemsAsc", "ascending")]),
    Column::of(Kind::Figure, "", "Available")
        .sorted(&[("available", "descending"), ("availableAsc", "ascending")]),
    Column::of(Kind::Bar, "share", "Share").minor(),
    Column::of(Kind::Figure, "blocked", "Blocked")
        .sorted(&[("blocked", "descending"), ("blockedAsc", "ascending")]),
    Column::of(Kind::Figure, "value", "Value").sorted(&[("value", "descending"), ("valueAsc", "ascending")]),
    Column::of(Kind::Actions, "", "Actions"),
];

fn sorted(mut categories: Vec<Category>, by: Option<String>) -> Vec<Category> {
    let figure: fn(&Category) -> i128 = match by.as_deref() {
        Some("nameDesc") => {
            categories.reverse();
            return categories;
        }
        Some("items") => |category| -i128::from(category.items),
        Some("itemsAsc") => |category| category.items.into(),
        Some("available") => |category| -i128::from(category.units_available),
        Some("availableAsc") => |category| category.units_available.into(),
        Some("blocked") => |category| -i128::from(category.units_blocked),
        Some("blockedAsc") => |category| category.units_blocked.into(),
        Some("value") => |category| -money_cents(&category.value),
        Some("valueAsc") => |category| money_cents(&category.value),
        _ => return categories,
    };
    categories.sort_by_key(figure);
    categories
}

#[component]
fn CategoryTable(categories: Data<Vec<Category>>) -> impl IntoView {
    let filters = use_filters();
    let renaming = filters.deed("rename");
    let named = derived(move || filters.deed_to());
    let rows = move || {
        let all = sorted(categories.get(), filters.get("sort"));
        let max = all.iter().map(|category| category.units_available + category.units_blocked).max();
        let max = max.unwrap_or_default();
        all.into_iter().map(|category| row(category, max)).collect::<Vec<_>>()
    };
    let foot = move || {
        categories.look(|all| {
            let sum = |part: fn(&Category) -> i64| Cell::figure(all.iter().map(part).sum::<i64>());
            let cents = all.iter().map(|category| money_cents(&category.value)).sum::<i128>();
            vec![
                Cell::Lead { text: "All categories".to_owned(), href: String::new(), note: String::new() },
                sum(|category| category.items),
                sum(|category| category.units_available),
                Cell::None,
                sum(|category| category.units_blocked),
                Cell::Money(format!("{}.{:02}", cents / 100, cents % 100)),
                Cell::None,
            ]
        })
    };
    let act = Callback::new(move |(id, _): (i64, &'static str)| {
        let name = categories.glance(|all| {
            all.iter().find(|category| identity(&category.category) == id).map(|one| one.category.clone())
        });
        filters.go(&[(DEED, &format!("rename.{}", name.unwrap_or_default()))], false);
    });
    view! {
        <Table
            name="categories"
            caption="Categories with their totals"
            columns=&COLUMNS
            rows=derived(rows)
            default_sort="name"
            foot=derived(foot)
            act
        />
        <RenameDialog open=renaming category=named />
    }
}

/// A category has no number: its name stands for it.
fn identity(name: &str) -> i64 {
    fingerprint(&name).cast_signed()
}

fn row(category: Category, max: i64) -> Row {
    let name = category.category;
    Row {
        id: identity(&name),
        cells: vec![
            Cell::lead(name.as_str(), href::category(&name)),
            Cell::figure(category.items),
            Cell::stock(category.units_available),
            Cell::Bar { parts: [category.units_available, category.units_blocked, 0], max },
            Cell::figure(category.units_blocked),
            Cell::Money(category.value),
            Cell::Buttons {
                verbs: &["Rename"],
                about: name.clone(),
                id: name,
                plain: Plain::Open(&["rename"]),
            },
        ],
    }
}
