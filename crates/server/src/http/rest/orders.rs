use super::response::{CommandResult, Created, JsonResult, created_at, json, with_details};
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use crate::http::extract::{Id, Query};
use api::by_key::{AllocateOrder, CreateOrder};
use api::{Order, OrderAllocation, OrderCancelled, OrderPreview, OrderStatus, Page};
use axum::Json;
use axum::extract::State;
use domain::{OrderId, OrderQuery};
use engine::Engine;
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter and page of a list of orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersParams {
    /// Only orders with this status.
    status: Option<OrderStatus>,
    /// Only orders with this reference.
    reference: Option<String>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl OrdersParams {
    /// Returns the query of the whole list, without paging.
    pub(crate) fn whole(self) -> Result<OrderQuery, domain::Error> {
        Self { limit: None, after: None, ..self }.query()
    }

    fn query(self) -> Result<OrderQuery, domain::Error> {
        OrderQuery::new(self.status.map(Into::into), self.limit, self.after)?
            .with_reference(self.reference.as_deref())
    }
}

/// Creates an order. It takes no stock.
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = CreateOrder,
    responses((status = 201, description = "The order", body = Order,
               headers(("Location" = String, description = "Where the order can be read")))))]
pub(crate) async fn create_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(order): JsonBody<CreateOrder>,
) -> CommandResult<Created<Order>> {
    let order = with_details(&engine, engine.order_create(&context, order.into_request()?).await).await?;
    Ok(created_at(order, |order| format!("/api/orders/{}", order.id)))
}

/// A page of orders, newest first.
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(OrdersParams),
    responses((status = 200, description = "The page", body = Page<Order>)))]
pub(crate) async fn list_orders(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<OrdersParams>,
) -> JsonResult<Page<Order>> {
    Ok(Json(engine.order_list(&context, params.query()?).await?.into()))
}

/// One order.
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")),
    responses((status = 200, description = "The order", body = Order)))]
pub(crate) async fn get_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> JsonResult<Order> {
    Ok(Json(engine.order_get(&context, OrderId(id)).await?.into()))
}

/// Allocates every line of an order from one warehouse. If a line lacks units, nothing is allocated, and the response has
/// the shortages.
#[utoipa::path(post, path = "/api/orders/{id}/allocate", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = AllocateOrder,
    responses((status = 200, description = "Whether the order was allocated", body = OrderAllocation)))]
pub(crate) async fn allocate_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(allocation): JsonBody<AllocateOrder>,
) -> CommandResult<Json<OrderAllocation>> {
    let allocated = engine.order_allocate(&context, OrderId(id), allocation.warehouse()?).await;
    Ok(json(with_details(&engine, allocated).await?))
}

/// The result of an allocation from each warehouse, without allocating.
///
/// Units of expired blocks count as available, as in an allocation.
#[utoipa::path(get, path = "/api/orders/{id}/preview", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")),
    responses((status = 200, description = "The result for each warehouse", body = OrderPreview)))]
pub(crate) async fn preview_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> JsonResult<OrderPreview> {
    Ok(Json(engine.order_preview(&context, OrderId(id)).await?.into()))
}

/// Cancels an order, and returns its allocated units.
#[utoipa::path(post, path = "/api/orders/{id}/cancel", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")),
    responses((status = 200, description = "The order was cancelled", body = OrderCancelled)))]
pub(crate) async fn cancel_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<OrderCancelled>> {
    Ok(json(with_details(&engine, engine.order_cancel(&context, OrderId(id)).await).await?))
}
