//! A request with invalid values is rejected without a query. Each is sent while every table is locked.

use crate::app::TestApp;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// The longest response time without waiting for a lock.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Starts a server, and locks all of its tables.
async fn locked() -> (TestApp, sqlx::Transaction<'static, sqlx::Postgres>) {
    let app = TestApp::start_with(|config| config.http.request_timeout_seconds = 20).await;
    let mut lock = app.database.begin().await.expect("a transaction");
    let tables =
        "LOCK TABLE items, warehouses, inventory, block_inventory, orders, order_items, stock_movements
        IN ACCESS EXCLUSIVE MODE";
    sqlx::query(tables).execute(&mut *lock).await.expect("locked");
    (app, lock)
}

#[tokio::test]
async fn requests_are_validated_before_the_first_query() {
    let (app, lock) = locked().await;
    let ids: Vec<i64> = (1..=28_000).collect();
    let lines: Vec<_> = (1..=1_001).map(|item| json!({"itemId": item, "quantity": 1})).collect();
    let line = json!({"itemId": 1, "quantity": 1});
    let twice = json!([line, line]);
    let none = json!([]);
    let posts: Vec<(&str, Value)> = vec![
        ("/api/blocks/bulk", json!({"action": "confirm", "blockIds": ids})),
        ("/api/blocks/bulk", json!({"action": "confirm", "blockIds": none})),
        ("/api/blocks/bulk", json!({"action": "release", "blockIds": [7, 7]})),
        ("/api/blocks/bulk", json!({"action": "extend", "blockIds": [7], "ttlSeconds": 0})),
        ("/rpc/act_on_blocks", json!({"request": {"action": "confirm", "blockIds": ids}})),
        ("/api/orders/1/ship", json!({"lines": none})),
        ("/api/orders/1/ship", json!({"lines": lines})),
        ("/api/orders/1/ship", json!({"lines": [{"itemId": 1, "quantity": 0}]})),
        ("/api/orders/1/return", json!({"lines": none, "into": "available"})),
        ("/api/orders/1/return", json!({"lines": lines, "into": "damaged"})),
        (
            "/api/stock/condition",
            json!({"itemId": 1, "quantity": 0, "from": "available", "to": "damaged", "reason": "x"}),
        ),
        (
            "/api/stock/condition",
            json!({"itemId": 1, "quantity": 1, "from": "damaged", "to": "damaged", "reason": "x"}),
        ),
        ("/api/orders", json!({"lines": lines})),
        ("/api/orders", json!({"lines": none})),
        ("/api/orders", json!({"lines": [{"itemId": 1, "quantity": 0}]})),
        ("/rpc/create_order", json!({"order": {"lines": lines}})),
        ("/api/blocks", json!({"lines": lines})),
        ("/api/blocks", json!({"lines": twice, "ttlSeconds": -1})),
        ("/api/items/block/temporary", json!({"itemId": 1, "quantity": 0})),
        ("/api/items/block/temporary", json!({"itemId": 1, "quantity": 1, "ttlSeconds": 99_999_999_999_i64})),
        ("/api/items/block/permanent", json!({"blockId": 1, "quantity": -1})),
        ("/api/blocks/1/extend", json!({"ttlSeconds": 0})),
        ("/api/items", json!({"name": "", "quantity": 1, "price": 1})),
        ("/api/items/1/stock", json!({"delta": 0, "reason": "x"})),
        (
            "/api/items/1/move",
            json!({"fromWarehouseId": 1, "toWarehouseId": 1, "quantity": 1, "reason": "x"}),
        ),
        ("/api/warehouses", json!({"code": "x".repeat(33), "name": "x"})),
        ("/api/categories/Lamps/rename", json!({"to": ""})),
    ];
    for (path, body) in posts {
        let request = app.request(Method::POST, path).header("idempotency-key", "unasked").json(&body);
        let answer = timeout(TIMEOUT, app.send(request)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{path} waits for the database"));
        answer.problem(400, "invalid_value");
    }
    for path in [
        "/api/items?limit=501",
        "/api/items?after=nonsense",
        "/api/items.csv?maxQuantity=-1",
        "/api/items/1/movements?limit=0",
        "/api/items/1/history?hours=0",
        "/api/blocks?limit=501",
        "/api/blocks?after=nonsense",
        "/api/blocks/expiring?withinSeconds=0",
        "/api/blocks/ended?limit=501",
        "/api/orders?limit=-1",
        "/api/orders?itemId=1&sku=A",
        "/api/orders?warehouseId=1&warehouseCode=A",
        "/api/orders?from=2026-11-28T00:00:00Z&to=2026-11-28T00:00:00Z",
        "/api/orders?to=%2B10000-01-01T00:00:00Z",
        "/api/orders?after=1:5",
        "/api/orders?from=2026-11-28T00:00:00Z&after=5",
        "/api/orders.csv?from=2026-11-28T00:00:00Z&to=2026-11-27T00:00:00Z",
        "/api/events?limit=1001",
    ] {
        let answer = timeout(TIMEOUT, app.get(path)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{path} waits for the database"));
        answer.problem(400, "invalid_value");
    }
    lock.rollback().await.expect("unlocked");
}

/// The form that browsers without JavaScript send.
#[tokio::test]
async fn a_form_of_too_many_blocks_is_rejected_before_the_first_query() {
    let (app, lock) = locked().await;
    let ids = (1..=28_000).map(|id| format!("&id={id}")).collect::<String>();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let form = client.expect("a client").post(format!("{}/forms/act_on_blocks", app.url));
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let form = form.body(format!("action=Confirm{ids}")).send();
    let answer = timeout(TIMEOUT, form).await.expect("no look-up").expect("an answer");
    assert_eq!(answer.status(), 303);
    let reported = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(reported.contains("500"), "{reported}");
    lock.rollback().await.expect("unlocked");
}
