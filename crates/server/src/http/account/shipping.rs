//! The page that ships an order and takes its units back, and its forms.

use super::form::{Fields, whole};
use super::order_page::{order_id, read_order, show_missing};
use super::page;
use super::response::{Rejection, check_stored};
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::caller::Guarded;
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use client::messages;
use client::{ServerPage, ShippingPage};
use domain::{
    Condition, Error, ItemId, ItemKey, OrderId, Permission, Quantity, ReturnLine, ReturnOrder, ShipOrder,
    WarehouseId, WarehouseKey,
};
use engine::Context;
use uuid::Uuid;

/// The routes. The forms need the permission to change orders.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/orders/{id}/shipping", get(Guarded { permission: Permission::ReadStock, handler: show }))
        .route(
            "/orders/{id}/shipping/ship",
            post(Guarded { permission: Permission::WriteOrders, handler: ship }),
        )
        .route(
            "/orders/{id}/shipping/return",
            post(Guarded { permission: Permission::WriteOrders, handler: take_back }),
        )
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    match order_id(&state, &mut parts).await {
        Ok(id) => respond(&state, &context, parts, id, None, None).await,
        Err(missing) => Ok(show_missing(&state, parts, missing).await),
    }
}

/// Shows the units of an order. `fields` are those of a rejected form.
async fn respond(
    state: &AppState,
    context: &Context,
    parts: Parts,
    id: OrderId,
    fields: Option<&Fields>,
    rejection: Option<Rejection>,
) -> Result<Response, ApiError> {
    let order = match read_order(state, context, id).await? {
        Ok(order) => order,
        Err(missing) => return Ok(show_missing(state, parts, missing).await),
    };
    let error = rejection.as_ref().map(|rejection| rejection.text.clone());
    let text = |name: &str| fields.map_or_else(String::new, |fields| fields.text(name).to_owned());
    let (level, units, into) = (text("level"), text("units"), text("into"));
    let page = ShippingPage { order, level, units, into, key: Uuid::now_v7().to_string(), error };
    let response = page::render(state, parts, ServerPage::Shipping(Box::new(page))).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

/// Ships the units of one level, or all allocated units without a level.
async fn ship(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::units_are_shipped(), async |state, context, id, fields| {
        let shipment = match fields.text("level") {
            "" => ShipOrder::new(id, None, None)?,
            _ => {
                let (item, warehouse) = level_of(fields)?;
                ShipOrder::new(id, Some(warehouse), Some(vec![(item, units_of(fields)?)]))?
            }
        };
        check_stored(state.engine.order_ship(context, &shipment).await?)
    })
    .await
}

async fn take_back(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::units_came_back(), async |state, context, id, fields| {
        let (item, warehouse) = level_of(fields)?;
        let into = match fields.text("into") {
            "available" => None,
            condition => Some(
                Condition::parse(condition)
                    .ok_or_else(|| Error::invalid("into", "must be available, damaged or quarantine"))?,
            ),
        };
        let line = ReturnLine { item, quantity: units_of(fields)?, warehouse: Some(warehouse) };
        check_stored(state.engine.order_return(context, &ReturnOrder::new(id, vec![line], into)?).await?)
    })
    .await
}

/// Returns the stock level of a form: the ids of item and warehouse, as in `7.1`.
fn level_of(fields: &Fields) -> Result<(ItemKey, WarehouseKey), Error> {
    let ids = fields.text("level").split_once('.');
    let ids = ids.and_then(|(item, warehouse)| Some((item.parse().ok()?, warehouse.parse().ok()?)));
    let (item, warehouse) =
        ids.ok_or_else(|| Error::invalid("level", "must name an item and a warehouse"))?;
    Ok((ItemId(item).into(), WarehouseId(warehouse).into()))
}

fn units_of(fields: &Fields) -> Result<Quantity, Error> {
    Quantity::new(whole("quantity", fields.text("units"))?)
}

/// Reads a form, performs its action, and redirects to the page with the message `done`. A rejection is shown on the page.
async fn submit(
    state: AppState,
    request: Request,
    done: &str,
    action: impl AsyncFnOnce(&AppState, &Context, OrderId, &Fields) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let id = match order_id(&state, &mut parts).await {
        Ok(id) => id,
        Err(missing) => return Ok(show_missing(&state, parts, missing).await),
    };
    let fields = Fields::read(&state, body).await?;
    let keyed = fields.keyed(&context, &parts)?;
    match action(&state, &keyed, id, &fields).await {
        Ok(()) => Ok(redirect(done, &format!("/orders/{}/shipping", id.0))),
        Err(error) => respond(&state, &context, parts, id, Some(&fields), Some(error.into())).await,
    }
}
