//! CSV downloads of lists, and the import of items and stock.

use super::blocks::{BlocksParams, EndedParams, ExpiringParams};
use super::items::ItemsParams;
use super::orders::OrdersParams;
use super::response::JsonResult;
use crate::http::body_limits::UPLOAD_BYTES_MAX;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::http::extract::RequestContext;
use crate::http::extract::body;
use api::ImportReport;
use api::csv_files::{self, BLOCK_COLUMNS, ENDED_COLUMNS, ITEM_COLUMNS, ORDER_COLUMNS, Rows, to_csv};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::{ExpiringQuery, ItemId, Page, PageQuery};
use engine::Engine;
use futures::stream::{StreamExt as _, once, try_unfold};
use serde::Deserialize;
use std::future::ready;
use utoipa::IntoParams;

/// The rows of a page, which is the part of a file that is in memory.
pub(super) const ROWS_AT_A_TIME: i64 = 2_000;

/// Streams a list as a file, page by page. The first page is read before the response starts, so that its error has a
/// status. A later error aborts the response, so that the client does not mistake a part for the whole file.
pub(super) async fn download<Q, T: Rows, F, E>(
    name: &str,
    columns: &[&str],
    query: Q,
    read: impl Fn(Q) -> F + Clone + Send + Sync + 'static,
) -> Result<Response, ApiError>
where
    Q: Send + 'static,
    F: Future<Output = Result<(Vec<T>, Option<Q>), E>> + Send + 'static,
    E: std::error::Error + Into<ApiError> + Send + Sync + 'static,
{
    let (rows, rest) = read(query).await.map_err(Into::into)?;
    let begun = [csv_files::header_to_csv(columns), to_csv(&rows)].concat();
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

/// The filtered items as a CSV file, by ascending id. A text that a spreadsheet would evaluate as a formula starts with an
/// apostrophe.
#[utoipa::path(get, path = "/api/items.csv", tag = "files", params(ItemsParams),
    responses((status = 200, description = "The file; `sort`, `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_items(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ItemsParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole()?;
    query.limit = ROWS_AT_A_TIME;
    download("items", ITEM_COLUMNS, query, move |query: domain::ItemQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.item_list(&context, query.clone()).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}

/// The filtered blocks as a CSV file, newest first.
#[utoipa::path(get, path = "/api/blocks.csv", tag = "files", params(BlocksParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<BlocksParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole()?;
    query.limit = ROWS_AT_A_TIME;
    download("blocks", BLOCK_COLUMNS, query, move |query: domain::BlockQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.block_list(&context, query.clone()).await?;
            let after = PageQuery::by_id(None, next)?.after.map(domain::BlockId);
            Ok::<_, engine::Error>((
                rows,
                after.map(|after| domain::BlockQuery { after: Some(after), ..query }),
            ))
        }
    })
    .await
}

/// The temporary blocks that expire soon as a CSV file, soonest first.
#[utoipa::path(get, path = "/api/blocks/expiring.csv", tag = "files", params(ExpiringParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_expiring_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ExpiringParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole()?;
    query.limit = ROWS_AT_A_TIME;
    download("blocks-expiring", BLOCK_COLUMNS, query, move |query: ExpiringQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.blocks_expiring(&context, query.clone()).await?;
            let last = rows.last().and_then(|block| Some((block.expires_at?, block.id)));
            let after = last.filter(|_| next.is_some());
            Ok::<_, engine::Error>((rows, after.map(|after| ExpiringQuery { after: Some(after), ..query })))
        }
    })
    .await
}

/// The ended blocks as a CSV file, latest first, out of the last 200,000 movements of the ledger.
#[utoipa::path(get, path = "/api/blocks/ended.csv", tag = "files", params(EndedParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_ended_blocks(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<EndedParams>,
) -> Result<Response, ApiError> {
    let item = params.item_id.map(ItemId);
    let slice = PageQuery { limit: ROWS_AT_A_TIME, after: None };
    download("blocks-ended", ENDED_COLUMNS, slice, move |slice: PageQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.blocks_ended(&context, item, slice).await?;
            let after = PageQuery::by_id(None, next)?.after;
            Ok::<_, engine::Error>((rows, after.map(|after| PageQuery { after: Some(after), ..slice })))
        }
    })
    .await
}

/// The filtered orders as a CSV file, newest first, with a row per order line.
#[utoipa::path(get, path = "/api/orders.csv", tag = "files", params(OrdersParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_orders(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<OrdersParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole()?;
    query.limit = ROWS_AT_A_TIME;
    download("orders", ORDER_COLUMNS, query, move |query: domain::OrderQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let Page { rows, next } = engine.order_list(&context, query.clone()).await?;
            let after = PageQuery::by_id(None, next)?.after.map(domain::OrderId);
            Ok::<_, engine::Error>((
                rows,
                after.map(|after| domain::OrderQuery { after: Some(after), ..query }),
            ))
        }
    })
    .await
}

/// The mode of an import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportParams {
    /// Change nothing, and return the changes that the import would make. Default false.
    #[serde(default)]
    dry_run: bool,
    /// The number of the first line after the header, for a file that is sent in parts: 2 to 1,000,000,000; default 2.
    first_line: Option<i64>,
}

/// Imports items and stock from a CSV file of at most 5,000 lines and 4 MiB.
///
/// The header names the columns: `id`, `name`, `category`, `price`, `quantity`, `description`, `warehouse`,
/// `reason`. A line without an id creates an item. A line with an id changes the values that differ. An empty `category` or
/// `description` removes the value; any other empty cell changes nothing. `quantity` is the new quantity in the warehouse
/// with the code in `warehouse`. Lines are independent of each other. With an Idempotency-Key, a file that is sent again
/// changes nothing twice.
#[utoipa::path(post, path = "/api/items/import", tag = "files", params(ImportParams),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "The result of each line", body = ImportReport)))]
pub(crate) async fn import_items(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ImportParams>,
    headers: HeaderMap,
    upload: Body,
) -> JsonResult<ImportReport> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("text/csv");
    if !kind.trim_start().to_ascii_lowercase().starts_with("text/csv") {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body is not CSV",
            "The body must be CSV: send it with Content-Type: text/csv.",
        ));
    }
    let csv = body::read(upload, UPLOAD_BYTES_MAX).await?;
    import(&engine, &context, &csv, params.first_line, params.dry_run).await.map(Json)
}

/// Imports a CSV file; `dry_run` only checks it. REST and the form without JavaScript share this function.
pub(crate) async fn import(
    engine: &Engine,
    context: &engine::Context,
    csv: &[u8],
    first_line: Option<i64>,
    dry_run: bool,
) -> Result<ImportReport, ApiError> {
    if csv.len() > UPLOAD_BYTES_MAX {
        return Err(body::too_large(UPLOAD_BYTES_MAX));
    }
    let text = std::str::from_utf8(csv).map_err(|error| {
        let place = error.valid_up_to() + 1;
        domain::Error::invalid("csv", format!("is not UTF-8: byte {place} can't be read"))
    })?;
    let lines = csv_files::read_items(text, first_line.unwrap_or(csv_files::FIRST_LINE_DEFAULT))?;
    let imported = engine.import(context, lines, dry_run).await?;
    Ok(csv_files::report(imported, dry_run))
}
