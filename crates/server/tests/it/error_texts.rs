//! Errors that reach a client name neither SQL nor files, and the log has their cause under the request id.

use crate::app::{Answer, TestApp};
use sqlx::AssertSqlSafe;

/// Words of statements, of source files, of the database and of a panic.
const INTERNAL: [&str; 12] = [
    "SELECT ",
    "INSERT ",
    "FROM ",
    "relation",
    "column",
    "hidden_s3cret",
    "sqlx",
    "42P01",
    ".rs",
    "/home/",
    "/src/",
    "panicked",
];

#[track_caller]
fn check(path: &str, answer: &Answer) {
    for word in INTERNAL {
        assert!(!answer.text.contains(word), "{path}: {word} is in {}", answer.text);
    }
}

async fn run(app: &TestApp, sql: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&app.database).await.expect("changed");
}

#[tokio::test]
async fn an_error_of_the_database_is_not_shown() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let order = app.order(&[(item, 1)]).await;
    run(&app, "ALTER TABLE orders RENAME TO hidden_s3cret").await;
    for path in ["/api/orders".to_owned(), format!("/api/orders/{order}")] {
        let answer = app.get(&path).await;
        check(&path, &answer);
        answer.problem(500, "internal");
    }
    let line = serde_json::json!({"itemId": item, "quantity": 1});
    let answer = app.post("/api/orders", serde_json::json!({"lines": [line]})).await;
    check("POST /api/orders", &answer);
    answer.problem(500, "internal");
    for path in ["/orders".to_owned(), format!("/orders/{order}"), "/health".to_owned()] {
        let page = app.get(&path).await;
        check(&path, &page);
        assert!(page.status == 200 || page.status >= 500, "{path}: {}", page.status);
    }
}

/// The server can't decode an infinite time. A constraint forbids it otherwise.
#[tokio::test]
async fn a_panic_is_not_shown() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let order = app.order(&[(item, 1)]).await;
    run(&app, "ALTER TABLE orders DROP CONSTRAINT orders_created_at_in_range").await;
    run(&app, "UPDATE orders SET created_at = 'infinity'").await;
    let path = format!("/api/orders/{order}");
    let answer = app.get(&path).await;
    check(&path, &answer);
    answer.problem(500, "internal");
    app.get("/health").await.expect(200);
}
