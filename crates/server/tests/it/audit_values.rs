//! The contents of records: values before and after, origins of movements, and changes without a request.

use crate::app::TestApp;
use crate::audit::{ADDRESS, STOCK_SCOPES, expired_block, forge, newest};
use reqwest::Method;
use serde_json::{Value, json};

/// Returns the values before and after of the events of one kind about a subject, latest first.
async fn values(app: &TestApp, subject: &str, kind: &str) -> Vec<(Value, Value)> {
    let log = app.get(&format!("/api/audit?subject={subject}&kind={kind}")).await.expect(200);
    let events = log["items"].as_array().expect("events");
    events.iter().map(|event| (event["before"].clone(), event["after"].clone())).collect()
}

#[tokio::test]
async fn events_have_the_values_before_and_after() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let main = app.main_warehouse().await;
    let subject = format!("item:{item}");
    let created =
        json!({"name": "Lamp", "price": "9.99", "category": "Lighting", "quantity": 9, "warehouseId": main});
    assert_eq!(values(&app, &subject, "item.created").await, [(Value::Null, created)]);

    let path = format!("/api/items/{item}");
    app.patch(&path, json!({"price": "12.5", "name": "Lamp", "description": "A \"lamp\""})).await.expect(200);
    let before = json!({"price": "9.99", "description": null});
    let after = json!({"price": "12.50", "description": "A \"lamp\""});
    assert_eq!(values(&app, &subject, "item.changed").await, [(before, after)]);
    // The same values again are no change.
    app.patch(&path, json!({"price": "12.50"})).await.expect(200);
    app.patch(&path, json!({"price": "-1"})).await.problem(400, "invalid_value");
    assert_eq!(values(&app, &subject, "item.changed").await.len(), 1);

    app.post("/api/categories/Lighting/rename", json!({"to": "Lamps", "dryRun": true})).await.expect(200);
    assert_eq!(values(&app, "category:Lighting", "category.renamed").await, []);
    app.post("/api/categories/Lighting/rename", json!({"to": "Lamps"})).await.expect(200);
    let (before, after) = (json!({"category": "Lighting"}), json!({"category": "Lamps"}));
    assert_eq!(values(&app, &subject, "item.changed").await[0], (before.clone(), after));
    let renamed = (before, json!({"category": "Lamps", "items": 1}));
    assert_eq!(values(&app, "category:Lighting", "category.renamed").await, [renamed]);

    let block = app.block(item, 2, 60).await;
    app.post(&format!("/api/blocks/{block}/extend"), json!({"ttlSeconds": 600})).await.expect(200);
    // A block never ends earlier than before.
    app.post(&format!("/api/blocks/{block}/extend"), json!({"ttlSeconds": 5})).await.expect(200);
    let extended = values(&app, &subject, "block.extended").await;
    let [(before, after)] = extended.as_slice() else { panic!("{extended:?}") };
    assert_eq!((&before["blockId"], &after["blockId"]), (&json!(block), &json!(block)));
    let time = |value: &Value| {
        chrono::DateTime::parse_from_rfc3339(value["expiresAt"].as_str().expect("a time")).expect("RFC 3339")
    };
    let seconds = (time(after) - time(before)).num_seconds();
    assert!((539..=541).contains(&seconds), "{before} {after}");

    let order = app.order(&[(item, 2)]).await;
    let lines = json!({"lines": [{"itemId": item, "quantity": 2}]});
    let subject = format!("order:{order}");
    assert_eq!(values(&app, &subject, "order.created").await, [(Value::Null, lines)]);
    let changed = json!({"lines": [{"itemId": item, "quantity": 1}]});
    let change = app.request(Method::PUT, &format!("/api/orders/{order}/lines")).json(&changed);
    app.send(change).await.expect(200);
    let before = json!({"lines": [{"itemId": item, "quantity": 2}]});
    assert_eq!(values(&app, &subject, "order.changed").await, [(before, changed)]);
    let queued = app.order(&[(item, 1)]).await;
    let queue = json!({"wait": false, "priority": 4});
    let change = app.request(Method::PUT, &format!("/api/orders/{queued}/queue")).json(&queue);
    app.send(change).await.expect(200);
    let before_and_after = [0, 4].map(|priority| json!({"waits": false, "priority": priority})).into();
    assert_eq!(values(&app, &format!("order:{queued}"), "order.changed").await, [before_and_after]);
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    app.post(&format!("/api/orders/{order}/cancel"), json!({})).await.expect(200);
    let before = json!({"status": "allocated", "warehouseId": main});
    assert_eq!(values(&app, &subject, "order.cancelled").await, [(before, json!({"status": "cancelled"}))]);
    let order = app.get(&format!("/api/orders/{order}")).await.expect(200);
    let by = (&order["createdBy"], &order["allocatedBy"], &order["cancelledBy"]);
    assert_eq!(by, (&json!("local"), &json!("local"), &json!("local")));
}

#[tokio::test]
async fn a_rejected_change_has_no_record() {
    let app = TestApp::start().await;
    let item = app.item(1).await;
    let count = async || -> i64 {
        let query = "SELECT (SELECT count(*) FROM stock_movements) + (SELECT count(*) FROM audit_events)";
        sqlx::query_scalar(query).fetch_one(&app.database).await.expect("a count")
    };
    let before = count().await;
    app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 2}))
        .await
        .problem(409, "insufficient_stock");
    app.post("/api/warehouses", json!({"code": "MAIN", "name": "Twice"}))
        .await
        .problem(409, "warehouse_code_taken");
    app.post("/api/orders", json!({"lines": [{"itemId": 999_999, "quantity": 1}]}))
        .await
        .problem(404, "item_not_found");
    app.patch("/api/items/999999", json!({"name": "Ghost"})).await.problem(404, "item_not_found");
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn the_movements_of_an_item_have_their_origins() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let robot = app.client("robot", &STOCK_SCOPES).await;
    let credential = newest(&app, "token", "client_tokens").await;
    let body = json!({"delta": -2, "reason": "Broken"});
    let request = app.request(Method::POST, &format!("/api/items/{item}/stock")).json(&body);
    app.send(forge(request.bearer_auth(&robot), "r-1")).await.expect(200);
    let path = format!("/api/audit/items/{item}/movements");
    let page = app.get(&format!("{path}?limit=1")).await.expect(200);
    let movement = &page["items"][0];
    assert_eq!((&movement["reason"], &movement["change"]), (&json!("written_off"), &json!(-2)));
    assert_eq!((&movement["actor"], &movement["note"]), (&json!("client:robot"), &json!("Broken")));
    assert_eq!(
        (&movement["credential"], &movement["address"], &movement["requestId"]),
        (&json!(credential), &json!(ADDRESS), &json!("r-1"))
    );
    let next = page["next"].as_str().expect("a second page");
    let page = app.get(&format!("{path}?limit=1&after={next}")).await.expect(200);
    let movement = &page["items"][0];
    assert_eq!((&movement["actor"], &movement["credential"]), (&json!("local"), &Value::Null));
    assert_eq!((&page["next"], &movement["address"]), (&Value::Null, &json!(ADDRESS)));
    app.get(&format!("{path}?limit=0")).await.problem(400, "invalid_value");

    let reasons = async |query: &str| -> Value {
        let page = app.get(&format!("{path}?{query}")).await.expect(200);
        let movements = page["items"].as_array().expect("movements").iter();
        movements.map(|movement| movement["reason"].clone()).collect()
    };
    assert_eq!(reasons("actor=client:robot").await, json!(["written_off"]));
    assert_eq!(reasons("actor=person:nobody").await, json!([]));
    let time: String = sqlx::query_scalar(
        "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
           FROM stock_movements WHERE request_id = 'r-1'",
    )
    .fetch_one(&app.database)
    .await
    .expect("a time");
    assert_eq!(reasons(&format!("since={time}")).await, json!(["written_off"]));
    assert_eq!(reasons(&format!("until={time}")).await, json!(["received"]));
    app.get(&format!("{path}?since=-0001-01-01T00:00:00Z")).await.problem(400, "invalid_value");
    for unknown in ["999999", "99999999999999999999", "-1"] {
        let path = format!("/api/audit/items/{unknown}/movements");
        app.get(&path).await.problem(404, "item_not_found");
    }
    // Addresses of clients are for administrators.
    app.send(app.request(Method::GET, &path).bearer_auth(&robot)).await.problem(403, "forbidden");
}

#[tokio::test]
async fn the_clean_up_without_a_request_is_recorded_as_the_system() {
    let app = TestApp::start().await;
    expired_block(&app).await;
    let query = "SELECT actor, token_id, session_id, host(address), request_id FROM stock_movements WHERE reason = 'expired'";
    type Row = (String, Option<i64>, Option<i64>, Option<String>, Option<String>);
    let row =
        async || -> Option<Row> { sqlx::query_as(query).fetch_optional(&app.database).await.expect("a row") };
    for _ in 0..600 {
        if let Some(row) = row().await {
            assert_eq!(row, ("system".to_owned(), None, None, None, None));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the block is still there");
}

#[tokio::test]
async fn the_start_of_a_server_is_recorded_with_its_settings_and_no_secret() {
    let app = TestApp::start_with(|config| config.engine.write_off_units_max = 7).await;
    let started = values(&app, "server", "server.started").await;
    let [(Value::Null, after)] = started.as_slice() else { panic!("{started:?}") };
    assert_eq!((&after["writeOffUnitsMax"], &after["tls"]), (&json!(7), &json!(false)));
    assert_eq!((&after["localAccess"], &after["forwardedHeaders"]), (&json!("auto"), &json!("x-forwarded")));
    assert!(!after.to_string().contains("postgres"), "{after}");
}
