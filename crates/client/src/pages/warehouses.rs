use crate::action::Action;
use crate::components::cell::{Cell, Row};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, TextField};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::search_field::SearchField;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::toast::Toasts;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::href;
use crate::memo::{boxed, derived};
use crate::search_text::{has_words, lowercase};
use crate::sorting::sorted_by_key;
use crate::texts;
use crate::url_state::{UrlState, use_url_state};
use api::{Warehouse, WarehouseForm, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use std::cmp::Reverse;

/// The list of warehouses, and the form to add one.
#[component]
pub fn WarehousesPage() -> impl IntoView {
    let url = use_url_state();
    let adding = url.dialog("add");
    let warehouses = fetch(RefetchOn::Stock, || (), |()| rpc::list_warehouses());
    view! {
        <PageHead title=texts::warehouses()>
            <a class="button" href="/archive" rel="external">
                {texts::archive_page()}
            </a>
            <a class="button" href="/api/stock.csv" rel="external" download="">
                {texts::download_stock()}
            </a>
            <a class="button button--primary" href=boxed(move || url.href(&[("do", "add")]))>
                {Icon::Plus.view()}
                {texts::add_warehouse()}
            </a>
        </PageHead>
        <form class="toolbar" method="get" role="search" on:submit=on_submit(|event| event.prevent_default())>
            <SearchField label=texts::search_warehouses() />
        </form>
        <Loaded from=warehouses lines=4 let:warehouses>
            <WarehouseTable warehouses url />
        </Loaded>
        <Dialog id="add-warehouse" title=texts::add_warehouse() open=adding>
            <AddForm open=adding />
        </Dialog>
    }
}

const COLUMNS: [Column; 4] = [
    Column::of(ColumnKind::RowHeader, "", texts::code)
        .sorted(&[("", "ascending"), ("codeDesc", "descending")]),
    Column::text("name", texts::name).sorted(&[("name", "ascending"), ("nameDesc", "descending")]),
    Column::of(ColumnKind::Figure, "", texts::available)
        .sorted(&[("available", "descending"), ("availableAsc", "ascending")]),
    Column::of(ColumnKind::Bar, "share", texts::share),
];

#[component]
fn WarehouseTable(warehouses: Data<Vec<Warehouse>>, url: UrlState) -> impl IntoView {
    let rows = move || {
        let mut all = sorted(warehouses.get(), url.get("sort"));
        if let Some(words) = url.get("q") {
            all.retain(|one| has_words(&format!("{} {}", one.code, one.name), &words));
        }
        let max = all.iter().map(|warehouse| warehouse.units_available).max().unwrap_or_default();
        all.into_iter().map(|warehouse| row(warehouse, max)).collect::<Vec<_>>()
    };
    view! {
        <Table name="warehouses" caption=texts::warehouses() columns=&COLUMNS rows=derived(rows) />
    }
}

/// Sorts warehouses, which come by code.
fn sorted(mut warehouses: Vec<Warehouse>, by: Option<String>) -> Vec<Warehouse> {
    match by.as_deref() {
        Some("codeDesc") => warehouses.reverse(),
        Some("name") => return sorted_by_key(warehouses, |one| lowercase(&one.name)),
        Some("nameDesc") => return sorted_by_key(warehouses, |one| Reverse(lowercase(&one.name))),
        Some("available") => return sorted_by_key(warehouses, |one| -one.units_available),
        Some("availableAsc") => return sorted_by_key(warehouses, |one| one.units_available),
        _ => {}
    }
    warehouses
}

fn row(warehouse: Warehouse, max: i64) -> Row {
    let note = if warehouse.is_default { texts::is_default() } else { "" };
    let cells = vec![
        Cell::RowHeader { text: warehouse.code, href: href::warehouse(warehouse.id), note: note.to_owned() },
        Cell::Text(warehouse.name),
        Cell::figure(warehouse.units_available),
        Cell::Bar { parts: [warehouse.units_available, 0, 0], max },
    ];
    Row { id: warehouse.id, cells }
}

#[component]
fn AddForm(open: RwSignal<bool>) -> impl IntoView {
    let toasts = Toasts::expect();
    let [code, name, priority, latitude, longitude] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let add = Action::new(rpc::create_warehouse, move |warehouse: Warehouse| {
        open.try_set(false);
        toasts.done(texts::warehouse_added(&warehouse.code));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // The form is not submitted while a text does not match its pattern.
        add.run(WarehouseForm {
            code: code.get_untracked(),
            name: name.get_untracked(),
            priority: priority.with_untracked(|text| text.trim().parse().ok()),
            latitude: Some(latitude.get_untracked()),
            longitude: Some(longitude.get_untracked()),
        });
    };
    let problem = add.problem();
    view! {
        <form class="form" method="post" action="/forms/create_warehouse?in=warehouse" on:submit=on_submit(submit)>
            <TextField
                id="warehouse-code"
                name="code"
                label=texts::code()
                value=code
                required=true
                autofocus=true
                max_length=32
                hint=texts::warehouse_code_hint()
                problem
            />
            <TextField
                id="warehouse-name"
                name="name"
                label=texts::name()
                value=name
                required=true
                max_length=255
                problem
            />
            <TextField
                id="warehouse-priority"
                name="priority"
                label=texts::priority()
                value=priority
                kind=FieldKind::Signed
                hint=texts::priority_hint()
                problem
            />
            <TextField
                id="warehouse-latitude"
                name="latitude"
                label=texts::latitude()
                value=latitude
                kind=FieldKind::Degrees
                hint=texts::latitude_hint()
                problem
            />
            <TextField
                id="warehouse-longitude"
                name="longitude"
                label=texts::longitude()
                value=longitude
                kind=FieldKind::Degrees
                problem
            />
            <ProblemAlert problem />
            <DialogFoot action=add label=texts::add_warehouse() />
        </form>
    }
}
