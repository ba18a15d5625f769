//! Streams an uploaded file into an import. The file is the whole body, or the first file of a multipart form.

use crate::http::error::ApiError;
use crate::http::timed_body::{discard_up_to, read_error};
use api::{ChooseImport, parse_choices};
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{HeaderMap, StatusCode, header};
use domain::{Error as Rejection, FILE_NAME_CHARS_MAX};
use engine::{Context, Engine, Import, ImportUpload};
use futures::{Stream, StreamExt as _};
use multer::{Field, Multipart};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use utoipa::IntoParams;

/// The most bytes of a multipart form besides its file.
const FORM_BYTES_MAX: u64 = 1 << 20;

/// The most bytes of a text field.
const TEXT_BYTES_MAX: usize = 1_000;

/// The name of the file, and the parts of its layout that a person knows. Each is detected or chosen later otherwise.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadParams {
    /// The name of the file. Default: that in the form.
    file_name: Option<String>,
    /// `items` changes details of items, `stock` changes their stock. Default: the columns tell it.
    #[param(pattern = "^(items|stock)?$")]
    kind: Option<String>,
    /// The encoding: a label such as `utf-8` or `windows-1252`.
    #[param(pattern = "^(utf-8|utf-16le|utf-16be|windows-1252)?$")]
    encoding: Option<String>,
    /// The delimiter: `comma`, `semicolon`, `tab`, or the character.
    #[param(pattern = "^(comma|semicolon|tab)?$")]
    delimiter: Option<String>,
    /// The decimal sign: `point` or `comma`.
    #[param(pattern = "^(point|comma)?$")]
    decimal_sign: Option<String>,
}

impl UploadParams {
    fn choices(&self) -> Result<spreadsheet::Choices, Rejection> {
        parse_choices(&ChooseImport {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            decimal_sign: self.decimal_sign.clone(),
            kind: self.kind.clone(),
            header_line: None,
            columns: Vec::new(),
        })
    }

    /// Sets the parameter with the name of a form's field, unless it is empty.
    fn set(&mut self, name: &str, text: String) {
        let parameter = match name {
            "fileName" => &mut self.file_name,
            "kind" => &mut self.kind,
            "encoding" => &mut self.encoding,
            "delimiter" => &mut self.delimiter,
            "decimalSign" => &mut self.decimal_sign,
            _ => return,
        };
        if !text.is_empty() {
            *parameter = Some(text);
        }
    }
}

/// Stores a file while it arrives, and begins its import. The import is created with the first bytes of the file.
///
/// # Errors
/// `file_too_large`, `invalid_value` for a choice, `invalid_request` for an empty file and a form without a file, and the
/// errors of a body that did not arrive whole. The import is cancelled then. The rest of the body is read first, because a
/// browser that is still sending does not show the response.
pub(crate) async fn receive(
    engine: &Engine,
    context: &Context,
    params: UploadParams,
    headers: &HeaderMap,
    body: Body,
) -> Result<Import, ApiError> {
    let rest_bytes_max = engine.import_bytes_max().saturating_add(FORM_BYTES_MAX);
    let is_too_large = body.size_hint().lower() > rest_bytes_max;
    let mut chunks = body.into_data_stream();
    let mut is_broken = false;
    let watched = chunks.by_ref().inspect(|chunk| is_broken |= chunk.is_err());
    let received = match is_too_large {
        true => Err(Rejection::ImportFileTooLarge { max: engine.import_bytes_max() }.into()),
        false => receive_chunks(engine, context, params, headers, watched).await,
    };
    // A body must not be read after its error.
    if received.is_err() && !is_broken {
        discard_up_to(Body::from_stream(chunks), rest_bytes_max).await;
    }
    received
}

async fn receive_chunks(
    engine: &Engine,
    context: &Context,
    params: UploadParams,
    headers: &HeaderMap,
    chunks: impl Chunks,
) -> Result<Import, ApiError> {
    if params.file_name.as_ref().is_some_and(|name| name.chars().count() > FILE_NAME_CHARS_MAX) {
        let reason = format!("must have at most {FILE_NAME_CHARS_MAX} characters");
        return Err(Rejection::invalid("fileName", reason).into());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match multer::parse_boundary(kind) {
        Ok(boundary) => receive_form(engine, context, params, &boundary, chunks).await,
        Err(multer::Error::NoBoundary) => Err(invalid("the form has no boundary")),
        Err(_) => receive_file(engine, context, &params, chunks).await,
    }
}

/// The pieces of a body.
trait Chunks: Stream<Item = Result<Bytes, axum::Error>> + Send + Unpin {}

impl<S: Stream<Item = Result<Bytes, axum::Error>> + Send + Unpin> Chunks for S {}

async fn receive_file(
    engine: &Engine,
    context: &Context,
    params: &UploadParams,
    mut chunks: impl Chunks,
) -> Result<Import, ApiError> {
    let name = params.file_name.as_deref().unwrap_or_default();
    let mut upload = Upload::new(engine, context, name, params)?;
    while let Some(chunk) = chunks.next().await {
        upload.push(&chunk.map_err(|error| read_error(&error))?).await?;
    }
    upload.finish().await
}

async fn receive_form(
    engine: &Engine,
    context: &Context,
    mut params: UploadParams,
    boundary: &str,
    chunks: impl Chunks,
) -> Result<Import, ApiError> {
    // The bytes since the end of the last piece of the file: the parser keeps them in memory.
    let unread = Arc::new(AtomicU64::new(0));
    let counter = unread.clone();
    let chunks = chunks.map(move |chunk| {
        let chunk = chunk.map_err(FormError::Body)?;
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        match counter.fetch_add(bytes, Ordering::Relaxed) > FORM_BYTES_MAX {
            true => Err(FormError::TooLong),
            false => Ok::<Bytes, FormError>(chunk),
        }
    });
    let mut form = Multipart::new(chunks, boundary);
    let mut uploaded = None;
    while let Some(mut field) = form.next_field().await.map_err(form_error)? {
        match field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) {
            None => {
                let text = text_of(&mut field).await?;
                params.set(field.name().unwrap_or_default(), text);
            }
            Some(name) if uploaded.is_none() => {
                let name = params.file_name.clone().unwrap_or(name);
                let mut upload = Upload::new(engine, context, &name, &params)?;
                while let Some(chunk) = field.chunk().await.map_err(form_error)? {
                    upload.push(&chunk).await?;
                    unread.store(0, Ordering::Relaxed);
                }
                uploaded = Some(upload);
            }
            Some(_) => {}
        }
    }
    match uploaded {
        Some(upload) => upload.finish().await,
        None => Err(invalid("choose a file")),
    }
}

/// Reads a text field.
async fn text_of(field: &mut Field<'_>) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(form_error)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXT_BYTES_MAX {
            return Err(invalid("a text field is too long"));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// The upload of a file. It is cancelled if it is dropped before its end, for example when the client disconnects.
struct Upload<'a> {
    engine: &'a Engine,
    context: &'a Context,
    name: String,
    choices: spreadsheet::Choices,
    /// The import, since the first bytes: an empty file leaves none.
    begun: Option<ImportUpload>,
}

impl<'a> Upload<'a> {
    fn new(
        engine: &'a Engine,
        context: &'a Context,
        name: &str,
        params: &UploadParams,
    ) -> Result<Self, Rejection> {
        Ok(Self { engine, context, name: name.to_owned(), choices: params.choices()?, begun: None })
    }

    async fn push(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let begun = match &mut self.begun {
            Some(begun) => begun,
            None => {
                let begun = self.engine.import_upload(self.context, &self.name, &self.choices).await?;
                self.begun.insert(begun)
            }
        };
        Ok(begun.push(bytes).await?)
    }

    async fn finish(mut self) -> Result<Import, ApiError> {
        match self.begun.take() {
            Some(begun) => Ok(begun.finish().await?),
            None => {
                let detail = "The file is empty. Choose a file with rows, or save it again.";
                Err(ApiError::new(StatusCode::BAD_REQUEST, "invalid_request", "The file is empty", detail))
            }
        }
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        if let Some(begun) = self.begun.take() {
            tokio::spawn(begun.abort());
        }
    }
}

/// The error of the bytes of a form.
#[derive(Debug, thiserror::Error)]
enum FormError {
    #[error(transparent)]
    Body(axum::Error),
    #[error("the form has too many bytes besides its file")]
    TooLong,
}

/// Returns the response for a form that can't be read.
fn form_error(error: multer::Error) -> ApiError {
    if let multer::Error::StreamReadFailed(cause) = &error
        && let Some(FormError::Body(cause)) = cause.downcast_ref()
    {
        return read_error(cause);
    }
    invalid(&error.to_string())
}

fn invalid(reason: &str) -> ApiError {
    let detail = format!("The form can't be read: {reason}.");
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_request", "The form can't be read", detail)
}
