//! The forms of the page that allocates an order.

use super::super::form::{Fields, whole};
use super::fields::{given, part, plan, priority};
use super::respond::{Done, submit};
use crate::http::error::ApiError;
use crate::state::AppState;
use api::{AllocationAnswer, Order, OrderPartChanged, OrderStatus};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response as HttpResponse;
use client::messages;
use domain::{
    CancelLines, Error, FillOrder, ItemKey, OrderId, OrderPart, QueueOrder, ReassignUnits, WarehouseId,
};
use engine::{Context, Response};
use serde::{Deserialize, Serialize};

/// The short lines that a message names. The others are counted.
const SHOWN_SHORTAGES_MAX: usize = 5;

impl Done {
    fn stay(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_complete: false }
    }
}

/// The fields of an answer that the messages need.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    allocated: bool,
    status: Option<OrderStatus>,
    shortages: Vec<Shortage>,
    taken: Vec<Units>,
    missing: Vec<Units>,
    units: Vec<Units>,
}

#[derive(Deserialize)]
struct Units {
    quantity: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shortage {
    item_id: i64,
    requested: i64,
    available: i64,
}

/// Returns the answer to a command, fresh or stored.
///
/// # Errors
/// The stored rejection.
fn answer<T, W: From<T> + Serialize>(response: Response<T>) -> Result<Answer, ApiError> {
    let answer = match response {
        Response::Stored(stored) if !stored.is_success() => return Err(api::stored_problem(&stored).into()),
        Response::Stored(stored) => serde_json::from_slice(&stored.body),
        Response::Fresh(output) => serde_json::to_value(W::from(output)).and_then(serde_json::from_value),
    };
    // Each answer is an object of these fields.
    Ok(answer.unwrap_or_default())
}

/// Returns the sum of units.
fn sum(units: &[Units]) -> i64 {
    units.iter().map(|units| units.quantity).sum()
}

/// Allocates exactly the units of a plan.
pub(super) async fn allocate(
    State(state): State<AppState>,
    request: Request,
) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, id, fields| {
        let allocated = state.engine.order_allocate(context, id, plan(fields)?).await?;
        let answer = answer::<_, AllocationAnswer>(allocated)?;
        if !answer.allocated {
            return Err(short(state, context, id, &answer.shortages).await?);
        }
        Ok(Done { message: messages::order_is_allocated(&id.to_string()), is_complete: true })
    })
    .await
}

/// Returns the problem of a plan whose units are not available any more.
async fn short(
    state: &AppState,
    context: &Context,
    id: OrderId,
    shortages: &[Shortage],
) -> Result<ApiError, ApiError> {
    let order = state.engine.order_get(context, id).await?;
    let name = |short: &Shortage| {
        let line = order.lines.iter().find(|line| line.item.0 == short.item_id);
        line.map_or_else(|| format!("#{}", short.item_id), |line| line.item_name.clone())
    };
    let named = |short: &Shortage| messages::planned_short(&name(short), short.requested, short.available);
    let mut list: Vec<_> = shortages.iter().take(SHOWN_SHORTAGES_MAX).map(named).collect();
    if let Some(more) = shortages.len().checked_sub(SHOWN_SHORTAGES_MAX).filter(|more| *more > 0) {
        list.push(messages::and_more_lines(more as i64));
    }
    let detail = messages::plan_short(&list.join("; "));
    Ok(ApiError::new(StatusCode::CONFLICT, "shortage", "The order was not allocated", detail))
}

/// Takes the missing units that are available, and lets the others wait.
pub(super) async fn fill(State(state): State<AppState>, request: Request) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, order, fields| {
        let warehouse = given(fields.text("warehouse")).map(|text| whole("warehouseId", text)).transpose()?;
        let waits = fields.text("wait") == "yes";
        let priority = priority(fields, "priority")?.filter(|_| waits);
        let warehouse = warehouse.map(|id| WarehouseId(id).into());
        let filled = state
            .engine
            .order_fill(context, FillOrder { order, warehouse, waits, priority, items: None })
            .await?;
        let answer = answer::<_, AllocationAnswer>(filled)?;
        if answer.allocated {
            return Ok(Done { message: messages::order_is_allocated(&order.to_string()), is_complete: true });
        }
        let is_waiting = waits || state.engine.order_get(context, order).await?.waiting_since.is_some();
        let (taken, missing) = (sum(&answer.taken), sum(&answer.missing));
        Ok(Done::stay(match is_waiting {
            true => messages::allocated_and_waiting(taken, missing),
            false => messages::allocated_and_missing(taken, missing),
        }))
    })
    .await
}

/// Puts the order into the queue, changes its priority, or takes it out.
pub(super) async fn queue(State(state): State<AppState>, request: Request) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, order, fields| {
        let waits = fields.text("leave") != "yes";
        let priority = priority(fields, "queuePriority")?;
        let queued = state.engine.order_queue(context, QueueOrder { order, waits, priority }).await?;
        answer::<_, Order>(queued)?;
        Ok(Done::stay(match waits {
            true => messages::now_in_queue(),
            false => messages::left_queue(),
        }))
    })
    .await
}

/// Cancels units of a line.
pub(super) async fn cancel(
    State(state): State<AppState>,
    request: Request,
) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, id, fields| {
        let part = part(fields, "cancelItem", "cancelUnits")?;
        let part = part.ok_or_else(|| Error::invalid("itemId", "must name a line"))?;
        let cancelled = state.engine.order_cancel_lines(context, CancelLines::new(id, part)?).await?;
        let answer = answer::<_, OrderPartChanged>(cancelled)?;
        let message = match answer.status {
            Some(OrderStatus::Cancelled) => messages::order_is_cancelled_empty(&id.to_string()),
            _ => messages::units_cancelled(sum(&answer.units)),
        };
        let is_complete = !matches!(answer.status, Some(OrderStatus::Pending | OrderStatus::Partial));
        Ok(Done { message, is_complete })
    })
    .await
}

/// Passes allocated units of the order to another one.
pub(super) async fn give(State(state): State<AppState>, request: Request) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, id, fields| {
        let to = other(fields, "giveTo")?;
        let units = pass(state, context, (id, to), part(fields, "giveItem", "giveUnits")?).await?;
        Ok(Done::stay(messages::units_given(sum(&units.units), &to.to_string())))
    })
    .await
}

/// Takes allocated units of another order that the order misses.
pub(super) async fn get(State(state): State<AppState>, request: Request) -> Result<HttpResponse, ApiError> {
    submit(state, request, async |state, context, id, fields| {
        let from = other(fields, "getFrom")?;
        let answer = pass(state, context, (from, id), part(fields, "getItem", "getUnits")?).await?;
        let is_complete = answer.status == Some(OrderStatus::Allocated);
        Ok(Done { message: messages::units_taken_from(sum(&answer.units), &from.to_string()), is_complete })
    })
    .await
}

/// Returns the other order of a form.
fn other(fields: &Fields, name: &str) -> Result<OrderId, Error> {
    Ok(OrderId(whole("orderId", fields.text(name))?))
}

async fn pass(
    state: &AppState,
    context: &Context,
    (from, to): (OrderId, OrderId),
    part: Option<OrderPart<ItemKey>>,
) -> Result<Answer, ApiError> {
    let reassign = ReassignUnits::new(from, to, part)?;
    answer::<_, OrderPartChanged>(state.engine.order_reassign(context, reassign).await?)
}
