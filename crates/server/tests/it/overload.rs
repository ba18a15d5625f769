//! More requests than a queue holds, and a PostgreSQL without a free connection.

use crate::app::{Postgres, TestApp, config, site};
use crate::impairments::own_by_role;
use futures::{StreamExt as _, stream};
use serde_json::json;
use server::Application;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::{Duration, Instant};

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The length of a queue.
const QUEUE_REQUESTS_MAX: usize = 4;

/// Concurrent requests.
const REQUESTS: usize = 40;

#[tokio::test]
async fn a_full_queue_rejects_at_once_and_loses_nothing() {
    let app = TestApp::start_with(|config| {
        config.engine.queue_requests_max = QUEUE_REQUESTS_MAX;
        config.database.lock_timeout_milliseconds = 60_000;
    })
    .await;
    let item = app.item(1_000).await;
    let mut lock = app.database.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE inventory IN EXCLUSIVE MODE").execute(&mut *lock).await.expect("locked");
    let place = |_| app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1}));
    let mut answers = stream::iter(0..REQUESTS).map(place).buffer_unordered(REQUESTS);
    // The queue stays full while the lock is held, and only rejections arrive. Two batches may be in progress.
    let refused_min = REQUESTS - 4 * QUEUE_REQUESTS_MAX;
    for _ in 0..refused_min {
        let answer =
            tokio::time::timeout(TIMEOUT, answers.next()).await.expect("in time").expect("an answer");
        assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
        assert_eq!(answer.expect(503)["code"], "overloaded");
    }
    lock.rollback().await.expect("unlocked");
    let mut placed = 0;
    while let Some(answer) = answers.next().await {
        match answer.status {
            201 => placed += 1,
            _ => assert_eq!(answer.expect(503)["code"], "overloaded"),
        }
    }
    assert!(placed > 0, "those that waited are served");
    assert_eq!(app.available(item).await, 1_000 - placed);
}

/// The number of connections that the role may open.
async fn limit_connections(database: &PgPool, role: &str, connections_max: i64) {
    let sql = format!("ALTER ROLE {role} CONNECTION LIMIT {connections_max}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(database).await.expect("altered");
}

#[tokio::test]
async fn a_server_keeps_its_connections_and_does_not_start_without_them() {
    let postgres = Postgres::find();
    let database_url = postgres.create_database().await;
    let database = PgPool::connect(&database_url).await.expect("a connection");
    let role = format!("role_{}", uuid::Uuid::now_v7().simple());
    let role_url = own_by_role(&database, &database_url, &role).await;
    let app = TestApp::over(postgres, role_url.clone(), site("target/no-site"), |_| {}).await;
    let item = app.item(1_000).await;

    // No connection is left for the role.
    limit_connections(&database, &role, 0).await;
    let begun = Instant::now();
    let place = async |_| {
        let line = json!({"itemId": item, "quantity": 1});
        app.post("/api/items/block/temporary", line.clone()).await.expect(201);
        app.post("/api/items", json!({"name": "Vase", "quantity": 1, "price": "1"})).await.expect(201);
        app.post("/api/orders", json!({"lines": [line]})).await.expect(201);
        app.get(&format!("/api/items/{item}/levels")).await.expect(200);
        app.get("/api/items?limit=5").await.expect(200);
    };
    stream::iter(0..REQUESTS).map(place).buffer_unordered(REQUESTS).collect::<Vec<_>>().await;
    app.get("/health").await.expect(200);
    assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());

    // Another server does not start without enough connections, and names the reason.
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1";
    let open: i64 = sqlx::query_scalar(connections).bind(&role).fetch_one(&database).await.expect("a number");
    for (free, reported) in [(0, "no more connections"), (8, "raise max_connections")] {
        limit_connections(&database, &role, open + free).await;
        let config = config(&role_url);
        let built = Application::build(&config, site("target/no-site"), true);
        let built = tokio::time::timeout(TIMEOUT, built).await.expect("it gives up in time");
        let error = built.err().map(|error| format!("{error:#}")).expect("it does not start");
        assert!(error.contains(reported) && error.contains("too many connections for role"), "{error}");
    }

    // The connections are lost, and PostgreSQL accepts no new ones: requests fail at once with the reason.
    limit_connections(&database, &role, 0).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1";
    sqlx::query(end).bind(&role).execute(&database).await.expect("ended");
    let place = || app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1}));
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answer = place().await;
        assert!(!answer.header("retry-after").is_empty(), "{}", answer.text);
        if answer.expect(503)["code"] == "database_connections_exhausted" {
            break;
        }
        assert!(Instant::now() < deadline, "the cause is not reported");
    }
    let health = app.get("/health").await.expect(503);
    assert_eq!(health["databaseProblem"], "database_connections_exhausted", "{health}");
    limit_connections(&database, &role, -1).await;
    while place().await.status != 201 {
        assert!(Instant::now() < deadline + TIMEOUT, "it does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
