//! The activity within a span of time, and the lists that its numbers sum.

use super::filters::{item_of, warehouse_of};
use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::{Query, RequestContext};
use api::time::{DateTime, Utc};
use api::{Activity, LedgerPage, NamedMovement, Refusals};
use axum::Json;
use axum::extract::State;
use domain::{LedgerQuery, MovementKind, PageQuery, RecentSpan, SpanChoice, optional_span};
use engine::{Context, Engine};
use serde::Deserialize;
use utoipa::IntoParams;

/// A span of time: a named one, or from one time until another.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanParams {
    /// A span that ends now, instead of `from` and `until`: `evening` (since 18:00 of yesterday in the time zone), `day` (24
    /// hours) or `week` (7 days).
    span: Option<String>,
    /// The start, which is included; at most 92 days before the end. Default 24 hours before the end.
    from: Option<DateTime<Utc>>,
    /// The end, which is not included; default now.
    until: Option<DateTime<Utc>>,
    /// The minutes by which the time zone of `evening` is ahead of UTC: -840 to 840; default 0.
    zone_minutes: Option<i64>,
}

impl SpanParams {
    fn choice(self) -> Result<SpanChoice, domain::Error> {
        let Self { span, from, until, zone_minutes } = self;
        let span = span.filter(|name| !name.is_empty());
        let recent = span.map(|name| RecentSpan::parse(&name)).transpose()?;
        Ok(SpanChoice { recent, from, until, zone_minutes })
    }
}

/// The warehouse of an activity.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaceParams {
    /// Only movements in this warehouse, and the pace of its stock.
    warehouse_id: Option<i64>,
    /// Only movements in the warehouse that has this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
}

/// The activity within a span of time: units sold, held, received and refused; items that run out; waiting orders.
///
/// Each number of units is the sum of a list: `GET /api/movements` with the `kind` and the span, or `GET /api/refusals`. The
/// items that run out, the low items and the waiting orders are those of now.
#[utoipa::path(get, path = "/api/activity", tag = "overview", params(SpanParams, PlaceParams),
    responses((status = 200, description = "The activity", body = Activity)))]
pub(crate) async fn get_activity(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(span): Query<SpanParams>,
    Query(place): Query<PlaceParams>,
) -> JsonResult<Activity> {
    let warehouse = warehouse_of(&engine, &context, place.warehouse_id, place.warehouse_code).await?;
    Ok(Json(engine.activity(&context, span.choice()?, warehouse).await?.into()))
}

/// The requests within a span of time that were refused for a lack of units, by item, most units first.
///
/// Servers count them in memory and store the counts every few seconds; the last ones are lost if a server is killed. Counts are
/// kept for 100 days.
#[utoipa::path(get, path = "/api/refusals", tag = "overview", params(SpanParams),
    responses((status = 200, description = "The refused requests", body = Refusals)))]
pub(crate) async fn list_refusals(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(span): Query<SpanParams>,
) -> JsonResult<Refusals> {
    Ok(Json(engine.refused_list(&context, span.choice()?).await?.into()))
}

/// Filter and page of the movements.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct MovementsParams {
    /// Only movements of this item.
    item_id: Option<i64>,
    /// Only movements of the item that has this SKU, instead of `itemId`.
    sku: Option<String>,
    /// Only movements in this warehouse.
    warehouse_id: Option<i64>,
    /// Only movements in the warehouse that has this code, instead of `warehouseId`.
    warehouse_code: Option<String>,
    /// Only movements of this kind: sold, held, expired, released, received, written_off or returned. Sold units were confirmed,
    /// allocated, or converted from a hold into an order.
    kind: Option<String>,
    /// Only movements by this principal, such as `person:anna`.
    actor: Option<String>,
    /// Only movements at or after this time.
    since: Option<DateTime<Utc>>,
    /// Only movements before this time.
    until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl MovementsParams {
    /// Returns the query of all movements, without paging.
    pub(super) async fn whole(self, engine: &Engine, context: &Context) -> Result<LedgerQuery, ApiError> {
        Self { limit: None, after: None, ..self }.query(engine, context).await
    }

    async fn query(self, engine: &Engine, context: &Context) -> Result<LedgerQuery, ApiError> {
        let PageQuery { limit, after } = PageQuery::by_id(self.limit, self.after)?;
        let item = item_of(engine, context, self.item_id, self.sku).await?;
        let warehouse = warehouse_of(engine, context, self.warehouse_id, self.warehouse_code).await?;
        let kind = self.kind.filter(|name| !name.is_empty());
        let kind = kind.map(|name| MovementKind::parse(&name)).transpose()?;
        let span = optional_span(self.since, self.until)?;
        let query = LedgerQuery { item, warehouse, kind, actor: None, span, limit, after };
        Ok(query.with_actor(self.actor)?)
    }
}

/// A page of the movements of the ledger, latest first. A page with a filter besides the item may have fewer rows than the limit,
/// or none, while more pages follow.
#[utoipa::path(get, path = "/api/movements", tag = "overview", params(MovementsParams),
    responses((status = 200, description = "The page", body = LedgerPage<NamedMovement>)))]
pub(crate) async fn list_ledger(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
    Query(params): Query<MovementsParams>,
) -> JsonResult<LedgerPage<NamedMovement>> {
    let query = params.query(&engine, &context).await?;
    Ok(Json(engine.ledger_list(&context, &query).await?.into()))
}
