//! The pages for the details of the catalogue: changes, the form of a warehouse, and the archive.

use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, Query, RequestContext};
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use client::{
    ArchivePage, ChangesFilter, ChangesPage, ItemChangesPage, ServerPage, WarehouseEditPage,
    own_seconds_ahead,
};
use domain::{
    AuditKind, AuditQuery, CATALOGUE_KINDS, ChangeQuery, Error, ItemId, ItemQuery, ItemSort, Permission,
    WarehouseId, local_day,
};
use engine::Context;
use serde::Deserialize;

/// The routes. The forms on the pages are sent to `/forms`, which checks the permission to change items.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/items/{id}/changes", get(guarded(item_changes)))
        .route("/warehouses/{id}/edit", get(guarded(warehouse_edit)))
        .route("/archive", get(guarded(archive)))
        .route("/changes", get(guarded(changes)))
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
    let low_stock_default = state.engine.low_stock_default();
    let page = ItemChangesPage { item, changes, low_stock_default };
    Ok(page::render(&state, parts, ServerPage::ItemChanges(page)).await)
}

/// Filter and page of the changes, as the form sends them.
#[derive(Debug, Default, Deserialize)]
struct ChangesParams {
    item: Option<String>,
    warehouse: Option<String>,
    category: Option<String>,
    actor: Option<String>,
    kind: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
}

impl ChangesParams {
    fn filter(&self) -> ChangesFilter {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        ChangesFilter {
            item: text(&self.item),
            warehouse: text(&self.warehouse),
            category: text(&self.category),
            actor: text(&self.actor),
            kind: text(&self.kind),
            from: text(&self.from),
            to: text(&self.to),
        }
    }

    fn query(self) -> Result<ChangeQuery, Error> {
        let id = |field, text: Option<String>| {
            let number = |text: String| {
                text.trim().parse().map_err(|_| Error::invalid(field, "must be a whole number"))
            };
            text.map(number).transpose()
        };
        let since = self.from.map(|text| local_day("from", &text, 0, own_seconds_ahead)).transpose()?;
        let until = self.to.map(|text| local_day("to", &text, 1, own_seconds_ahead)).transpose()?;
        let audit =
            AuditQuery::new(None, self.after)?.with_filters(self.actor, self.kind, None, since, until)?;
        ChangeQuery::new(audit, id("item", self.item)?, id("warehouse", self.warehouse)?, self.category)
    }
}

/// Shows a page of the changes. A filter that can't be used is an error on the page.
async fn changes(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<ChangesParams>::from_request_parts(&mut parts, &state).await?;
    let filter = params.filter();
    let (changes, error) = match params.query() {
        Ok(query) => (state.engine.change_list(&context, &query).await?.into(), None),
        Err(error) => {
            (api::Page { items: Vec::new(), next: None }, Some(Rejection::from(ApiError::from(error)).text))
        }
    };
    let kinds = CATALOGUE_KINDS.map(AuditKind::as_str).to_vec();
    let page = ChangesPage { changes, kinds, filter, error };
    Ok(page::render(&state, parts, ServerPage::Changes(page)).await)
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
