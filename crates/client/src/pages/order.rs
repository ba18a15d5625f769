use crate::act::Act;
use crate::components::badge::OrderBadge;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::Refusal;
use crate::components::rows::Rows;
use crate::components::time::Ago;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{Fetched, fetch};
use crate::href;
use crate::memo::memo;
use crate::pages::item::form::WarehouseField;
use crate::pages::not_found::NotFound;
use crate::pages::orders::{name, size};
use crate::text::{count, units};
use api::{
    AllocateOrder, Order, OrderAllocation, OrderCancelled, OrderLine, OrderStatus, Shortage, Warehouse, rpc,
};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The order that the address names.
#[component]
pub fn OrderPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")?.parse::<i64>().ok()));
    // Built anew for another order: nothing of this one may stay.
    move || match id.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn One(id: i64) -> impl IntoView {
    let order = fetch(move || id, rpc::get_order);
    let warehouses = fetch(|| (), |()| rpc::list_warehouses());
    let allocation = RwSignal::new(None);
    view! {
        <Loaded from=order lines=5 let:order>
            <Head order />
            <Facts order warehouses />
            <When is=move || order.with(|order| order.status == OrderStatus::Pending)>
                <Allocate order warehouses allocation />
                <Shortages order warehouses allocation />
            </When>
            <Lines order />
        </Loaded>
    }
}

#[component]
fn Head(order: Signal<Order>) -> impl IntoView {
    let cancelling = RwSignal::new(false);
    let open = move || order.with(|order| order.status != OrderStatus::Cancelled);
    view! {
        <PageHead title=Signal::derive(move || order.with(name)) up=("/orders", "Orders")>
            <When is=open>
                <button class="button" type="button" on:click=move |_| cancelling.set(true)>
                    "Cancel order"
                </button>
            </When>
        </PageHead>
        <CancelDialog open=cancelling order />
    }
}

#[component]
fn CancelDialog(open: RwSignal<bool>, order: Signal<Order>) -> impl IntoView {
    let toasts = Toasts::expect();
    let cancel = Act::new(rpc::cancel_order, move |cancelled: OrderCancelled| {
        open.try_set(false);
        toasts.done(format!("Order {} is cancelled.", cancelled.order_id));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        cancel.run(order.with_untracked(|order| order.id));
    };
    let text = move || {
        order.with(|order| match order.status {
            OrderStatus::Allocated => {
                format!("{} will go back to the warehouse. This can't be undone.", size(order))
            }
            _ => "It has taken no stock. This can't be undone.".to_owned(),
        })
    };
    let title = Signal::derive(move || order.with(|order| format!("Cancel order {}", order.id)));
    view! {
        <Dialog id="cancel-order" title open>
            <form class="form" on:submit=submit>
                <p>{text}</p>
                <Refusal problem=cancel.refused() />
                <DialogFoot open act=cancel label="Cancel this order" danger=true />
            </form>
        </Dialog>
    }
}

/// A warehouse as people know it: `BER-1 · Berlin`.
fn warehouse_name(warehouses: Fetched<Vec<Warehouse>>, id: i64) -> String {
    let known = warehouses.get().and_then(Result::ok).unwrap_or_default();
    let named = known.into_iter().find(|warehouse| warehouse.id == id);
    named.map_or_else(
        || format!("Warehouse {id}"),
        |warehouse| format!("{} · {}", warehouse.code, warehouse.name),
    )
}

#[component]
fn Facts(order: Signal<Order>, warehouses: Fetched<Vec<Warehouse>>) -> impl IntoView {
    let from = move || match order.with(|order| order.warehouse_id) {
        Some(id) => warehouse_name(warehouses, id),
        None => "Not yet".to_owned(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Status"</dt>
                <dd>{move || view! { <OrderBadge status=order.with(|order| order.status) /> }}</dd>
            </div>
            <div>
                <dt>"Allocated from"</dt>
                <dd>{from}</dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>{move || order.with(size)}</dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>{move || view! { <Ago at=order.with(|order| order.created_at) /> }}</dd>
            </div>
            <div>
                <dt>"Changed"</dt>
                <dd>{move || view! { <Ago at=order.with(|order| order.updated_at) /> }}</dd>
            </div>
        </dl>
    }
}

#[component]
fn Allocate(
    order: Signal<Order>,
    warehouses: Fetched<Vec<Warehouse>>,
    allocation: RwSignal<Option<OrderAllocation>>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let warehouse = RwSignal::new(String::new());
    let call = |(id, warehouse_id)| rpc::allocate_order(id, AllocateOrder { warehouse_id });
    let allocate = Act::new(call, move |done: OrderAllocation| {
        if done.allocated {
            toasts.done(format!("Order {} is allocated: every line was taken.", done.order_id));
        }
        allocation.try_set(Some(done).filter(|done| !done.allocated));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        allocation.set(None);
        let warehouse = warehouse.with_untracked(|id| id.parse().unwrap_or_default());
        allocate.run((order.with_untracked(|order| order.id), warehouse));
    };
    let pending = allocate.pending();
    view! {
        <form class="panel" aria-labelledby="allocate" on:submit=submit>
            <h2 id="allocate">"Allocate"</h2>
            <p class="muted">"Takes every line out of one warehouse, or nothing."</p>
            <div class="panel__row">
                <WarehouseField id="allocate-warehouse" label="From warehouse" value=warehouse warehouses />
                <button
                    class="button button--primary"
                    type="submit"
                    aria-disabled=move || pending.get().then_some("true")
                >
                    "Allocate order"
                </button>
            </div>
            <Refusal problem=allocate.refused() />
        </form>
    }
}

/// Why the last attempt took nothing: the lines that fell short, and what to do about them.
#[component]
fn Shortages(
    order: Signal<Order>,
    warehouses: Fetched<Vec<Warehouse>>,
    allocation: RwSignal<Option<OrderAllocation>>,
) -> impl IntoView {
    move || {
        allocation.get().map(|allocation| {
            let lines = order.with(|order| order.lines.clone());
            let short = count(allocation.shortages.len() as i64, "line falls", "lines fall");
            let warehouse = warehouse_name(warehouses, allocation.warehouse_id);
            view! {
                <div class="problem" role="alert">
                    {Icon::Alert.view()}
                    <div>
                        <p class="problem__title">
                            {format!("Nothing was taken: {short} short in {warehouse}")}
                        </p>
                        <p class="problem__detail">
                            "Choose another warehouse, or receive the missing units and allocate again."
                        </p>
                        <ShortageTable shortages=allocation.shortages lines />
                    </div>
                </div>
            }
        })
    }
}

#[component]
fn ShortageTable(shortages: Vec<Shortage>, lines: Vec<OrderLine>) -> impl IntoView {
    let row = |shortage: Shortage| {
        let line = lines.iter().find(|line| line.item_id == shortage.item_id);
        let name = line.map_or_else(|| format!("Item {}", shortage.item_id), |line| line.item_name.clone());
        let missing = i64::from(shortage.requested) - i64::from(shortage.available);
        view! {
            <tr>
                <th scope="row" class="table__lead"><a href=href::item(shortage.item_id)>{name}</a></th>
                <td class="figure">{units(shortage.requested)}</td>
                <td class="figure">{units(shortage.available)}</td>
                <td class="figure figure--out">{units(missing)}</td>
            </tr>
        }
    };
    view! {
        <table class="table">
            <caption class="visually-hidden">"Lines that fell short"</caption>
            <thead>
                <tr>
                    <th scope="col">"Item"</th>
                    <th scope="col" class="figure">"Asked"</th>
                    <th scope="col" class="figure">"Available"</th>
                    <th scope="col" class="figure">"Missing"</th>
                </tr>
            </thead>
            <tbody>{shortages.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Lines(order: Signal<Order>) -> impl IntoView {
    let row = |line: OrderLine| {
        view! {
            <tr>
                <th scope="row" class="table__lead"><a href=href::item(line.item_id)>{line.item_name}</a></th>
                <td class="figure">{units(line.quantity)}</td>
            </tr>
        }
    };
    view! {
        <section class="section" aria-labelledby="order-lines">
            <header class="section__head">
                <h2 id="order-lines">"Lines"</h2>
            </header>
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">"Lines of this order"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Item"</th>
                            <th scope="col" class="figure">"Units"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Rows each=move || order.get().lines key=|line| line.item_id children=row />
                    </tbody>
                </table>
            </div>
        </section>
    }
}
