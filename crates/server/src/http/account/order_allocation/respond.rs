//! The responses of the page.

use super::super::form::Fields;
use super::super::order_page::{order_id, read_order, show_missing};
use super::super::page;
use super::super::response::Rejection;
use super::fields::{self, ChoiceParams};
use crate::http::error::ApiError;
use crate::http::extract::{Query, RequestContext};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use api::OrderPreview;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::request::Parts;
use axum::response::Response;
use client::{OrderAllocationPage, PlanChoice, ServerPage, SourcingPlace};
use domain::{OrderId, PolicyChoice};
use engine::Context;
use uuid::Uuid;

/// The result of a form.
pub(super) struct Done {
    /// The message on the next page.
    pub(super) message: String,
    /// Whether nothing is left to allocate. The next page is the order's.
    pub(super) is_complete: bool,
}

/// Shows the plans of an order. `fields` are those of a rejected form.
pub(super) async fn respond(
    state: &AppState,
    context: &Context,
    mut parts: Parts,
    id: OrderId,
    fields: &Fields,
    rejection: Option<Rejection>,
) -> Result<Response, ApiError> {
    let order = match read_order(state, context, id).await? {
        Ok(order) => order,
        Err(missing) => return Ok(show_missing(state, parts, missing).await),
    };
    let Query(params) = Query::<ChoiceParams>::from_request_parts(&mut parts, state).await?;
    let choice: PlanChoice = params.into();
    // A choice that can't be used shows the plans of the default one, and its reason.
    let (policy, rejection) = match fields::policy(&choice) {
        Ok(policy) => (policy, rejection),
        Err(error) => {
            let invalid = ApiError::from(error).into();
            (fields::policy(&PlanChoice::default())?, rejection.or(Some(invalid)))
        }
    };
    let page = OrderAllocationPage {
        preview: preview(state, context, id, policy).await?,
        places: places(state, context, policy).await?,
        order,
        may_wait: !context.warehouses.is_limited(),
        choice,
        texts: fields.with_prefix("").map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        key: Uuid::now_v7().to_string(),
        error: rejection.as_ref().map(|rejection| rejection.text.clone()),
    };
    let response = page::render(state, parts, ServerPage::OrderAllocation(Box::new(page))).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

/// Returns the plans of an order; `None` if it lacks no units.
async fn preview(
    state: &AppState,
    context: &Context,
    id: OrderId,
    policy: PolicyChoice,
) -> Result<Option<OrderPreview>, ApiError> {
    match state.engine.order_preview(context, id, policy).await {
        Err(engine::Error::Rejected(_)) => Ok(None),
        preview => Ok(Some(preview?.into())),
    }
}

/// Returns the warehouses that the caller may change, with their distances to the destination.
async fn places(
    state: &AppState,
    context: &Context,
    policy: PolicyChoice,
) -> Result<Vec<SourcingPlace>, ApiError> {
    let warehouses = state.engine.warehouse_list(context).await?.into_iter();
    let allowed = warehouses.filter(|warehouse| context.warehouses.contains(warehouse.id));
    let place = |warehouse: domain::Warehouse| SourcingPlace {
        id: warehouse.id.0,
        metres: policy.near.zip(warehouse.coordinates).map(|(near, position)| near.distance_metres(position)),
        code: warehouse.code,
        priority: warehouse.priority.get(),
    };
    Ok(allowed.map(place).collect())
}

/// Reads a form, performs its action once per key, and redirects to the page that the action returns. A rejection is shown on
/// the page of the plans, which keeps the texts of the form.
pub(super) async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Context, OrderId, &Fields) -> Result<Done, ApiError>,
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
        Ok(Done { message, is_complete }) => {
            let page = if is_complete { "" } else { "/allocate" };
            Ok(redirect(&message, &format!("/orders/{}{page}", id.0)))
        }
        Err(error) => respond(&state, &context, parts, id, &fields, Some(error.into())).await,
    }
}
