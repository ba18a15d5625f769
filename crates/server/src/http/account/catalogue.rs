//! The pages for the details of the catalogue: the changes of an item, the form of a warehouse, and the archive.

use super::page;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, Query, RequestContext};
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use client::{ArchivePage, ItemChangesPage, ServerPage, WarehouseEditPage};
use domain::{AuditQuery, ChangeQuery, ItemId, ItemQuery, ItemSort, Permission, WarehouseId};
use engine::Context;
use serde::Deserialize;

/// The routes. The forms on the pages are sent to `/forms`, which checks the permission to change items.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/items/{id}/changes", get(guarded(item_changes)))
        .route("/warehouses/{id}/edit", get(guarded(warehouse_edit)))
        .route("/archive", get(guarded(archive)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ReadStock, handler }
}

/// The page of a list.
#[derive(Debug, Default, Deserialize)]
struct Params {
    after: Option<String>,
}

/// Reads the context, and the cursor of the page.
async fn read(state: &AppState, parts: &mut Parts) -> Result<(Context, Option<String>), ApiError> {
    let RequestContext(context) = RequestContext::from_request_parts(parts, state).await?;
    let Query(Params { after }) = Query::<Params>::from_request_parts(parts, state).await?;
    Ok((context, after))
}

async fn item_changes(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let (context, after) = read(&state, &mut parts).await?;
    let item = match state.engine.item_get(&context, ItemId(id)).await {
        // The page of the item explains that there is none.
        Err(engine::Error::Rejected(_)) => return Ok(Redirect::to(&format!("/items/{id}")).into_response()),
        item => item?,
    };
    let query = ChangeQuery::new(AuditQuery::new(None, after)?, Some(id), None, None)?;
    let changes = state.engine.change_list(&context, &query).await?.into();
    let item = api::Item::from(&**item);
    Ok(page::render(&state, parts, ServerPage::ItemChanges(ItemChangesPage { item, changes })).await)
}

async fn warehouse_edit(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let (context, after) = read(&state, &mut parts).await?;
    let warehouse = match state.engine.warehouse_get(&context, WarehouseId(id)).await {
        Err(engine::Error::Rejected(_)) => {
            return Ok(Redirect::to(&format!("/warehouses/{id}")).into_response());
        }
        warehouse => warehouse?.into(),
    };
    let query = ChangeQuery::new(AuditQuery::new(None, after)?, None, Some(id), None)?;
    let changes = state.engine.change_list(&context, &query).await?.into();
    let page = WarehouseEditPage { warehouse, changes };
    Ok(page::render(&state, parts, ServerPage::WarehouseEdit(page)).await)
}

async fn archive(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let (context, after) = read(&state, &mut parts).await?;
    let query = ItemQuery::new(None, None, ItemSort::Name, None, after)?.with_archived(true);
    let items = state.engine.item_list(&context, query).await?.into();
    let warehouses = state.engine.warehouse_list_of(&context, true).await?;
    let page = ArchivePage { items, warehouses: warehouses.into_iter().map(Into::into).collect() };
    Ok(page::render(&state, parts, ServerPage::Archive(page)).await.into_response())
}
