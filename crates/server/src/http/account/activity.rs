//! The lists that the numbers of the overview sum: movements, and refused units.

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
use client::{MovementsPage, RefusalsPage, ServerPage, SpanFilter, own_seconds_ahead};
use domain::{
    Error, ItemId, LedgerQuery, MovementKind, PageQuery, Permission, SpanChoice, Time, WarehouseId, Zone,
    local_day, optional_span,
};
use serde::Deserialize;

/// The routes.
pub(super) fn router() -> Router<AppState> {
    let permission = Permission::ReadStock;
    Router::new()
        .route("/movements", get(Guarded { permission, handler: movements }))
        .route("/refusals", get(Guarded { permission, handler: refusals }))
}

/// Filter and page, as the form sends them.
#[derive(Debug, Default, Deserialize)]
struct Params {
    kind: Option<String>,
    item: Option<String>,
    warehouse: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
}

/// Returns a text of a form, unless it is empty.
fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

impl Params {
    fn filter(&self) -> SpanFilter {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        SpanFilter {
            kind: text(&self.kind),
            item: text(&self.item),
            warehouse: text(&self.warehouse),
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

    fn query(&self) -> Result<LedgerQuery, Error> {
        let id = |field, text: &Option<String>| {
            let number =
                |text: &str| text.parse().map_err(|_| Error::invalid(field, "must be a whole number"));
            filled(text).map(number).transpose()
        };
        let PageQuery { limit, after } = PageQuery::by_id(None, self.after.clone())?;
        let (since, until) = self.times()?;
        Ok(LedgerQuery {
            item: id("item", &self.item)?.map(ItemId),
            warehouse: id("warehouse", &self.warehouse)?.map(WarehouseId),
            kind: filled(&self.kind).map(MovementKind::parse).transpose()?,
            span: optional_span(since, until)?,
            limit,
            after,
        })
    }
}

/// Shows a page of the movements. A filter that can't be used is an error on the page.
async fn movements(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let Query(params) = Query::<Params>::from_request_parts(&mut parts, &state).await?;
    let (movements, sum, error) = match params.query() {
        Ok(query) => {
            // The sum is that of all pages, so only the first one shows it.
            let is_summed = query.after.is_none() && query.span.is_some_and(|span| span.has_sums());
            let sum = match is_summed {
                true => Some(state.engine.ledger_sum(&context, query).await?),
                false => None,
            };
            (state.engine.ledger_list(&context, query).await?.into(), sum, None)
        }
        Err(error) => (
            api::LedgerPage { items: Vec::new(), next: None, history_since: None },
            None,
            Some(Rejection::from(ApiError::from(error))),
        ),
    };
    let kinds = MovementKind::ALL.map(|(_, name)| name).to_vec();
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let page = MovementsPage { movements, sum, kinds, filter: params.filter(), error: text };
    let response = page::render(&state, parts, ServerPage::Movements(Box::new(page))).await;
    Ok(with_status(error, response))
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
    Ok(with_status(error, response))
}

/// Gives a page the status of a rejection, if there is one.
fn with_status(rejection: Option<Rejection>, response: Response) -> Response {
    match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    }
}
