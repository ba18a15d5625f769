use super::response::{CommandResult, JsonResult, created, to_wire};
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use api::{CreateWarehouse, Warehouse};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::Engine;

/// Every warehouse, by code.
#[utoipa::path(get, path = "/api/warehouses", tag = "warehouses",
    responses((status = 200, description = "The warehouses", body = Vec<Warehouse>)))]
pub(crate) async fn list_warehouses(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
) -> JsonResult<Vec<Warehouse>> {
    Ok(Json(to_wire(engine.warehouse_list(&context).await?)))
}

/// Adds a warehouse. It is read from the list, because a warehouse has no address of its own.
#[utoipa::path(post, path = "/api/warehouses", tag = "warehouses", request_body = CreateWarehouse,
    responses((status = 201, description = "The warehouse", body = Warehouse)))]
pub(crate) async fn create_warehouse(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(warehouse): JsonBody<CreateWarehouse>,
) -> CommandResult<(StatusCode, Json<Warehouse>)> {
    let warehouse = engine.warehouse_create(&context, warehouse.try_into()?).await?;
    Ok(created(warehouse))
}
