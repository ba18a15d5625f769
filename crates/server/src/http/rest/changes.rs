use super::downloads::{FileParams, ROWS_AT_A_TIME, download};
use super::filters::{item_of, warehouse_of};
use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::http::extract::RequestContext;
use api::downloads::CHANGE_COLUMNS;
use api::time::{DateTime, Utc};
use api::{Change, Page};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::{AuditQuery, ChangeQuery};
use engine::{Context, Engine};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter and page of the changes. At most one of `item`, `warehouse` and `category` is given.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesParams {
    /// Only changes of this item.
    item_id: Option<i64>,
    /// Only changes of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only changes of this warehouse.
    warehouse_id: Option<i64>,
    /// Only changes of the warehouse that has this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
    /// Only renames of this category, by its old or its new name.
    category: Option<String>,
    /// Only changes by this principal, such as `person:anna`.
    actor: Option<String>,
    /// Only changes of this kind, such as `item.changed`.
    kind: Option<String>,
    /// Only changes at or after this time.
    since: Option<DateTime<Utc>>,
    /// Only changes before this time.
    until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl ChangesParams {
    /// Returns the query of all changes, without paging.
    async fn whole(self, engine: &Engine, context: &Context) -> Result<ChangeQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<ChangeQuery, ApiError> {
        let Self { actor, kind, since, until, limit, after, .. } = self;
        let audit = AuditQuery::new(limit, after)?.with_filters(actor, kind, None, since, until)?;
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        let warehouse = warehouse_of(engine, context, self.warehouse_id, self.warehouse_code).await?;
        let (item, warehouse) = (item.map(|item| item.0), warehouse.map(|warehouse| warehouse.0));
        Ok(ChangeQuery::new(audit, item, warehouse, self.category)?)
    }
}

/// A page of the changes of items, categories and warehouses, latest first, each with the principal and the values before
/// and after it. Movements of stock are in the ledger. Changes are kept as long as the audit log.
#[utoipa::path(get, path = "/api/changes", tag = "changes", params(ChangesParams),
    responses((status = 200, description = "The page", body = Page<Change>)))]
pub(crate) async fn list_changes(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<ChangesParams>,
) -> JsonResult<Page<Change>> {
    Ok(Json(engine.change_list(&context, &params.query(&engine, &context).await?).await?.into()))
}

/// The filtered changes as a CSV file, latest first.
#[utoipa::path(get, path = "/api/changes.csv", tag = "changes", params(ChangesParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_changes(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(file): Query<FileParams>,
    Query(params): Query<ChangesParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole(&engine, &context).await?;
    query.audit.limit = ROWS_AT_A_TIME;
    download("changes", file.header(CHANGE_COLUMNS), query, move |query: ChangeQuery| {
        let (engine, context) = (engine.clone(), context.clone());
        async move {
            let domain::Page { rows, next } = engine.change_list(&context, &query).await?;
            let rows: Vec<_> = rows.into_iter().map(Change::from).collect();
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}
