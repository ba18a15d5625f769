//! The pages of carts, and their forms.

use super::form::Fields;
use super::page;
use super::response::{Rejection, check_stored};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, Query, RequestContext};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use api::{Cart, CartState};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use client::messages;
use client::{CartPage, CartsPage, ServerPage, page_size};
use domain::{CartId, CartQuery, ConvertHolds, Error, HoldSource, ItemId, Permission, Ttl};
use engine::Context;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;

/// Items that are read concurrently.
const CONCURRENT_READS: usize = 8;

/// The minutes in a new form that extends a cart.
const MINUTES_DEFAULT: &str = "60";

/// The routes. The forms need the permission to change blocks.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/carts", get(reading(search)))
        .route("/carts/{id}", get(reading(show)))
        .route("/carts/{id}/confirm", post(holding(confirm)))
        .route("/carts/{id}/end-payment", post(holding(end_payment)))
        .route("/carts/{id}/extend", post(holding(extend)))
        .route("/carts/{id}/order", post(Guarded { permission: Permission::WriteOrders, handler: order }))
        .route("/carts/{id}/release", post(holding(release)))
}

fn reading<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ReadStock, handler }
}

fn holding<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::WriteHolds, handler }
}

/// The reference of the search, and the page of its carts.
#[derive(Debug, Default, Deserialize)]
struct SearchParams {
    reference: Option<String>,
    after: Option<String>,
    size: Option<String>,
}

/// Shows the carts with a reference. A reference that can't be used is an error on the page.
async fn search(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = match Query::<SearchParams>::from_request_parts(&mut parts, &state).await {
        Ok(params) => params,
        Err(error) => return Ok(show_rejection(&state, parts, String::new(), error.into()).await),
    };
    let Some(reference) = params.reference else {
        return Ok(show_search(&state, parts, CartsPage::default()).await);
    };
    let carts = match CartQuery::new(&reference, Some(page_size(params.size)), params.after) {
        Ok(query) => state.engine.cart_list(&context, query).await?.into(),
        Err(error) => {
            return Ok(show_rejection(&state, parts, reference, ApiError::from(error).into()).await);
        }
    };
    Ok(show_search(&state, parts, CartsPage { reference, carts: Some(carts), error: None }).await)
}

async fn show_search(state: &AppState, parts: Parts, page: CartsPage) -> Response {
    page::render(state, parts, ServerPage::Carts(page)).await
}

/// Shows the search with the reason why there is no result.
async fn show_rejection(state: &AppState, parts: Parts, reference: String, rejection: Rejection) -> Response {
    let page = CartsPage { reference, carts: None, error: Some(rejection.text.clone()) };
    rejection.apply(show_search(state, parts, page).await)
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    match cart_id(&state, &mut parts).await {
        Ok(id) => respond(&state, &context, parts, id, MINUTES_DEFAULT.to_owned(), None).await,
        Err(missing) => Ok(show_missing(&state, parts, missing).await),
    }
}

/// Reads the id in the address. An id that is no number is that of no cart.
async fn cart_id(state: &AppState, parts: &mut Parts) -> Result<CartId, Rejection> {
    let id = Id::from_request_parts(parts, state).await;
    id.map(|Id(id)| CartId(id)).map_err(|error| Rejection { status: StatusCode::NOT_FOUND, ..error.into() })
}

async fn show_missing(state: &AppState, parts: Parts, missing: Rejection) -> Response {
    let page = ServerPage::NoCart(missing.text.clone());
    missing.apply(page::render(state, parts, page).await)
}

/// Shows a cart. `minutes` is the text in the form that extends it.
async fn respond(
    state: &AppState,
    context: &Context,
    parts: Parts,
    id: CartId,
    minutes: String,
    rejection: Option<Rejection>,
) -> Result<Response, ApiError> {
    let cart = match state.engine.cart_get(context, id).await {
        Err(engine::Error::Rejected(error)) => {
            return Ok(show_missing(state, parts, ApiError::from(error).into()).await);
        }
        cart => Cart::from(cart?),
    };
    let error = rejection.as_ref().map(|rejection| rejection.text.clone());
    let item_names = item_names(state, context, &cart).await?;
    let is_running = |payment: &api::CartPayment| payment.until > chrono::Utc::now();
    let is_paid = cart.state == CartState::Active && cart.payment.as_ref().is_some_and(is_running);
    let minutes_max = domain::TTL_MINUTES_MAX;
    let page = CartPage { cart, is_paid, item_names, minutes_max, minutes, error };
    let response = page::render(state, parts, ServerPage::Cart(Box::new(page))).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

/// Returns the name of the item of each line.
async fn item_names(state: &AppState, context: &Context, cart: &Cart) -> Result<Vec<String>, ApiError> {
    let items: Vec<_> = cart.lines.iter().map(|line| ItemId(line.item_id)).collect();
    let reads = items.into_iter().map(|item| state.engine.item_get(context, item));
    let items: Vec<_> = stream::iter(reads).buffered(CONCURRENT_READS).try_collect().await?;
    Ok(items.into_iter().map(|item| item.name.to_string()).collect())
}

async fn confirm(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::cart_is_confirmed(), async |state, context, id, _| {
        check_stored(state.engine.cart_confirm(context, id).await?)
    })
    .await
}

async fn end_payment(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::payment_ended(), async |state, context, id, _| {
        check_stored(state.engine.payment_end(context, id).await?)
    })
    .await
}

async fn order(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::order_created(), async |state, context, id, _| {
        let convert = ConvertHolds::new(HoldSource::Cart(id), None)?;
        check_stored(state.engine.order_convert(context, convert).await?)
    })
    .await
}

async fn extend(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::cart_is_extended(), async |state, context, id, fields| {
        let minutes = fields.text("minutes").parse();
        let minutes = minutes.map_err(|_| Error::invalid("minutes", "must be a whole number"))?;
        check_stored(state.engine.cart_extend(context, id, Ttl::from_minutes(minutes)?).await?)
    })
    .await
}

async fn release(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, messages::cart_is_released(), async |state, context, id, _| {
        check_stored(state.engine.cart_release(context, id).await?)
    })
    .await
}

/// Reads a form, performs its action, and redirects to the cart with the message `done`. A rejection is shown on the page of the
/// cart.
async fn submit(
    state: AppState,
    request: Request,
    done: &str,
    action: impl AsyncFnOnce(&AppState, &Context, CartId, &Fields) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let id = match cart_id(&state, &mut parts).await {
        Ok(id) => id,
        Err(missing) => return Ok(show_missing(&state, parts, missing).await),
    };
    let fields = Fields::read(&state, body).await?;
    let error = match action(&state, &context, id, &fields).await {
        Ok(()) => return Ok(redirect(done, &format!("/carts/{}", id.0))),
        Err(error) => error,
    };
    let minutes = Some(fields.text("minutes")).filter(|text| !text.is_empty()).unwrap_or(MINUTES_DEFAULT);
    respond(&state, &context, parts, id, minutes.to_owned(), Some(error.into())).await
}
