use super::filters::item_of;
use super::response::{CommandResult, Created, JsonResult, created_at, json, to_wire, with_details};
use crate::http::error::ApiError;
use crate::http::extract::JsonBody;
use crate::http::extract::RequestContext;
use crate::http::extract::{Id, Query};
use api::by_key::PlaceBlock;
use api::time::{DateTime, Utc};
use api::{
    ActOnBlocks, Block, BlockConfirmed, BlockExtended, BlockOutcome, BlockPlaced, BlockReleased,
    BlockShipped, BlockSort, BlockState, ConfirmBlock, EndedBlock, ExpiredBlocksRemoved, ExtendBlock, Page,
};
use axum::Json;
use axum::extract::State;
use domain::{BlockId, BlockQuery, ExpiringQuery, ItemId, PageQuery, Quantity, WarehouseId};
use engine::{Context, Engine};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter and page of a list of blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct BlocksParams {
    /// Only blocks in this state.
    state: Option<BlockState>,
    /// Only blocks of this item.
    item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only active and permanent blocks of this warehouse. A page of a list with this filter, `from` or `to` may have fewer
    /// blocks than its limit, or none, while `next` names another page.
    warehouse_id: Option<i64>,
    /// Only active and permanent blocks that were placed at or after this time.
    from: Option<DateTime<Utc>>,
    /// Only active and permanent blocks that were placed before this time.
    to: Option<DateTime<Utc>>,
    /// Only active and permanent blocks with this reference.
    reference: Option<String>,
    /// The order; default `idDesc`. The orders by expiry and by reference need the state `temporary`, and ended blocks only have
    /// the default.
    sort: Option<BlockSort>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl BlocksParams {
    /// Returns the query of the whole list, without paging.
    pub(crate) async fn whole(self, engine: &Engine, context: &Context) -> Result<BlockQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<BlockQuery, ApiError> {
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        let state = self.state.map(Into::into);
        let query = BlockQuery::new(state, item.map(|item| item.0), self.limit, None)?;
        let sort = self.sort.map(Into::into).unwrap_or_default();
        let query = query.sorted(sort, self.after)?.with_reference(self.reference.as_deref())?;
        Ok(query.with_places(self.warehouse_id.map(WarehouseId), self.from, self.to)?)
    }
}

/// Places a temporary block on units of one item in one warehouse.
#[utoipa::path(post, path = "/api/items/block/temporary", tag = "blocks", request_body = PlaceBlock,
    responses((status = 201, description = "The block", body = BlockPlaced,
               headers(("Location" = String, description = "Where the block can be read")))))]
pub(crate) async fn place_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(block): JsonBody<PlaceBlock>,
) -> CommandResult<Created<BlockPlaced>> {
    let placed = with_details(&engine, engine.block_place(&context, block.into_request()?).await).await?;
    Ok(created_at(placed, |placed| format!("/api/blocks/{}", placed.id)))
}

/// Makes a temporary block permanent, which sells its units.
#[utoipa::path(post, path = "/api/items/block/permanent", tag = "blocks", request_body = ConfirmBlock,
    responses((status = 200, description = "The block, now permanent", body = BlockConfirmed)))]
pub(crate) async fn confirm_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(block): JsonBody<ConfirmBlock>,
) -> CommandResult<Json<BlockConfirmed>> {
    let quantity = block.quantity.map(Quantity::new).transpose()?;
    if let (Some(quantity), true) = (quantity, block.keep_rest) {
        return Ok(json(engine.block_confirm_part(&context, BlockId(block.block_id), quantity).await?));
    }
    Ok(json(engine.block_confirm(&context, BlockId(block.block_id), quantity).await?))
}

/// Returns the units of every expired block. The server does this itself about once per second.
#[utoipa::path(post, path = "/api/items/cleanup/expired-blocks", tag = "blocks",
    responses((status = 200, description = "How many blocks were removed", body = ExpiredBlocksRemoved)))]
pub(crate) async fn cleanup_expired_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
) -> JsonResult<ExpiredBlocksRemoved> {
    Ok(Json(engine.blocks_expire(&context).await?.into()))
}

/// A page of blocks, by default newest first.
#[utoipa::path(get, path = "/api/blocks", tag = "blocks", params(BlocksParams),
    responses((status = 200, description = "The page", body = Page<Block>)))]
pub(crate) async fn list_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<BlocksParams>,
) -> JsonResult<Page<Block>> {
    Ok(Json(engine.block_list(&context, params.query(&engine, &context).await?).await?.into()))
}

/// Filter and page of a list of blocks that expire soon.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpiringParams {
    /// The latest expiry, in seconds from now: 1 to 2,592,000; default 600.
    within_seconds: Option<i64>,
    /// Only blocks of this item.
    item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only blocks of this warehouse. A page of a list with this filter may have fewer blocks than its limit, or none, while
    /// `next` names another page.
    warehouse_id: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl ExpiringParams {
    /// Returns the query of the whole list, without paging.
    pub(crate) async fn whole(self, engine: &Engine, context: &Context) -> Result<ExpiringQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<ExpiringQuery, ApiError> {
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        let query = ExpiringQuery::new(self.within_seconds, item.map(|item| item.0), self.limit, self.after)?;
        Ok(query.with_warehouse(self.warehouse_id.map(WarehouseId)))
    }
}

/// A page of temporary blocks that expire soon, soonest first.
#[utoipa::path(get, path = "/api/blocks/expiring", tag = "blocks", params(ExpiringParams),
    responses((status = 200, description = "The page", body = Page<Block>)))]
pub(crate) async fn list_expiring_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ExpiringParams>,
) -> JsonResult<Page<Block>> {
    Ok(Json(engine.blocks_expiring(&context, params.query(&engine, &context).await?).await?.into()))
}

/// Filter and page of a list of ended blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EndedParams {
    /// Only blocks of this item.
    item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only blocks of this warehouse.
    warehouse_id: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl EndedParams {
    /// Returns the item and the warehouse of the filter.
    pub(crate) async fn filter(
        self,
        engine: &Engine,
        context: &Context,
    ) -> Result<(Option<ItemId>, Option<WarehouseId>), ApiError> {
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        Ok((item, self.warehouse_id.map(WarehouseId)))
    }
}

/// A page of ended blocks, latest first, out of the last 200,000 movements of the ledger.
#[utoipa::path(get, path = "/api/blocks/ended", tag = "blocks", params(EndedParams),
    responses((status = 200, description = "The page", body = Page<EndedBlock>)))]
pub(crate) async fn list_ended_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<EndedParams>,
) -> JsonResult<Page<EndedBlock>> {
    let slice = PageQuery::by_id(params.limit, params.after.clone())?;
    let (item, warehouse) = params.filter(&engine, &context).await?;
    Ok(Json(engine.blocks_ended(&context, item, warehouse, slice).await?.into()))
}

/// Confirms, releases or extends several blocks independently: an error of one does not stop the others.
#[utoipa::path(post, path = "/api/blocks/bulk", tag = "blocks", request_body = ActOnBlocks,
    responses((status = 200, description = "The result of each block, in the order of the request", body = Vec<BlockOutcome>)))]
pub(crate) async fn act_on_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(act): JsonBody<ActOnBlocks>,
) -> JsonResult<Vec<BlockOutcome>> {
    Ok(Json(to_wire(engine.blocks_act(&context, act.try_into()?).await?)))
}

/// One block.
#[utoipa::path(get, path = "/api/blocks/{id}", tag = "blocks",
    params(("id" = i64, Path, description = "The block's id")),
    responses((status = 200, description = "The block", body = Block)))]
pub(crate) async fn get_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> JsonResult<Block> {
    Ok(Json(engine.block_get(&context, BlockId(id)).await?.into()))
}

/// Releases a temporary block, which returns its units.
#[utoipa::path(delete, path = "/api/blocks/{id}", tag = "blocks",
    params(("id" = i64, Path, description = "The block's id")),
    responses((status = 200, description = "The block was released, its units are available", body = BlockReleased)))]
pub(crate) async fn release_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<BlockReleased>> {
    Ok(json(engine.block_release(&context, BlockId(id)).await?))
}

/// Extends a temporary block that has not expired.
#[utoipa::path(post, path = "/api/blocks/{id}/extend", tag = "blocks",
    params(("id" = i64, Path, description = "The block's id")), request_body = ExtendBlock,
    responses((status = 200, description = "The block with its new expiry", body = BlockExtended)))]
pub(crate) async fn extend_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    JsonBody(extension): JsonBody<ExtendBlock>,
) -> CommandResult<Json<BlockExtended>> {
    Ok(json(engine.block_extend(&context, BlockId(id), extension.try_into()?).await?))
}

/// Ships a permanent block: its units leave the shelf, and are not on hand any more. It is for shops that keep their orders
/// elsewhere. A cart is shipped as a whole.
#[utoipa::path(post, path = "/api/blocks/{id}/ship", tag = "blocks",
    params(("id" = i64, Path, description = "The block's id")),
    responses((status = 200, description = "The block, whose units have left the shelf", body = BlockShipped)))]
pub(crate) async fn ship_block(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
) -> CommandResult<Json<BlockShipped>> {
    Ok(json(engine.block_ship(&context, BlockId(id)).await?))
}
