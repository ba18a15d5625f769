use crate::action::Action;
use crate::components::block_actions::periods;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, SelectField, TextField};
use crate::components::item_picker::ItemPicker;
use crate::components::problem::ProblemAlert;
use crate::components::time::format_utc;
use crate::components::toast::Toasts;
use crate::components::warehouse_field::warehouse_options;
use crate::event_handlers::{on_click, on_submit};
use crate::fetch::{RefetchOn, fetch};
use crate::format::{format_count, format_integer};
use crate::live_updates::LiveUpdates;
use crate::memo::{derived, memo};
use crate::refetch::RefetchTrigger;
use api::{BlockPlaced, Item, PlaceBlock, Problem, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog that blocks units of an item. Without a given item, the dialog contains an item picker.
#[component]
pub fn PlaceDialog(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The item, on the page of an item.
    item: Signal<Option<Item>>,
) -> impl IntoView {
    view! {
        <Dialog id="place-block" title="Block units" open>
            <PlaceForm open item=item.get_untracked() />
        </Dialog>
    }
}

#[component]
fn PlaceForm(open: RwSignal<bool>, item: Option<Item>) -> impl IntoView {
    let (toasts, refetch) = (Toasts::expect(), RefetchTrigger::expect());
    let fixed = item.is_some();
    let item = RwSignal::new(item);
    let [quantity, period, warehouse] = ["1", "3600", ""].map(|text| RwSignal::new(text.to_owned()));
    let place = Action::new(rpc::place_block, move |done: BlockPlaced| {
        open.try_set(false);
        let held = format_count(done.quantity_blocked, "unit", "units");
        let left = format_integer(done.remaining_quantity);
        let until = format_utc(done.expires_at);
        let text = format!("Block {} holds {held} until {until}; {left} left to sell.", done.block_id);
        toasts.done_with_undo(text, move || {
            spawn_local(async move {
                match rpc::release_block(done.block_id).await {
                    Ok(_) => toasts.done(format!("Block {} is released.", done.block_id)),
                    Err(problem) => toasts.problem(problem),
                }
                refetch.trigger();
            });
        });
    });
    let run = move || {
        let Some(item_id) = item.with_untracked(|item| item.as_ref().map(|item| item.id)) else {
            return place.fail(Problem::new(
                400,
                "no_item_chosen",
                "Choose an item",
                "Type a part of its name and choose the item from the list.",
            ));
        };
        place.run(PlaceBlock {
            item_id,
            quantity: quantity.with_untracked(|units| units.parse().unwrap_or_default()),
            warehouse_id: warehouse.with_untracked(|id| id.parse().ok()),
            ttl_seconds: period.with_untracked(|seconds| seconds.parse().ok()),
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
                    label="Units"
                    value=quantity
                    kind=FieldKind::Quantity
                    required=true
                    autofocus=fixed
                    problem
                />
                <SelectField
                    id="place-period"
                    name="ttlSeconds"
                    label="Hold for"
                    value=period
                    options=periods()
                />
            </div>
            <WarehouseInput value=warehouse />
            <ProblemAlert problem />
            <PlaceAvailable problem item place_available />
            <DialogFoot open action=place label="Block units" />
        </form>
    }
}

#[component]
fn ItemInput(item: RwSignal<Option<Item>>, fixed: bool) -> impl IntoView {
    let live = LiveUpdates::expect();
    let shown = move || {
        item.get().map(|item| {
            let available = live.quantity(item.id, item.quantity);
            view! { <p class="form__about">{item.name} " – " {format_integer(available)} " available"</p> }
        })
    };
    let pick = Callback::new(move |picked| item.set(Some(picked)));
    let unpick = Callback::new(move |()| item.set(None));
    let picker = move || {
        view! { <ItemPicker id="place-item" label="Item" pick unpick autofocus=true required=true /> }
    };
    let elsewhere = || {
        view! {
            <p class="form__about no-script">
                "Without JavaScript find it " <a href="/items">"among the items"</a>
                ", and block units of it on its page."
            </p>
        }
    };
    let hidden = item.with_untracked(|item| item.as_ref().map(|item| item.id)).filter(|_| fixed);
    view! {
        {hidden.map(|id| view! { <input type="hidden" name="itemId" value=id /> })}
        {(!fixed).then(picker)}
        {(!fixed).then(elsewhere)}
        {shown}
    }
}

#[component]
fn WarehouseInput(value: RwSignal<String>) -> impl IntoView {
    let warehouses = fetch(RefetchOn::Catalog, || (), |()| rpc::list_warehouses());
    let options = derived(move || {
        let mut options = vec![(String::new(), "Automatic: the warehouse with the most units".to_owned())];
        options.extend(warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default()));
        options
    });
    view! {
        <Suspense>
            <SelectField id="place-warehouse" name="warehouseId" label="From warehouse" value options />
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
                    {format!("Take {}?", format_integer(units))}
                </button>
            }
        })
    }
}
