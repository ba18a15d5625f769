use super::response::{CommandResult, created, json, with_details};
use crate::http::extract::Id;
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use api::by_key::PlaceCart;
use api::{CartConfirmed, CartExtended, CartPlaced, CartReleased, ExtendBlock};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::CartId;
use engine::Engine;

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

/// Makes all temporary blocks of a cart permanent, or none.
#[utoipa::path(post, path = "/api/carts/{id}/confirm", tag = "carts",
    params(("id" = i64, Path, description = "The cart's id")),
    responses((status = 200, description = "The blocks, now permanent", body = CartConfirmed)))]
pub(crate) async fn confirm_cart(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<CartConfirmed>> {
    Ok(json(engine.cart_confirm(&context, CartId(id)).await?))
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
