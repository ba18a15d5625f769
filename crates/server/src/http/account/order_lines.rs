//! The page that changes the lines of an order, and its form.

use super::form::{Fields, whole};
use super::page;
use super::response::{Rejection, check_stored};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, RequestContext};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use api::by_key::item_filter;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use client::messages;
use client::{OrderLinesPage, ServerPage, UNITS_PREFIX};
use domain::{
    ChangeOrderLinesByKeys, Error, ItemId, ItemKey, ORDER_LINES_MAX, Order, OrderId, OrderStatus, Permission,
    Precondition, Quantity,
};
use engine::Context;
use futures::future::join_all;
use std::collections::HashSet;

/// The routes. They need the permission to change orders.
pub(super) fn router() -> Router<AppState> {
    Router::new().route("/orders/{id}/lines", get(guarded(show)).post(guarded(change)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::WriteOrders, handler }
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    respond(&state, &context, parts, OrderId(id), &Fields::default(), None).await
}

/// Replaces the lines by those of the form, and redirects to the order. A rejection is shown on the page.
async fn change(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let fields = Fields::read(&state, body).await?;
    let changed = async {
        let lines = lines(&fields)?;
        let change = ChangeOrderLinesByKeys::new(OrderId(id), lines)?;
        let change = change.with_condition(condition(&fields));
        check_stored(state.engine.order_change_lines(&context, change).await?)
    };
    match changed.await {
        Ok(()) => Ok(redirect(messages::lines_changed(), &format!("/orders/{id}"))),
        Err(error) => {
            let rejection = Rejection::from(error);
            let rejection = match rejection.status {
                StatusCode::PRECONDITION_FAILED => {
                    Rejection { text: messages::lines_conflict().to_owned(), ..rejection }
                }
                _ => rejection,
            };
            respond(&state, &context, parts, OrderId(id), &fields, Some(rejection)).await
        }
    }
}

/// Returns the condition of a form: the version of the lines that it was made for.
fn condition(fields: &Fields) -> Precondition {
    match fields.text("version") {
        "" => Precondition::None,
        version => Precondition::OneOf(vec![version.to_owned()]),
    }
}

/// Returns the lines of a form: those with units, and the added one.
fn lines(fields: &Fields) -> Result<Vec<(ItemKey, Quantity)>, Error> {
    let mut lines = Vec::new();
    for (id, units) in fields.with_prefix(UNITS_PREFIX) {
        let id = whole("itemId", id)?;
        match units {
            "" | "0" => {}
            units => lines.push((ItemId(id).into(), Quantity::new(whole("quantity", units)?)?)),
        }
    }
    let id = Some(fields.text("item")).filter(|id| !id.is_empty());
    let sku = Some(fields.text("sku")).filter(|sku| !sku.is_empty());
    let id = id.map(|id| whole("itemId", id)).transpose()?;
    if let Some(item) = item_filter(id, sku.map(str::to_owned))? {
        lines.push((item, Quantity::new(whole("quantity", fields.text("quantity"))?)?));
    }
    Ok(lines)
}

/// Shows the page of an order with the texts of a form. The page of the order explains that there is none.
async fn respond(
    state: &AppState,
    context: &Context,
    parts: Parts,
    id: OrderId,
    fields: &Fields,
    rejection: Option<Rejection>,
) -> Result<Response, ApiError> {
    let order = match state.engine.order_get(context, id).await {
        Err(engine::Error::Rejected(_)) => {
            return Ok(Redirect::to(&format!("/orders/{id}")).into_response());
        }
        order => order?,
    };
    let page = OrderLinesPage {
        is_changeable: order.status == OrderStatus::Pending,
        version: order.lines_version().to_string(),
        units: units(&order, fields),
        removed: removed(state, context, &order, fields).await?,
        order: order.into(),
        sku: fields.text("sku").to_owned(),
        item: fields.text("item").to_owned(),
        quantity: fields.text("quantity").to_owned(),
        error: rejection.as_ref().map(|rejection| rejection.text.clone()),
    };
    let response = page::render(state, parts, ServerPage::OrderLines(Box::new(page))).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

/// Returns the texts of the units: those of the form, otherwise the present units.
fn units(order: &Order, fields: &Fields) -> Vec<String> {
    let present = order.lines.iter().map(|line| (line.item.to_string(), line.quantity.to_string()));
    let text = |(item, present): (String, String)| {
        let sent = fields.with_prefix(UNITS_PREFIX).find(|(id, _)| *id == item);
        sent.map_or(present, |(_, units)| units.to_owned())
    };
    present.map(text).collect()
}

/// Returns the lines of a form that the order does not have any more: id, name and text of the units. An item that does not
/// exist has no line.
async fn removed(
    state: &AppState,
    context: &Context,
    order: &Order,
    fields: &Fields,
) -> Result<Vec<(i64, String, String)>, ApiError> {
    let sent = fields.with_prefix(UNITS_PREFIX).take(ORDER_LINES_MAX);
    let sent = sent.filter_map(|(id, units)| Some((ItemId(id.parse().ok()?), units)));
    let present: HashSet<_> = order.lines.iter().map(|line| line.item).collect();
    let sent: Vec<_> = sent.filter(|(item, _)| !present.contains(item)).collect();
    // Concurrent reads of items are one batch.
    let found = join_all(sent.iter().map(|(item, _)| state.engine.item_get(context, *item))).await;
    let mut removed = Vec::new();
    for ((item, units), found) in sent.into_iter().zip(found) {
        match found {
            Err(engine::Error::Rejected(_)) => {}
            found => removed.push((item.0, found?.name.to_string(), units.to_owned())),
        }
    }
    Ok(removed)
}
