use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::show::Show;
use crate::components::toast::{Done, Toasts};
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::format_integer;
use crate::href;
use crate::memo::dynamic;
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::user_text::user_text;
use api::{AllocateOrder, OrderPreview, OrderStatus, PreviewLine, WarehousePreview, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The preview of an allocation: the stock of each warehouse for each line, side by side.
#[component]
pub fn Preview(
    /// The order's id.
    id: i64,
    /// The expected status while an allocation is pending.
    expected: RwSignal<Option<OrderStatus>>,
) -> impl IntoView {
    let preview = fetch(RefetchOn::Stock, move || id, rpc::preview_order);
    view! {
        <section class="section" aria-labelledby="allocate">
            <header class="section__head">
                <h2 id="allocate">{texts::allocate()}</h2>
                <p class="muted">{texts::preview_about()}</p>
                <a href=format!("/orders/{id}/allocate") rel="external">
                    {texts::preview_plans()}
                </a>
            </header>
            <Loaded from=preview lines=4 let:preview>
                <Show when=move || preview.with(Option::is_some)>
                    <WarehouseTable preview expected />
                </Show>
            </Loaded>
        </section>
    }
}

#[component]
fn WarehouseTable(
    preview: Data<Option<OrderPreview>>,
    expected: RwSignal<Option<OrderStatus>>,
) -> impl IntoView {
    let allocate = allocate_action(expected);
    let heads = move || {
        preview.with(|preview| {
            let preview = preview.as_ref()?;
            let id = preview.order_id;
            Some(preview.warehouses.iter().map(|warehouse| head(id, warehouse, allocate)).collect_view())
        })
    };
    let lines = move || {
        preview.with(|preview| {
            let preview = preview.as_ref()?;
            let line = |(at, line): (usize, &api::OrderLine)| {
                let cells = preview.warehouses.iter().filter_map(|side| side.lines.get(at)).map(cell);
                view! {
                    <tr tabindex="-1" data-row=line.item_id>
                        <th scope="row" class="table__row-header">
                            <a href=href::item(line.item_id)>{user_text(line.item_name.as_str())}</a>
                        </th>
                        <td class="figure">{format_integer(line.quantity)}</td>
                        {cells.collect_view()}
                    </tr>
                }
            };
            Some(preview.lines.iter().enumerate().map(line).collect_view())
        })
    };
    view! {
        <p class="summary" role="status">{dynamic(move || preview.with(|preview| preview.as_ref().map(summary)))}</p>
        // A focusable region, so that it can be scrolled by keyboard.
        <div class="table-box" tabindex="0" role="region" aria-label=texts::preview_region()>
            <table class="table table--warehouses">
                <caption class="visually-hidden">{texts::preview_caption()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::item()}</th>
                        <th scope="col" class="figure">{texts::requested()}</th>
                        {dynamic(heads)}
                    </tr>
                </thead>
                <tbody>{dynamic(lines)}</tbody>
            </table>
        </div>
    }
}

fn summary(preview: &OrderPreview) -> String {
    let fill = preview.warehouses.iter().filter(|side| side.fills).map(|side| side.warehouse_code.as_str());
    let fill = fill.collect::<Vec<_>>();
    if !fill.is_empty() {
        return texts::preview_fills(&fill.join(", "));
    }
    let best = preview.warehouses.iter().min_by_key(|side| (side.lines_short, side.units_short));
    match best {
        None => texts::preview_no_warehouse().to_owned(),
        Some(best) => texts::preview_short(&best.warehouse_code, best.lines_short, best.units_short),
    }
}

/// The header of a warehouse's column: whether it can fill the order, and the button that allocates from it.
fn head(order: i64, side: &WarehousePreview, allocate: Callback<(i64, i64)>) -> AnyView {
    let (code, warehouse) = (side.warehouse_code.clone(), side.warehouse_id);
    let action = if side.fills {
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            allocate.run((order, warehouse));
        };
        view! {
            <form method="post" action="/forms/allocate_order?in=allocation" on:submit=on_submit(submit)>
                <input type="hidden" name="id" value=order />
                <input type="hidden" name="warehouseId" value=warehouse />
                <button
                    class="button button--primary button--small"
                    type="submit"
                    aria-label=texts::allocate_from(&code)
                >
                    {texts::allocate()}
                </button>
            </form>
        }
        .into_any()
    } else {
        view! { <span class="badge badge--bad">{texts::lines_short(side.lines_short)}</span> }.into_any()
    };
    view! {
        <th scope="col" class="figure">
            <span class="table__warehouse" title=side.warehouse_name.clone()>{user_text(code.as_str())}</span>
            {action}
        </th>
    }
    .into_any()
}

/// A warehouse's stock for a line, and the missing units.
fn cell(line: &PreviewLine) -> AnyView {
    let missing = (line.missing > 0).then(|| {
        view! { <span class="table__missing">{texts::missing_units(line.missing)}</span> }
    });
    let icon = if line.missing > 0 { Icon::Cross } else { Icon::Check };
    view! {
        <td class="figure" class:figure--bad={line.missing > 0}>
            {format_integer(line.available)} " " {icon.view()} {missing}
        </td>
    }
    .into_any()
}

/// Returns the callback that allocates an order from a warehouse. An optimistic update: the order is shown as
/// allocated at once, and as pending again if the server rejects it.
fn allocate_action(expected: RwSignal<Option<OrderStatus>>) -> Callback<(i64, i64)> {
    let (toasts, refetch) = (Toasts::expect(), RefetchTrigger::expect());
    Callback::new(move |(id, warehouse_id)| {
        if expected.get_untracked().is_some() {
            return;
        }
        expected.set(Some(OrderStatus::Allocated));
        spawn_local(async move {
            match rpc::allocate_order(id, AllocateOrder { warehouse_id }).await {
                Ok(done) if done.allocated => {
                    let text = texts::order_allocated(&id.to_string());
                    toasts.show(Done::new(text).about("order", [id]));
                }
                Ok(done) => {
                    let detail = texts::order_short_meanwhile(done.shortages.len() as i64);
                    toasts.problem(api::Problem::new(409, "shortage", texts::order_not_allocated(), detail));
                }
                Err(problem) => toasts.problem(problem),
            }
            expected.try_set(None);
            refetch.trigger();
        });
    })
}
