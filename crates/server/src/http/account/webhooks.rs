//! The pages of webhooks, and their forms.

use super::form::Fields;
use super::page;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{Id, Query, RequestContext, RequestOrigin};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use api::{CreateWebhook, Problem, UpdateWebhook, Webhook};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use client::{ServerPage, WebhookFields, WebhookPage, WebhooksPage, messages, page_size};
use domain::{
    Error, LedgerCursor, Origin, PageQuery, Permission, Time, WebhookId, WebhookSignature, overlap_hours,
};
use serde::Deserialize;

/// The address of the list.
const PAGE: &str = "/webhooks";

/// The rows of the tables on an endpoint's page.
const ROWS: i64 = 50;

/// The routes. All need the permission to manage webhooks.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(guarded(list)).post(guarded(add)))
        .route("/webhooks/{id}", get(guarded(show)).post(guarded(change)))
        .route("/webhooks/{id}/test", post(guarded(test)))
        .route("/webhooks/{id}/pause", post(guarded(pause)))
        .route("/webhooks/{id}/resume", post(guarded(resume)))
        .route("/webhooks/{id}/secret", post(guarded(rotate)))
        .route("/webhooks/{id}/replay", post(guarded(replay)))
        .route("/webhooks/{id}/retry", post(guarded(retry)))
        .route("/webhooks/{id}/delete", post(guarded(delete)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ManageWebhooks, handler }
}

async fn list(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    show_list(&state, request.into_parts().0, WebhookFields::default(), None).await
}

/// The page of the events that were set aside.
#[derive(Deserialize)]
struct SetAsidePage {
    /// The `next` of the previous page.
    after: Option<String>,
    size: Option<String>,
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let found = async {
        let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
        let Query(params) = Query::<SetAsidePage>::from_request_parts(&mut parts, &state).await?;
        let set_aside = PageQuery::by_id(Some(page_size(params.size)), params.after)?;
        Ok::<_, ApiError>((state.engine.webhook_get(WebhookId(id)).await?.id, set_aside))
    };
    match found.await {
        Ok((webhook, set_aside)) => {
            let shown = Shown { set_aside: Some(set_aside), ..Shown::default() };
            show_one(&state, parts, webhook, shown).await
        }
        // The list, with the reason.
        Err(error) => show_list(&state, parts, WebhookFields::default(), Some(error)).await,
    }
}

/// Adds an endpoint, and shows its page with the secret.
async fn add(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
    let fields = Fields::read(&state, form).await?;
    let added = async {
        let texts = texts(&fields);
        let warehouse_ids = warehouse_ids(&state, &mut parts, &texts.warehouses).await?;
        let new = CreateWebhook {
            name: texts.name.clone(),
            url: texts.url.clone(),
            event_kinds: split(&texts.kinds),
            warehouse_ids,
            skus: lines(&texts.skus),
            signature: WebhookSignature::parse(fields.text("signature"))?.into(),
            after: None,
        };
        let new = new.into_request(state.engine.webhooks_allow_private())?;
        Ok::<_, ApiError>(state.engine.webhook_create(&origin, &new).await?)
    };
    match added.await {
        Ok((webhook, secret)) => {
            show_one(&state, parts, webhook.id, Shown { secret: Some(secret), ..Shown::default() }).await
        }
        Err(error) => show_list(&state, parts, texts(&fields), Some(error)).await,
    }
}

async fn change(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let fields = texts(&Fields::read(&state, form).await?);
    let changed = async {
        let warehouse_ids = warehouse_ids(&state, &mut parts, &fields.warehouses).await?;
        let changes = UpdateWebhook {
            name: Some(fields.name.clone()),
            url: Some(fields.url.clone()),
            event_kinds: Some(split(&fields.kinds)),
            warehouse_ids: Some(warehouse_ids),
            skus: Some(lines(&fields.skus)),
        };
        let patch = changes.into_request(state.engine.webhooks_allow_private())?;
        state.engine.webhook_change(&origin, WebhookId(id), &patch).await?;
        Ok::<_, ApiError>(())
    };
    match changed.await {
        Ok(()) => Ok(redirect(messages::done(), &format!("{PAGE}/{id}"))),
        Err(error) => {
            let shown = Shown { fields: Some(fields), error: Some(error), ..Shown::default() };
            show_one(&state, parts, WebhookId(id), shown).await
        }
    }
}

async fn test(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    act(state, request, async |state, _, webhook, _| {
        let delivery = state.engine.webhook_test(webhook).await?;
        Ok(match (delivery.status, delivery.error) {
            (Some(status), _) => messages::webhook_tested(&status.to_string()),
            (None, error) => messages::webhook_test_failed(&error.unwrap_or_default()),
        })
    })
    .await
}

async fn pause(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    act(state, request, async |state, origin, webhook, _| {
        state.engine.webhook_pause(origin, webhook).await?;
        Ok(messages::done().to_owned())
    })
    .await
}

async fn resume(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    act(state, request, async |state, origin, webhook, _| {
        state.engine.webhook_resume(origin, webhook).await?;
        Ok(messages::done().to_owned())
    })
    .await
}

async fn replay(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    act(state, request, async |state, origin, webhook, fields| {
        match (fields.text("cursor"), fields.text("since")) {
            ("", "") => return Err(Error::invalid("cursor", "must be given, or a time").into()),
            ("", since) => {
                // The browser sends minutes without a zone: the form says that they are in UTC.
                let since = format!("{since}:00Z").parse::<Time>();
                let since =
                    since.map_err(|_| Error::invalid("since", "must be a time such as 2026-11-28T18:00"))?;
                state.engine.webhook_replay_since(origin, webhook, since).await?;
            }
            (cursor, _) => {
                let cursor = LedgerCursor::parse(cursor)
                    .ok_or_else(|| Error::invalid("cursor", "must be a cursor of the event feed, or 0"))?;
                state.engine.webhook_replay(origin, webhook, &cursor).await?;
            }
        }
        Ok(messages::done().to_owned())
    })
    .await
}

async fn retry(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    act(state, request, async |state, origin, webhook, fields| {
        let events = match fields.text("event") {
            "" => None,
            event => {
                Some([event.parse::<i64>().map_err(|_| Error::invalid("event", "must be a whole number"))?])
            }
        };
        let events = events.as_ref().map(|ids| ids.as_slice());
        let (retried, _) = state.engine.webhook_retry(origin, webhook, events).await?;
        Ok(messages::webhook_events_retried(i64::try_from(retried).unwrap_or(i64::MAX)))
    })
    .await
}

/// Replaces the secret, and shows the new one.
async fn rotate(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let (webhook, secret) = state.engine.webhook_rotate(&origin, WebhookId(id), overlap_hours(None)?).await?;
    show_one(&state, parts, webhook.id, Shown { secret: Some(secret), ..Shown::default() }).await
}

async fn delete(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    state.engine.webhook_delete(&origin, WebhookId(id)).await?;
    Ok(redirect(messages::done(), PAGE))
}

/// Performs the action of a form on an endpoint, and redirects to its page with a message, or shows the problem there.
async fn act(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Origin, WebhookId, &Fields) -> Result<String, ApiError>,
) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
    let Id(id) = Id::from_request_parts(&mut parts, &state).await?;
    let fields = Fields::read(&state, form).await?;
    match action(&state, &origin, WebhookId(id), &fields).await {
        Ok(message) => Ok(redirect(&message, &format!("{PAGE}/{id}"))),
        Err(error) => {
            show_one(&state, parts, WebhookId(id), Shown { error: Some(error), ..Shown::default() }).await
        }
    }
}

/// The parts of an endpoint's page that the request decides.
#[derive(Default)]
struct Shown {
    secret: Option<String>,
    fields: Option<WebhookFields>,
    error: Option<ApiError>,
    /// The page of the events that were set aside; the first one by default.
    set_aside: Option<PageQuery>,
}

async fn show_list(
    state: &AppState,
    parts: Parts,
    fields: WebhookFields,
    error: Option<ApiError>,
) -> Result<Response, ApiError> {
    let webhooks = state.engine.webhook_list().await?;
    let webhooks = webhooks.into_iter().map(|webhook| Webhook::new(&state.engine, webhook)).collect();
    let (status, problem) = explained(error);
    let page = WebhooksPage { webhooks, fields, problem };
    Ok(with_status(page::render(state, parts, ServerPage::Webhooks(Box::new(page))).await, status))
}

/// Renders the page of an endpoint.
///
/// # Errors
/// [`Error::WebhookNotFound`].
async fn show_one(
    state: &AppState,
    mut parts: Parts,
    webhook: WebhookId,
    shown: Shown,
) -> Result<Response, ApiError> {
    let engine = &state.engine;
    let webhook = Webhook::new(engine, engine.webhook_get(webhook).await?);
    let id = WebhookId(webhook.id);
    let rows = PageQuery { limit: ROWS, after: None };
    let set_aside = shown.set_aside.unwrap_or(rows);
    let fields = match shown.fields {
        Some(fields) => fields,
        None => WebhookFields {
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            kinds: webhook.event_kinds.join(", "),
            warehouses: warehouse_codes(state, &mut parts, &webhook.warehouse_ids).await?,
            skus: webhook.skus.join("\n"),
        },
    };
    let (status, problem) = explained(shown.error);
    let page = WebhookPage {
        fields,
        deliveries: engine.webhook_deliveries(id, &rows).await?.into(),
        set_aside: engine.webhook_set_aside(id, &set_aside).await?.into(),
        secret: shown.secret,
        problem,
        webhook,
    };
    Ok(with_status(page::render(state, parts, ServerPage::Webhook(Box::new(page))).await, status))
}

/// Returns the status and the problem of an error, in the language of the request.
fn explained(error: Option<ApiError>) -> (StatusCode, Option<Box<Problem>>) {
    let Some(error) = error else { return (StatusCode::OK, None) };
    let mut failed = error.into_response();
    let problem = failed.extensions_mut().remove::<Problem>();
    (failed.status(), problem.map(client::localized).map(Box::new))
}

fn with_status(mut response: Response, status: StatusCode) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

fn texts(fields: &Fields) -> WebhookFields {
    let text = |name| fields.text(name).to_owned();
    WebhookFields {
        name: text("name"),
        url: text("url"),
        kinds: text("eventKinds"),
        warehouses: text("warehouses"),
        skus: text("skus"),
    }
}

/// Returns the parts of a text that are separated by commas.
fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Returns the lines of a text. A SKU may contain a comma.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Returns all warehouses. A filter may name an archived one.
async fn all_warehouses(state: &AppState, parts: &mut Parts) -> Result<Vec<domain::Warehouse>, ApiError> {
    let RequestContext(context) = RequestContext::from_request_parts(parts, state).await?;
    let mut warehouses = state.engine.warehouse_list(&context).await?;
    warehouses.extend(state.engine.warehouse_list_of(&context, true).await?);
    Ok(warehouses)
}

/// Returns the ids of warehouses.
///
/// # Errors
/// [`Error::WarehouseCodeNotFound`].
async fn warehouse_ids(state: &AppState, parts: &mut Parts, codes: &str) -> Result<Vec<i64>, ApiError> {
    let warehouses = all_warehouses(state, parts).await?;
    let id = |code: String| {
        let found = warehouses.iter().find(|warehouse| warehouse.code.eq_ignore_ascii_case(&code));
        found.map(|warehouse| warehouse.id.0).ok_or(Error::WarehouseCodeNotFound(code))
    };
    Ok(split(codes).into_iter().map(id).collect::<Result<_, _>>()?)
}

/// Returns the codes of warehouses, separated by commas.
async fn warehouse_codes(state: &AppState, parts: &mut Parts, ids: &[i64]) -> Result<String, ApiError> {
    let warehouses = all_warehouses(state, parts).await?;
    let codes = warehouses.into_iter().filter(|warehouse| ids.contains(&warehouse.id.0));
    Ok(codes.map(|warehouse| warehouse.code).collect::<Vec<_>>().join(", "))
}
