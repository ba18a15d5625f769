use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{About, Changes, Data, fetch};
use crate::href;
use crate::on::on_submit;
use crate::text::{count, units};
use api::{AllocateOrder, OrderPreview, OrderStatus, PreviewLine, WarehousePreview, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What each warehouse could do for an order, side by side, before anything is taken.
#[component]
pub fn Preview(
    /// The order's id.
    id: i64,
    /// What the order is about to be.
    expected: RwSignal<Option<OrderStatus>>,
) -> impl IntoView {
    let preview = fetch(About::Stock, move || id, rpc::preview_order);
    view! {
        <section class="section" aria-labelledby="allocate">
            <header class="section__head">
                <h2 id="allocate">"Allocate"</h2>
                <p class="muted">"Takes every line out of one warehouse, or nothing."</p>
            </header>
            <Loaded from=preview lines=4 let:preview>
                <When is=move || preview.look(Option::is_some)>
                    <Sides preview expected />
                </When>
            </Loaded>
        </section>
    }
}

#[component]
fn Sides(preview: Data<Option<OrderPreview>>, expected: RwSignal<Option<OrderStatus>>) -> impl IntoView {
    let allocate = allocation(expected);
    let heads = move || {
        preview.look(|preview| {
            let preview = preview.as_ref()?;
            let id = preview.order_id;
            Some(preview.warehouses.iter().map(|warehouse| head(id, warehouse, allocate)).collect_view())
        })
    };
    let lines = move || {
        preview.look(|preview| {
            let preview = preview.as_ref()?;
            let line = |(at, line): (usize, &api::OrderLine)| {
                let cells = preview.warehouses.iter().filter_map(|side| side.lines.get(at)).map(cell);
                view! {
                    <tr tabindex="-1" data-row=line.item_id>
                        <th scope="row" class="table__lead">
                            <a href=href::item(line.item_id)>{line.item_name.clone()}</a>
                        </th>
                        <td class="figure">{units(line.quantity)}</td>
                        {cells.collect_view()}
                    </tr>
                }
            };
            Some(preview.lines.iter().enumerate().map(line).collect_view())
        })
    };
    view! {
        <p class="summary" role="status">{move || preview.look(|preview| preview.as_ref().map(summary))}</p>
        // A region of its own to scroll in, by keyboard too.
        <div class="table-box" tabindex="0" role="region" aria-label="What each warehouse has">
            <table class="table table--sides">
                <caption class="visually-hidden">"What each warehouse has for each line"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col" class="figure">"Asked"</th>
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
        return format!("{} could fill it all.", fill.join(", "));
    }
    let best = preview.warehouses.iter().min_by_key(|side| (side.lines_short, side.units_short));
    match best {
        None => "There is no warehouse yet.".to_owned(),
        Some(best) => format!(
            "No warehouse can fill it. Closest is {}: {} short by {}. Receive or move units there first.",
            best.warehouse_code,
            count(best.lines_short, "line is", "lines are"),
            count(best.units_short, "unit", "units"),
        ),
    }
}

/// A warehouse over its column: whether it could fill the order, and the button that lets it.
fn head(order: i64, side: &WarehousePreview, allocate: Callback<(i64, i64)>) -> AnyView {
    let (code, warehouse) = (side.warehouse_code.clone(), side.warehouse_id);
    let deed = if side.fills {
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
        let short = count(side.lines_short, "line", "lines");
        view! { <span class="badge badge--bad">{format!("{short} short")}</span> }.into_any()
    };
    view! {
        <th scope="col" class="figure">
            <span class="table__side" title=side.warehouse_name.clone()>{code.clone()}</span>
            {deed}
        </th>
    }
    .into_any()
}

/// What a warehouse has for a line, and what is missing.
fn cell(line: &PreviewLine) -> AnyView {
    let missing = (line.missing > 0).then(|| {
        view! { <span class="table__missing">{format!("{} missing", units(line.missing))}</span> }
    });
    let icon = if line.missing > 0 { Icon::Cross } else { Icon::Check };
    view! {
        <td class="figure" class:figure--out={line.missing > 0}>
            {units(line.available)} " " {icon.view()} {missing}
        </td>
    }
    .into_any()
}

/// Allocates an order from a warehouse: shows it at once, and takes it back where it is refused.
fn allocation(expected: RwSignal<Option<OrderStatus>>) -> Callback<(i64, i64)> {
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
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
                    let short = count(done.shortages.len() as i64, "line falls", "lines fall");
                    let detail = format!(
                        "Someone was faster: {short} short there now. Nothing was taken; the preview shows what \
                         each warehouse has."
                    );
                    toasts.refused(api::Problem::new(409, "shortage", "The order was not allocated", detail));
                }
                Err(problem) => toasts.refused(problem),
            }
            expected.try_set(None);
            changes.mark();
        });
    })
}
