use super::response::JsonResult;
use crate::http::extract::{Query, RequestContext};
use api::SearchResults;
use axum::Json;
use axum::extract::State;
use domain::SearchQuery;
use engine::Engine;
use serde::Deserialize;
use utoipa::IntoParams;

/// The text of a search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// The text: 1 to 255 characters.
    #[param(value_type = String)]
    q: Option<String>,
    /// Results of each kind: 1 to 50; default 6.
    limit: Option<i64>,
}

/// Finds items, orders, blocks, carts, categories and warehouses.
///
/// Items are found by id, barcode, SKU, the beginning of an SKU of at least three characters, and the words of their names.
/// Orders are found by id, by reference, and by its beginning; blocks by id, carts by id, and both by reference, of blocks the
/// active ones. Categories and warehouses are found by words of their names and codes. Words of fewer than three letters or
/// digits are not searched in the names of items on their own.
#[utoipa::path(get, path = "/api/search", tag = "search", params(SearchParams),
    responses((status = 200, description = "The results", body = SearchResults)))]
pub(crate) async fn search(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<SearchParams>,
) -> JsonResult<SearchResults> {
    let query = SearchQuery::new(params.q.as_deref().unwrap_or_default(), params.limit)?;
    Ok(Json(engine.search(&context, query).await?.into()))
}
