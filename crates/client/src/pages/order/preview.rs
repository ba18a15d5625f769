use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::show::Show;
use crate::components::toast::Toasts;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, RefetchOn, fetch};
use crate::format::{format_count, format_integer};
use crate::href;
use crate::refetch::RefetchTrigger;
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
                <h2 id="allocate">"Allocate"</h2>
                <p class="muted">"Takes every line out of one warehouse, or nothing."</p>
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
                            <a href=href::item(line.item_id)>{line.item_name.clone()}</a>
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
        <p class="summary" role="status">{move || preview.with(|preview| preview.as_ref().map(summary))}</p>
        // A focusable region, so that it can be scrolled by keyboard.
        <div class="table-box" tabindex="0" role="region" aria-label="Stock of each warehouse">
            <table class="table table--warehouses">
                <caption class="visually-hidden">"Stock of each warehouse for each line"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col" class="figure">"Requested"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

fn summary(preview: &OrderPreview) -> String {
    let fill = preview.warehouses.iter().filter(|side| side.fills).map(|side| side.warehouse_code.as_str());
    let fill = fill.collect::<Vec<_>>();
    if !fill.is_empty() {
        return format!("{} can fill the whole order.", fill.join(", "));
    }
    let best = preview.warehouses.iter().min_by_key(|side| (side.lines_short, side.units_short));
    match best {
        None => "There is no warehouse yet.".to_owned(),
        Some(best) => format!(
            "No warehouse can fill it. Closest is {}: {} short by {}. Receive or move units there first.",
            best.warehouse_code,
            format_count(best.lines_short, "line is", "lines are"),
            format_count(best.units_short, "unit", "units"),
        ),
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
                    aria-label=format!("Allocate from {code}")
                >
                    "Allocate"
                </button>
            </form>
        }
        .into_any()
    } else {
        let short = format_count(side.lines_short, "line", "lines");
        view! { <span class="badge badge--bad">{format!("{short} short")}</span> }.into_any()
    };
    view! {
        <th scope="col" class="figure">
            <span class="table__warehouse" title=side.warehouse_name.clone()>{code.clone()}</span>
            {action}
        </th>
    }
    .into_any()
}

/// A warehouse's stock for a line, and the missing units.
fn cell(line: &PreviewLine) -> AnyView {
    let missing = (line.missing > 0).then(|| {
        view! { <span class="table__missing">{format!("{} missing", format_integer(line.missing))}</span> }
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
                    toasts.done(format!("Order {id} is allocated: every line was taken."));
                }
                Ok(done) => {
                    let short = format_count(done.shortages.len() as i64, "line falls", "lines fall");
                    let detail = format!(
                        "Another request was faster: {short} short in this warehouse now. Nothing was allocated. The preview \
                         shows the current stock."
                    );
                    toasts.problem(api::Problem::new(409, "shortage", "The order was not allocated", detail));
                }
                Err(problem) => toasts.problem(problem),
            }
            expected.try_set(None);
            refetch.trigger();
        });
    })
}
