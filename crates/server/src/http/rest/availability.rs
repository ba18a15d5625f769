use super::response::{CachedJsonResponse, tagged};
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, RequestContext, check_text, invalid_query};
use api::{Availability, ReadAvailability};
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::{AVAILABILITY_QUERY_ITEMS_MAX, ItemId, Sku, check_availability_count};
use engine::Engine;
use utoipa::IntoParams;

/// The items of a read of availability, 1 to 100. A parameter for each item: `itemId=1&sku=LAMP-7`.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailabilityParams {
    /// The ids of items, one parameter for each. `POST /api/availability` takes more than 100 items.
    #[param(rename = "itemId", value_type = Option<Vec<i64>>)]
    item_ids: Vec<i64>,
    /// The SKUs of items, one parameter for each.
    #[param(rename = "sku", value_type = Option<Vec<String>>)]
    skus: Vec<String>,
    /// Whether to return the units of each warehouse; default false.
    #[param(value_type = Option<bool>)]
    warehouses: bool,
}

impl<S: Sync> FromRequestParts<S> for AvailabilityParams {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        check_text(query)?;
        let mut params = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            match &*name {
                "itemId" => {
                    params.item_ids.push(value.parse().map_err(|_| invalid("itemId", "a whole number"))?)
                }
                "sku" => params.skus.push(value.into_owned()),
                "warehouses" => {
                    params.warehouses = value.parse().map_err(|_| invalid("warehouses", "true or false"))?;
                }
                _ => {}
            }
        }
        Ok(params)
    }
}

fn invalid(name: &str, expected: &str) -> ApiError {
    invalid_query(format!("`{name}` must be {expected}.")).with_field(Some(name.to_owned()))
}

/// The available, held and on-hand units of items, at one moment.
///
/// The response has the ledger's cursor of that moment: `/api/events` continues from it. It also has an ETag of the
/// items with their SKUs and units, and of the codes of warehouses if these are requested; `cursor` and `lagSeconds` are not
/// part of it. A request with the ETag in `If-None-Match` gets 304 if all of these were the same at one moment during the
/// request. Movements in between may have cancelled each other. A 304 has no cursor: events after the cursor of the tagged
/// response still continue from its units, if its `lagSeconds` was 0.
#[utoipa::path(get, path = "/api/availability", tag = "items", params(AvailabilityParams),
    responses((status = 200, description = "The units", body = Availability,
               headers(("ETag" = String, description = "A weak tag of the units"))),
              (status = 304, description = "The items, SKUs and units are those of the ETag in If-None-Match")))]
pub(crate) async fn get_availability(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    params: AvailabilityParams,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_availability_count(params.item_ids.len() + params.skus.len(), AVAILABILITY_QUERY_ITEMS_MAX)?;
    let items = params.item_ids.into_iter().map(ItemId).collect();
    let availability = engine.availability(&context, items, skus(&params.skus)?).await?;
    let json = Availability::json(&availability, params.warehouses);
    Ok(tagged(&headers, json.tag, CachedJsonResponse(json)))
}

/// The available, held and on-hand units of up to 1,000 items, at one moment.
#[utoipa::path(post, path = "/api/availability", tag = "items", request_body = ReadAvailability,
    responses((status = 200, description = "The units", body = Availability)))]
pub(crate) async fn read_availability(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    JsonBody(read): JsonBody<ReadAvailability>,
) -> Result<CachedJsonResponse, ApiError> {
    let items = read.item_ids.into_iter().map(ItemId).collect();
    let availability = engine.availability(&context, items, skus(&read.skus)?).await?;
    Ok(CachedJsonResponse(Availability::json(&availability, read.warehouses)))
}

fn skus(texts: &[String]) -> Result<Vec<Sku>, domain::Error> {
    texts.iter().map(|text| Sku::new(text)).collect()
}
