use crate::components::cell::{Cell, NoScript};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::money_cents;
use crate::hashing::hash_of;
use crate::href;
use crate::memo::derived;
use crate::pages::category::rename_dialog::RenameDialog;
use crate::url_state::{DIALOG, use_url_state};
use api::{Category, rpc};
use leptos::prelude::*;

/// The list of all categories with their totals.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let categories = fetch(RefetchOn::Stock, || (), |()| rpc::list_categories());
    view! {
        <PageHead title="Categories" />
        <Loaded from=categories let:categories>
            <Show when=move || !categories.with(Vec::is_empty) fallback=NoCategories>
                <CategoryTable categories />
            </Show>
        </Loaded>
    }
}

#[component]
fn NoCategories() -> impl IntoView {
    view! {
        <EmptyState title="No categories yet">
            <p>"A category exists while an item has it. Create an item with a category."</p>
            <a class="button button--primary" href="/items?do=create">
                "Create an item"
            </a>
        </EmptyState>
    }
}

const COLUMNS: [Column; 7] = [
    Column::of(ColumnKind::RowHeader, "", "Category")
        .sorted(&[("name", "ascending"), ("nameDesc", "descending")]),
    Column::of(ColumnKind::Figure, "items", "Items")
        .sorted(&[("items", "descending"), ("itemsAsc", "ascending")]),
    Column::of(ColumnKind::Figure, "", "Available")
        .sorted(&[("available", "descending"), ("availableAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", "Share").minor(),
    Column::of(ColumnKind::Figure, "blocked", "Blocked")
        .sorted(&[("blocked", "descending"), ("blockedAsc", "ascending")]),
    Column::of(ColumnKind::Figure, "value", "Value")
        .sorted(&[("value", "descending"), ("valueAsc", "ascending")]),
    Column::of(ColumnKind::Actions, "", "Actions"),
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
    let url = use_url_state();
    let renaming = url.dialog("rename");
    let named = derived(move || url.dialog_target());
    let rows = move || {
        let all = sorted(categories.get(), url.get("sort"));
        let max = all.iter().map(|category| category.units_available + category.units_blocked).max();
        let max = max.unwrap_or_default();
        all.into_iter().map(|category| row(category, max)).collect::<Vec<_>>()
    };
    let foot = move || {
        categories.with(|all| {
            let sum = |part: fn(&Category) -> i64| Cell::figure(all.iter().map(part).sum::<i64>());
            let cents = all.iter().map(|category| money_cents(&category.value)).sum::<i128>();
            vec![
                Cell::RowHeader {
                    text: "All categories".to_owned(),
                    href: String::new(),
                    note: String::new(),
                },
                sum(|category| category.items),
                sum(|category| category.units_available),
                Cell::None,
                sum(|category| category.units_blocked),
                Cell::Money(format!("{}.{:02}", cents / 100, cents % 100)),
                Cell::None,
            ]
        })
    };
    let on_action = Callback::new(move |(id, _): (i64, &'static str)| {
        let name = categories.with_untracked(|all| {
            all.iter().find(|category| identity(&category.category) == id).map(|one| one.category.clone())
        });
        url.set_params(&[(DIALOG, &format!("rename.{}", name.unwrap_or_default()))], false);
    });
    view! {
        <Table
            name="categories"
            caption="Categories with their totals"
            columns=&COLUMNS
            rows=derived(rows)
            default_sort="name"
            foot=derived(foot)
            on_action
        />
        <RenameDialog open=renaming category=named />
    }
}

/// Returns a numeric id for a category, which has none: the hash of its name.
fn identity(name: &str) -> i64 {
    hash_of(&name).cast_signed()
}

fn row(category: Category, max: i64) -> Row {
    let name = category.category;
    Row {
        id: identity(&name),
        cells: vec![
            Cell::row_header(name.as_str(), href::category(&name)),
            Cell::figure(category.items),
            Cell::stock(category.units_available),
            Cell::Bar { parts: [category.units_available, category.units_blocked, 0], max },
            Cell::figure(category.units_blocked),
            Cell::Money(category.value),
            Cell::Buttons {
                verbs: &["Rename"],
                about: name.clone(),
                id: name,
                no_script: NoScript::OpenDialog(&["rename"]),
            },
        ],
    }
}
