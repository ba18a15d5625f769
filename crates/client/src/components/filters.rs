//! The filters of the list of items.

use crate::components::field::Select;
use crate::components::warehouse_field::warehouse_options;
use crate::fetch::Fetched;
use crate::memo::derived;
use crate::texts;
use crate::url_state::UrlState;
use api::{Category, LOW_BY_THRESHOLD, Warehouse};
use leptos::prelude::*;

/// A filter with a list of values.
#[component]
fn Filter(
    label: &'static str,
    name: &'static str,
    url: UrlState,
    /// The values and their names, without the option for no filter.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    all: &'static str,
) -> impl IntoView {
    let chosen = derived(move || url.get(name).unwrap_or_default());
    let options = move || {
        let mut offered = vec![(String::new(), all.to_owned())];
        offered.extend(options.get());
        // The address may name a value that no longer exists. The filter shows it all the same.
        let chosen = chosen.get();
        if !offered.iter().any(|(key, _)| *key == chosen) {
            offered.push((chosen.clone(), chosen));
        }
        offered
    };
    view! {
        <label class="toolbar__filter">
            <span class="visually-hidden">{label}</span>
            <Select
                name
                value=chosen
                options=derived(options)
                on_select=move |choice: String| url.set_params(&[(name, &choice)], false)
            />
        </label>
    }
}

/// The filter by category.
#[component]
pub fn CategoryFilter(categories: Fetched<Vec<Category>>, url: UrlState) -> impl IntoView {
    let options = move || {
        let known = categories.get().and_then(Result::ok).unwrap_or_default();
        known.into_iter().map(|category| (category.category.clone(), category.category)).collect()
    };
    view! {
        <Filter
            label=texts::category()
            name="category"
            url
            options=derived(options)
            all=texts::all_categories()
        />
    }
}

/// The filter by warehouse.
#[component]
pub fn WarehouseFilter(warehouses: Fetched<Vec<Warehouse>>, url: UrlState) -> impl IntoView {
    let options = move || warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default());
    view! {
        <Filter
            label=texts::warehouse()
            name="warehouse"
            url
            options=derived(options)
            all=texts::all_warehouses()
        />
    }
}

/// The filter by stock.
#[component]
pub fn LowFilter(url: UrlState) -> impl IntoView {
    let mut options = vec![
        (LOW_BY_THRESHOLD.to_owned(), texts::running_low().to_owned()),
        ("0".to_owned(), texts::sold_out().to_owned()),
    ];
    options.extend([5, 10, 50].map(|units| (units.to_string(), texts::or_fewer(units))));
    view! {
        <Filter label=texts::stock() name="low" url options=Signal::stored(options) all=texts::any_stock() />
    }
}
