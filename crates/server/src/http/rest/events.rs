use super::response::JsonResult;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::http::extract::RequestContext;
use crate::state::AppState;
use access::Caller;
use api::time::Utc;
use api::{Changes, EventPage};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::{Error, LedgerCursor};
use engine::{CachedJson, ChangePage, EVENTS_MAX};
use futures::StreamExt as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

/// The longest wait of a long poll, in seconds. It is below the request time-out.
pub(crate) const WAIT_SECONDS_MAX: u64 = 20;

/// The first block of a stream: the delay before a browser reconnects, in milliseconds.
const RETRY: &str = "retry: 1000\n\n";

/// The last block of a stream whose credential has ended: a browser reconnects soon, and shows the rejection.
const RETRY_ENDED: &str = "retry: 100\n\n";

/// The time without messages after which a heartbeat is sent. Proxies close silent connections, and a page that receives
/// nothing for twice as long reconnects.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);

/// The id of the last received message, which a browser sends when it reconnects.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Start, limit and wait of a read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsParams {
    /// The `cursor` of the previous response, or 0 for the start of the ledger. Without it, the response has no events and
    /// the current cursor.
    #[param(value_type = Option<String>)]
    after: Option<Cursor>,
    /// The most events: 1 to 1,000; default 1,000.
    limit: Option<i64>,
    /// How long to wait if there are no events yet: 0 to 20 seconds; default 0.
    wait_seconds: Option<u64>,
}

/// A cursor in a query.
#[derive(Debug, Clone)]
pub(crate) struct Cursor(LedgerCursor);

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let cursor = LedgerCursor::parse(&text);
        cursor
            .map(Self)
            .ok_or_else(|| D::Error::custom("must be a cursor that this server has returned, or 0"))
    }
}

/// The movements after a cursor. The movements of each item are in order, and none is skipped.
///
/// A cursor is valid while the database has the history that was read. The response is 410 `cursor_unknown` after a restore
/// or a failover that lost it, in another database, and for a bare number other than 0. Then read the current state
/// (`GET /api/items`, `/api/blocks`, `/api/orders`), and continue from the current cursor. The response is 410
/// `cursor_archived` if movements after the cursor are archived: `cursor` is the oldest one that can be read from.
#[utoipa::path(get, path = "/api/events", tag = "events", params(EventsParams),
    responses((status = 200, description = "The events", body = EventPage)))]
pub(crate) async fn list_events(
    State(state): State<AppState>,
    RequestContext(context): RequestContext,
    Extension(caller): Extension<Caller>,
    Query(params): Query<EventsParams>,
) -> JsonResult<EventPage> {
    let wait_seconds = params.wait_seconds.unwrap_or(0);
    if wait_seconds > WAIT_SECONDS_MAX {
        let reason = format!("must be 0 to {WAIT_SECONDS_MAX}, not {wait_seconds}");
        return Err(Error::invalid("waitSeconds", reason).into());
    }
    let (limit, wait) = (params.limit.unwrap_or(EVENTS_MAX), Duration::from_secs(wait_seconds));
    let after = params.after.map(|after| after.0);
    let events = state.engine.events(&context, after, limit, wait);
    tokio::select! {
        biased;
        events = events => Ok(Json(events?.into())),
        () = state.access.until_invalid(&caller) => {
            Err(ApiError::invalid_credentials("The credentials were revoked or have expired during the wait."))
        }
    }
}

/// The start of a stream.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamParams {
    /// The `cursor` of the last message that was read. The header `Last-Event-ID` takes precedence. Without both, the stream
    /// starts now.
    #[param(value_type = Option<String>)]
    after: Option<Cursor>,
}

/// Commits as they happen: Server-Sent Events named `changes`.
///
/// The first message is sent at once. Before it, and after ten seconds without a message, an event named `heartbeat` has the
/// server's time in seconds since 1970. The id of a message is its cursor. A client that reconnects with it in
/// `Last-Event-ID`, as browsers do, continues after it. There are at most ten messages per second, and fewer if many
/// streams are open. A message has `skipped` if it could not contain all changes, if the client is too slow, or if the
/// cursor belongs to another history. Then read the current state again. The stream ends within seconds after its
/// credential is revoked. `GET /api/events` returns every event.
#[utoipa::path(get, path = "/api/events/stream", tag = "events", params(StreamParams),
    responses((status = 200, description = "The messages", body = Changes, content_type = "text/event-stream")))]
pub(crate) async fn stream_events(
    State(state): State<AppState>,
    RequestContext(context): RequestContext,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Query(params): Query<StreamParams>,
) -> Result<Response, ApiError> {
    let last = match headers.get(LAST_EVENT_ID).filter(|id| !id.is_empty()) {
        Some(id) => Some(id.to_str().ok().and_then(LedgerCursor::parse).ok_or_else(unknown_id)?),
        None => params.after.map(|after| after.0),
    };
    // Subscribes before the headers are sent, so that an error has a status.
    let subscription = state.engine.subscribe(&context, last).await?;
    let messages = futures::stream::unfold(subscription, |mut subscription| async {
        let block = match tokio::time::timeout(HEARTBEAT_INTERVAL, subscription.next()).await {
            Ok(page) => message(&*page?),
            Err(_) => heartbeat(),
        };
        Some((block, subscription))
    });
    let access = state.access.clone();
    let messages = messages.take_until(Box::pin(async move { access.until_invalid(&caller).await }));
    let retry = |block: &'static str| futures::stream::iter([Bytes::from_static(block.as_bytes())]);
    let start = retry(RETRY).chain(futures::stream::iter([heartbeat()]));
    let messages = start.chain(messages).chain(retry(RETRY_ENDED)).map(Ok::<_, Infallible>);
    let messages = messages.take_until(state.stopping.clone().cancelled_owned());
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        // Disables response buffering in proxies.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(messages)).into_response())
}

/// Returns a heartbeat. It has no id, so a client that reconnects continues after the last message.
fn heartbeat() -> Bytes {
    format!("event: heartbeat\ndata: {}\n\n", Utc::now().timestamp()).into()
}

/// Returns a page as a message. It is serialized once for all streams.
fn message(page: &CachedJson<ChangePage>) -> Bytes {
    let rendered = page.bytes(|page| {
        let changes = Changes::from(page);
        let mut text = format!("event: changes\nid: {}\ndata: ", changes.cursor).into_bytes();
        // JSON on one line: serde_json escapes line breaks in strings. Serializing these types never fails.
        text.extend(serde_json::to_vec(&changes).unwrap_or_default());
        text.extend(b"\n\n");
        text
    });
    Bytes::from_owner(rendered.body.clone())
}

fn unknown_id() -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "invalid_value",
        "A value is not allowed",
        "Last-Event-ID must be the id of a message of this stream.",
    )
    .with_field(Some("Last-Event-ID".to_owned()))
}
