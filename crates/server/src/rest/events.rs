use super::Answer;
use crate::params::Query;
use crate::problem::Refusal;
use crate::request::Call;
use crate::router::AppState;
use api::{Changes, EventPage};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use engine::{EVENTS_MAX, Engine, Watcher};
use futures::StreamExt as _;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

/// The longest that a reading may be asked to wait for something to happen, in seconds; below the time that
/// a request may take.
const WAIT_SECONDS_MAX: u64 = 20;

/// The least time between two messages of the stream: what happens faster comes together.
const MESSAGE_INTERVAL: Duration = Duration::from_millis(100);

/// How long a browser waits before it connects anew, once the stream broke off.
const RETRY: Duration = Duration::from_secs(1);

/// How often an idle stream says that it is alive; proxies give up on silent connections.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a browser sends when it connects anew: the id of the last message that it got.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Which events, and how long to wait for some.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsParams {
    /// The `cursor` of the reading before. Where absent there are no events, but the cursor of now.
    after: Option<i64>,
    /// The most events: 1 to 1,000; 1,000 where absent.
    limit: Option<i64>,
    /// How long to wait where nothing has happened yet: 0 to 20 seconds; 0 where absent.
    wait_seconds: Option<u64>,
}

/// What was committed since the last reading, in the order of each item; nothing is ever passed over.
#[utoipa::path(get, path = "/api/events", tag = "events", params(EventsParams),
    responses((status = 200, description = "The events", body = EventPage)))]
pub(crate) async fn list_events(
    State(engine): State<Engine>,
    Call(context): Call,
    Query(params): Query<EventsParams>,
) -> Answer<EventPage> {
    let wait_seconds = params.wait_seconds.unwrap_or(0);
    if wait_seconds > WAIT_SECONDS_MAX {
        let reason = format!("must be 0 to {WAIT_SECONDS_MAX}, not {wait_seconds}");
        return Err(Error::invalid("waitSeconds", reason).into());
    }
    let (limit, wait) = (params.limit.unwrap_or(EVENTS_MAX), Duration::from_secs(wait_seconds));
    Ok(Json(engine.events(&context, params.after, limit, wait).await?.into()))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamParams {
    /// The `cursor` of the last message that was read; the header `Last-Event-ID` goes before it. From now
    /// on where both are absent.
    after: Option<i64>,
}

/// What is committed, as it is committed: Server-Sent Events named `changes`.
///
/// The first message comes at once. Each one's id is its cursor: with it in `Last-Event-ID`, as browsers send
/// it, a reconnect misses nothing. Messages come at most ten times a second; where more happened than one can
/// tell, `skipped` says so.
#[utoipa::path(get, path = "/api/events/stream", tag = "events", params(StreamParams),
    responses((status = 200, description = "The messages", body = Changes, content_type = "text/event-stream")))]
pub(crate) async fn stream_events(
    State(state): State<AppState>,
    Call(context): Call,
    headers: HeaderMap,
    Query(params): Query<StreamParams>,
) -> Result<Response, Refusal> {
    let last = match headers.get(LAST_EVENT_ID).filter(|id| !id.is_empty()) {
        Some(id) => Some(id.to_str().ok().and_then(|id| id.parse().ok()).ok_or_else(unknown_id)?),
        None => params.after,
    };
    let mut watcher = state.engine.watcher(&context, last);
    // Before the headers are sent: where there is no database, the answer says so.
    let first = message(watcher.next().await?).map(|event| event.retry(RETRY));
    let rest = futures::stream::unfold(watcher, |mut watcher| async {
        tokio::time::sleep(MESSAGE_INTERVAL).await;
        Some((message(next(&mut watcher).await)?, watcher))
    });
    let messages = futures::stream::iter(first).chain(rest).map(Ok::<_, Infallible>);
    let messages = messages.take_until(state.stopping.clone().cancelled_owned());
    // No proxy may wait for more before it hands a message on.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    let stream = Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok((unbuffered, stream).into_response())
}

/// The next message; none where the stream is to end. The browser connects anew.
async fn next(watcher: &mut Watcher) -> Option<engine::Changes> {
    watcher.next().await.unwrap_or_else(|error| {
        tracing::debug!(%error, "a live stream broke off");
        None
    })
}

fn message(changes: Option<engine::Changes>) -> Option<Event> {
    let changes = Changes::from(changes?);
    Event::default().event("changes").id(changes.cursor.to_string()).json_data(changes).ok()
}

fn unknown_id() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_value",
        "A value is not allowed",
        "Last-Event-ID must be the id of a message of this stream.",
    )
    .of_field(Some("Last-Event-ID".to_owned()))
}
