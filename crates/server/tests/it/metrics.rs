//! `/metrics`: requests, units, queues, holds and the database.

use crate::app::{Postgres, TestApp, site};
use crate::binary::Folder;
use cluster::{Cluster, Options};
use serde_json::json;
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait for PostgreSQL's archiver, which retries every minute, and for the cache of counts.
const WAIT_MAX: Duration = Duration::from_secs(120);

/// Returns the value of a sample. `labels` are in the order of the text.
fn value(lines: &[String], sample: &str) -> Option<f64> {
    let line = lines.iter().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map(|value| value.parse().expect("a number"))
}

#[track_caller]
fn check(lines: &[String], sample: &str, expected: f64) {
    assert_eq!(value(lines, sample), Some(expected), "{sample}: {}", lines.join("\n"));
}

#[tokio::test]
async fn metrics_count_requests_units_and_problems() {
    let app = TestApp::start_with_metrics().await;
    let item = app.item(10).await;
    let (first, second) = (app.block(item, 3, 600).await, app.block(item, 2, 600).await);
    let short = json!({"itemId": item, "quantity": 50});
    app.post("/api/items/block/temporary", short).await.problem(409, "insufficient_stock");
    app.post("/api/items/block/permanent", json!({"blockId": first})).await.expect(200);
    app.delete(&format!("/api/blocks/{second}")).await.expect(200);
    app.block(item, 1, 600).await;
    let order = app.order(&[(item, 2)]).await;
    let warehouse = json!({"warehouseId": app.main_warehouse().await});
    app.post(&format!("/api/orders/{order}/allocate"), warehouse).await.expect(200);
    app.post(&format!("/api/orders/{order}/ship"), json!({})).await.expect(200);

    let response = app.observe("/metrics").await;
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let lines = app.metrics().await;
    assert_eq!(lines.last().map(String::as_str), Some("# EOF"));
    for (reason, units) in [
        ("received", 10.0),
        ("blocked", 6.0),
        ("confirmed", 3.0),
        ("released", 2.0),
        ("allocated", 2.0),
        ("shipped", 2.0),
        ("expired", 0.0),
    ] {
        check(&lines, &format!("stockhold_units_total{{reason=\"{reason}\"}}"), units);
    }
    check(&lines, "stockhold_problems_total{code=\"insufficient_stock\"}", 1.0);
    let placed = |status| {
        format!(
            "http_server_request_duration_seconds_count{{http_request_method=\"POST\",\
             http_route=\"/api/items/block/temporary\",http_response_status_code=\"{status}\"}}"
        )
    };
    check(&lines, &placed(201), 3.0);
    check(&lines, &placed(409), 1.0);
    check(&lines, "http_server_active_requests", 0.0);
    check(&lines, "stockhold_holds{state=\"active\"}", 1.0);
    check(&lines, "stockhold_holds{state=\"overdue\"}", 0.0);
    check(&lines, "stockhold_oldest_overdue_hold_age_seconds", 0.0);
    check(&lines, "stockhold_database_up", 1.0);
    check(&lines, "stockhold_counts_up", 1.0);
    check(&lines, "stockhold_replica_configured", 0.0);
    check(&lines, "stockhold_worker_running{worker=\"stock 0\"}", 1.0);
    check(&lines, "db_client_connection_max{db_client_connection_pool_name=\"writes\"}", 4.0);
    let statements = |pool: &str, metric: &str| {
        let sample = format!("{metric}_count{{db_client_connection_pool_name=\"{pool}\"}}");
        value(&lines, &sample).expect("a pool")
    };
    assert!(statements("queues", "db_client_operation_duration_seconds") >= 4.0);
    assert!(statements("writes", "db_client_connection_wait_time_seconds") >= 3.0);
    let batches = |queue: &str| {
        value(&lines, &format!("stockhold_batch_requests_sum{{queue=\"{queue}\"}}")).expect("a queue")
    };
    // Four blocks, a confirmation, a release, an allocation and a shipment.
    assert_eq!(batches("stock 0") + batches("stock 1"), 8.0);
    let attempts = |path: &str| {
        let of_path = format!("stockhold_stock_attempts_total{{path=\"{path}\"");
        let counts = lines.iter().filter(|line| line.starts_with(&of_path));
        counts
            .map(|line| line.rsplit(' ').next().expect("a value").parse::<u64>().expect("a count"))
            .sum::<u64>()
    };
    assert!(attempts("optimistic") >= 4 && attempts("locked") >= 3, "{}", lines.join("\n"));
    let build = format!("stockhold_build_info{{version=\"{}\",commit=", env!("CARGO_PKG_VERSION"));
    assert!(lines.iter().any(|line| line.starts_with(&build)));
}

/// A scraper rejects a text that describes a name twice, or has a sample twice.
#[tokio::test]
async fn each_name_and_each_sample_occurs_once() {
    let app = TestApp::start_with_metrics().await;
    app.get("/api/items").await.expect(200);
    let mut seen = HashSet::new();
    for line in app.metrics().await {
        let subject = match line.strip_prefix("# ") {
            Some(described) => described.split(' ').take(2).collect::<Vec<_>>().join(" "),
            None => line.rsplit_once(' ').expect("a value").0.to_owned(),
        };
        assert!(seen.insert(subject), "{line}");
    }
}

#[tokio::test]
async fn an_overdue_hold_shows_its_age() {
    let app = TestApp::start_with_metrics().await;
    let item = app.item(10).await;
    let block = app.block(item, 3, 600).await;
    // The clean-up skips locked items.
    let mut transaction = app.database.begin().await.expect("a transaction");
    let lock = "SELECT FROM inventory WHERE product_id = $1 FOR UPDATE";
    sqlx::query(lock).bind(item).execute(&mut *transaction).await.expect("locked");
    let expire = "UPDATE block_inventory SET expires_at = now() - interval '1 hour' WHERE id = $1";
    sqlx::query(expire).bind(block).execute(&app.database).await.expect("expired");
    let lines = app.metrics().await;
    check(&lines, "stockhold_holds{state=\"active\"}", 0.0);
    check(&lines, "stockhold_holds{state=\"overdue\"}", 1.0);
    let age = value(&lines, "stockhold_oldest_overdue_hold_age_seconds").expect("an age");
    assert!((3_600.0..4_000.0).contains(&age), "{age}");
    transaction.rollback().await.expect("rolled back");
}

#[tokio::test]
async fn the_public_listener_has_no_metrics() {
    let app = TestApp::start_with_metrics().await;
    assert_eq!(app.get("/metrics").await.status, 404);
    assert!(TestApp::start().await.metrics_url.is_none());
    assert_eq!(app.observe("/api/items").await.status(), 404);
}

/// Waits until a sample has a value, and returns the lines of `/metrics`.
async fn until(app: &TestApp, sample: &str, wanted: f64) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let lines = app.metrics().await;
        if value(&lines, sample) == Some(wanted) {
            return lines;
        }
        assert!(begun.elapsed() < WAIT_MAX, "{sample} is not {wanted}: {}", lines.join("\n"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_archive_of_the_log_shows() {
    let folder = Folder::new("failing-archive");
    let (archive, away) = (folder.0.join("archive"), folder.0.join("away"));
    let options = Options::durable(folder.0.clone()).archive(archive.clone());
    let cluster = Arc::new(Cluster::start(&options).expect("a PostgreSQL"));
    let postgres = Postgres::Own(cluster.clone());
    let url = postgres.create_database().await;
    let app = TestApp::over(postgres, url, site("target/no-site"), |config| {
        config.observe.metrics_addr = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    fs::rename(&archive, &away).expect("moved");
    let archive_next = || cluster.query("postgres", "SELECT pg_switch_wal()").expect("a new segment");
    archive_next();
    let lines = until(&app, "stockhold_wal_archive_failing", 1.0).await;
    assert!(value(&lines, "stockhold_wal_archive_failures_total") >= Some(1.0));
    fs::rename(&away, &archive).expect("moved back");
    app.item(1).await;
    // A new segment wakes the archiver.
    archive_next();
    let lines = until(&app, "stockhold_wal_archive_failing", 0.0).await;
    assert!(value(&lines, "stockhold_wal_archived_total") >= Some(1.0));
}
