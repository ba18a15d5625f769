use super::response::{
    CommandResult, JsonResult, Tagged, VersionedResponse, created, entity_tag, json_with_tag, to_wire,
    with_details,
};
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::{Id, Query};
use crate::http::extract::{IfMatch, JsonBody};
use api::{CreateWarehouse, UpdateWarehouse, Warehouse};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::WarehouseId;
use engine::Engine;
use serde::Deserialize;
use utoipa::IntoParams;

/// The filter of the list of warehouses.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WarehousesParams {
    /// With true, the archived warehouses instead of the others.
    archived: Option<bool>,
}

/// Every warehouse, by code. Archived ones are left out.
#[utoipa::path(get, path = "/api/warehouses", tag = "warehouses", params(WarehousesParams),
    responses((status = 200, description = "The warehouses", body = Vec<Warehouse>)))]
pub(crate) async fn list_warehouses(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<WarehousesParams>,
) -> JsonResult<Vec<Warehouse>> {
    let archived = params.archived.unwrap_or(false);
    Ok(Json(to_wire(engine.warehouse_list_of(&context, archived).await?)))
}

/// Adds a warehouse.
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

/// One warehouse, archived or not. Its ETag is the version of everything but its units and the time.
#[utoipa::path(get, path = "/api/warehouses/{id}", tag = "warehouses",
    params(("id" = i64, Path, description = "The warehouse's id")),
    responses((status = 200, description = "The warehouse", body = Warehouse,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn get_warehouse(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> Result<Tagged<Json<Warehouse>>, ApiError> {
    let warehouse = engine.warehouse_get(&context, WarehouseId(id)).await?;
    Ok((entity_tag(warehouse.version()), Json(warehouse.into())))
}

/// Changes the code or the name of a warehouse, or makes it the default one. Absent fields stay.
///
/// With `If-Match`, only a warehouse with this ETag is changed.
#[utoipa::path(patch, path = "/api/warehouses/{id}", tag = "warehouses",
    params(("id" = i64, Path, description = "The warehouse's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the warehouse that is to be changed")),
    request_body = UpdateWarehouse,
    responses((status = 200, description = "The warehouse after the change", body = Warehouse,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn update_warehouse(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
    JsonBody(changes): JsonBody<UpdateWarehouse>,
) -> Result<VersionedResponse<Warehouse>, ApiError> {
    let warehouse = with_details(
        &engine,
        engine.warehouse_update(&context, WarehouseId(id), changes.try_into()?, condition).await,
    )
    .await?;
    Ok(json_with_tag(warehouse, domain::Warehouse::version))
}

/// Archives a warehouse: it receives no units, and lists leave it out. Its history stays.
///
/// The default warehouse, and one with units that are available or in temporary blocks, can't be archived. An archived
/// warehouse stays as it is. With `If-Match`, only a warehouse with this ETag is archived.
#[utoipa::path(post, path = "/api/warehouses/{id}/archive", tag = "warehouses",
    params(("id" = i64, Path, description = "The warehouse's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the warehouse that is to be archived")),
    responses((status = 200, description = "The warehouse after the change", body = Warehouse,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn archive_warehouse(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
) -> Result<VersionedResponse<Warehouse>, ApiError> {
    let warehouse = with_details(
        &engine,
        engine.warehouse_set_archived(&context, WarehouseId(id), true, condition).await,
    )
    .await?;
    Ok(json_with_tag(warehouse, domain::Warehouse::version))
}

/// Restores an archived warehouse. With `If-Match`, only a warehouse with this ETag is restored.
#[utoipa::path(post, path = "/api/warehouses/{id}/restore", tag = "warehouses",
    params(("id" = i64, Path, description = "The warehouse's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the warehouse that is to be restored")),
    responses((status = 200, description = "The warehouse after the change", body = Warehouse,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn restore_warehouse(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
) -> Result<VersionedResponse<Warehouse>, ApiError> {
    let warehouse = with_details(
        &engine,
        engine.warehouse_set_archived(&context, WarehouseId(id), false, condition).await,
    )
    .await?;
    Ok(json_with_tag(warehouse, domain::Warehouse::version))
}
