use super::Answer;
use crate::params::Query;
use crate::request::Call;
use api::EventPage;
use axum::Json;
use axum::extract::State;
use domain::Error;
use engine::{EVENTS_MAX, Engine};
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// The longest that a reading may be asked to wait for something to happen, in seconds; below the time that
/// a request may take.
const WAIT_SECONDS_MAX: u64 = 20;

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
