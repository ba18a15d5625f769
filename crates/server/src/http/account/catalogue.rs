//! The pages for the details of the catalogue: changes, the form of a warehouse, and the archive.

use super::list_filter::{file_address, id_in, item_in, time_text, warehouse_choices};
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
    own_seconds_ahead, page_size,
};
use domain::{
    AuditKind, AuditQuery, CATALOGUE_KINDS, ChangeQuery, ItemId, ItemQuery, ItemSort, Permission,
    WarehouseId, local_day,
};
use engine::{Context, Engine};
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
    size: Option<String>,
}

/// Reads the context, and the rows and the cursor of the page.
async fn read(
    state: &AppState,
    parts: &mut Parts,
) -> Result<(Context, Option<i64>, Option<String>), ApiError> {
    let RequestContext(context) = RequestContext::from_request_parts(parts, state).await?;
    let Query(Params { after, size }) = Query::<Params>::from_request_parts(parts, state).await?;
    Ok((context, Some(page_size(size)), after))
}

async fn item_changes(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let (context, limit, after) = read(&state, &mut parts).await?;
    let item = match state.engine.item_get(&context, ItemId(id)).await {
        // The page of the item explains that there is none.
        Err(engine::Error::Rejected(_)) => return Ok(Redirect::to(&format!("/items/{id}")).into_response()),
        item => item?,
    };
    let query = ChangeQuery::new(AuditQuery::new(limit, after)?, Some(id), None, None)?;
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
    sku: Option<String>,
    warehouse: Option<String>,
    category: Option<String>,
    actor: Option<String>,
    kind: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
    size: Option<String>,
}

impl ChangesParams {
    fn filter(&self) -> ChangesFilter {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        ChangesFilter {
            item: text(&self.item),
            sku: text(&self.sku),
            warehouse: text(&self.warehouse),
            category: text(&self.category),
            actor: text(&self.actor),
            kind: text(&self.kind),
            from: text(&self.from),
            to: text(&self.to),
        }
    }

    /// Returns the query, and the address of the CSV file with all changes of the filter.
    async fn query(self, engine: &Engine, context: &Context) -> Result<(ChangeQuery, String), ApiError> {
        let item = item_in(engine, context, &self.item, &self.sku).await?.map(|item| item.0);
        let warehouse = id_in("warehouse", &self.warehouse)?;
        let text = |number: Option<i64>| number.map(|number| number.to_string());
        let since = self.from.map(|text| local_day("from", &text, 0, own_seconds_ahead)).transpose()?;
        let until = self.to.map(|text| local_day("to", &text, 1, own_seconds_ahead)).transpose()?;
        let audit = AuditQuery::new(Some(page_size(self.size)), self.after)?;
        let audit = audit.with_filters(self.actor, self.kind, None, since, until)?;
        let category = self.category.filter(|name| !name.trim().is_empty());
        let filter = [
            ("itemId", text(item)),
            ("warehouseId", text(warehouse)),
            ("category", category.clone()),
            ("actor", audit.actor.clone()),
            ("kind", audit.kind.map(|kind| kind.as_str().to_owned())),
            ("since", time_text(audit.since)),
            ("until", time_text(audit.until)),
        ];
        let file = file_address("/api/changes.csv", filter);
        Ok((ChangeQuery::new(audit, item, warehouse, category)?, file))
    }
}

/// Shows a page of the changes. A filter that can't be used is an error on the page.
async fn changes(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<ChangesParams>::from_request_parts(&mut parts, &state).await?;
    let filter = params.filter();
    let warehouses = warehouse_choices(&state.engine, &context, &params.warehouse).await?;
    let (changes, file, error) = match params.query(&state.engine, &context).await {
        Ok((query, file)) => (state.engine.change_list(&context, &query).await?.into(), Some(file), None),
        Err(error) => (api::Page { items: Vec::new(), next: None }, None, Some(Rejection::from(error))),
    };
    let kinds = CATALOGUE_KINDS.map(AuditKind::as_str).to_vec();
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let page = ChangesPage { changes, kinds, warehouses, filter, file, error: text };
    Ok(Rejection::respond(error, page::render(&state, parts, ServerPage::Changes(page)).await))
}

async fn warehouse_edit(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let (context, limit, after) = read(&state, &mut parts).await?;
    let warehouse = match state.engine.warehouse_get(&context, WarehouseId(id)).await {
        Err(engine::Error::Rejected(_)) => {
            return Ok(Redirect::to(&format!("/warehouses/{id}")).into_response());
        }
        warehouse => warehouse?.into(),
    };
    let query = ChangeQuery::new(AuditQuery::new(limit, after)?, None, Some(id), None)?;
    let changes = state.engine.change_list(&context, &query).await?.into();
    let page = WarehouseEditPage { warehouse, changes };
    Ok(page::render(&state, parts, ServerPage::WarehouseEdit(page)).await)
}

async fn archive(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let (context, limit, after) = read(&state, &mut parts).await?;
    let query = ItemQuery::new(None, None, ItemSort::Name, limit, after)?.with_archived(true);
    let items = state.engine.item_list(&context, query).await?.into();
    let warehouses = state.engine.warehouse_list_of(&context, true).await?;
    let page = ArchivePage { items, warehouses: warehouses.into_iter().map(Into::into).collect() };
    Ok(page::render(&state, parts, ServerPage::Archive(page)).await.into_response())
}
