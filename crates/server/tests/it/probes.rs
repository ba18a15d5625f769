//! `/livez` and `/readyz`.

use crate::app::{Postgres, TestApp, site};
use serde_json::Value;
use std::time::{Duration, Instant};
use store::testing::Proxy;

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Returns the names of the checks that failed.
fn failed(probe: &Value) -> Vec<&str> {
    let checks = probe["checks"].as_array().expect("checks").iter();
    checks
        .filter(|check| check["passed"] == false)
        .map(|check| check["name"].as_str().expect("a name"))
        .collect()
}

/// Polls `/readyz` until exactly these checks fail.
async fn wait_for_failed(app: &TestApp, checks: &[&str]) -> Value {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answer = app.get("/readyz").await;
        if failed(&answer.body) == checks {
            assert_eq!(answer.status, if checks.is_empty() { 200 } else { 503 });
            return answer.body;
        }
        assert!(Instant::now() < deadline, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn probes_name_each_check_on_both_listeners() {
    let app = TestApp::start_with_metrics().await;
    let ready = app.get("/readyz").await.expect(200);
    let names: Vec<_> =
        ready["checks"].as_array().expect("checks").iter().map(|check| &check["name"]).collect();
    assert_eq!(names, ["database", "schema", "workers", "draining"]);
    assert_eq!((&ready["status"], failed(&ready)), (&"ok".into(), vec![]));
    let alive = app.get("/livez").await.expect(200);
    assert_eq!((&alive["checks"][0]["name"], failed(&alive)), (&"workers".into(), vec![]));
    for path in ["/livez", "/readyz", "/health", "/health/live"] {
        assert_eq!(app.observe(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_changed_schema_is_not_ready_and_is_alive() {
    let app = TestApp::start().await;
    let delete = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    sqlx::query(delete).execute(&app.database).await.expect("deleted");
    let ready = wait_for_failed(&app, &["schema"]).await;
    let detail = ready["checks"][1]["detail"].as_str().expect("a detail");
    assert!(detail.contains("1 migrations are missing"), "{detail}");
    app.get("/livez").await.expect(200);
}

/// In a rolling upgrade, the new version migrates while servers of this one still serve.
#[tokio::test]
async fn the_schema_of_the_next_version_is_ready() {
    let app = TestApp::start().await;
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  VALUES (9999, 'next', true, '', 0)";
    sqlx::query(insert).execute(&app.database).await.expect("inserted");
    wait_for_failed(&app, &[]).await;
    app.item(10).await;
}

#[tokio::test]
async fn an_outage_of_the_database_is_not_ready_and_is_alive() {
    let postgres = Postgres::find();
    let database_url = postgres.create_database().await;
    let proxy = Proxy::start(&database_url).await;
    let url = proxy.url(&database_url);
    let app = TestApp::over(postgres, database_url, site("target/no-site"), |config| {
        config.database = server::DatabaseConfig::external(&url);
    })
    .await;
    wait_for_failed(&app, &[]).await;
    proxy.cut();
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answer = app.get("/readyz").await;
        if failed(&answer.body).contains(&"database") {
            assert_eq!(answer.status, 503);
            break;
        }
        assert!(Instant::now() < deadline, "{}", answer.text);
    }
    app.get("/livez").await.expect(200);
    proxy.resume();
    wait_for_failed(&app, &[]).await;
}

#[tokio::test]
async fn a_stop_is_not_ready_before_it_accepts_no_more_requests() {
    let mut app = TestApp::start_with(|config| {
        config.observe.metrics_addr = Some(([127, 0, 0, 1], 0).into());
        config.observe.shutdown_delay_seconds = 3;
    })
    .await;
    wait_for_failed(&app, &[]).await;
    let answer = app.get("/api/warehouses").await;
    assert!(!answer.headers.contains_key("connection"));
    app.stop();
    let probe = wait_for_failed(&app, &["draining"]).await;
    assert_eq!(probe["status"], "unavailable");
    let answer = app.get("/api/warehouses").await;
    assert_eq!(answer.header("connection"), "close");
    answer.expect(200);
    app.get("/livez").await.expect(200);
    assert_eq!(app.observe("/readyz").await.status(), 503);
    app.stopped().await.expect("no error");
}
