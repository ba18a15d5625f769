use crate::action::Action;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, TextArea, TextField};
use crate::components::problem::ProblemAlert;
use crate::components::toast::{Done, Toasts};
use crate::components::warehouse_field::WarehouseField;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::href;
use crate::memo::dynamic;
use crate::price::written;
use crate::refetch::RefetchTrigger;
use crate::texts;
use api::{Category, CreateItem, Item, Problem, UpdateItem, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The text in the form's fields.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    price: RwSignal<String>,
    category: RwSignal<String>,
    description: RwSignal<String>,
    sku: RwSignal<String>,
    /// White space separates barcodes.
    barcodes: RwSignal<String>,
}

impl Draft {
    fn of(item: Option<&Item>) -> Self {
        let text = |part: fn(&Item) -> Option<String>| RwSignal::new(item.and_then(part).unwrap_or_default());
        Self {
            name: text(|item| Some(item.name.clone())),
            price: text(|item| Some(written(&item.price))),
            category: text(|item| item.category.clone()),
            description: text(|item| item.description.clone()),
            sku: text(|item| item.sku.clone()),
            barcodes: text(|item| Some(item.barcodes.join(" "))),
        }
    }

    /// Returns the fields that differ from the item, and the item's values of these fields.
    #[cfg_attr(not(feature = "ssr"), expect(clippy::needless_update, reason = "the server has more fields"))]
    fn changes(self, item: Item) -> (UpdateItem, UpdateItem) {
        let name = changed(self.name.get_untracked(), item.name);
        let price = changed(self.price.get_untracked(), written(&item.price));
        let description = changed(optional(self.description), item.description);
        let category = changed(optional(self.category), item.category);
        let sku = changed(optional(self.sku), item.sku);
        let barcodes = changed(words(self.barcodes), item.barcodes);
        (
            UpdateItem {
                name: name.0,
                price: price.0,
                description: description.0,
                category: category.0,
                sku: sku.0,
                barcodes: barcodes.0,
                ..UpdateItem::default()
            },
            UpdateItem {
                name: name.1,
                price: price.1,
                description: description.1,
                category: category.1,
                sku: sku.1,
                barcodes: barcodes.1,
                ..UpdateItem::default()
            },
        )
    }
}

/// Returns a field's new and old value if they differ.
fn changed<T: PartialEq>(new: T, old: T) -> (Option<T>, Option<T>) {
    if new == old { (None, None) } else { (Some(new), Some(old)) }
}

/// Returns the trimmed text, or `None` if it is blank.
fn optional(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// Returns the words of a text.
fn words(text: RwSignal<String>) -> Vec<String> {
    text.get_untracked().split_whitespace().map(str::to_owned).collect()
}

/// The fields that the forms for new and existing items share.
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
            label=texts::name()
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
                label=texts::category()
                value=draft.category
                max_length=100
                suggestions="item-categories"
                problem
            />
            <TextField
                id="item-price"
                name="price"
                label=texts::item_price()
                value=draft.price
                kind=FieldKind::Price
                required=true
                problem
            />
        </div>
        <datalist id="item-categories">
            <Suspense>{dynamic(known)}</Suspense>
        </datalist>
        <div class="form__pair">
            <TextField id="item-sku" name="sku" label=texts::sku() value=draft.sku max_length=64 problem />
            <TextField id="item-barcodes" name="barcodes" label=texts::barcodes() value=draft.barcodes problem />
        </div>
        <TextArea id="item-description" name="description" label=texts::description() value=draft.description />
    }
}

/// The dialog that creates an item with its first stock.
#[component]
pub fn CreateDialog(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The categories to suggest.
    categories: Fetched<Vec<Category>>,
    /// The warehouses to choose from. The page fetches them: data of a dialog that is open from the start can't be hydrated
    /// reliably.
    warehouses: Fetched<Vec<Warehouse>>,
) -> impl IntoView {
    view! {
        <Dialog id="create-item" title=texts::new_item() open>
            <CreateForm open categories warehouses />
        </Dialog>
    }
}

#[component]
fn CreateForm(
    open: RwSignal<bool>,
    categories: Fetched<Vec<Category>>,
    warehouses: Fetched<Vec<Warehouse>>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let draft = Draft::of(None);
    let quantity = RwSignal::new("0".to_owned());
    let warehouse = RwSignal::new(String::new());
    let create = Action::new(rpc::create_item, move |item: Item| {
        open.try_set(false);
        let text = texts::created_item(&item.name, item.quantity);
        toasts.show(Done::new(text).about("item", [item.id]).link(href::item(item.id), texts::open_it()));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        create.run(CreateItem {
            name: draft.name.get_untracked(),
            quantity: quantity.with_untracked(|units| units.parse().unwrap_or_default()),
            price: draft.price.get_untracked(),
            description: optional(draft.description),
            category: optional(draft.category),
            warehouse_id: warehouse.with_untracked(|id| id.parse().ok()),
            sku: optional(draft.sku),
            barcodes: words(draft.barcodes),
        });
    };
    let problem = create.problem();
    view! {
        <form class="form" method="post" action="/forms/create_item?in=item" on:submit=on_submit(submit)>
            <DraftFields draft categories problem />
            <div class="form__pair">
                <TextField
                    id="item-quantity"
                    name="quantity"
                    label=texts::first_stock_units()
                    value=quantity
                    kind=FieldKind::Units
                    required=true
                    problem
                />
                <WarehouseField id="item-warehouse" label=texts::in_warehouse() value=warehouse warehouses />
            </div>
            <ProblemAlert problem />
            <DialogFoot action=create label=texts::create_item() />
        </form>
    }
}

/// The dialog that edits an item.
#[component]
pub fn EditDialog(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The item.
    item: Data<Item>,
) -> impl IntoView {
    view! {
        <Dialog id="edit-item" title=texts::edit_item() open>
            <EditForm open item=item.get_untracked() />
        </Dialog>
    }
}

#[component]
fn EditForm(open: RwSignal<bool>, item: Item) -> impl IntoView {
    let toasts = Toasts::expect();
    let refetch = RefetchTrigger::expect();
    let categories = fetch(RefetchOn::Catalog, || (), |()| rpc::list_categories());
    let draft = Draft::of(Some(&item));
    let (id, version) = (item.id, item.version.clone());
    let before = StoredValue::new(item);
    // The changed fields as they were before.
    let undone = StoredValue::new(UpdateItem::default());
    let shown_version = version.clone();
    let edit = Action::new(
        move |changes| rpc::update_item(id, changes, Some(version.clone())),
        move |item: Item| {
            open.try_set(false);
            let Some(undone) = undone.try_get_value() else { return };
            let text = texts::item_saved(&item.name);
            let undo = move || {
                let (undone, saved) = (undone.clone(), item.version.clone());
                spawn_local(async move {
                    // The server refuses the undo if somebody has changed the item since.
                    match rpc::update_item(id, undone, Some(saved)).await {
                        Ok(item) => {
                            let text = texts::changes_undone(&item.name);
                            toasts.show(Done::new(text).about("item", [id]));
                        }
                        Err(problem) => toasts.problem(problem),
                    }
                    refetch.trigger();
                });
            };
            toasts.show(Done::new(text).about("item", [id]).undo(undo));
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(before) = before.try_get_value() else { return };
        let (changes, old) = draft.changes(before);
        if changes == UpdateItem::default() {
            open.try_set(false);
            return;
        }
        undone.try_set_value(old);
        edit.run(changes);
    };
    let problem = edit.problem();
    view! {
        <form
            class="form"
            method="post"
            action="/forms/update_item?in=changes"
            on:submit=on_submit(submit)
        >
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="if_match" value=shown_version />
            <DraftFields draft categories problem />
            <ProblemAlert problem />
            <DialogFoot action=edit label=texts::save_item() />
        </form>
    }
}
