//! Health checks, for load balancers and supervisors.

use crate::state::AppState;
use access::Access;
use api::{FailingItem, Health, OpenTransaction, Probe, ProbeCheck, WorkerHealth};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{DatabaseHealth, Engine, HealthReport, ReplicaState, SchemaState, WorkerState};
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
    let report = health_report(&engine, &access);
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
    let report = health_report(&engine, &access);
    let is_live = report.is_live();
    (status_code(is_live), Json(health(report, is_live)))
}

/// Whether the process works, for the supervisor.
///
/// The answer names each check. A restart helps against a 503. Use `/health/live` for the details.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "system",
    responses(
        (status = 200, description = "Every worker runs, or the server stops", body = Probe),
        (status = 503, description = "A worker is stuck or dead: restart the server", body = Probe),
    )
)]
pub(crate) async fn get_livez(State(state): State<AppState>) -> (StatusCode, Json<Probe>) {
    // The workers of a server that stops end one by one.
    let workers = match state.draining.is_cancelled() {
        true => passed("workers"),
        false => check_workers(&health_report(&state.engine, &state.access)),
    };
    respond(vec![workers])
}

/// Whether the server can serve requests, for load balancers.
///
/// The answer names each check: the database answers, its schema is this program's or a newer one, the workers of the queues
/// run, and the server does not stop. A stop makes this check fail first, before the server accepts no more requests. The check
/// of a replica always passes, and its `detail` is the replica's state.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "system",
    responses(
        (status = 200, description = "Requests can be served", body = Probe),
        (status = 503, description = "Requests can't be served; the failed checks have a `detail`", body = Probe),
    )
)]
pub(crate) async fn get_readyz(State(state): State<AppState>) -> (StatusCode, Json<Probe>) {
    let database = check_database("database", state.engine.health(), |_| None);
    let schema = check_database("schema", state.engine.schema_state(), |schema| {
        // A newer one: the next version has migrated. Its migrations are safe while this version serves.
        let is_served = matches!(schema, SchemaState::Current | SchemaState::Newer(_));
        (!is_served).then(|| schema.to_string())
    });
    let (database, schema) = tokio::join!(database, schema);
    let report = health_report(&state.engine, &state.access);
    let draining = match state.draining.is_cancelled() {
        true => failed("draining", "the server stops"),
        false => passed("draining"),
    };
    let mut checks = vec![database, schema, check_workers(&report), draining];
    checks.extend(report.database.replica.map(|replica| show_replica(&replica)));
    respond(checks)
}

/// Performs a check that asks the database. `fault` returns the reason why its answer fails the check.
async fn check_database<T>(
    name: &str,
    answer: impl Future<Output = engine::Result<T>>,
    fault: impl FnOnce(T) -> Option<String>,
) -> ProbeCheck {
    let timeout = Duration::from_secs(DATABASE_TIMEOUT_SECONDS);
    let fault = match tokio::time::timeout(timeout, answer).await {
        Ok(Ok(answer)) => fault(answer),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the database does not answer".to_owned()),
    };
    fault.map_or_else(|| passed(name), |fault| failed(name, fault))
}

/// Returns the check of the replica, which always passes: without the replica, lists are read from the primary.
fn show_replica(replica: &ReplicaState) -> ProbeCheck {
    let lag = replica.lag_seconds().map(|lag| format!(", {lag:.1} s behind the primary")).unwrap_or_default();
    ProbeCheck { detail: Some(format!("{}{lag}", replica.as_str())), ..passed("replica") }
}

fn check_workers(report: &HealthReport) -> ProbeCheck {
    let is_broken = |state| matches!(state, WorkerState::Stuck | WorkerState::Dead);
    let broken = report.workers.iter().filter(|worker| is_broken(worker.state));
    let broken: Vec<_> =
        broken.map(|worker| format!("{} is {}", worker.name, worker.state.as_str())).collect();
    match broken.is_empty() {
        true => passed("workers"),
        false => failed("workers", broken.join(", ")),
    }
}

fn passed(name: &str) -> ProbeCheck {
    ProbeCheck { name: name.to_owned(), passed: true, detail: None }
}

fn failed(name: &str, detail: impl ToString) -> ProbeCheck {
    ProbeCheck { name: name.to_owned(), passed: false, detail: Some(detail.to_string()) }
}

fn respond(checks: Vec<ProbeCheck>) -> (StatusCode, Json<Probe>) {
    let works = checks.iter().all(|check| check.passed);
    let status = if works { "ok" } else { "unavailable" };
    (status_code(works), Json(Probe { status: status.to_owned(), checks }))
}

/// Returns the state of the engine, with the background tasks of authentication.
pub(crate) fn health_report(engine: &Engine, access: &Access) -> HealthReport {
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
