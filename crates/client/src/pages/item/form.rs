use crate::act::Act;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{Kind, SelectField, TextArea, TextField};
use crate::components::problem::Refusal;
use crate::components::toast::Toasts;
use crate::fetch::{About, Changes, Data, Fetched, fetch};
use crate::href;
use crate::memo::{Look, derived};
use crate::on::on_submit;
use crate::text::count;
use api::{Category, CreateItem, Item, Problem, UpdateItem, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What describes an item, as it is typed.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    price: RwSignal<String>,
    category: RwSignal<String>,
    description: RwSignal<String>,
}

impl Draft {
    fn of(item: Option<&Item>) -> Self {
        let text = |part: fn(&Item) -> Option<String>| RwSignal::new(item.and_then(part).unwrap_or_default());
        Self {
            name: text(|item| Some(item.name.clone())),
            price: text(|item| Some(item.price.clone())),
            category: text(|item| item.category.clone()),
            description: text(|item| item.description.clone()),
        }
    }
}

/// An optional text as typed: blank is none.
fn optional(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// The fields that creating and editing share.
#[component]
fn DraftFields(
    draft: Draft,
    categories: Fetched<Vec<Category>>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let known = move || {
        let known = categories.get().and_then(Result::ok).unwrap_or_default();
        known.into_iter().map(|category| view! { <option value=category.category></option> }).collect_view()
    };
    view! {
        <TextField
            id="item-name"
            name="name"
            label="Name"
            value=draft.name
            required=true
            autofocus=true
            max_length=255
            problem
        />
        <div class="form__pair">
            <TextField
                id="item-category"
                name="category"
                label="Category"
                value=draft.category
                max_length=100
                suggestions="item-categories"
                problem
            />
            <TextField
                id="item-price"
                name="price"
                label="Price"
                value=draft.price
                kind=Kind::Price
                required=true
                problem
            />
        </div>
        <datalist id="item-categories">
            <Suspense>{known}</Suspense>
        </datalist>
        <TextArea id="item-description" name="description" label="Description" value=draft.description />
    }
}

/// Creates an item, with its first stock.
#[component]
pub fn CreateDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The categories to suggest.
    categories: Fetched<Vec<Category>>,
) -> impl IntoView {
    view! {
        <Dialog id="create-item" title="New item" open>
            <CreateForm open categories />
        </Dialog>
    }
}

#[component]
fn CreateForm(open: RwSignal<bool>, categories: Fetched<Vec<Category>>) -> impl IntoView {
    let toasts = Toasts::expect();
    let draft = Draft::of(None);
    let quantity = RwSignal::new("0".to_owned());
    let warehouse = RwSignal::new(String::new());
    let warehouses = fetch(About::Rarely, || (), |()| rpc::list_warehouses());
    let create = Act::new(rpc::create_item, move |item: Item| {
        open.try_set(false);
        let text = format!("{} is created, {} available.", item.name, count(item.quantity, "unit", "units"));
        toasts.done_see(text, href::item(item.id), "Open it");
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        create.run(CreateItem {
            name: draft.name.get_untracked(),
            quantity: quantity.glance(|units| units.parse().unwrap_or_default()),
            price: draft.price.get_untracked(),
            description: optional(draft.description),
            category: optional(draft.category),
            warehouse_id: warehouse.glance(|id| id.parse().ok()),
        });
    };
    let problem = create.refused();
    view! {
        <form class="form" method="post" action="/forms/create_item?in=item" on:submit=on_submit(submit)>
            <DraftFields draft categories problem />
            <div class="form__pair">
                <TextField
                    id="item-quantity"
                    name="quantity"
                    label="First stock, in units"
                    value=quantity
                    kind=Kind::Units
                    required=true
                    problem
                />
                <WarehouseField id="item-warehouse" label="In warehouse" value=warehouse warehouses />
            </div>
            <Refusal problem />
            <DialogFoot open act=create label="Create item" />
        </form>
    }
}

/// A choice among the warehouses; the default one where nothing else is chosen.
#[component]
pub fn WarehouseField(
    /// The id of the select, unique on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The id of the warehouse that is chosen.
    value: RwSignal<String>,
    /// The warehouses.
    warehouses: Fetched<Vec<Warehouse>>,
) -> impl IntoView {
    let options =
        derived(move || warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default()));
    Effect::new(move |_| {
        let unset = value.look(String::is_empty);
        let default = options.look(|options| options.first().map(|(id, _)| id.clone()));
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

/// The default warehouse first, then the others in order of their codes.
pub fn warehouse_options(mut warehouses: Vec<Warehouse>) -> Vec<(String, String)> {
    warehouses.sort_by_key(|warehouse| !warehouse.is_default);
    let option =
        |warehouse: Warehouse| (warehouse.id.to_string(), format!("{} · {}", warehouse.code, warehouse.name));
    warehouses.into_iter().map(option).collect()
}

/// Changes what describes an item.
#[component]
pub fn EditDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The item.
    item: Data<Item>,
) -> impl IntoView {
    view! {
        <Dialog id="edit-item" title="Edit item" open>
            <EditForm open item=item.get_untracked() />
        </Dialog>
    }
}

#[component]
fn EditForm(open: RwSignal<bool>, item: Item) -> impl IntoView {
    let toasts = Toasts::expect();
    let changes = Changes::expect();
    let categories = fetch(About::Rarely, || (), |()| rpc::list_categories());
    let draft = Draft::of(Some(&item));
    let id = item.id;
    let before = UpdateItem {
        name: Some(item.name),
        price: Some(item.price),
        description: Some(item.description),
        category: Some(item.category),
    };
    let before = StoredValue::new(before);
    let edit = Act::new(
        move |changes| rpc::update_item(id, changes),
        move |item: Item| {
            open.try_set(false);
            let Some(before) = before.try_get_value() else { return };
            toasts.done_undo(format!("{} is saved.", item.name), move || {
                let before = before.clone();
                spawn_local(async move {
                    match rpc::update_item(id, before).await {
                        Ok(item) => toasts.done(format!("{} is as it was.", item.name)),
                        Err(problem) => toasts.refused(problem),
                    }
                    changes.mark();
                });
            });
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        edit.run(UpdateItem {
            name: Some(draft.name.get_untracked()),
            price: Some(draft.price.get_untracked()),
            description: Some(optional(draft.description)),
            category: Some(optional(draft.category)),
        });
    };
    let problem = edit.refused();
    view! {
        <form
            class="form"
            method="post"
            action="/forms/update_item?in=changes"
            on:submit=on_submit(submit)
        >
            <input type="hidden" name="id" value=id />
            <DraftFields draft categories problem />
            <Refusal problem />
            <DialogFoot open act=edit label="Save item" />
        </form>
    }
}
