//! The form that imports a file of items and stock.

use super::redirect::{error_message, redirect};
use super::result_page;
use crate::http::body_limits::{IMPORT_FORM_BYTES_MAX, IMPORT_FORM_PATH, UPLOAD_BYTES_MAX};
use crate::http::error::ApiError;
use crate::http::extract::body::too_large;
use crate::http::extract::request_context::authorized_context;
use crate::http::middleware::idempotency;
use crate::http::rest::files;
use crate::http::timed_body::read_error;
use crate::state::AppState;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use client::FormResult;
use domain::Permission;
use futures::StreamExt as _;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};
use std::collections::HashMap;
use uuid::Uuid;

/// The page with the form.
const IMPORT_PAGE: &str = "/import";

/// The most bytes of a form that are read, in bytes. Bytes beyond [`IMPORT_FORM_BYTES_MAX`] are dropped.
const READ_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Control characters, which browsers change in a hidden field, and the escape character itself.
const CHANGED_BY_BROWSERS: &AsciiSet = &CONTROLS.add(b'%');

/// The route of the form.
pub(super) fn router() -> Router<AppState> {
    Router::new().route(IMPORT_FORM_PATH, post(import).layer(DefaultBodyLimit::disable()))
}

/// Checks a file, or imports it. The first submission is a dry run: its page shows the changes, and has the file and an
/// idempotency key in hidden fields. The second submission imports the file, once per key.
async fn import(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    match outcome(&state, &parts, form).await {
        Ok(outcome) => result_page::render(&state, parts, outcome).await,
        Err(error) => redirect(&error_message(&error.into_response()), IMPORT_PAGE),
    }
}

async fn outcome(state: &AppState, parts: &Parts, form: Body) -> Result<FormResult, ApiError> {
    let context = authorized_context(parts, Permission::ImportItems)?;
    let mut fields = multipart(Request::from_parts(parts.clone(), form)).await?;
    if let (Some(key), Some(checked)) = (fields.remove("key"), fields.remove("checked")) {
        let csv: Vec<u8> = percent_decode(&checked).collect();
        let key = String::from_utf8_lossy(&key);
        let idempotency = idempotency::validate(&key, &parts.method, &parts.uri, &csv, std::iter::empty())?;
        let context = context.with_idempotency(idempotency);
        let report = files::import(&state.engine, &context, &csv, None, false).await?;
        return Ok(FormResult::Import { report, confirm: None });
    }
    let csv = fields.remove("file").unwrap_or_default();
    let report = files::import(&state.engine, &context, &csv, None, true).await?;
    // The dry run has checked that the file is UTF-8, so this conversion loses nothing.
    let text = String::from_utf8_lossy(&csv);
    let checked = utf8_percent_encode(&text, CHANGED_BY_BROWSERS).to_string();
    let confirm = [("key", Uuid::now_v7().to_string()), ("checked", checked)];
    Ok(FormResult::Import { report, confirm: Some(confirm) })
}

/// Returns the fields of a multipart form by name.
async fn multipart(request: Request) -> Result<HashMap<String, Bytes>, ApiError> {
    let invalid =
        |status, why| ApiError::new(status, "invalid_request", "The form can't be read", format!("{why}."));
    let (parts, form) = request.into_parts();
    let bytes = read_to_end(form).await?;
    let form = Multipart::from_request(Request::from_parts(parts, Body::from(bytes)), &()).await;
    let mut form = form.map_err(|error| invalid(error.status(), error.body_text()))?;
    let invalid_field = |error: MultipartError| invalid(error.status(), error.body_text());
    let mut fields = HashMap::new();
    while let Some(field) = form.next_field().await.map_err(invalid_field)? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.bytes().await.map_err(invalid_field)?);
    }
    Ok(fields)
}

/// Reads a form's body. A body over the limit is also read, up to [`READ_BYTES_MAX`]: a browser shows no response that
/// arrives while it is still sending.
async fn read_to_end(form: Body) -> Result<Vec<u8>, ApiError> {
    let (mut stream, mut bytes, mut seen) = (form.into_data_stream(), Vec::new(), 0);
    while let Some(chunk) = stream.next().await
        && seen <= READ_BYTES_MAX
    {
        let chunk = chunk.map_err(|error| read_error(&error))?;
        seen += chunk.len();
        if seen <= IMPORT_FORM_BYTES_MAX {
            bytes.extend_from_slice(&chunk);
        }
    }
    if seen > IMPORT_FORM_BYTES_MAX { Err(too_large(UPLOAD_BYTES_MAX)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_field_returns_the_file_unchanged() {
        let csv = "name,description\r\nLamp,\"50 %\nof\tlight – %41\"\n";
        let hidden = utf8_percent_encode(csv, CHANGED_BY_BROWSERS).to_string();
        assert!(!hidden.contains(['\r', '\n']), "{hidden}");
        assert_eq!(percent_decode(hidden.as_bytes()).collect::<Vec<_>>(), csv.as_bytes());
    }
}
