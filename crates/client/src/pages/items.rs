//! The list of items.

use crate::action::Action;
use crate::components::bulk_panel::{BulkPanel, BulkVerb, show_outcomes};
use crate::components::cell::{Cell, Row};
use crate::components::empty_state::EmptyState;
use crate::components::field::{FieldKind, TextField};
use crate::components::filters::{CategoryFilter, LowFilter, WarehouseFilter};
use crate::components::icon::Icon;
use crate::components::item_form::CreateDialog;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::{ListFoot, Pager};
use crate::components::search_field::SearchField;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::toast::Toasts;
use crate::components::view_options::ViewOptions;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::fragments;
use crate::href;
use crate::live_updates::LiveUpdates;
use crate::memo::{boxed, derived, memo};
use crate::permissions::is_forbidden;
use crate::saved_views::{ViewTabs, fetch_views};
use crate::scroll::restore;
use crate::selection::Selection;
use crate::texts;
use crate::url_state::{AFTER, UrlState, use_url_state};
use api::{ActOnItems, BulkOutcome, Item, ItemAction, ItemSort, LOW_BY_THRESHOLD, Page, Problem, rpc};
use leptos::prelude::*;

/// The columns of the table of items.
const COLUMNS: [Column; 7] = [
    Column::of(ColumnKind::RowHeader, "", texts::item)
        .sorted(&[("name", "ascending"), ("nameDesc", "descending")]),
    Column::text("category", texts::category).minor(),
    Column::of(ColumnKind::Figure, "", texts::available)
        .sorted(&[("quantityDesc", "descending"), ("quantityAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", texts::share),
    Column::of(ColumnKind::Figure, "price", texts::item_price),
    Column::text("changed", texts::changed).minor(),
    Column::text("added", texts::item_added).minor().sorted(&[("idDesc", "descending"), ("id", "ascending")]),
];

/// The columns with the units of one warehouse. No index has the items of a warehouse in the order of their units.
const WAREHOUSE_COLUMNS: [Column; 7] = [
    COLUMNS[0],
    COLUMNS[1],
    Column::of(ColumnKind::Figure, "", texts::available_here_label),
    COLUMNS[3],
    COLUMNS[4],
    COLUMNS[5],
    COLUMNS[6],
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
    let live = LiveUpdates::expect();
    let views = fetch_views();
    let filter = move || {
        let [q, category, _, low] = NARROWING.map(|name| url.get(name));
        (category, q, url.parse::<i64>("warehouse"), low)
    };
    let items = fetch(
        RefetchOn::Catalog,
        move || {
            // A live update has the units of all warehouses together, so the units of one warehouse are fetched again.
            let version = url.get("warehouse").map(|_| live.stock());
            (filter(), sort(url), url.page_size(), url.get(AFTER), version)
        },
        |((category, q, warehouse, low), sort, size, after, _)| {
            rpc::list_items(category, q, warehouse, low, Some(sort), Some(size), after)
        },
    );
    let total = fetch(RefetchOn::Catalog, filter, |(category, q, warehouse, low)| {
        fragments::count_items(category, q, warehouse, low)
    });
    restore();
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
        <PageHead title=texts::items()>
            <ViewOptions table="items" columns=&COLUMNS url views csv=derived(csv) />
            <a class="button" href="/imports" rel="external">
                {texts::import()}
            </a>
            <a class="button button--primary" href=boxed(move || url.href(&[("do", "create")]))>
                {Icon::Plus.view()}
                {texts::new_item()}
            </a>
        </PageHead>
        <ViewTabs views list="items" url />
        // Without JavaScript this form loads the filtered page.
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label=texts::search_items() />
            <CategoryFilter categories url />
            <WarehouseFilter warehouses url />
            <LowFilter url />
            <noscript>
                <button class="button">{texts::apply()}</button>
            </noscript>
        </form>
        <Loaded from=items lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=move || view! { <NoItems url /> }
            >
                <ItemList page url />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
            <ListFoot total=derived(move || total.get()) />
        </Loaded>
        <CreateDialog open=creating categories warehouses />
    }
}

fn sort(url: UrlState) -> ItemSort {
    let is_whole = url.get("warehouse").is_none();
    match url.get("sort").as_deref() {
        Some("name") => ItemSort::Name,
        Some("nameDesc") => ItemSort::NameDesc,
        Some("idDesc") => ItemSort::IdDesc,
        Some("quantityDesc") if is_whole => ItemSort::QuantityDesc,
        Some("quantityAsc") if is_whole => ItemSort::QuantityAsc,
        _ => ItemSort::Id,
    }
}

#[component]
fn NoItems(url: UrlState) -> impl IntoView {
    let filtered = move || NARROWING.iter().any(|name| url.get(name).is_some());
    move || {
        if filtered() {
            let clear = url.href(&NARROWING.map(|name| (name, "")));
            view! {
                <EmptyState title=texts::no_item_matches()>
                    <p>{texts::no_item_matches_about()}</p>
                    <a class="button button--primary" href=clear>
                        {texts::clear_filters()}
                    </a>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState title=texts::no_items()>
                    <p>{texts::no_items_about()}</p>
                    <a class="button button--primary" href=url.href(&[("do", "create")])>
                        {texts::create_first_item()}
                    </a>
                </EmptyState>
            }
            .into_any()
        }
    }
}

fn count_text(count: i64) -> String {
    texts::items_count(count)
}

/// The actions on the selected items.
const VERBS: [BulkVerb; 3] = [
    BulkVerb { label: texts::change_category, done: texts::done_changed },
    BulkVerb { label: texts::change_threshold, done: texts::done_changed },
    BulkVerb { label: texts::archive, done: texts::done_archived },
];

/// The fields of the bulk action at this place of [`VERBS`].
fn action_fields(at: usize, value: RwSignal<String>) -> AnyView {
    match at {
        0 => view! {
            <TextField id="bulk-category" name="value" label=texts::new_category() value autofocus=true />
        }
        .into_any(),
        1 => view! {
            <TextField
                id="bulk-threshold"
                name="value"
                label=texts::new_threshold()
                value
                kind=FieldKind::Units
                autofocus=true
            />
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// The table of items, with the actions on the selected ones.
#[component]
fn ItemList(page: Data<Page<Item>>, url: UrlState) -> impl IntoView {
    if is_forbidden("edit") {
        return view! { <ItemTable page url /> }.into_any();
    }
    let (selection, toasts) = (Selection::of(url), Toasts::expect());
    let open = RwSignal::new(false);
    let value = RwSignal::new(String::new());
    let act = Action::new(
        move |(at, ids): (usize, Vec<i64>)| {
            let action = [ItemAction::Category, ItemAction::LowStock, ItemAction::Archive][at].clone();
            let value = value.get_untracked();
            async move {
                let outcomes = rpc::act_on_items(ActOnItems { action, ids, value }).await?;
                Ok::<_, Problem>((at, outcomes))
            }
        },
        move |(at, outcomes): (usize, Vec<BulkOutcome>)| {
            open.try_set(false);
            value.try_set(String::new());
            selection.clear();
            show_outcomes(toasts, outcomes, count_text, (VERBS[at].done)());
        },
    );
    let fields = Callback::new(move |at: usize| {
        value.set(String::new());
        action_fields(at, value)
    });
    let rows = derived(move || page.with(|page| page.items.iter().map(|item| item.id).collect()));
    view! {
        <BulkPanel selection rows rows_text=count_text verbs=&VERBS action=act open fields />
        <ItemTable page url selection />
    }
    .into_any()
}

#[component]
fn ItemTable(
    page: Data<Page<Item>>,
    url: UrlState,
    #[prop(optional)] selection: Option<Selection>,
) -> impl IntoView {
    let live = LiveUpdates::expect();
    let is_whole = memo(move || url.get("warehouse").is_none());
    let rows = derived(move || {
        let mut items = page.get().items;
        if is_whole.get() {
            // Live updates since the last fetch are shown at once.
            for item in &mut items {
                item.quantity = live.quantity(item.id, item.quantity);
            }
        }
        let max = items.iter().map(|item| i64::from(item.quantity)).max().unwrap_or_default();
        items.into_iter().map(|item| row(item, max)).collect::<Vec<_>>()
    });
    move || {
        let columns = if is_whole.get() { &COLUMNS } else { &WAREHOUSE_COLUMNS };
        match selection {
            Some(selection) => {
                view! { <Table name="items" caption=texts::items() columns rows default_sort="id" selection /> }
                    .into_any()
            }
            None => {
                view! { <Table name="items" caption=texts::items() columns rows default_sort="id" /> }.into_any()
            }
        }
    }
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
        Cell::RelativeTime(item.created_at),
    ];
    Row { id: item.id, cells }
}
