//! The pages of imports, and their forms.

use super::page;
use super::response::{Rejection, see_other};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, Query, RequestContext};
use crate::http::rest::imports::{page as page_of, warehouse_codes};
use crate::http::upload::{UploadParams, receive};
use crate::state::AppState;
use api::{ChooseImport, Import, ImportColumnChoice, ImportRow, parse_choices};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use client::{ImportPage, ImportRowsPage, ImportsPage, ServerPage, page_size};
use domain::{Error, ImportId, ImportState, PageQuery, Permission};
use engine::{Context, ImportRowFilter};
use serde::Deserialize;

/// The time after which the page of a running import is loaded again, in seconds.
const REFRESH_SECONDS: u64 = 2;

/// The time after which the page of a running import is loaded again if it shows the reason of a rejected form, in
/// seconds.
const REFRESH_AFTER_ERROR_SECONDS: u64 = 15;

/// The prefix of a form's field with the field of a column: `column-3` is that of the column at position 3.
const COLUMN_PREFIX: &str = "column-";

/// The routes. All need the permission to import.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/imports", get(guarded(list)).post(guarded(upload)))
        .route("/imports/{id}", get(guarded(show)))
        .route("/imports/{id}/choices", post(guarded(choose)))
        .route("/imports/{id}/apply", post(guarded(apply)))
        .route("/imports/{id}/cancel", post(guarded(cancel)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ImportItems, handler }
}

#[derive(Debug, Default, Deserialize)]
struct ListParams {
    after: Option<String>,
    size: Option<String>,
}

async fn list(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Query(params) = Query::<ListParams>::from_request_parts(&mut parts, &state).await?;
    let query = PageQuery::by_id(Some(page_size(params.size)), params.after);
    match query {
        Ok(query) => respond_with_list(&state, parts, query, None).await,
        Err(error) => {
            let rejection = Rejection::from(ApiError::from(error));
            let text = rejection.text.clone();
            Ok(rejection.apply(respond_with_list(&state, parts, first_page(), Some(text)).await?))
        }
    }
}

/// Returns the first page of the list with the default number of rows.
fn first_page() -> PageQuery {
    PageQuery { limit: page_size(None), after: None }
}

async fn respond_with_list(
    state: &AppState,
    parts: Parts,
    query: PageQuery,
    error: Option<String>,
) -> Result<Response, ApiError> {
    let PageQuery { limit, after } = query;
    let imports = state.engine.import_list(after.map(ImportId), limit).await?;
    let imports = page_of(imports.into_iter().map(Import::from).collect(), limit, |import| import.id);
    let page = ImportsPage { imports, bytes_max: state.engine.import_bytes_max(), error };
    Ok(page::render(state, parts, ServerPage::Imports(page)).await)
}

/// Stores the file of the form, and shows its import.
async fn upload(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let received = receive(&state.engine, &context, UploadParams::default(), &parts.headers, body).await;
    match received {
        Ok(import) => Ok(see_other(&format!("/imports/{}", import.id))),
        Err(error) => {
            let rejection = Rejection::from(error);
            let text = rejection.text.clone();
            Ok(rejection.apply(respond_with_list(&state, parts, first_page(), Some(text)).await?))
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct RowParams {
    show: Option<String>,
    after: Option<i64>,
    size: Option<String>,
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    respond(&state, &context, parts, ImportId(id), None).await
}

async fn respond(
    state: &AppState,
    context: &Context,
    mut parts: Parts,
    id: ImportId,
    error: Option<String>,
) -> Result<Response, ApiError> {
    let Query(params) = Query::<RowParams>::from_request_parts(&mut parts, state).await?;
    let import = match state.engine.import_get(id).await {
        Ok(import) => import,
        Err(error) => {
            let rejection = Rejection::from(ApiError::from(error));
            let text = rejection.text.clone();
            return Ok(rejection.apply(respond_with_list(state, parts, first_page(), Some(text)).await?));
        }
    };
    let is_running = import.state.is_running();
    let (show, filter) = match params.show.as_deref() {
        Some("errors") => ("errors", ImportRowFilter::Errors),
        Some("warnings") => ("warnings", ImportRowFilter::Warnings),
        Some("notApplied") => ("notApplied", ImportRowFilter::NotApplied),
        _ => ("all", ImportRowFilter::All),
    };
    let page_rows = page_size(params.size);
    let rows = state.engine.import_rows(id, filter, params.after.unwrap_or(0), page_rows).await?;
    let codes = warehouse_codes(&state.engine, context).await?;
    let rows = rows.into_iter().map(|row| ImportRow::new(row, &codes)).collect();
    let rows = page_of(rows, page_rows, |row: &ImportRow| row.ordinal);
    let first_lines = first_lines(state, &import).await?;
    let seconds = if error.is_some() { REFRESH_AFTER_ERROR_SECONDS } else { REFRESH_SECONDS };
    let page = ImportPage { import: import.into(), rows: ImportRowsPage { rows, show }, first_lines, error };
    let mut response = page::render(state, parts, ServerPage::Import(Box::new(page))).await;
    if is_running {
        // The address is that of the page: the response may be that of a form.
        let after = params.after.map(|after| format!("&after={after}")).unwrap_or_default();
        let refresh = format!("{seconds}; url=/imports/{}?show={show}{after}", id.0);
        if let Ok(refresh) = HeaderValue::try_from(refresh) {
            response.headers_mut().insert(header::REFRESH, refresh);
        }
    }
    Ok(response)
}

/// Returns the first lines of a file whose header can be chosen.
async fn first_lines(state: &AppState, import: &engine::Import) -> Result<Vec<(u64, String)>, ApiError> {
    if import.is_deleted || !matches!(import.state, ImportState::Undecided | ImportState::Judged) {
        return Ok(Vec::new());
    }
    let encoding = import.choices.encoding.or(import.layout.as_ref().map(|layout| layout.encoding));
    let part = state.engine.import_file_part(ImportId(import.id), 0).await?.unwrap_or_default();
    Ok(spreadsheet::first_lines(&part, encoding))
}

async fn choose(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, async |state, context, id, form| {
        let choices = parse_choices(&form.choices()?)?;
        Ok(state.engine.import_choose(context, id, &choices).await.map(drop)?)
    })
    .await
}

async fn apply(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, async |state, context, id, form| {
        let revision = form.text("revision").and_then(|text| text.parse().ok());
        let revision = revision.ok_or_else(|| Error::invalid("revision", "must be a whole number"))?;
        Ok(state.engine.import_apply(context, id, revision).await.map(drop)?)
    })
    .await
}

async fn cancel(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, async |state, context, id, _| {
        Ok(state.engine.import_cancel(context, id).await.map(drop)?)
    })
    .await
}

/// Reads a form, performs its action, and redirects to the import. A rejection is shown on the page of the import.
async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Context, ImportId, &Form) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let form = Form::read(&state, body).await?;
    match action(&state, &context, ImportId(id), &form).await {
        Ok(()) => Ok(see_other(&format!("/imports/{id}"))),
        Err(error) => {
            let rejection = Rejection::from(error);
            let text = rejection.text.clone();
            Ok(rejection.apply(respond(&state, &context, parts, ImportId(id), Some(text)).await?))
        }
    }
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    /// Returns a field with a whole number. Another text is an error.
    fn number(&self, name: &'static str) -> Result<Option<i64>, Error> {
        let number = self.text(name).map(|text| text.trim().parse());
        number.transpose().map_err(|_| Error::invalid(name, "must be a whole number"))
    }

    async fn read(state: &AppState, body: axum::body::Body) -> Result<Self, ApiError> {
        let bytes = crate::http::extract::body::read(body, state.http.body_limit_bytes).await?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// Returns a field that is not empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, text)| known == name && !text.is_empty()).map(|(_, text)| text.as_str())
    }

    /// Returns the choices. An empty field stands for the detection.
    fn choices(&self) -> Result<ChooseImport, Error> {
        let columns = self.0.iter().filter(|(_, text)| !text.is_empty()).filter_map(|(name, text)| {
            let index = name.strip_prefix(COLUMN_PREFIX)?.parse().ok()?;
            Some(ImportColumnChoice { index, field: Some(text.clone()).filter(|field| field != "ignored") })
        });
        let owned = |name| self.text(name).map(str::to_owned);
        Ok(ChooseImport {
            encoding: owned("encoding"),
            delimiter: owned("delimiter"),
            decimal_sign: owned("decimalSign"),
            kind: owned("kind"),
            header_line: self.number("headerLine")?,
            columns: columns.collect(),
        })
    }
}
