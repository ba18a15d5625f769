//! Start, shutdown, and failures of the database.

use crate::app::{Postgres, TestApp, site};
use crate::binary::Folder;
use cluster::{Cluster, Options};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Locks every stock level, so that requests for stock wait for the lock.
async fn lock(app: &TestApp) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut transaction = app.database.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE inventory IN EXCLUSIVE MODE").execute(&mut *transaction).await.expect("locked");
    transaction
}

#[tokio::test]
async fn a_shutdown_waits_for_requests() {
    let mut app = TestApp::start_with(|config| config.database.lock_timeout_milliseconds = 60_000).await;
    let item = app.item(10).await;
    let url = app.url.clone();
    let lock = lock(&app).await;
    let body = json!({"itemId": item, "quantity": 1});
    let waiting = app.request(reqwest::Method::POST, "/api/items/block/temporary").json(&body);
    let waiting = tokio::spawn(waiting.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    app.stop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = reqwest::get(format!("{url}/health")).await;
    assert!(refused.is_err(), "no new requests are taken");
    lock.rollback().await.expect("unlocked");
    let answer = waiting.await.expect("sent").expect("answered");
    assert_eq!(answer.status(), 201);
    app.stopped().await.expect("a clean end");
}

#[tokio::test]
async fn a_shutdown_has_a_deadline() {
    let mut app = TestApp::start_with(|config| {
        config.database.lock_timeout_milliseconds = 60_000;
        config.engine.drain_timeout_seconds = 1;
        config.http.shutdown_timeout_seconds = 1;
    })
    .await;
    let item = app.item(10).await;
    let mut lock = lock(&app).await;
    let body = json!({"itemId": item, "quantity": 1});
    let waiting = app.request(reqwest::Method::POST, "/api/items/block/temporary").json(&body);
    let waiting = tokio::spawn(waiting.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    app.stop();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    app.stopped().await.expect("a clean end");
    sqlx::query("SELECT 1").execute(&mut *lock).await.expect("still locked");
    lock.rollback().await.expect("unlocked");
    drop(waiting);
}

#[tokio::test]
async fn a_request_has_a_deadline() {
    let app = TestApp::start_with(|config| {
        config.database.lock_timeout_milliseconds = 60_000;
        config.http.request_timeout_seconds = 1;
    })
    .await;
    let item = app.item(10).await;
    let lock = lock(&app).await;
    let started = Instant::now();
    let answer = app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1})).await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.problem(503, "timeout");
    assert!(started.elapsed() < Duration::from_secs(5));
    lock.rollback().await.expect("unlocked");
    app.block(item, 1, 60).await;
}

#[tokio::test]
async fn only_a_locked_item_is_rejected_with_retry_after() {
    let app = TestApp::start_with(|config| config.database.lock_timeout_milliseconds = 100).await;
    let (item, other) = (app.item(10).await, app.item(10).await);
    let mut external = app.database.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM inventory WHERE product_id = $1 FOR UPDATE")
        .bind(item)
        .execute(&mut *external)
        .await
        .expect("locked");
    let answer = app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1})).await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.problem(503, "stock_locked");
    app.block(other, 1, 60).await;
    assert_eq!(app.get("/health").await.expect(200)["status"], "ok");
    external.rollback().await.expect("unlocked");
    app.block(item, 1, 60).await;
}

#[tokio::test]
async fn health_names_an_item_whose_clean_up_fails() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    app.block(item, 1, 60).await;
    sqlx::raw_sql(
        "CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
         CREATE TRIGGER reject BEFORE DELETE ON block_inventory FOR EACH ROW EXECUTE FUNCTION reject();
         UPDATE block_inventory SET expires_at = now() - interval '1 minute'",
    )
    .execute(&app.database)
    .await
    .expect("a failing item");
    let health = async {
        loop {
            let health = app.get("/health").await.expect(200);
            if health["status"] == "degraded" {
                return health;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let health = tokio::time::timeout(Duration::from_secs(30), health).await.expect("noticed");
    assert_eq!(
        (&health["failingItems"][0]["itemId"], &health["failingItemsCount"]),
        (&json!(item), &json!(1))
    );
    assert!(health["oldestOverdueSeconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{health}");
    assert_eq!(app.get("/health/live").await.expect(200)["status"], "degraded");
}

#[tokio::test]
async fn the_server_reports_an_outage_and_recovers() {
    let folder = Folder::new("life");
    let path = folder.0.clone();
    let start = move || Cluster::start(&Options::disposable(&path)).expect("a PostgreSQL");
    let cluster = tokio::task::spawn_blocking(start.clone()).await.expect("started");
    cluster.create_database("shop").expect("a database");
    let url = cluster.url("shop");
    let cluster = Arc::new(cluster);
    let app =
        TestApp::over(Postgres::Own(cluster.clone()), url.clone(), site("target/no-site"), |_| {}).await;
    let item = app.item(10).await;
    let app = app.without_postgres();
    let cluster = Arc::into_inner(cluster).expect("nobody else holds it");
    tokio::task::spawn_blocking(|| cluster.stop()).await.expect("asked").expect("stopped");

    let health = app.get("/health").await.expect(503);
    assert_eq!((&health["status"], &health["database"]), (&json!("unavailable"), &json!("down")));
    let answer = app.get(&format!("/api/items/{item}")).await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.problem(503, "database_unavailable");
    let answer = app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1})).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let answer = app.get("/rpc/list_categories").await;
    answer.problem(503, "database_unavailable");

    let cluster = tokio::task::spawn_blocking(start).await.expect("started");
    assert_eq!(cluster.url("shop"), url);
    for _ in 0..100 {
        if app.get("/health").await.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    app.get("/health").await.expect(200);
    app.block(item, 1, 60).await;
    tokio::task::spawn_blocking(|| cluster.stop()).await.expect("asked").expect("stopped");
}
