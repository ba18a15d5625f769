use super::response::{CommandResult, JsonResult, created, json, tagged, with_details};
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::{Id, Query};
use crate::http::extract::{JsonBody, OptionalJsonBody};
use api::by_key::{ChangeCart, ConfirmCart, PlaceCart, StartPayment};
use api::{Cart, CartConfirmed, CartExtended, CartPlaced, CartReleased, CartShipped, ExtendBlock, Page};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::{CartId, CartQuery};
use engine::Engine;
use serde::Deserialize;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use utoipa::IntoParams;

/// Places a cart: a temporary block for each line, or none.
#[utoipa::path(post, path = "/api/blocks", tag = "carts", request_body = PlaceCart,
    responses((status = 201, description = "The cart, with a block for each line", body = CartPlaced)))]
pub(crate) async fn place_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(cart): JsonBody<PlaceCart>,
) -> CommandResult<(StatusCode, Json<CartPlaced>)> {
    let placed = with_details(&engine, engine.cart_place(&context, cart.into_request()?).await).await?;
    Ok(created(placed))
}

/// One cart, also after its end.
///
/// The response has an ETag. A request with it in `If-None-Match` gets 304 while the cart is unchanged.
#[utoipa::path(get, path = "/api/carts/{id}", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")),
    responses((status = 200, description = "The cart", body = Cart,
               headers(("ETag" = String, description = "A weak tag of the cart"))),
              (status = 304, description = "The cart is unchanged since the ETag in If-None-Match")))]
pub(crate) async fn get_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let cart = Cart::from(engine.cart_get(&context, CartId(id)).await?);
    let body = serde_json::to_vec(&cart).unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    Ok(tagged(&headers, hasher.finish(), ([(header::CONTENT_TYPE, "application/json")], body)))
}

/// The carts with a reference, and the page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CartsParams {
    /// The reference of the carts.
    reference: String,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

/// A page of the carts with a reference, newest first.
#[utoipa::path(get, path = "/api/carts", tag = "carts", params(CartsParams),
    responses((status = 200, description = "The page", body = Page<Cart>)))]
pub(crate) async fn list_carts(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<CartsParams>,
) -> JsonResult<Page<Cart>> {
    let query = CartQuery::new(&params.reference, params.limit, params.after)?;
    Ok(Json(engine.cart_list(&context, query).await?.into()))
}

/// Replaces the lines of an active cart, or none of them. Units that the cart holds are available for its new lines. A
/// refused change leaves the lines and the expiry time as they were.
#[utoipa::path(put, path = "/api/carts/{id}", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")), request_body = ChangeCart,
    responses((status = 200, description = "The changed cart", body = Cart)))]
pub(crate) async fn change_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(change): JsonBody<ChangeCart>,
) -> CommandResult<Json<Cart>> {
    let change = change.for_cart(CartId(id))?;
    Ok(json(with_details(&engine, engine.cart_change(&context, change).await).await?))
}

/// Makes all blocks of a cart permanent, or none. It also ends the payment of the cart.
///
/// With `late: retake`, an expired cart takes its units again from the same stock levels, or none. The answer to that has
/// `retaken: true`. A problem `cart_expired` with `shortages` lists the items that lack units.
#[utoipa::path(post, path = "/api/carts/{id}/confirm", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")), request_body = Option<ConfirmCart>,
    responses((status = 200, description = "The blocks, now permanent", body = CartConfirmed)))]
pub(crate) async fn confirm_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    OptionalJsonBody(confirm): OptionalJsonBody<ConfirmCart>,
) -> CommandResult<Json<CartConfirmed>> {
    let confirmed = match confirm.retake(CartId(id))? {
        None => engine.cart_confirm(&context, CartId(id)).await?,
        Some(retake) => with_details(&engine, engine.cart_confirm_late(&context, retake).await).await?,
    };
    Ok(json(confirmed))
}

/// Keeps an active cart until the end of a payment. Until then the cart can be confirmed, and it can't be changed, extended or
/// released. A later expiry time is kept.
#[utoipa::path(post, path = "/api/carts/{id}/payment", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")), request_body = StartPayment,
    responses((status = 200, description = "The cart with its payment", body = Cart)))]
pub(crate) async fn start_payment(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(start): JsonBody<StartPayment>,
) -> CommandResult<Json<Cart>> {
    Ok(json(engine.payment_start(&context, start.for_cart(CartId(id))?).await?))
}

/// Ends the running payment of a cart. The cart gets the expiry time that it had before the payment. If that has passed, the
/// answer has the state `expired`.
#[utoipa::path(delete, path = "/api/carts/{id}/payment", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")),
    responses((status = 200, description = "The cart without a payment", body = Cart)))]
pub(crate) async fn end_payment(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<Cart>> {
    Ok(json(engine.payment_end(&context, CartId(id)).await?))
}

/// Extends all temporary blocks of a cart, or none.
#[utoipa::path(post, path = "/api/carts/{id}/extend", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")), request_body = ExtendBlock,
    responses((status = 200, description = "The blocks with their new expiry", body = CartExtended)))]
pub(crate) async fn extend_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(extension): JsonBody<ExtendBlock>,
) -> CommandResult<Json<CartExtended>> {
    Ok(json(engine.cart_extend(&context, CartId(id), extension.try_into()?).await?))
}

/// Releases the temporary blocks of a cart, which returns their units.
#[utoipa::path(delete, path = "/api/carts/{id}", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")),
    responses((status = 200, description = "The blocks were released, their units are available", body = CartReleased)))]
pub(crate) async fn release_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<CartReleased>> {
    Ok(json(engine.cart_release(&context, CartId(id)).await?))
}

/// Ships all blocks of a confirmed cart: their units leave the shelf, and are not on hand any more. It is for shops that keep
/// their orders elsewhere.
#[utoipa::path(post, path = "/api/carts/{id}/ship", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")),
    responses((status = 200, description = "The blocks, whose units have left the shelf", body = CartShipped)))]
pub(crate) async fn ship_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<CartShipped>> {
    Ok(json(engine.cart_ship(&context, CartId(id)).await?))
}
