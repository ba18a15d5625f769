//! The import of items and stock from a CSV file.

use super::response::JsonResult;
use crate::http::body_limits::UPLOAD_BYTES_MAX;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::http::extract::RequestContext;
use crate::http::extract::body;
use api::{ImportReport, csv_files};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use engine::Engine;
use serde::Deserialize;
use utoipa::IntoParams;

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
/// The header names the columns: `id`, `sku`, `barcodes` (separated by white space), `name`, `category`, `price`, `quantity`, `description`, `warehouse`,
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
