//! The page of a search over all kinds, and the way from a scanned code to its item.

use super::page;
use super::response::{Rejection, see_other};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Query, RequestContext};
use crate::state::AppState;
use api::{SearchResults, links};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use axum::routing::get;
use client::{SearchPage, ServerPage};
use domain::{Permission, SEARCH_LIMIT_MAX, SearchQuery};
use serde::Deserialize;

/// The routes.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/search", get(Guarded { permission: Permission::ReadStock, handler: search }))
        .route("/scan", get(Guarded { permission: Permission::ReadStock, handler: scan }))
}

/// The text of the search.
#[derive(Debug, Default, Deserialize)]
struct SearchParams {
    q: Option<String>,
}

/// Shows the results of a search. A text that can't be searched is an error on the page.
async fn search(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let params = Query::<SearchParams>::from_request_parts(&mut parts, &state).await;
    let text = params.as_ref().ok().and_then(|Query(params)| params.q.clone()).unwrap_or_default();
    let query = match params {
        Ok(_) if text.is_empty() => Ok(None),
        Ok(_) => SearchQuery::new(&text, Some(SEARCH_LIMIT_MAX)).map(Some).map_err(ApiError::from),
        Err(error) => Err(error),
    };
    let (page, rejection) = match query {
        Ok(None) => (SearchPage::default(), None),
        Ok(Some(query)) => {
            let found: SearchResults = state.engine.search(&context, query).await?.into();
            (SearchPage { q: text, results: Some(found.results), error: None }, None)
        }
        Err(error) => {
            let rejection = Rejection::from(error);
            let page = SearchPage { q: text, results: None, error: Some(rejection.text.clone()) };
            (page, Some(rejection))
        }
    };
    let response = page::render(&state, parts, ServerPage::Search(page)).await;
    Ok(match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    })
}

/// A scanned code.
#[derive(Debug, Default, Deserialize)]
struct ScanParams {
    code: Option<String>,
}

/// Redirects to the item with a barcode or an SKU, or to the search for the code if no item has it.
async fn scan(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let params = Query::<ScanParams>::from_request_parts(&mut parts, &state).await;
    let code = params.ok().and_then(|Query(params)| params.code).unwrap_or_default();
    Ok(match state.engine.item_by_code(&context, &code).await? {
        Some(item) => see_other(&links::item(item.0)),
        None => see_other(&format!("/search?q={}", links::percent_encode(&code))),
    })
}
