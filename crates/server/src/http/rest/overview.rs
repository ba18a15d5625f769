use super::response::JsonResult;
use crate::http::extract::RequestContext;
use api::Overview;
use axum::Json;
use axum::extract::State;
use engine::Engine;

/// Totals of the stock, and recent activity.
///
/// Failures are those of this server since its start. All other values cover the whole database.
#[utoipa::path(get, path = "/api/overview", tag = "overview",
    responses((status = 200, description = "Totals, the last hour, and warnings", body = Overview)))]
pub(crate) async fn get_overview(
    State(engine): State<Engine>,
    RequestContext(context): RequestContext,
) -> JsonResult<Overview> {
    Ok(Json(engine.overview(&context).await?.into()))
}
