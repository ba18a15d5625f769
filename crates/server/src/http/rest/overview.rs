use super::response::JsonResult;
use crate::http::extract::RequestContext;
use api::Overview;
use axum::Json;
use axum::extract::State;
use engine::Engine;

/// How the stock stands, and what happened of late.
///
/// What failed is told of this server alone, since it started; everything else is told of the whole shop.
#[utoipa::path(get, path = "/api/overview", tag = "overview",
    responses((status = 200, description = "Totals, the last hour, and what needs a look", body = Overview)))]
pub(crate) async fn get_overview(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
) -> JsonResult<Overview> {
    Ok(Json(engine.overview(&context).await?.into()))
}
