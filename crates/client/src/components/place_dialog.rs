use crate::action::Action;
use crate::components::block_actions::{HOLD, all_periods};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, SelectField, TextField};
use crate::components::item_picker::ItemPicker;
use crate::components::problem::ProblemAlert;
use crate::components::time::short_date;
use crate::components::toast::{Done, Toasts};
use crate::components::warehouse_field::warehouse_options;
use crate::event_handlers::{on_click, on_submit};
use crate::fetch::{Fetched, RefetchOn, fetch};
use crate::live_updates::LiveUpdates;
use crate::memo::{derived, dynamic, memo};
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::user_text::visible;
use api::{BlockPlaced, Item, PlaceBlock, Problem, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The most characters of a reference.
const REFERENCE_CHARS_MAX: u32 = 100;

/// The most characters of a note.
const NOTE_CHARS_MAX: u32 = 500;

/// Returns the units of a duration, as the options of a select.
fn time_units() -> Signal<Vec<(String, String)>> {
    let unit = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    Signal::stored(vec![
        unit("minutes", texts::unit_minutes()),
        unit("hours", texts::unit_hours()),
        unit("days", texts::unit_days()),
    ])
}

/// The dialog that blocks units of an item. Without a given item, the dialog contains an item picker.
#[component]
pub fn PlaceDialog(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The item, on the page of an item.
    item: Signal<Option<Item>>,
    /// The warehouses, if the page has them.
    #[prop(optional)]
    warehouses: Option<Fetched<Vec<Warehouse>>>,
) -> impl IntoView {
    view! {
        <Dialog id="place-block" title=texts::hold_stock() open>
            <PlaceForm open item=item.get_untracked() warehouses />
        </Dialog>
    }
}

#[component]
fn PlaceForm(
    open: RwSignal<bool>,
    item: Option<Item>,
    warehouses: Option<Fetched<Vec<Warehouse>>>,
) -> impl IntoView {
    let (toasts, refetch) = (Toasts::expect(), RefetchTrigger::expect());
    let fixed = item.is_some();
    let item = RwSignal::new(item);
    let [quantity, period, warehouse, unit] =
        ["1", "3600", "", "hours"].map(|text| RwSignal::new(text.to_owned()));
    let [duration, until, reference, note] = [(); 4].map(|()| RwSignal::new(String::new()));
    let place = Action::new(rpc::place_block, move |done: BlockPlaced| {
        open.try_set(false);
        let (id, until) = (done.block_id.to_string(), short_date(done.expires_at));
        let text = texts::hold_placed_until(&id, done.quantity_blocked, &until, done.remaining_quantity);
        let undo = move || {
            spawn_local(async move {
                match rpc::release_block(done.block_id).await {
                    Ok(_) => {
                        let text = texts::hold_was_released(&done.block_id.to_string());
                        toasts.show(Done::new(text).about(HOLD, [done.block_id]));
                    }
                    Err(problem) => toasts.problem(problem),
                }
                refetch.trigger();
            });
        };
        toasts.show(Done::new(text).about(HOLD, [done.block_id]).undo(undo));
    });
    let run = move || {
        let Some(item_id) = item.with_untracked(|item| item.as_ref().map(|item| item.id)) else {
            return place.fail(Problem::new(
                400,
                "no_item_chosen",
                texts::choose_item(),
                texts::choose_item_about(),
            ));
        };
        place.run(PlaceBlock {
            item_id,
            quantity: quantity.with_untracked(|units| units.parse().unwrap_or_default()),
            warehouse_id: warehouse.with_untracked(|id| id.parse().ok()),
            ttl_seconds: None,
            period: period.get_untracked(),
            duration: duration.get_untracked(),
            unit: unit.get_untracked(),
            until: until.get_untracked(),
            reference: reference.get_untracked(),
            note: note.get_untracked(),
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        run();
    };
    let problem = place.problem();
    let place_available = move |available: i64| {
        quantity.set(available.to_string());
        run();
    };
    view! {
        <form class="form" method="post" action="/forms/place_block?in=block" on:submit=on_submit(submit)>
            <ItemInput item fixed />
            <div class="form__pair">
                <TextField
                    id="place-quantity"
                    name="quantity"
                    label=texts::units()
                    value=quantity
                    kind=FieldKind::Quantity
                    required=true
                    autofocus=fixed
                    problem
                />
                <SelectField
                    id="place-period"
                    name="period"
                    label=texts::hold_for()
                    value=period
                    options=all_periods()
                />
            </div>
            <div class="form__pair period--other">
                <TextField
                    id="place-duration"
                    name="duration"
                    label=texts::duration()
                    value=duration
                    kind=FieldKind::Units
                    problem
                />
                <SelectField id="place-unit" name="unit" label=texts::duration_unit() value=unit options=time_units() />
            </div>
            <div class="period--until">
                <TextField
                    id="place-until"
                    name="until"
                    label=texts::hold_until()
                    value=until
                    kind=FieldKind::Moment
                    problem
                />
            </div>
            <WarehouseInput value=warehouse warehouses />
            <TextField
                id="place-reference"
                name="reference"
                label=texts::customer_reference()
                value=reference
                max_length=REFERENCE_CHARS_MAX
                problem
            />
            <TextField
                id="place-note"
                name="note"
                label=texts::note()
                value=note
                max_length=NOTE_CHARS_MAX
                problem
            />
            <ProblemAlert problem />
            <PlaceAvailable problem item place_available />
            <DialogFoot action=place label=texts::hold_stock() />
        </form>
    }
}

#[component]
fn ItemInput(item: RwSignal<Option<Item>>, fixed: bool) -> impl IntoView {
    let live = LiveUpdates::expect();
    let shown = move || {
        item.get().map(|item| {
            let available = live.quantity(item.id, item.quantity);
            view! { <p class="form__about">{visible(texts::item_available(&item.name, available))}</p> }
        })
    };
    let pick = Callback::new(move |picked| item.set(Some(picked)));
    let unpick = Callback::new(move |()| item.set(None));
    let picker = move || {
        view! { <ItemPicker id="place-item" label=texts::item() pick unpick autofocus=true required=true /> }
    };
    let elsewhere = || {
        view! {
            <p class="form__about no-script">
                {texts::hold_no_script()} " " <a href="/items">{texts::go_to_items()}</a>
            </p>
        }
    };
    let hidden = item.with_untracked(|item| item.as_ref().map(|item| item.id)).filter(|_| fixed);
    view! {
        {hidden.map(|id| view! { <input type="hidden" name="itemId" value=id /> })}
        {(!fixed).then(picker)}
        {(!fixed).then(elsewhere)}
        {dynamic(shown)}
    }
}

#[component]
fn WarehouseInput(value: RwSignal<String>, warehouses: Option<Fetched<Vec<Warehouse>>>) -> impl IntoView {
    let warehouses =
        warehouses.unwrap_or_else(|| fetch(RefetchOn::Catalog, || (), |()| rpc::list_warehouses()));
    let options = derived(move || {
        let mut options = vec![(String::new(), texts::automatic_warehouse().to_owned())];
        options.extend(warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default()));
        options
    });
    view! {
        <Suspense>
            <SelectField id="place-warehouse" name="warehouseId" label=texts::from_warehouse() value options />
        </Suspense>
    }
}

/// A button that blocks the available units after a rejection. Its number follows live updates.
#[component]
fn PlaceAvailable(
    problem: Signal<Option<Problem>>,
    item: RwSignal<Option<Item>>,
    place_available: impl Fn(i64) + Copy + Send + 'static,
) -> impl IntoView {
    let live = LiveUpdates::expect();
    let available = memo(move || {
        let reported = problem.with(|problem| problem.as_ref()?.available)?;
        let id = item.with(|item| item.as_ref().map(|item| item.id))?;
        let now = i32::try_from(reported).map_or(reported, |reported| live.quantity(id, reported).into());
        Some(reported.min(now)).filter(|units| *units > 0)
    });
    move || {
        available.get().map(|units| {
            view! {
                <button class="button" type="button" on:click=on_click(move |_| place_available(units))>
                    {texts::hold_instead(units)}
                </button>
            }
        })
    }
}
