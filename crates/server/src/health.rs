//! Whether the service can do its work: for load balancers and for people.

use api::Health;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::Engine;
use std::time::Duration;

/// How long the database may take to answer, in seconds.
const DATABASE_TIMEOUT_SECONDS: u64 = 2;

/// Whether the service and its database work.
#[utoipa::path(
    get,
    path = "/health",
    tag = "system",
    responses(
        (status = 200, description = "The service works; `timestamp` is the database's time", body = Health),
        (status = 503, description = "The database does not answer; `timestamp` is the server's time", body = Health),
    )
)]
pub(crate) async fn get_health(State(engine): State<Engine>) -> (StatusCode, Json<Health>) {
    let timeout = Duration::from_secs(DATABASE_TIMEOUT_SECONDS);
    let health = |status: &str, timestamp, database: &str| {
        Json(Health { status: status.to_owned(), timestamp, database: database.to_owned() })
    };
    match tokio::time::timeout(timeout, engine.health()).await {
        Ok(Ok(time)) => (StatusCode::OK, health("ok", time, "up")),
        Ok(Err(_)) | Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, health("unavailable", chrono::Utc::now(), "down"))
        }
    }
}
