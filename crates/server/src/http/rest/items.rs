use super::filters::warehouse_of;
use super::response::{
    CachedJsonResponse, CommandResult, Created, JsonResult, Tagged, VersionedResponse, created_at,
    entity_tag, json, json_with_tag, to_wire, with_details,
};
use crate::http::error::ApiError;
use crate::http::extract::IfMatch;
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use crate::http::extract::{Id, ItemSku, Query};
use api::by_key::{AdjustStock, CreateItem, MoveStock};
use api::{
    Item, ItemHistory, ItemSort, LedgerPage, Movement, Page, StockAdjusted, StockLevel, StockMoved,
    Unavailability, UpdateItem,
};
use axum::Json;
use axum::extract::State;
use domain::{ItemId, ItemQuery, MovementQuery};
use engine::{Context, Engine};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter, order and page of a list of items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemsParams {
    /// Only items of this category.
    category: Option<String>,
    /// Only items whose name contains each word of this text, or that have it as SKU, as the beginning of the SKU or as
    /// barcode; at most 255 characters. Case, accents, punctuation and spaces of names are ignored. Items that are found by
    /// their SKU or barcode come first.
    q: Option<String>,
    /// Only items that have a stock level in this warehouse.
    warehouse_id: Option<i64>,
    /// Only items that have a stock level in the warehouse that has this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
    /// Only items with at most this many available units; in the warehouse, if one is given.
    max_quantity: Option<i64>,
    /// With true, only items with at most as many available units as their threshold `lowStock`, or the setting of the server
    /// for items without one. A threshold of 0 is never reached.
    low: Option<bool>,
    /// With true, the archived items instead of the others.
    archived: Option<bool>,
    /// The order; default `id`.
    sort: Option<ItemSort>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl ItemsParams {
    /// Returns the query of the whole list by ascending id, without paging.
    pub(crate) async fn whole(self, engine: &Engine, context: &Context) -> Result<ItemQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<ItemQuery, ApiError> {
        let sort = self.sort.unwrap_or_default().into();
        let query = ItemQuery::new(self.category, self.q, sort, self.limit, self.after)?;
        let warehouse = warehouse_of(engine, context, self.warehouse_id, self.warehouse_code).await?;
        let query = query.with_stock_filter(warehouse.map(|warehouse| warehouse.0), self.max_quantity)?;
        let low = self.low.unwrap_or(false).then(|| engine.low_stock_default());
        Ok(query.with_low(low).with_archived(self.archived.unwrap_or(false)))
    }
}

/// The page of a list by descending id.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SliceParams {
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

/// A page of items.
#[utoipa::path(get, path = "/api/items", tag = "items", params(ItemsParams),
    responses((status = 200, description = "The page", body = Page<Item>)))]
pub(crate) async fn list_items(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ItemsParams>,
) -> JsonResult<Page<Item>> {
    Ok(Json(engine.item_list(&context, params.query(&engine, &context).await?).await?.into()))
}

/// Creates an item with its first stock.
#[utoipa::path(post, path = "/api/items", tag = "items", request_body = CreateItem,
    responses((status = 201, description = "The item", body = Item,
               headers(("Location" = String, description = "Where the item can be read")))))]
pub(crate) async fn create_item(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(item): JsonBody<CreateItem>,
) -> CommandResult<Created<Item>> {
    let item = with_details(&engine, engine.item_create(&context, item.into_request()?).await).await?;
    Ok(created_at(item, |item| format!("/api/items/{}", item.id)))
}

/// One item, archived or not. Its ETag is the version of everything but its quantity and its times.
#[utoipa::path(get, path = "/api/items/{id}", tag = "items",
    params(("id" = i64, Path, description = "The item's id")),
    responses((status = 200, description = "The item", body = Item, headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn get_item(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> Result<Tagged<CachedJsonResponse>, ApiError> {
    let item = engine.item_get(&context, ItemId(id)).await?;
    Ok((entity_tag(item.version()), CachedJsonResponse::new::<_, Item>(&item)))
}

/// The item that has an SKU, in any case and white space.
#[utoipa::path(get, path = "/api/items/by-sku/{sku}", tag = "items",
    params(("sku" = String, Path, description = "The item's SKU")),
    responses((status = 200, description = "The item", body = Item,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn get_item_by_sku(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    ItemSku(sku): ItemSku,
) -> Result<Tagged<CachedJsonResponse>, ApiError> {
    let item = engine.item_by_sku(&context, &sku).await?;
    Ok((entity_tag(item.version()), CachedJsonResponse::new::<_, Item>(&item)))
}

/// Changes the details of an item. Absent fields stay. Units are changed by `/stock`.
///
/// With `If-Match`, only an item with this ETag is changed.
#[utoipa::path(patch, path = "/api/items/{id}", tag = "items",
    params(("id" = i64, Path, description = "The item's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the item that is to be changed")),
    request_body = UpdateItem,
    responses((status = 200, description = "The item after the change", body = Item,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn update_item(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
    JsonBody(changes): JsonBody<UpdateItem>,
) -> Result<VersionedResponse<Item>, ApiError> {
    let item =
        with_details(&engine, engine.item_update(&context, ItemId(id), changes.try_into()?, condition).await)
            .await?;
    Ok(json_with_tag(item, domain::Item::version))
}

/// Archives an item: it can't be sold, and lists and top lists leave it out. Its stock and history stay.
///
/// An item with units in temporary blocks can't be archived. An archived item stays as it is. With `If-Match`, only an item
/// with this ETag is archived.
#[utoipa::path(post, path = "/api/items/{id}/archive", tag = "items",
    params(("id" = i64, Path, description = "The item's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the item that is to be archived")),
    responses((status = 200, description = "The item after the change", body = Item,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn archive_item(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
) -> Result<VersionedResponse<Item>, ApiError> {
    let item =
        with_details(&engine, engine.item_set_archived(&context, ItemId(id), true, condition).await).await?;
    Ok(json_with_tag(item, domain::Item::version))
}

/// Restores an archived item: it can be sold again. With `If-Match`, only an item with this ETag is restored.
#[utoipa::path(post, path = "/api/items/{id}/restore", tag = "items",
    params(("id" = i64, Path, description = "The item's id"),
           ("If-Match" = Option<String>, Header, description = "The ETag of the item that is to be restored")),
    responses((status = 200, description = "The item after the change", body = Item,
               headers(("ETag" = String, description = "The version")))))]
pub(crate) async fn restore_item(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    IfMatch(condition): IfMatch,
) -> Result<VersionedResponse<Item>, ApiError> {
    let item =
        with_details(&engine, engine.item_set_archived(&context, ItemId(id), false, condition).await).await?;
    Ok(json_with_tag(item, domain::Item::version))
}

/// Adds units to a stock level, or writes units off.
#[utoipa::path(post, path = "/api/items/{id}/stock", tag = "items",
    params(("id" = i64, Path, description = "The item's id")), request_body = AdjustStock,
    responses((status = 200, description = "The stock level after the change", body = StockAdjusted)))]
pub(crate) async fn adjust_stock(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(adjustment): JsonBody<AdjustStock>,
) -> CommandResult<Json<StockAdjusted>> {
    let adjusted = engine.stock_adjust(&context, adjustment.for_item(ItemId(id))?).await;
    Ok(json(with_details(&engine, adjusted).await?))
}

/// Adds units to a stock level of the item that has an SKU, or writes units off.
#[utoipa::path(post, path = "/api/items/by-sku/{sku}/stock", tag = "items",
    params(("sku" = String, Path, description = "The item's SKU")), request_body = AdjustStock,
    responses((status = 200, description = "The stock level after the change", body = StockAdjusted)))]
pub(crate) async fn adjust_stock_by_sku(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    ItemSku(sku): ItemSku,
    JsonBody(adjustment): JsonBody<AdjustStock>,
) -> CommandResult<Json<StockAdjusted>> {
    let adjusted = engine.stock_adjust(&context, adjustment.for_item(sku)?).await;
    Ok(json(with_details(&engine, adjusted).await?))
}

/// Moves units of the item that has an SKU from one warehouse to another.
#[utoipa::path(post, path = "/api/items/by-sku/{sku}/move", tag = "items",
    params(("sku" = String, Path, description = "The item's SKU")), request_body = MoveStock,
    responses((status = 200, description = "Both stock levels after the move", body = StockMoved)))]
pub(crate) async fn move_stock_by_sku(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    ItemSku(sku): ItemSku,
    JsonBody(movement): JsonBody<MoveStock>,
) -> CommandResult<Json<StockMoved>> {
    let moved = engine.stock_move(&context, movement.for_item(sku)?).await;
    Ok(json(with_details(&engine, moved).await?))
}

/// Moves units of an item from one warehouse to another.
#[utoipa::path(post, path = "/api/items/{id}/move", tag = "items",
    params(("id" = i64, Path, description = "The item's id")), request_body = MoveStock,
    responses((status = 200, description = "Both stock levels after the move", body = StockMoved)))]
pub(crate) async fn move_stock(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(movement): JsonBody<MoveStock>,
) -> CommandResult<Json<StockMoved>> {
    let moved = engine.stock_move(&context, movement.for_item(ItemId(id))?).await;
    Ok(json(with_details(&engine, moved).await?))
}

/// The units of an item in each warehouse.
#[utoipa::path(get, path = "/api/items/{id}/levels", tag = "items",
    params(("id" = i64, Path, description = "The item's id")),
    responses((status = 200, description = "The stock levels, by warehouse code", body = Vec<StockLevel>)))]
pub(crate) async fn item_levels(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> JsonResult<Vec<StockLevel>> {
    Ok(Json(to_wire(engine.item_levels(&context, ItemId(id)).await?)))
}

/// The movements of an item, newest first, each with the units before and after it.
#[utoipa::path(get, path = "/api/items/{id}/movements", tag = "items",
    params(("id" = i64, Path, description = "The item's id"), SliceParams),
    responses((status = 200, description = "The page", body = LedgerPage<Movement>)))]
pub(crate) async fn item_movements(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    Query(params): Query<SliceParams>,
) -> JsonResult<LedgerPage<Movement>> {
    let slice = MovementQuery::new(params.limit, params.after)?;
    Ok(Json(engine.item_movements(&context, ItemId(id), slice).await?.into()))
}

/// The period of a chart.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryParams {
    /// Hours before now: 1 to 2,160 (90 days); default 24.
    hours: Option<i64>,
}

/// The quantity of an item over time, for a chart.
#[utoipa::path(get, path = "/api/items/{id}/history", tag = "items",
    params(("id" = i64, Path, description = "The item's id"), HistoryParams),
    responses((status = 200, description = "The quantity over time", body = ItemHistory)))]
pub(crate) async fn item_history(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    Query(params): Query<HistoryParams>,
) -> JsonResult<ItemHistory> {
    Ok(Json(engine.item_history(&context, ItemId(id), params.hours).await?.into()))
}

/// The reasons for which an item is sold out or short: its units by state, the largest blocks, the orders that have units, the
/// last sales, the last receipt, and the waiting orders that miss it.
#[utoipa::path(get, path = "/api/items/{id}/unavailability", tag = "items", params(("id" = i64, Path,)),
    responses((status = 200, description = "The reasons", body = Unavailability)))]
pub(crate) async fn get_item_unavailability(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> JsonResult<Unavailability> {
    Ok(Json(engine.item_unavailability(&context, ItemId(id)).await?.into()))
}
