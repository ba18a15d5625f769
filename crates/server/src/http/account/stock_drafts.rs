//! The pages of stock drafts, and their forms.

use super::form::{Fields, whole};
use super::page;
use super::response::{Rejection, see_other};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, RequestContext};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use client::{DraftLineRow, DraftPage, DraftPageKind, DraftRow, DraftsPage, ServerPage};
use domain::{
    DraftId, DraftKind, DraftLine, Error, ItemId, LineChange, NewDraft, Permission, StockDraft, Units,
    WarehouseId,
};
use engine::{Context, DocumentLine};
use std::collections::HashMap;

/// The address of the list.
const PAGE: &str = "/stock";

/// The routes. They need the permission to change stock.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(guarded(list)).post(guarded(create)))
        .route("/stock/{id}", get(guarded(show)))
        .route("/stock/{id}/add", post(guarded(add)))
        .route("/stock/{id}/set", post(guarded(set)))
        .route("/stock/{id}/post", post(guarded(post_draft)))
        .route("/stock/{id}/delete", post(guarded(delete)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::WriteStock, handler }
}

fn row(draft: StockDraft) -> DraftRow {
    DraftRow {
        id: draft.id.0,
        kind: match draft.kind {
            DraftKind::Receipt => DraftPageKind::Receipt,
            DraftKind::Count => DraftPageKind::Count,
            DraftKind::Move => DraftPageKind::Move,
        },
        name: draft.name,
        warehouse: draft.warehouse_code,
        target: draft.target.map(|(_, code)| code),
        version: draft.version,
        created: draft.created,
        posted: draft.posted,
        line_count: draft.line_count,
        units: draft.units,
    }
}

async fn list(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    show_list(&state, &context, parts, String::new(), None).await
}

async fn show_list(
    state: &AppState,
    context: &Context,
    parts: Parts,
    name: String,
    rejection: Option<Rejection>,
) -> Result<Response, ApiError> {
    let engine = &state.engine;
    let open = engine.stock_draft_list(context, false).await?.into_iter().map(row).collect();
    let posted = engine.stock_draft_list(context, true).await?.into_iter().map(row).collect();
    let warehouses = engine.warehouse_list(context).await?.into_iter();
    let warehouses = warehouses.filter(|warehouse| context.warehouses.contains(warehouse.id));
    let warehouses = warehouses.map(|warehouse| (warehouse.id.0, warehouse.code)).collect();
    let error = rejection.as_ref().map(|rejection| rejection.text.clone());
    let page = DraftsPage { open, posted, warehouses, name, error };
    let response = page::render(state, parts, ServerPage::Drafts(Box::new(page))).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

async fn create(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let fields = Fields::read(&state, form).await?;
    let created = async {
        let target = match fields.text("target") {
            "" => None,
            target => Some(WarehouseId(whole("target", target)?)),
        };
        let warehouse = WarehouseId(whole("warehouse", fields.text("warehouse"))?);
        let kind = DraftKind::parse(fields.text("kind"))?;
        let new = NewDraft::new(kind, fields.text("name"), warehouse, target)?;
        Ok::<_, ApiError>(state.engine.stock_draft_create(&context, &new).await?)
    };
    match created.await {
        Ok(id) => Ok(see_other(&format!("{PAGE}/{id}"))),
        Err(error) => {
            show_list(&state, &context, parts, fields.text("name").to_owned(), Some(error.into())).await
        }
    }
}

/// A draft as it was read, or the response if there is none.
type Found = Result<(StockDraft, Vec<DraftLine>), Box<Response>>;

async fn find(state: &AppState, context: &Context, parts: &mut Parts) -> Result<Found, ApiError> {
    let id = Id::from_request_parts(parts, state).await.ok().map(|Id(id)| DraftId(id));
    let found = match id {
        Some(id) => state.engine.stock_draft_get(context, id).await?,
        None => None,
    };
    match found {
        Some(found) => Ok(Ok(found)),
        None => Ok(Err(Box::new(page::render(state, parts.clone(), ServerPage::NoDraft).await))),
    }
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    Ok(match find(&state, &context, &mut parts).await? {
        Ok(found) => respond(&state, parts, found, HashMap::new(), String::new(), None).await,
        Err(missing) => *missing,
    })
}

/// Shows a draft. `refused` has the reasons of refused lines, `code` is the text in the form.
async fn respond(
    state: &AppState,
    parts: Parts,
    (draft, lines): (StockDraft, Vec<DraftLine>),
    refused: HashMap<ItemId, String>,
    code: String,
    rejection: Option<Rejection>,
) -> Response {
    let lines = lines.into_iter().map(|line| DraftLineRow {
        item: line.item.0,
        refused: refused.get(&line.item).cloned(),
        name: line.name,
        sku: line.sku,
        quantity: line.quantity,
    });
    let error = rejection.as_ref().map(|rejection| rejection.text.clone());
    let page = DraftPage { draft: row(draft), lines: lines.collect(), code, error };
    let response = page::render(state, parts, ServerPage::Draft(Box::new(page))).await;
    match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    }
}

/// Reads a form about a draft, performs its action, and redirects to the draft. A rejection is shown on its page.
async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Context, &StockDraft, &Fields) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let (draft, lines) = match find(&state, &context, &mut parts).await? {
        Ok(found) => found,
        Err(missing) => return Ok(*missing),
    };
    let fields = Fields::read(&state, form).await?;
    match action(&state, &context, &draft, &fields).await {
        Ok(()) => Ok(see_other(&format!("{PAGE}/{}", draft.id))),
        Err(error) => {
            let code = fields.text("code").to_owned();
            Ok(respond(&state, parts, (draft, lines), HashMap::new(), code, Some(error.into())).await)
        }
    }
}

async fn add(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, async |state, context, draft, fields| {
        let code = fields.text("code");
        let item = state.engine.item_by_code(context, code).await?;
        let item =
            item.ok_or_else(|| Error::invalid("code", format!("{code:?} is no SKU and no barcode")))?;
        let units = draft.kind.added_units(whole("quantity", fields.text("quantity"))?)?;
        let version = whole("version", fields.text("version"))?;
        Ok(state.engine.stock_draft_change(context, draft, item, LineChange::Add(units, version)).await?)
    })
    .await
}

async fn set(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    submit(state, request, async |state, context, draft, fields| {
        let item = ItemId(whole("item", fields.text("item"))?);
        let change = match fields.text("remove") {
            "" => LineChange::Set(Units::new(whole("quantity", fields.text("quantity"))?)?),
            _ => LineChange::Remove,
        };
        Ok(state.engine.stock_draft_change(context, draft, item, change).await?)
    })
    .await
}

async fn delete(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let (draft, lines) = match find(&state, &context, &mut parts).await? {
        Ok(found) => found,
        Err(missing) => return Ok(*missing),
    };
    match state.engine.stock_draft_delete(&context, &draft).await {
        Ok(()) => Ok(see_other(PAGE)),
        Err(error) => {
            let error = Some(ApiError::from(error).into());
            Ok(respond(&state, parts, (draft, lines), HashMap::new(), String::new(), error).await)
        }
    }
}

/// Posts the draft as the person saw it. Refused lines have their reasons on the page, and nothing is posted.
async fn post_draft(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let (draft, lines) = match find(&state, &context, &mut parts).await? {
        Ok(found) => found,
        Err(missing) => return Ok(*missing),
    };
    let fields = Fields::read(&state, form).await?;
    let seen = StockDraft { version: whole("version", fields.text("version"))?, ..draft.clone() };
    let posted = state.engine.stock_draft_post(&context, &seen, &lines).await;
    let outcome = match posted.map_err(ApiError::from).and_then(|posted| match posted {
        engine::Response::Fresh(outcome) => Ok(outcome),
        engine::Response::Stored(_) => Err(Error::invalid("draft", "is posted").into()),
    }) {
        Ok(outcome) => outcome,
        Err(error) => {
            let error = Some(error.into());
            return Ok(respond(&state, parts, (draft, lines), HashMap::new(), String::new(), error).await);
        }
    };
    // A moved line has two changes, which follow each other.
    let changes_per_line = outcome.lines.len() / lines.len().max(1);
    let items = lines.iter().flat_map(|line| std::iter::repeat_n(line.item, changes_per_line));
    let refused: HashMap<_, _> = items
        .zip(&outcome.lines)
        .filter_map(|(item, line)| match line {
            DocumentLine::Refused(rejection) => {
                Some((item, Rejection::from(ApiError::from(rejection.clone())).text))
            }
            _ => None,
        })
        .collect();
    if refused.is_empty() {
        let done = client::messages::draft_posted(draft.units);
        return Ok(redirect(&done, &format!("{PAGE}/{}", draft.id)));
    }
    let rejection = ApiError::from(Error::invalid("lines", "were refused; nothing is posted"));
    Ok(respond(&state, parts, (draft, lines), refused, String::new(), Some(rejection.into())).await)
}
