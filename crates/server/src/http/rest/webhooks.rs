use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::{Id, JsonBody, OptionalJsonBody, Query, RequestOrigin};
use api::{
    CreateWebhook, Page, ReplayFrom, ReplayWebhook, RetryWebhookEvents, RotateWebhookSecret, SetAsideEvent,
    UpdateWebhook, Webhook, WebhookDelivery, WebhookEventsRetried, WebhookWithSecret,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{PageQuery, WebhookId, overlap_hours};
use engine::Engine;
use serde::Deserialize;
use utoipa::IntoParams;

/// Every webhook endpoint, by id.
#[utoipa::path(get, path = "/api/webhooks", tag = "webhooks",
    responses((status = 200, description = "The endpoints", body = Vec<Webhook>)))]
pub(crate) async fn list_webhooks(State(engine): State<Engine>) -> JsonResult<Vec<Webhook>> {
    let webhooks = engine.webhook_list().await?;
    Ok(Json(webhooks.into_iter().map(|webhook| Webhook::new(&engine, webhook)).collect()))
}

/// Creates an endpoint. No other response has its secret.
///
/// Each event of the feed that the filters include is one message by Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`
/// and `webhook-signature`, with the body `{type, timestamp, data}`. `type` is `movement.` with the reason of a movement, or the
/// kind of a signal; `data` is the JSON of `GET /api/events`. The messages of one item are sent in order, and each at least
/// once: a repeated message has the same `webhook-id`. An answer other than 2xx is a failure, also a redirect, and the message is
/// sent again by the schedule; 410 disables the endpoint.
#[utoipa::path(post, path = "/api/webhooks", tag = "webhooks", request_body = CreateWebhook,
    responses((status = 201, description = "The endpoint and its secret", body = WebhookWithSecret)))]
pub(crate) async fn create_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(webhook): JsonBody<CreateWebhook>,
) -> Result<(StatusCode, Json<WebhookWithSecret>), ApiError> {
    let new = webhook.into_request(engine.webhooks_allow_private())?;
    let (webhook, secret) = engine.webhook_create(&origin, &new).await?;
    let created = WebhookWithSecret { webhook: Webhook::new(&engine, webhook), secret };
    Ok((StatusCode::CREATED, Json(created)))
}

/// One endpoint.
#[utoipa::path(get, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = Webhook)))]
pub(crate) async fn get_webhook(State(engine): State<Engine>, Id(id): Id) -> JsonResult<Webhook> {
    let webhook = engine.webhook_get(WebhookId(id)).await?;
    Ok(Json(Webhook::new(&engine, webhook)))
}

/// Changes an endpoint. Its cursor stays: new filters apply to the events after it.
#[utoipa::path(patch, path = "/api/webhooks/{id}", tag = "webhooks", request_body = UpdateWebhook,
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = Webhook)))]
pub(crate) async fn update_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
    JsonBody(changes): JsonBody<UpdateWebhook>,
) -> JsonResult<Webhook> {
    let patch = changes.into_request(engine.webhooks_allow_private())?;
    let webhook = engine.webhook_change(&origin, WebhookId(id), &patch).await?;
    Ok(Json(Webhook::new(&engine, webhook)))
}

/// Deletes an endpoint with its deliveries and the events that were set aside.
#[utoipa::path(delete, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 204, description = "The endpoint is deleted")))]
pub(crate) async fn delete_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    engine.webhook_delete(&origin, WebhookId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces the secret of an endpoint. Messages have signatures by both secrets until the overlap ends.
#[utoipa::path(post, path = "/api/webhooks/{id}/secret", tag = "webhooks", request_body = Option<RotateWebhookSecret>,
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint and its new secret", body = WebhookWithSecret)))]
pub(crate) async fn rotate_webhook_secret(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
    OptionalJsonBody(rotation): OptionalJsonBody<RotateWebhookSecret>,
) -> JsonResult<WebhookWithSecret> {
    let hours = overlap_hours(rotation.overlap_hours)?;
    let (webhook, secret) = engine.webhook_rotate(&origin, WebhookId(id), hours).await?;
    Ok(Json(WebhookWithSecret { webhook: Webhook::new(&engine, webhook), secret }))
}

/// Sends a message of the type `webhook.test` now, in any state of the endpoint, and returns the attempt.
#[utoipa::path(post, path = "/api/webhooks/{id}/test", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The attempt", body = WebhookDelivery)))]
pub(crate) async fn test_webhook(
    State(engine): State<Engine>,
    RequestOrigin(_): RequestOrigin,
    Id(id): Id,
) -> JsonResult<WebhookDelivery> {
    Ok(Json(engine.webhook_test(WebhookId(id)).await?.into()))
}

/// Pauses an endpoint. Its cursor stays, so that nothing is lost.
#[utoipa::path(post, path = "/api/webhooks/{id}/pause", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = Webhook)))]
pub(crate) async fn pause_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
) -> JsonResult<Webhook> {
    let webhook = engine.webhook_pause(&origin, WebhookId(id)).await?;
    Ok(Json(Webhook::new(&engine, webhook)))
}

/// Sends to a paused or disabled endpoint again, and to an active one whose events wait for another attempt at once.
#[utoipa::path(post, path = "/api/webhooks/{id}/resume", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = Webhook)))]
pub(crate) async fn resume_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
) -> JsonResult<Webhook> {
    let webhook = engine.webhook_resume(&origin, WebhookId(id)).await?;
    Ok(Json(Webhook::new(&engine, webhook)))
}

/// Moves the cursor of an endpoint, backwards or forwards: the events after it are sent, also those that were delivered before.
/// Their messages have the same ids again.
#[utoipa::path(post, path = "/api/webhooks/{id}/replay", tag = "webhooks", request_body = ReplayWebhook,
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = Webhook)))]
pub(crate) async fn replay_webhook(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
    JsonBody(replay): JsonBody<ReplayWebhook>,
) -> JsonResult<Webhook> {
    let webhook = match replay.try_into()? {
        ReplayFrom::Cursor(cursor) => engine.webhook_replay(&origin, WebhookId(id), &cursor).await?,
        ReplayFrom::Since(since) => engine.webhook_replay_since(&origin, WebhookId(id), since).await?,
    };
    Ok(Json(Webhook::new(&engine, webhook)))
}

/// The page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WebhookPageParams {
    /// Rows per page: 1 to 500; default 50.
    limit: Option<i64>,
    /// The `next` of the previous page.
    after: Option<String>,
}

/// The latest attempts of an endpoint, latest first: at most 1,000 are stored, and at a high rate not every one.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id"), WebhookPageParams),
    responses((status = 200, description = "The page", body = Page<WebhookDelivery>)))]
pub(crate) async fn list_webhook_deliveries(
    State(engine): State<Engine>,
    Id(id): Id,
    Query(params): Query<WebhookPageParams>,
) -> JsonResult<Page<WebhookDelivery>> {
    let page = PageQuery::by_id(params.limit, params.after)?;
    Ok(Json(engine.webhook_deliveries(WebhookId(id), &page).await?.into()))
}

/// Lists the set-aside events of an endpoint, by ascending id. Their last attempt failed.
#[utoipa::path(get, path = "/api/webhooks/{id}/set-aside", tag = "webhooks",
    params(("id" = i64, Path, description = "The endpoint's id"), WebhookPageParams),
    responses((status = 200, description = "The page", body = Page<SetAsideEvent>)))]
pub(crate) async fn list_set_aside_events(
    State(engine): State<Engine>,
    Id(id): Id,
    Query(params): Query<WebhookPageParams>,
) -> JsonResult<Page<SetAsideEvent>> {
    let page = PageQuery::by_id(params.limit, params.after)?;
    Ok(Json(engine.webhook_set_aside(WebhookId(id), &page).await?.into()))
}

/// Sends events that were set aside again: those of the body, or the first 1,000. Repeat the request while `setAsideEvents` is
/// not 0.
#[utoipa::path(post, path = "/api/webhooks/{id}/set-aside/retry", tag = "webhooks",
    request_body = Option<RetryWebhookEvents>,
    params(("id" = i64, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The number of events", body = WebhookEventsRetried)))]
pub(crate) async fn retry_webhook_events(
    State(engine): State<Engine>,
    RequestOrigin(origin): RequestOrigin,
    Id(id): Id,
    OptionalJsonBody(retry): OptionalJsonBody<RetryWebhookEvents>,
) -> JsonResult<WebhookEventsRetried> {
    let events = retry.into_ids()?;
    let (events, set_aside_events) = engine.webhook_retry(&origin, WebhookId(id), events.as_deref()).await?;
    Ok(Json(WebhookEventsRetried { events, set_aside_events }))
}
