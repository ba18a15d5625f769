use super::filters::{item_of, warehouse_of};
use super::response::{
    CommandResult, Created, JsonResult, Tagged, VersionedResponse, created_at, entity_tag, json,
    json_with_tag, with_details,
};
use crate::http::error::ApiError;
use crate::http::extract::{Id, IfMatch, Query, RequestContext};
use crate::http::extract::{JsonBody, OptionalJsonBody};
use api::by_key::{
    AllocateOrder, AllocationRequest, CancelOrder, ChangeOrderLines, CreateOrder, OrderRequest, QueueOrder,
    ReassignUnits,
};
use api::time::{DateTime, Utc};
use api::{
    AllocationAnswer, CancelAnswer, Order, OrderPartChanged, OrderPreview, OrderReturned, OrderShipped,
    OrderSort, OrderStatus, Page, Position, ReturnOrder, ShipOrder, SourcingPolicy,
};
use axum::Json;
use axum::extract::State;
use domain::{Coordinates, OrderFilter, OrderId, OrderQuery, PolicyChoice};
use engine::{Context, Engine};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter and page of a list of orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersParams {
    /// Only orders with this status.
    status: Option<OrderStatus>,
    /// Only orders that wait in the queue of missing units. The first 10,001 orders of the queue are listed.
    waiting: Option<bool>,
    /// Only orders with this reference.
    reference: Option<String>,
    /// Only orders that have a line of this item.
    item_id: Option<i64>,
    /// Only orders that have a line of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only orders that have allocated or shipped units from this warehouse.
    warehouse_id: Option<i64>,
    /// Only orders that have allocated or shipped units from the warehouse with this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
    /// Only orders that were created at or after this time.
    from: Option<DateTime<Utc>>,
    /// Only orders that were created before this time, which is after `from`.
    to: Option<DateTime<Utc>>,
    /// The order; default `newest`.
    sort: Option<OrderSort>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl OrdersParams {
    /// Returns the query of the whole list, without paging.
    pub(crate) async fn whole(self, engine: &Engine, context: &Context) -> Result<OrderQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<OrderQuery, ApiError> {
        let (status, is_waiting) = (self.status.map(Into::into), self.waiting.unwrap_or(false));
        let filter = OrderFilter { status, is_waiting, ..OrderFilter::default() };
        let filter = filter.with_reference(self.reference.as_deref())?.with_times(self.from, self.to)?;
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        let warehouse = warehouse_of(engine, context, self.warehouse_id, self.warehouse_code).await?;
        let query = OrderQuery::new(OrderFilter { item, warehouse, ..filter }, self.limit, self.after)?;
        Ok(query.with_oldest_first(self.sort == Some(OrderSort::Oldest)))
    }
}

/// Creates an order.
///
/// With `lines` it takes no stock. With `cartId` or `blockIds` the units that these hold become the order's: it is allocated
/// from the warehouses where they are held, and no unit is taken twice. The cart or the blocks have ended then.
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = CreateOrder,
    responses((status = 201, description = "The order", body = Order,
               headers(("Location" = String, description = "Where the order can be read")))))]
pub(crate) async fn create_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(order): JsonBody<CreateOrder>,
) -> CommandResult<Created<Order>> {
    match order.into_request()? {
        OrderRequest::New(order) => {
            let order = with_details(&engine, engine.order_create(&context, order).await).await?;
            Ok(created_at(order, |order| format!("/api/orders/{}", order.id)))
        }
        OrderRequest::Convert(convert) => {
            let order = engine.order_convert(&context, convert).await?;
            Ok(created_at(order, |order| format!("/api/orders/{}", order.id)))
        }
    }
}

/// A page of orders, by default newest first: in the order of their ids; in that of their creation times with `from` or `to` and without
/// an item and a reference.
///
/// An order has to match all filters. A page with several filters reads at most 10,000 orders, so it may have fewer rows than
/// `limit`, even none: `next` is null only after the last page.
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(OrdersParams),
    responses((status = 200, description = "The page", body = Page<Order>)))]
pub(crate) async fn list_orders(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<OrdersParams>,
) -> JsonResult<Page<Order>> {
    Ok(Json(engine.order_list(&context, params.query(&engine, &context).await?).await?.into()))
}

/// One order. Its ETag is the version of its lines.
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")),
    responses((status = 200, description = "The order", body = Order, headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn get_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> Result<Tagged<Json<Order>>, ApiError> {
    let order = engine.order_get(&context, OrderId(id)).await?;
    Ok((entity_tag(order.lines_version()), Json(order.into())))
}

/// Replaces all lines of a pending order, or none of them. It takes no stock. An archived item may stay on the order, but it
/// can't be added.
///
/// With `If-Match`, only an order with this ETag is changed.
#[utoipa::path(put, path = "/api/orders/{id}/lines", tag = "orders",
    params(("id" = i64, Path, description = "The order's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the order that is to be changed")),
    request_body = ChangeOrderLines,
    responses((status = 200, description = "The changed order", body = Order,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn change_order_lines(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
    JsonBody(change): JsonBody<ChangeOrderLines>,
) -> Result<VersionedResponse<Order>, ApiError> {
    let change = change.for_order(OrderId(id), condition)?;
    let changed = with_details(&engine, engine.order_change_lines(&context, change).await).await?;
    Ok(json_with_tag(changed, domain::Order::lines_version))
}

/// Puts an order that lacks units into the queue of missing units, or takes it out of it, and sets its priority.
///
/// The order keeps its allocated units. The queue is served by priority, then by age, within a second.
#[utoipa::path(put, path = "/api/orders/{id}/queue", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = QueueOrder,
    responses((status = 200, description = "The changed order", body = Order)))]
pub(crate) async fn queue_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(queue): JsonBody<QueueOrder>,
) -> CommandResult<Json<Order>> {
    let queue = queue.for_order(OrderId(id))?;
    Ok(json(with_details(&engine, engine.order_queue(&context, queue).await).await?))
}

/// Allocates an order. In the mode `whole`: every line, from one warehouse, from the warehouses that a policy chooses, or by a
/// plan; if a line lacks units, nothing is allocated, and the response has the shortages. For a partial order, it allocates the
/// missing units. In the mode `partial`: the missing units that are available, from one warehouse or from all.
///
/// A policy chooses among the warehouses that the caller may change. The plan is the best one on the stock at the moment of
/// the allocation; among equal plans, that with the lowest warehouse ids.
#[utoipa::path(post, path = "/api/orders/{id}/allocate", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = AllocateOrder,
    responses((status = 200, description = "Whether the order was allocated", body = AllocationAnswer)))]
pub(crate) async fn allocate_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(allocation): JsonBody<AllocateOrder>,
) -> CommandResult<Json<AllocationAnswer>> {
    let id = OrderId(id);
    Ok(match allocation.into_request(id)? {
        AllocationRequest::Whole(from) => {
            json(with_details(&engine, engine.order_allocate(&context, id, from).await).await?)
        }
        AllocationRequest::Partial(fill) => {
            json(with_details(&engine, engine.order_fill(&context, fill).await).await?)
        }
    })
}

/// The choice of a policy.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicyParams {
    /// The policy of the plans. Default: `fewest_parcels`.
    policy: Option<SourcingPolicy>,
    /// The maximum number of warehouses of a plan: 1 to 100. Default: no limit.
    max_parcels: Option<i64>,
    /// Whether the units of one item may come from several warehouses. Default: true.
    split_lines: Option<bool>,
    /// The destination's latitude, -90 to 90 degrees. Required for `nearest`, and with `longitude`.
    latitude: Option<f64>,
    /// The destination's longitude, -180 to 180 degrees. Required for `nearest`, and with `latitude`.
    longitude: Option<f64>,
}

impl PolicyParams {
    fn choice(self) -> Result<PolicyChoice, domain::Error> {
        let near = Coordinates::optional(self.latitude, self.longitude)?;
        let near = near.map(|near| Position { latitude: near.latitude(), longitude: near.longitude() });
        let policy = self.policy.unwrap_or(SourcingPolicy::FewestParcels);
        api::policy_choice(policy, self.max_parcels, self.split_lines, near)
    }
}

/// The result of an allocation from each warehouse, and the best plans by policy, without allocating.
///
/// Units of expired blocks count as available, as in an allocation. The lines of a partial order have its missing units.
#[utoipa::path(get, path = "/api/orders/{id}/preview", tag = "orders",
    params(("id" = i64, Path, description = "The order's id"), PolicyParams),
    responses((status = 200, description = "The result for each warehouse", body = OrderPreview)))]
pub(crate) async fn preview_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    Query(params): Query<PolicyParams>,
) -> JsonResult<OrderPreview> {
    Ok(Json(engine.order_preview(&context, OrderId(id), params.choice()?).await?.into()))
}

/// Cancels an order, and returns its allocated units. With `lines`, cancels units of these lines: missing ones first, then
/// allocated ones; the order is cancelled with its last units. Shipped units are not cancelled. The body may be absent.
#[utoipa::path(post, path = "/api/orders/{id}/cancel", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = Option<CancelOrder>,
    responses((status = 200, description = "The order or the units were cancelled", body = CancelAnswer)))]
pub(crate) async fn cancel_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    OptionalJsonBody(cancel): OptionalJsonBody<CancelOrder>,
) -> CommandResult<Json<CancelAnswer>> {
    let id = OrderId(id);
    Ok(match cancel.lines_of(id)? {
        None => json(with_details(&engine, engine.order_cancel(&context, id).await).await?),
        Some(lines) => json(with_details(&engine, engine.order_cancel_lines(&context, lines).await).await?),
    })
}

/// Passes allocated units of an order to another order that misses them, all or nothing. The stock levels stay as they are.
#[utoipa::path(post, path = "/api/orders/{id}/reassign", tag = "orders",
    params(("id" = i64, Path, description = "The id of the order that has the units")), request_body = ReassignUnits,
    responses((status = 200, description = "The order that received the units", body = OrderPartChanged)))]
pub(crate) async fn reassign_units(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(reassign): JsonBody<ReassignUnits>,
) -> CommandResult<Json<OrderPartChanged>> {
    let reassign = reassign.from_order(OrderId(id))?;
    Ok(json(with_details(&engine, engine.order_reassign(&context, reassign).await).await?))
}

/// Ships allocated units of an order: they leave the shelf, and are not on hand any more.
///
/// Without `lines`, all allocated units are shipped, or all of those in the warehouse. The order is `shipped` when none of its
/// units is missing or left to ship.
#[utoipa::path(post, path = "/api/orders/{id}/ship", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = Option<ShipOrder>,
    responses((status = 200, description = "The units that were shipped", body = OrderShipped)))]
pub(crate) async fn ship_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    OptionalJsonBody(shipment): OptionalJsonBody<ShipOrder>,
) -> CommandResult<Json<OrderShipped>> {
    let shipped = engine.order_ship(&context, &shipment.for_order(OrderId(id))?).await;
    Ok(json(with_details(&engine, shipped).await?))
}

/// Takes back shipped units of an order: as available units, as damaged ones, or into quarantine.
///
/// The units come back to the warehouse that shipped them. At most the units that were shipped and not returned come back.
#[utoipa::path(post, path = "/api/orders/{id}/return", tag = "orders",
    params(("id" = i64, Path, description = "The order's id")), request_body = ReturnOrder,
    responses((status = 200, description = "The units that came back", body = OrderReturned)))]
pub(crate) async fn return_order(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(returned): JsonBody<ReturnOrder>,
) -> CommandResult<Json<OrderReturned>> {
    let returned = engine.order_return(&context, &returned.for_order(OrderId(id))?).await;
    Ok(json(with_details(&engine, returned).await?))
}
