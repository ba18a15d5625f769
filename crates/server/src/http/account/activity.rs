//! The lists that the numbers of the overview sum: movements, refused units, and sold units.

use super::list_filter::{file_address, filled, id_in, item_in, time_text, warehouse_choices};
use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Query, RequestContext};
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use axum::routing::get;
use client::{MovementsPage, RefusalsPage, ServerPage, SoldPage, SpanFilter, own_seconds_ahead, page_size};
use domain::{
    Error, LedgerQuery, MovementKind, PageQuery, Permission, SpanChoice, Time, WarehouseId, Zone, local_day,
    optional_span,
};
use engine::{Context, Engine};
use serde::Deserialize;

/// The routes.
pub(super) fn router() -> Router<AppState> {
    let permission = Permission::ReadStock;
    Router::new()
        .route("/movements", get(Guarded { permission, handler: movements }))
        .route("/refusals", get(Guarded { permission, handler: refusals }))
        .route("/sold", get(Guarded { permission, handler: sold }))
}

/// Filter and page, as the form sends them.
#[derive(Debug, Default, Deserialize)]
struct Params {
    kind: Option<String>,
    item: Option<String>,
    sku: Option<String>,
    warehouse: Option<String>,
    actor: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
    size: Option<String>,
}

impl Params {
    fn filter(&self) -> SpanFilter {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        SpanFilter {
            kind: text(&self.kind),
            item: text(&self.item),
            sku: text(&self.sku),
            warehouse: text(&self.warehouse),
            actor: text(&self.actor),
            from: text(&self.from),
            until: text(&self.until),
        }
    }

    /// Returns the start and the end of the span.
    fn times(&self) -> Result<(Option<Time>, Option<Time>), Error> {
        let from =
            filled(&self.from).map(|text| local_day("from", text, 0, own_seconds_ahead)).transpose()?;
        let until =
            filled(&self.until).map(|text| local_day("until", text, 1, own_seconds_ahead)).transpose()?;
        Ok((from, until))
    }

    async fn query(&self, engine: &Engine, context: &Context) -> Result<LedgerQuery, ApiError> {
        let size = page_size(self.size.clone());
        let PageQuery { limit, after } = PageQuery::by_id(Some(size), self.after.clone())?;
        let (since, until) = self.times()?;
        let query = LedgerQuery {
            item: item_in(engine, context, &self.item, &self.sku).await?,
            warehouse: id_in("warehouse", &self.warehouse)?.map(WarehouseId),
            kind: filled(&self.kind).map(MovementKind::parse).transpose()?,
            actor: None,
            span: optional_span(since, until)?,
            limit,
            after,
        };
        Ok(query.with_actor(self.actor.clone())?)
    }

    /// Returns the address of the CSV file with all movements of the filter.
    fn file(&self, query: &LedgerQuery) -> Result<String, Error> {
        let (since, until) = self.times()?;
        let filter = [
            ("kind", filled(&self.kind).map(str::to_owned)),
            ("itemId", query.item.map(|item| item.to_string())),
            ("warehouseId", query.warehouse.map(|warehouse| warehouse.to_string())),
            ("actor", query.actor.clone()),
            ("since", time_text(since)),
            ("until", time_text(until)),
        ];
        Ok(file_address("/api/movements.csv", filter))
    }
}

/// Shows a page of the movements. A filter that can't be used is an error on the page.
async fn movements(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<Params>::from_request_parts(&mut parts, &state).await?;
    let engine = &state.engine;
    let warehouses = warehouse_choices(engine, &context, &params.warehouse).await?;
    let (movements, sum, file, error) = match params.query(engine, &context).await {
        Ok(query) => {
            // The sum is that of all pages, so only the first one shows it.
            let is_summed = query.after.is_none() && query.span.is_some_and(|span| span.has_sums());
            let sum = match is_summed {
                true => Some(engine.ledger_sum(&context, &query).await?),
                false => None,
            };
            let movements = engine.ledger_list(&context, &query).await?.into();
            (movements, sum, Some(params.file(&query)?), None)
        }
        Err(error) => (
            api::LedgerPage { items: Vec::new(), next: None, history_since: None },
            None,
            None,
            Some(Rejection::from(error)),
        ),
    };
    let kinds = MovementKind::ALL.map(|(_, name)| name).to_vec();
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let filter = params.filter();
    let page = MovementsPage { movements, sum, kinds, warehouses, filter, file, error: text };
    let response = page::render(&state, parts, ServerPage::Movements(Box::new(page))).await;
    Ok(Rejection::respond(error, response))
}

/// Shows the refused units by item. A filter that can't be used is an error on the page.
async fn refusals(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<Params>::from_request_parts(&mut parts, &state).await?;
    let zone = Zone::Clocks(own_seconds_ahead);
    let choice = params.times().map(|(from, until)| SpanChoice { from, until, recent: None, zone });
    let found = match choice {
        Ok(choice) => state.engine.refused_list(&context, choice).await,
        Err(error) => Err(error.into()),
    };
    let (sum, items, error) = match found {
        Ok((_, sum, items)) => ((sum.requests, sum.units), items.into_iter().map(Into::into).collect(), None),
        Err(engine::Error::Rejected(error)) => {
            ((0, 0), Vec::new(), Some(Rejection::from(ApiError::from(error))))
        }
        Err(error) => return Err(error.into()),
    };
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let page = RefusalsPage { sum, items, filter: params.filter(), error: text };
    let response = page::render(&state, parts, ServerPage::Refusals(page)).await;
    Ok(Rejection::respond(error, response))
}

/// Shows the units that are sold, and the orders that have a part of them.
async fn sold(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<Params>::from_request_parts(&mut parts, &state).await?;
    let limit = page_size(params.size);
    let (slice, error) = match PageQuery::by_id(Some(limit), params.after) {
        Ok(slice) => (slice, None),
        Err(error) => (PageQuery { limit, after: None }, Some(Rejection::from(ApiError::from(error)))),
    };
    let sold = state.engine.sold(&context, slice).await?.into();
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let page = ServerPage::Sold(SoldPage { sold, error: text });
    Ok(Rejection::respond(error, page::render(&state, parts, page).await))
}
