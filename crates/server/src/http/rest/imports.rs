//! Imports of files.

use super::downloads::{FileParams, download};
use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::{Id, JsonBody, KeylessContext, Query, RequestContext};
use crate::http::upload::{UploadParams, receive};
use api::downloads::{ImportErrorFile, ImportErrorRow};
use api::{ApplyImport, ChooseImport, Import, ImportRow, Page, parse_choices};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::{Error as Rejection, ImportId, ImportState, PageQuery};
use engine::{Context, Engine, IMPORT_PAGE_MAX, ImportRowFilter};
use futures::stream::{StreamExt as _, once, try_unfold};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Uploads a file, and begins its import.
///
/// The file is the whole body, or the first file of a form in `multipart/form-data`. Fields of the form before the file set the
/// parameters of the same names. The file is stored while it arrives: it may take any time as long as bytes arrive. A server reads and judges it afterwards; see
/// `GET /api/imports/{id}`. Nothing is changed until the import is applied.
#[utoipa::path(post, path = "/api/imports", tag = "imports", params(UploadParams),
    request_body(content(
        (String = "text/csv"), (String = "application/octet-stream"), (UploadForm = "multipart/form-data"))),
    responses((status = 201, description = "The import", body = Import,
               headers(("Location" = String, description = "The address of the import")))))]
pub(crate) async fn create_import(
    State(engine): State<Engine>,
    KeylessContext(context): KeylessContext,
    Query(params): Query<UploadParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let import = Import::from(receive(&engine, &context, params, &headers, body).await?);
    let location = [(header::LOCATION, format!("/api/imports/{}", import.id))];
    Ok((StatusCode::CREATED, location, Json(import)).into_response())
}

/// A form with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the OpenAPI document")]
pub(crate) struct UploadForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A page of the imports.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportsParams {
    /// Only imports with smaller ids: the `next` of the previous page.
    before: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
}

/// The imports, latest first.
#[utoipa::path(get, path = "/api/imports", tag = "imports", params(ImportsParams),
    responses((status = 200, description = "The page; `next` is for the parameter `before`", body = Page<Import>)))]
pub(crate) async fn list_imports(
    State(engine): State<Engine>,
    Query(params): Query<ImportsParams>,
) -> JsonResult<Page<Import>> {
    let limit = PageQuery::by_id(params.limit, None)?.limit.min(IMPORT_PAGE_MAX);
    if params.before.is_some_and(|before| before < 1) {
        return Err(Rejection::invalid("before", "must be the id of an import").into());
    }
    let imports = engine.import_list(params.before.map(ImportId), limit).await?;
    let items: Vec<_> = imports.into_iter().map(Import::from).collect();
    Ok(Json(page(items, limit, |import| import.id)))
}

/// Returns a page, with the id of its last row as cursor if it is full.
pub(crate) fn page<T>(items: Vec<T>, limit: i64, id: impl Fn(&T) -> i64) -> Page<T> {
    let is_full = i64::try_from(items.len()).is_ok_and(|count| count == limit);
    let next = items.last().filter(|_| is_full).map(|last| id(last).to_string());
    Page { items, next }
}

/// An import: its state, progress, layout, effect in words, and the choices that a person has to make.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "imports", params(("id" = i64, Path, description = "The import")),
    responses((status = 200, description = "The import", body = Import)))]
pub(crate) async fn get_import(State(engine): State<Engine>, Id(id): Id) -> JsonResult<Import> {
    Ok(Json(engine.import_get(ImportId(id)).await?.into()))
}

/// Sets the choices of a person, instead of all earlier ones. The file is judged again from its beginning.
#[utoipa::path(patch, path = "/api/imports/{id}", tag = "imports",
    params(("id" = i64, Path, description = "The import")), request_body = ChooseImport,
    responses((status = 200, description = "The import", body = Import)))]
pub(crate) async fn choose_import(
    State(engine): State<Engine>,
    KeylessContext(context): KeylessContext,
    Id(id): Id,
    JsonBody(choices): JsonBody<ChooseImport>,
) -> JsonResult<Import> {
    let choices = parse_choices(&choices)?;
    Ok(Json(engine.import_choose(&context, ImportId(id), &choices).await?.into()))
}

/// The rows to return.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ImportRowsShown {
    /// All rows.
    #[default]
    All,
    /// Rows with an error.
    Errors,
    /// Rows with a warning.
    Warnings,
    /// Rows that were to be applied and were not: those in conflict, refused, and open ones of an import that was cancelled or
    /// failed.
    NotApplied,
}

impl From<ImportRowsShown> for ImportRowFilter {
    fn from(shown: ImportRowsShown) -> Self {
        match shown {
            ImportRowsShown::All => Self::All,
            ImportRowsShown::Errors => Self::Errors,
            ImportRowsShown::Warnings => Self::Warnings,
            ImportRowsShown::NotApplied => Self::NotApplied,
        }
    }
}

/// A page of the rows of an import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportRowsParams {
    /// The rows to return. Default `all`.
    #[param(inline)]
    show: Option<ImportRowsShown>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

/// The judged rows of an import, in the order of the file.
#[utoipa::path(get, path = "/api/imports/{id}/rows", tag = "imports",
    params(("id" = i64, Path, description = "The import"), ImportRowsParams),
    responses((status = 200, description = "The page", body = Page<ImportRow>)))]
pub(crate) async fn list_import_rows(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    Query(params): Query<ImportRowsParams>,
) -> JsonResult<Page<ImportRow>> {
    let query = PageQuery::by_id(params.limit, params.after)?;
    let (limit, after) = (query.limit.min(IMPORT_PAGE_MAX), query.after.unwrap_or(0));
    let filter = params.show.unwrap_or_default().into();
    let rows = engine.import_rows(ImportId(id), filter, after, limit).await?;
    let codes = warehouse_codes(&engine, &context).await?;
    let items: Vec<_> = rows.into_iter().map(|row| ImportRow::new(row, &codes)).collect();
    Ok(Json(page(items, limit, |row| row.ordinal)))
}

/// Returns the codes of all warehouses by their ids.
pub(crate) async fn warehouse_codes(
    engine: &Engine,
    context: &Context,
) -> engine::Result<HashMap<i64, String>> {
    let mut codes = HashMap::new();
    for is_archived in [false, true] {
        let warehouses = engine.warehouse_list_of(context, is_archived).await?;
        codes.extend(warehouses.into_iter().map(|warehouse| (warehouse.id.0, warehouse.code)));
    }
    Ok(codes)
}

/// Begins to apply the rows without errors, each at most once. A file of stock also needs the permission `stock:write`.
/// The same request again returns the import.
#[utoipa::path(post, path = "/api/imports/{id}/apply", tag = "imports",
    params(("id" = i64, Path, description = "The import")), request_body = ApplyImport,
    responses((status = 202, description = "The import", body = Import)))]
pub(crate) async fn apply_import(
    State(engine): State<Engine>,
    KeylessContext(context): KeylessContext,
    Id(id): Id,
    JsonBody(apply): JsonBody<ApplyImport>,
) -> Result<(StatusCode, Json<Import>), ApiError> {
    let import = engine.import_apply(&context, ImportId(id), apply.revision).await?;
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}

/// Cancels an import. Rows that were applied before stay applied.
#[utoipa::path(delete, path = "/api/imports/{id}", tag = "imports",
    params(("id" = i64, Path, description = "The import")),
    responses((status = 200, description = "The import", body = Import)))]
pub(crate) async fn cancel_import(
    State(engine): State<Engine>,
    KeylessContext(context): KeylessContext,
    Id(id): Id,
) -> JsonResult<Import> {
    Ok(Json(engine.import_cancel(&context, ImportId(id)).await?.into()))
}

/// The uploaded file, byte by byte. Its name is that of the upload without directories, control characters and characters
/// that change the direction of text.
#[utoipa::path(get, path = "/api/imports/{id}/file", tag = "imports",
    params(("id" = i64, Path, description = "The import")),
    responses((status = 200, description = "The file", body = String, content_type = "application/octet-stream")))]
pub(crate) async fn download_import(State(engine): State<Engine>, Id(id): Id) -> Result<Response, ApiError> {
    let import = ImportId(id);
    let found = engine.import_get(import).await?;
    let missing = match found.state {
        _ if found.is_deleted => Some("has no stored file any more"),
        ImportState::Uploading => Some("still waits for its file"),
        _ => None,
    };
    if let Some(reason) = missing {
        return Err(Rejection::ImportState { import, state: found.state, reason }.into());
    }
    // The first part is read before the response starts, so that its error has a status.
    let begun = engine.import_file_part(import, 0).await?.unwrap_or_default();
    let rest = try_unfold(1, move |number| {
        let engine = engine.clone();
        async move {
            let part = engine.import_file_part(import, number).await?;
            Ok::<_, engine::Error>(part.map(|part| (part, number + 1)))
        }
    });
    let name = utf8_percent_encode(&found.file_name, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, found.file_bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, Body::from_stream(once(ready(Ok(begun))).chain(rest))).into_response())
}

/// The position in the file of errors: rows with an error come first, then those that were not applied.
#[derive(Debug, Clone, Copy)]
struct Position {
    filter: ImportRowFilter,
    after: i64,
}

/// The rows with an error and those that were not applied, as a CSV file: the line, the problem, and the cells. The file can
/// be corrected and uploaded.
#[utoipa::path(get, path = "/api/imports/{id}/errors.csv", tag = "imports",
    params(("id" = i64, Path, description = "The import"), FileParams),
    responses((status = 200, description = "The file", body = String, content_type = "text/csv")))]
pub(crate) async fn download_import_errors(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Id(id): Id,
    Query(file): Query<FileParams>,
) -> Result<Response, ApiError> {
    let import = ImportId(id);
    let layout = engine.import_get(import).await?.layout;
    let rows_of =
        Arc::new(ImportErrorFile { layout, warehouse_codes: warehouse_codes(&engine, &context).await? });
    let names =
        rows_of.layout.iter().flat_map(|layout| layout.columns.iter().map(|column| column.name.as_str()));
    let columns: Vec<_> = ["line", "problem"].into_iter().chain(names).collect();
    let name = format!("import-{id}-errors");
    let first = Position { filter: ImportRowFilter::Errors, after: 0 };
    download(&name, file.header(&columns), first, move |position: Position| {
        let (engine, file) = (engine.clone(), rows_of.clone());
        async move {
            let Position { filter, after } = position;
            let rows = engine.import_rows(import, filter, after, IMPORT_PAGE_MAX).await?;
            let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == IMPORT_PAGE_MAX);
            let next = match rows.last() {
                Some(last) if is_full => Some(Position { filter, after: last.ordinal }),
                _ if filter == ImportRowFilter::Errors => {
                    Some(Position { filter: ImportRowFilter::NotApplied, after: 0 })
                }
                _ => None,
            };
            let row = |row| ImportErrorRow { row, file: file.clone() };
            let rows: Vec<_> = rows.into_iter().map(row).collect();
            Ok::<_, engine::Error>((rows, next))
        }
    })
    .await
}
