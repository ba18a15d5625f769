use crate::action::Action;
use crate::components::cell::Cell;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::toast::Toasts;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::href;
use crate::memo::derived;
use crate::url_state::use_url_state;
use api::{CreateWarehouse, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The list of warehouses, and the form to add one.
#[component]
pub fn WarehousesPage() -> impl IntoView {
    let url = use_url_state();
    let adding = url.dialog("add");
    let warehouses = fetch(RefetchOn::Stock, || (), |()| rpc::list_warehouses());
    view! {
        <PageHead title="Warehouses">
            <a class="button" href="/archive" rel="external">
                "Archive"
            </a>
            <a class="button" href="/api/stock.csv" rel="external" download="">
                "Download stock"
            </a>
            <a class="button button--primary" href=move || url.href(&[("do", "add")])>
                {Icon::Plus.view()}
                "Add warehouse"
            </a>
        </PageHead>
        <Loaded from=warehouses lines=4 let:warehouses>
            <WarehouseTable warehouses />
        </Loaded>
        <Dialog id="add-warehouse" title="Add warehouse" open=adding>
            <AddForm open=adding />
        </Dialog>
    }
}

const COLUMNS: [Column; 4] = [
    Column::of(ColumnKind::RowHeader, "", "Code"),
    Column::text("name", "Name"),
    Column::of(ColumnKind::Figure, "", "Available"),
    Column::of(ColumnKind::Bar, "share", "Share"),
];

#[component]
fn WarehouseTable(warehouses: Data<Vec<Warehouse>>) -> impl IntoView {
    let rows = move || {
        let all = warehouses.get();
        let max = all.iter().map(|warehouse| warehouse.units_available).max().unwrap_or_default();
        all.into_iter().map(|warehouse| row(warehouse, max)).collect::<Vec<_>>()
    };
    view! {
        <Table name="warehouses" caption="Warehouses" columns=&COLUMNS rows=derived(rows) />
    }
}

fn row(warehouse: Warehouse, max: i64) -> Row {
    let note = if warehouse.is_default { "default warehouse" } else { "" };
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
    let (code, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let add = Action::new(rpc::create_warehouse, move |warehouse: Warehouse| {
        open.try_set(false);
        toasts.done(format!("Warehouse {} is added.", warehouse.code));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        add.run(CreateWarehouse { code: code.get_untracked(), name: name.get_untracked() });
    };
    let problem = add.problem();
    view! {
        <form class="form" method="post" action="/forms/create_warehouse?in=warehouse" on:submit=on_submit(submit)>
            <TextField
                id="warehouse-code"
                name="code"
                label="Code"
                value=code
                required=true
                autofocus=true
                max_length=32
                hint="Short and unique, such as BER-1."
                problem
            />
            <TextField
                id="warehouse-name"
                name="name"
                label="Name"
                value=name
                required=true
                max_length=255
                problem
            />
            <ProblemAlert problem />
            <DialogFoot open action=add label="Add warehouse" />
        </form>
    }
}
