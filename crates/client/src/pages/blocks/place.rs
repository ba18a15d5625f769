use crate::act::Act;
use crate::components::block_deeds::periods;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{Kind, SelectField, TextField};
use crate::components::picker::ItemPicker;
use crate::components::problem::Refusal;
use crate::components::time::exact;
use crate::components::toast::Toasts;
use crate::fetch::{About, Changes, fetch};
use crate::live::Live;
use crate::memo::{Look, derived, memo};
use crate::on::{on_click, on_submit};
use crate::pages::item::form::warehouse_options;
use crate::text::{count, units};
use api::{BlockPlaced, Item, PlaceBlock, Problem, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Blocks units of an item: of the one given, or of one that is picked.
#[component]
pub fn PlaceDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The item, where the page is about one.
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
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
    let fixed = item.is_some();
    let item = RwSignal::new(item);
    let [quantity, period, warehouse] = ["1", "3600", ""].map(|text| RwSignal::new(text.to_owned()));
    let place = Act::new(rpc::place_block, move |done: BlockPlaced| {
        open.try_set(false);
        let held = count(done.quantity_blocked, "unit", "units");
        let left = units(done.remaining_quantity);
        let until = exact(done.expires_at);
        let text = format!("Block {} holds {held} until {until}; {left} left to sell.", done.block_id);
        toasts.done_undo(text, move || {
            spawn_local(async move {
                match rpc::release_block(done.block_id).await {
                    Ok(_) => toasts.done(format!("Block {} is released.", done.block_id)),
                    Err(problem) => toasts.refused(problem),
                }
                changes.mark();
            });
        });
    });
    let run = move || {
        let Some(item_id) = item.glance(|item| item.as_ref().map(|item| item.id)) else {
            return place.refuse(Problem::new(
                400,
                "no_item_chosen",
                "Choose an item",
                "Type a part of its name and choose the item from the list.",
            ));
        };
        place.run(PlaceBlock {
            item_id,
            quantity: quantity.glance(|units| units.parse().unwrap_or_default()),
            warehouse_id: warehouse.glance(|id| id.parse().ok()),
            ttl_seconds: period.glance(|seconds| seconds.parse().ok()),
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        run();
    };
    let problem = place.refused();
    let take = move |available: i64| {
        quantity.set(available.to_string());
        run();
    };
    view! {
        <form class="form" method="post" action="/forms/place_block?in=block" on:submit=on_submit(submit)>
            <WhichItem item fixed />
            <div class="form__pair">
                <TextField
                    id="place-quantity"
                    name="quantity"
                    label="Units"
                    value=quantity
                    kind=Kind::Quantity
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
            <FromWarehouse value=warehouse />
            <Refusal problem />
            <TakeWhatIsThere problem item take />
            <DialogFoot open act=place label="Block units" />
        </form>
    }
}

#[component]
fn WhichItem(item: RwSignal<Option<Item>>, fixed: bool) -> impl IntoView {
    let live = Live::expect();
    let shown = move || {
        item.get().map(|item| {
            let available = live.quantity(item.id, item.quantity);
            view! { <p class="form__about">{item.name} " – " {units(available)} " available"</p> }
        })
    };
    let pick = Callback::new(move |picked| item.set(Some(picked)));
    let unpick = Callback::new(move |()| item.set(None));
    let picker = move || {
        view! { <ItemPicker id="place-item" label="Item" pick unpick autofocus=true required=true /> }
    };
    let elsewhere = || {
        view! {
            <p class="form__about without-script">
                "Without JavaScript find it " <a href="/items">"among the items"</a>
                ", and block units of it on its page."
            </p>
        }
    };
    let hidden = item.glance(|item| item.as_ref().map(|item| item.id)).filter(|_| fixed);
    view! {
        {hidden.map(|id| view! { <input type="hidden" name="itemId" value=id /> })}
        {(!fixed).then(picker)}
        {(!fixed).then(elsewhere)}
        {shown}
    }
}

#[component]
fn FromWarehouse(value: RwSignal<String>) -> impl IntoView {
    let warehouses = fetch(About::Rarely, || (), |()| rpc::list_warehouses());
    let options = derived(move || {
        let mut options = vec![(String::new(), "The fullest that has them all".to_owned())];
        options.extend(warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default()));
        options
    });
    view! {
        <Suspense>
            <SelectField id="place-warehouse" name="warehouseId" label="From warehouse" value options />
        </Suspense>
    }
}

/// The way out of a refusal: fewer units, and fewer still where others take of them meanwhile.
#[component]
fn TakeWhatIsThere(
    problem: Signal<Option<Problem>>,
    item: RwSignal<Option<Item>>,
    take: impl Fn(i64) + Copy + Send + 'static,
) -> impl IntoView {
    let live = Live::expect();
    let there = memo(move || {
        let told = problem.look(|problem| problem.as_ref()?.available)?;
        let id = item.look(|item| item.as_ref().map(|item| item.id))?;
        let now = i32::try_from(told).map_or(told, |told| live.quantity(id, told).into());
        Some(told.min(now)).filter(|there| *there > 0)
    });
    move || {
        there.get().map(|there| {
            view! {
                <button class="button" type="button" on:click=on_click(move |_| take(there))>
                    {format!("Take {}?", units(there))}
                </button>
            }
        })
    }
}
