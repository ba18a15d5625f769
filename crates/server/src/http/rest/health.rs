//! Health checks, for load balancers and supervisors.

use access::Access;
use api::{FailingItem, Health, OpenTransaction, WorkerHealth};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{DatabaseHealth, Engine, HealthReport, ReplicaState, WorkerState};
use std::time::Duration;

/// The time-out of the database check, in seconds.
const DATABASE_TIMEOUT_SECONDS: u64 = 2;

/// Readiness: whether the service and its database work.
///
/// A load balancer sends requests to a server that responds with 200.
#[utoipa::path(
    get,
    path = "/health",
    tag = "system",
    responses(
        (status = 200, description = "The service works; `timestamp` is the database's time. `status` is \"degraded\" \
                                      if a background task or an item's clean-up fails, the event feed lags, the \
                                      database has a problem, or its replica can't be read", body = Health),
        (status = 503, description = "The database does not respond (then `timestamp` is the server's time), or a \
                                      worker is stuck or dead", body = Health),
    )
)]
pub(crate) async fn get_health(
    State(engine): State<Engine>,
    State(access): State<Access>,
) -> (StatusCode, Json<Health>) {
    let timeout = Duration::from_secs(DATABASE_TIMEOUT_SECONDS);
    let now = tokio::time::timeout(timeout, engine.health()).await;
    let now = now.ok().and_then(Result::ok);
    let report = report(&engine, &access);
    let is_ready = now.is_some() && report.is_live();
    let health = Health {
        timestamp: now.unwrap_or_else(chrono::Utc::now),
        database: if now.is_some() { "up" } else { "down" }.to_owned(),
        ..health(report, is_ready)
    };
    (status_code(is_ready), Json(health))
}

/// Liveness: whether the process works, with or without its database.
///
/// A supervisor restarts a server that responds with 503. A restart does not help against an outage of the database, so
/// the database is not checked.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "system",
    responses(
        (status = 200, description = "Every worker runs; `database` is \"unknown\"", body = Health),
        (status = 503, description = "A worker is stuck or dead: restart the server", body = Health),
    )
)]
pub(crate) async fn get_liveness(
    State(engine): State<Engine>,
    State(access): State<Access>,
) -> (StatusCode, Json<Health>) {
    let report = report(&engine, &access);
    let is_live = report.is_live();
    (status_code(is_live), Json(health(report, is_live)))
}

/// Returns the state of the engine, with the background tasks of authentication.
fn report(engine: &Engine, access: &Access) -> HealthReport {
    let mut report = engine.health_report();
    report.workers.extend(access.health());
    report
}

fn status_code(works: bool) -> StatusCode {
    if works { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn health(report: HealthReport, works: bool) -> Health {
    let status = match works {
        false => "unavailable",
        true if report.is_degraded() => "degraded",
        true => "ok",
    };
    let troubled = report.workers.into_iter().filter(|worker| worker.state != WorkerState::Running);
    let workers = troubled.map(|worker| WorkerHealth {
        name: worker.name,
        state: worker.state.as_str().to_owned(),
        panics: i64::try_from(worker.panics).unwrap_or(i64::MAX),
    });
    let failing = report.failing_items.into_iter().map(|failing| FailingItem {
        item_id: failing.item.0,
        failures: failing.failures.into(),
        error: failing.error,
    });
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let event_lag_seconds = report.feed_lag.as_ref().map_or(0, |feed| seconds(feed.lag));
    let event_lag_holder = report.feed_lag.map(|feed| OpenTransaction {
        pid: feed.holder.pid,
        application: feed.holder.application,
        state: feed.holder.state,
        age_seconds: feed.holder.age.map(seconds),
    });
    let DatabaseHealth { outage, impairment, replica } = report.database;
    Health {
        status: status.to_owned(),
        database_problem: impairment.map(|impairment| impairment.code().to_owned()),
        outage_seconds: outage.map(|(lasted, _)| lasted.as_secs_f64()),
        replica_lag_seconds: replica.as_ref().and_then(ReplicaState::lag_seconds),
        replica: replica.map(|standing| standing.as_str().to_owned()),
        timestamp: chrono::Utc::now(),
        database: "unknown".to_owned(),
        workers: workers.collect(),
        failing_items: failing.collect(),
        failing_items_count: i64::try_from(report.failing_items_count).unwrap_or(i64::MAX),
        oldest_overdue_seconds: report.overdue_seconds,
        event_lag_seconds,
        event_lag_holder,
    }
}
