use crate::act::Act;
use crate::components::bar::Bar;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::Refusal;
use crate::components::rows::Rows;
use crate::components::toast::Toasts;
use crate::fetch::fetch;
use crate::memo::memo;
use crate::text::units;
use api::{CreateWarehouse, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The warehouses, and a way to add one.
#[component]
pub fn WarehousesPage() -> impl IntoView {
    let adding = RwSignal::new(false);
    let warehouses = fetch(|| (), |()| rpc::list_warehouses());
    view! {
        <PageHead title="Warehouses">
            <button class="button button--primary" type="button" on:click=move |_| adding.set(true)>
                {Icon::Plus.view()}
                "Add warehouse"
            </button>
        </PageHead>
        <Loaded from=warehouses lines=4 let:warehouses>
            <WarehouseTable warehouses />
        </Loaded>
        <Dialog id="add-warehouse" title="Add warehouse" open=adding>
            <AddForm open=adding />
        </Dialog>
    }
}

#[component]
fn WarehouseTable(warehouses: Signal<Vec<Warehouse>>) -> impl IntoView {
    let largest = memo(move || {
        warehouses.with(|all| all.iter().map(|warehouse| warehouse.units_available).max().unwrap_or_default())
    });
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Warehouses"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Code"</th>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="figure">"Available"</th>
                        <th scope="col" class="table__bar"><span class="visually-hidden">"Share"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || warehouses.get()
                        key=|warehouse| (warehouse.id, warehouse.units_available, warehouse.is_default)
                        children=move |warehouse| view! { <WarehouseRow warehouse largest /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn WarehouseRow(warehouse: Warehouse, largest: Memo<i64>) -> impl IntoView {
    let default = warehouse.is_default.then(|| {
        let takes = "Takes first stock for which no warehouse is named";
        view! { " " <span class="badge" title=takes>"Default"</span> }
    });
    view! {
        <tr>
            <th scope="row" class="table__lead">{warehouse.code} {default}</th>
            <td>{warehouse.name}</td>
            <td class="figure">{units(warehouse.units_available)}</td>
            <td class="table__bar"><Bar value=warehouse.units_available max=largest /></td>
        </tr>
    }
}

#[component]
fn AddForm(open: RwSignal<bool>) -> impl IntoView {
    let toasts = Toasts::expect();
    let (code, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let add = Act::new(rpc::create_warehouse, move |warehouse: Warehouse| {
        open.try_set(false);
        toasts.done(format!("Warehouse {} is added.", warehouse.code));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        add.run(CreateWarehouse { code: code.get_untracked(), name: name.get_untracked() });
    };
    let problem = add.refused();
    view! {
        <form class="form" on:submit=submit>
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
            <Refusal problem />
            <DialogFoot open act=add label="Add warehouse" />
        </form>
    }
}
