//! Lists as CSV files for download.

use super::activity::MovementsParams;
use super::blocks::{BlocksParams, EndedParams, ExpiringParams};
use super::filters::warehouse_of;
use super::items::ItemsParams;
use super::orders::OrdersParams;
use crate::http::error::ApiError;
use crate::http::extract::{Query, RequestContext};
use api::downloads::{
    self, BLOCK_COLUMNS, ENDED_COLUMNS, ITEM_COLUMNS, LEVEL_COLUMNS, MOVEMENT_COLUMNS, ORDER_COLUMNS, Rows,
    to_csv,
};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use chrono::SecondsFormat;
use domain::{ExpiringQuery, LedgerPage, LedgerQuery, LevelQuery, Page, PageQuery};
use engine::Engine;
use futures::stream::{StreamExt as _, once, try_unfold};
use serde::Deserialize;
use std::future::ready;
use utoipa::IntoParams;

/// The form of a file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileParams {
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    bom: Option<bool>,
}

impl FileParams {
    /// Returns the beginning of a file with these columns.
    pub(super) fn header(&self, columns: &[&str]) -> Vec<u8> {
        downloads::header(columns, self.bom.unwrap_or(true))
    }
}

/// The time up to which earlier movements are archived. Absent if none are.
const HISTORY_SINCE: HeaderName = HeaderName::from_static("history-since");

/// The rows of a page, which is the part of a file that is in memory.
pub(super) const ROWS_AT_A_TIME: i64 = 2_000;

/// Streams a list as a file, page by page. The first page is read before the response starts, so that its error has a
/// status. A later error aborts the response, so that the client does not mistake a part for the whole file.
pub(super) async fn download<Q, T: Rows, F, E>(
    name: &str,
    header: Vec<u8>,
    query: Q,
    read: impl Fn(Q) -> F + Clone + Send + Sync + 'static,
) -> Result<Response, ApiError>
where
    Q: Send + 'static,
    F: Future<Output = Result<(Vec<T>, Option<Q>), E>> + Send + 'static,
    E: std::error::Error + Into<ApiError> + Send + Sync + 'static,
{
    let (rows, rest) = read(query).await.map_err(Into::into)?;
    let begun = [header, to_csv(&rows)].concat();
    let rest = try_unfold(rest, move |query| {
        let reading = query.map(&read);
        async move {
            let Some(reading) = reading else { return Ok(None) };
            let (rows, rest) = reading.await?;
            Ok::<_, E>(Some((to_csv(&rows), rest)))
        }
    });
    let body = Body::from_stream(once(ready(Ok(begun))).chain(rest));
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}

/// The filtered items as a CSV file, in the order of `sort`. With a warehouse, the quantities are those of the warehouse. A text that a spreadsheet would evaluate as a formula starts with an
/// apostrophe.
#[utoipa::path(get, path = "/api/items.csv", tag = "files", params(ItemsParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_items(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<ItemsParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole(&engine, &context).await?;
    query.limit = ROWS_AT_A_TIME;
    download("items", file.header(ITEM_COLUMNS), query, move |query: domain::ItemQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.item_list_here(&context, query.clone()).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}

/// The filtered blocks as a CSV file, in the order of `sort`.
#[utoipa::path(get, path = "/api/blocks.csv", tag = "files", params(BlocksParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<BlocksParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole(&engine, &context).await?;
    query.limit = ROWS_AT_A_TIME;
    download("blocks", file.header(BLOCK_COLUMNS), query, move |query: domain::BlockQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.block_list(&context, query.clone()).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}

/// The temporary blocks that expire soon as a CSV file, soonest first.
#[utoipa::path(get, path = "/api/blocks/expiring.csv", tag = "files", params(ExpiringParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_expiring_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<ExpiringParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole(&engine, &context).await?;
    query.limit = ROWS_AT_A_TIME;
    download("blocks-expiring", file.header(BLOCK_COLUMNS), query, move |query: ExpiringQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.blocks_expiring(&context, query.clone()).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}

/// The ended blocks as a CSV file, latest first, out of the last 200,000 movements of the ledger.
#[utoipa::path(get, path = "/api/blocks/ended.csv", tag = "files", params(EndedParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_ended_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<EndedParams>,
) -> Result<Response, ApiError> {
    let (item, warehouse) = params.filter(&engine, &context).await?;
    let slice = PageQuery { limit: ROWS_AT_A_TIME, after: None };
    download("blocks-ended", file.header(ENDED_COLUMNS), slice, move |slice: PageQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.blocks_ended(&context, item, warehouse, slice).await?;
            let after = PageQuery::by_id(None, next)?.after;
            Ok::<_, engine::Error>((rows, after.map(|after| PageQuery { after: Some(after), ..slice })))
        }
    })
    .await
}

/// The filtered orders as a CSV file, in the order of `sort`, with a row per order line.
#[utoipa::path(get, path = "/api/orders.csv", tag = "files", params(OrdersParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_orders(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<OrdersParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole(&engine, &context).await?;
    query.limit = ROWS_AT_A_TIME;
    download("orders", file.header(ORDER_COLUMNS), query, move |query: domain::OrderQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.order_list(&context, query.clone()).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}

/// The stock to download.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct LevelsParams {
    /// Only stock in this warehouse.
    warehouse_id: Option<i64>,
    /// Only stock in the warehouse that has this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
}

/// The stock of all items in each warehouse as a CSV file, by item and warehouse. `count` is the number of units on the
/// shelf: available and held ones. Units are held until their expired block is reclaimed.
#[utoipa::path(get, path = "/api/stock.csv", tag = "files", params(LevelsParams, FileParams),
    responses((status = 200, description = "The file", body = String, content_type = "text/csv")))]
pub(crate) async fn download_stock(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<LevelsParams>,
) -> Result<Response, ApiError> {
    let warehouse = warehouse_of(&engine, &context, params.warehouse_id, params.warehouse_code).await?;
    let query = LevelQuery { warehouse, limit: ROWS_AT_A_TIME, after: None };
    download("stock", file.header(LEVEL_COLUMNS), query, move |query: LevelQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let rows = engine.level_list(&context, query).await?;
            let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == query.limit);
            let last = rows.last().filter(|_| is_full).map(|row| row.key);
            Ok::<_, engine::Error>((rows, last.map(|last| LevelQuery { after: Some(last), ..query })))
        }
    })
    .await
}

/// The filtered movements of the ledger as a CSV file, latest first.
#[utoipa::path(get, path = "/api/movements.csv", tag = "files", params(MovementsParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv",
               headers(("History-Since" = String, description = "The time up to which earlier movements are archived. Absent if none are")))))]
pub(crate) async fn download_movements(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<MovementsParams>,
) -> Result<Response, ApiError> {
    let query = LedgerQuery { limit: ROWS_AT_A_TIME, ..params.whole(&engine, &context).await? };
    let since = engine.history_since(true).await?;
    let mut response =
        download("movements", file.header(MOVEMENT_COLUMNS), query, move |query: LedgerQuery| {
            let (engine, context) = (engine.clone(), context.clone());
            async move {
                let LedgerPage { rows, next, .. } = engine.ledger_list(&context, &query).await?;
                let after = PageQuery::by_id(None, next)?.after;
                Ok::<_, engine::Error>((rows, after.map(|after| LedgerQuery { after: Some(after), ..query })))
            }
        })
        .await?;
    let since = since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, true));
    if let Some(since) = since.and_then(|since| HeaderValue::try_from(since).ok()) {
        response.headers_mut().insert(HISTORY_SINCE, since);
    }
    Ok(response)
}
