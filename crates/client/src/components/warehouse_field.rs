use crate::components::field::SelectField;
use crate::fetch::Fetched;
use crate::memo::{derived, effect};
use api::Warehouse;
use leptos::prelude::*;

/// A choice between the warehouses. The default warehouse is preselected.
#[component]
pub fn WarehouseField(
    /// The id of the select, unique on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The id of the chosen warehouse.
    value: RwSignal<String>,
    /// The warehouses.
    warehouses: Fetched<Vec<Warehouse>>,
) -> impl IntoView {
    let options =
        derived(move || warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default()));
    effect(move |_| {
        let unset = value.with(String::is_empty);
        let default = options.with(|options| options.first().map(|(id, _)| id.clone()));
        if let (true, Some(default)) = (unset, default) {
            value.set(default);
        }
    });
    view! {
        <Suspense>
            <SelectField id name="warehouseId" label value options />
        </Suspense>
    }
}

/// Returns the warehouses as the options of a select: the default one first, then the others by code.
pub fn warehouse_options(warehouses: Vec<Warehouse>) -> Vec<(String, String)> {
    let (default, others): (Vec<_>, Vec<_>) =
        warehouses.into_iter().partition(|warehouse| warehouse.is_default);
    let option =
        |warehouse: Warehouse| (warehouse.id.to_string(), format!("{} · {}", warehouse.code, warehouse.name));
    default.into_iter().chain(others).map(option).collect()
}
