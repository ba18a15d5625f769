use super::downloads::{FileParams, ROWS_AT_A_TIME, download};
use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::{Id, Query};
use access::Access;
use api::downloads::AUDIT_COLUMNS;
use api::time::{DateTime, Utc};
use api::{AuditEvent, AuditMovement, Page};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::{AuditMovementQuery, AuditQuery, ItemId, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filter and page of the audit log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParams {
    /// Only events of this principal, such as `person:anna`.
    actor: Option<String>,
    /// Only events of this kind, such as `token.created`.
    kind: Option<String>,
    /// Only events about this principal or object, such as `client:webshop`, `item:7` or `order:5`.
    subject: Option<String>,
    /// Only events at or after this time.
    since: Option<DateTime<Utc>>,
    /// Only events before this time.
    until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl AuditParams {
    /// Returns the query of the whole log, without paging.
    fn whole(self) -> Result<AuditQuery, domain::Error> {
        Self { limit: None, after: None, ..self }.query()
    }

    fn query(self) -> Result<AuditQuery, domain::Error> {
        let Self { actor, kind, subject, since, until, limit, after } = self;
        AuditQuery::new(limit, after)?.with_filters(actor, kind, subject, since, until)
    }
}

/// A page of the audit log, latest first: sign-ins, changes of people, clients, items, warehouses and orders, and extended
/// blocks. Movements of stock are in the ledger.
#[utoipa::path(get, path = "/api/audit", tag = "access", params(AuditParams),
    responses((status = 200, description = "The page", body = Page<AuditEvent>)))]
pub(crate) async fn list_audit(
    State(access): State<Access>,
    Query(params): Query<AuditParams>,
) -> JsonResult<Page<AuditEvent>> {
    Ok(Json(access.audit_list(&params.query()?).await?.into()))
}

/// Filter and page of an item's movements with their origins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MovementParams {
    /// Only movements by this principal, such as `person:anna`.
    actor: Option<String>,
    /// Only movements at or after this time.
    since: Option<DateTime<Utc>>,
    /// Only movements before this time.
    until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

/// A page of an item's movements, latest first, each with the principal, the credential, the address and the request. An
/// item that was deleted keeps its movements.
#[utoipa::path(get, path = "/api/audit/items/{id}/movements", tag = "access",
    params(("id" = i64, Path, description = "The item's id"), MovementParams),
    responses((status = 200, description = "The page", body = Page<AuditMovement>)))]
pub(crate) async fn list_movements(
    State(access): State<Access>,
    Id(id): Id,
    Query(params): Query<MovementParams>,
) -> JsonResult<Page<AuditMovement>> {
    let MovementParams { actor, since, until, limit, after } = params;
    let page = PageQuery::by_id(limit, after)?;
    let query = AuditMovementQuery::new(ItemId(id), page, actor, since, until)?;
    Ok(Json(access.audit_movements(&query).await?.into()))
}

/// The filtered audit log as a CSV file, latest first.
#[utoipa::path(get, path = "/api/audit.csv", tag = "access", params(AuditParams, FileParams),
    responses((status = 200, description = "The file; `limit` and `after` are ignored",
               body = String, content_type = "text/csv")))]
pub(crate) async fn download_audit(
    State(access): State<Access>,
    Query(file): Query<FileParams>,
    Query(params): Query<AuditParams>,
) -> Result<Response, ApiError> {
    let mut query = params.whole()?;
    query.limit = ROWS_AT_A_TIME;
    download("audit", file.header(AUDIT_COLUMNS), query, move |query: AuditQuery| {
        let access = access.clone();
        async move {
            let domain::Page { rows, next } = access.audit_list(&query).await?;
            let next = next.map(|next| query.after_cursor(&next)).transpose()?;
            Ok::<_, access::Error>((rows, next))
        }
    })
    .await
}
