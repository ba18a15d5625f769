use crate::components::cell::{Cell, NoScript, Row, Verb};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::rename_dialog::RenameDialog;
use crate::components::search_field::SearchField;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::money_cents;
use crate::hashing::hash_of;
use crate::href;
use crate::memo::derived;
use crate::search_text::has_words;
use crate::sorting::sorted_by_key;
use crate::texts;
use crate::url_state::{DIALOG, use_url_state};
use api::{Category, rpc};
use leptos::prelude::*;

/// The list of all categories with their totals.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let categories = fetch(RefetchOn::Stock, || (), |()| rpc::list_categories());
    view! {
        <PageHead title=texts::nav_categories() />
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label=texts::search_categories() />
        </form>
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
        <EmptyState title=texts::no_categories()>
            <p>{texts::no_categories_about()}</p>
            <a class="button button--primary" href="/items?do=create">
                {texts::create_an_item()}
            </a>
        </EmptyState>
    }
}

const COLUMNS: [Column; 7] = [
    Column::of(ColumnKind::RowHeader, "", texts::category)
        .sorted(&[("name", "ascending"), ("nameDesc", "descending")]),
    Column::of(ColumnKind::Figure, "items", texts::items)
        .sorted(&[("items", "descending"), ("itemsAsc", "ascending")]),
    Column::of(ColumnKind::Figure, "", texts::available)
        .sorted(&[("available", "descending"), ("availableAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", texts::share).minor(),
    Column::of(ColumnKind::Figure, "blocked", texts::held)
        .sorted(&[("blocked", "descending"), ("blockedAsc", "ascending")]),
    Column::of(ColumnKind::Figure, "value", texts::value)
        .sorted(&[("value", "descending"), ("valueAsc", "ascending")]),
    Column::of(ColumnKind::Actions, "", texts::actions),
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
    sorted_by_key(categories, figure)
}

#[component]
fn CategoryTable(categories: Data<Vec<Category>>) -> impl IntoView {
    let url = use_url_state();
    let renaming = url.dialog("rename");
    let named = derived(move || url.dialog_target());
    let rows = move || {
        let mut all = sorted(categories.get(), url.get("sort"));
        if let Some(words) = url.get("q") {
            all.retain(|category| has_words(&category.category, &words));
        }
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
                    text: texts::all_categories().to_owned(),
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
    let on_action = Callback::new(move |(id, _): (i64, Verb)| {
        let name = categories.with_untracked(|all| {
            all.iter().find(|category| identity(&category.category) == id).map(|one| one.category.clone())
        });
        url.set_params(&[(DIALOG, &format!("rename.{}", name.unwrap_or_default()))], false);
    });
    view! {
        <Table
            name="categories"
            caption=texts::categories_caption()
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
                verbs: &[Verb::Rename],
                about: name.clone(),
                id: name,
                no_script: NoScript::OpenDialog(&["rename"]),
            },
        ],
    }
}
