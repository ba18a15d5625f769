//! Partial allocation, the queue of missing units, and changes of a part of an order, over HTTP.

use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn receive(app: &TestApp, item: i64, delta: i64) {
    let body = json!({"delta": delta, "reason": "delivery"});
    app.post(&format!("/api/items/{item}/stock"), body).await.expect(200);
}

/// Polls until an order has the status.
async fn until(app: &TestApp, order: i64, status: &str) -> Value {
    let begun = Instant::now();
    loop {
        let order = app.get(&format!("/api/orders/{order}")).await.expect(200);
        if order["status"] == status {
            return order;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{order} is not {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_order_is_allocated_in_parts_and_waits_for_the_rest() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(2).await, app.main_warehouse().await);
    let north = app.warehouse("NORTH").await;
    let order = app.order(&[(lamp, 5)]).await;
    let allocate = format!("/api/orders/{order}/allocate");
    let filled = app.post(&allocate, json!({"mode": "partial", "warehouseCode": "NORTH"})).await.expect(200);
    let missing = |units: i64| json!([{"itemId": lamp, "sku": null, "quantity": units}]);
    let nothing = json!({"allocated": false, "orderId": order, "status": "pending", "taken": [], "missing": missing(5)});
    assert_eq!(filled, nothing);
    let wait = json!({"mode": "partial", "wait": true, "priority": 3});
    let filled = app.post(&allocate, wait).await.expect(200);
    let taken =
        json!([{"itemId": lamp, "sku": null, "warehouseId": main, "warehouseCode": "MAIN", "quantity": 2}]);
    assert_eq!(
        (&filled["status"], &filled["taken"], &filled["missing"]),
        (&json!("partial"), &taken, &missing(3))
    );
    let waiting = app.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!(
        (&waiting["missing"], &waiting["priority"], &waiting["queuePlace"]),
        (&missing(3), &json!(3), &json!(1))
    );
    assert!(waiting["waitingSince"].is_string());
    let short = app.post(&allocate, json!({"warehouseId": main})).await.expect(200);
    assert_eq!((&short["allocated"], &short["shortages"][0]["requested"]), (&json!(false), &json!(3)));
    ledger::check(&app.database).await;
    let moved = json!({"warehouseId": north, "delta": 3, "reason": "delivery"});
    app.post(&format!("/api/items/{lamp}/stock"), moved).await.expect(200);
    let done = until(&app, order, "allocated").await;
    assert_eq!(
        (&done["waitingSince"], &done["queuePlace"], &done["missing"]),
        (&json!(null), &json!(null), &json!([]))
    );
    assert_eq!((&done["warehouseId"], done["allocations"].as_array().map(Vec::len)), (&json!(null), Some(2)));
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_new_order_can_wait_and_gets_returning_units() {
    let app = TestApp::start().await;
    let lamp = app.item(2).await;
    let block = app.block(lamp, 2, 600).await;
    let body = json!({"lines": [{"itemId": lamp, "quantity": 2}], "wait": true, "priority": -5});
    let created = app.post("/api/orders", body).await.expect(201);
    assert_eq!((&created["status"], &created["priority"]), (&json!("pending"), &json!(-5)));
    assert!(created["waitingSince"].is_string());
    let order = created["id"].as_i64().expect("an id");
    app.delete(&format!("/api/blocks/{block}")).await.expect(200);
    until(&app, order, "allocated").await;
    // A cancelled order leaves the queue.
    let body = json!({"lines": [{"itemId": lamp, "quantity": 2}], "wait": true});
    let other = app.post("/api/orders", body).await.expect(201)["id"].as_i64().expect("an id");
    app.post(&format!("/api/orders/{other}/cancel"), json!(null)).await.expect(200);
    assert_eq!(app.get(&format!("/api/orders/{other}")).await.expect(200)["waitingSince"], json!(null));
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn requests_that_do_not_fit_are_refused() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(2).await, app.main_warehouse().await);
    let order = app.order(&[(lamp, 1)]).await;
    let allocate = format!("/api/orders/{order}/allocate");
    for (body, code, field) in [
        (json!({"mode": "whole"}), "invalid_body", "warehouseId"),
        (json!({"mode": "some", "warehouseId": main}), "invalid_body", "mode"),
        (json!({"warehouseId": main, "wait": true}), "invalid_value", "wait"),
        (json!({"mode": "partial", "priority": 1}), "invalid_value", "priority"),
        (json!({"mode": "partial", "wait": true, "priority": 1_000_001}), "invalid_value", "priority"),
        (
            json!({"mode": "partial", "warehouseId": main, "warehouseCode": "MAIN"}),
            "invalid_body",
            "warehouseCode",
        ),
    ] {
        assert_eq!(app.post(&allocate, body).await.problem(400, code)["field"], field);
    }
    app.post(&allocate, json!({"mode": "partial", "warehouseId": 999_999}))
        .await
        .problem(404, "warehouse_not_found");
    let body = json!({"lines": [{"itemId": lamp, "quantity": 1}], "priority": -1_000_001});
    assert_eq!(app.post("/api/orders", body).await.problem(400, "invalid_value")["field"], "priority");
    let cancel = format!("/api/orders/{order}/cancel");
    let line = |quantity: i64| json!({"itemId": lamp, "quantity": quantity});
    for (lines, code, field) in [
        (json!([]), "invalid_value", "lines"),
        (json!([line(1), line(1)]), "invalid_value", "lines"),
        (json!([line(0)]), "invalid_value", "quantity"),
        (json!([{"quantity": 1}]), "invalid_body", "lines[0].itemId"),
    ] {
        assert_eq!(app.post(&cancel, json!({"lines": lines})).await.problem(400, code)["field"], field);
    }
    let other = app.item(1).await;
    let unknown = json!({"lines": [{"itemId": other}]});
    assert_eq!(app.post(&cancel, unknown).await.problem(404, "order_line_not_found")["itemId"], other);
    let over = app.post(&cancel, json!({"lines": [line(2)]})).await.problem(409, "quantity_over_line");
    assert_eq!((&over["requested"], &over["available"]), (&json!(2), &json!(1)));
    let reassign = format!("/api/orders/{order}/reassign");
    let same = app.post(&reassign, json!({"toOrderId": order})).await.problem(400, "invalid_value");
    assert_eq!(same["field"], "toOrderId");
    app.post(&reassign, json!({"toOrderId": 999_999})).await.problem(404, "order_not_found");
}

#[tokio::test]
async fn units_of_lines_are_cancelled_but_not_shipped_ones() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(5).await, app.main_warehouse().await);
    let order = app.order(&[(lamp, 5)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let ship = "UPDATE order_allocations SET allocated = 2, shipped = 3 WHERE order_id = $1";
    sqlx::query(ship).bind(order).execute(&app.database).await.expect("shipped");
    let cancel = format!("/api/orders/{order}/cancel");
    let part = |units: i64| json!({"lines": [{"itemId": lamp, "quantity": units}]});
    let refused = app.post(&cancel, part(3)).await.problem(409, "units_shipped");
    assert_eq!((&refused["requested"], &refused["available"]), (&json!(3), &json!(2)));
    let changed = app.post(&cancel, part(2)).await.expect(200);
    assert_eq!((&changed["status"], &changed["returned"][0]["quantity"]), (&json!("shipped"), &json!(2)));
    assert_eq!(app.available(lamp).await, 2);
    app.post(&cancel, json!(null)).await.problem(409, "order_shipped");
    let order = app.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!((&order["lines"][0]["quantity"], &order["missing"]), (&json!(3), &json!([])));
}

#[tokio::test]
async fn a_part_is_cancelled_and_reassigned_once_per_key() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(4).await, app.main_warehouse().await);
    let (from, to) = (app.order(&[(lamp, 4)]).await, app.order(&[(lamp, 2)]).await);
    app.post(&format!("/api/orders/{from}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let send = async |path: String, body: &Value| {
        let request = app.request(reqwest::Method::POST, &path).json(body).header("idempotency-key", &path);
        app.send(request).await.expect(200)
    };
    let reassign = json!({"toOrderId": to, "lines": [{"itemId": lamp, "quantity": 1}]});
    let first = send(format!("/api/orders/{from}/reassign"), &reassign).await;
    assert_eq!(send(format!("/api/orders/{from}/reassign"), &reassign).await, first);
    let cancel = json!({"lines": [{"itemId": lamp, "quantity": 2}]});
    let first = send(format!("/api/orders/{from}/cancel"), &cancel).await;
    assert_eq!(send(format!("/api/orders/{from}/cancel"), &cancel).await, first);
    let partial = json!({"mode": "partial"});
    let first = send(format!("/api/orders/{to}/allocate"), &partial).await;
    assert_eq!(send(format!("/api/orders/{to}/allocate"), &partial).await, first);
    // 4 units: the first order keeps 2, one of its missing units was cancelled; the other order has its 2.
    let [from, to] = [from, to].map(|order| format!("/api/orders/{order}"));
    assert_eq!(app.get(&from).await.expect(200)["allocations"][0]["allocated"], 2);
    assert_eq!(app.get(&to).await.expect(200)["allocations"][0]["allocated"], 2);
    assert_eq!(app.available(lamp).await, 0);
    ledger::check(&app.database).await;
    receive(&app, lamp, 1).await;
}

#[tokio::test]
async fn an_order_joins_and_leaves_the_queue_without_an_allocation() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(0).await, app.main_warehouse().await);
    let (order, other) = (app.order(&[(lamp, 2)]).await, app.order(&[(lamp, 1)]).await);
    let put = async |order: i64, body: Value| {
        app.send(app.request(Method::PUT, &format!("/api/orders/{order}/queue")).json(&body)).await
    };
    put(other, json!({"wait": true, "priority": 5})).await.expect(200);
    let joined = put(order, json!({"wait": true})).await.expect(200);
    assert_eq!(
        (&joined["queuePlace"], &joined["priority"], &joined["status"]),
        (&json!(2), &json!(0), &json!("pending"))
    );
    let first = put(order, json!({"wait": true, "priority": 9})).await.expect(200);
    assert_eq!((&first["queuePlace"], &first["waitingSince"]), (&json!(1), &joined["waitingSince"]));
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200), first);
    let left = put(order, json!({"wait": false})).await.expect(200);
    assert_eq!(
        (&left["queuePlace"], &left["waitingSince"], &left["priority"]),
        (&json!(null), &json!(null), &json!(9))
    );
    // The units go to the order that still waits.
    receive(&app, lamp, 2).await;
    let served = until(&app, other, "allocated").await;
    assert_eq!(served["warehouseId"], main);
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200)["status"], "pending");
    put(other, json!({"wait": true})).await.problem(409, "order_already_allocated");
    put(other, json!({"wait": true, "priority": 1_000_001})).await.problem(400, "invalid_value");
    put(other, json!({})).await.problem(400, "invalid_body");
    put(999_999, json!({"wait": true})).await.problem(404, "order_not_found");
    app.post(&format!("/api/orders/{order}/cancel"), json!(null)).await.expect(200);
    put(order, json!({"wait": true})).await.problem(409, "order_cancelled");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn plans_of_a_partial_order_have_its_missing_units() {
    let app = TestApp::start().await;
    let (lamp, chair, main) = (app.item(2).await, app.item(1).await, app.main_warehouse().await);
    let north = app.warehouse("NORTH").await;
    let order = app.order(&[(lamp, 3), (chair, 1)]).await;
    let allocate = format!("/api/orders/{order}/allocate");
    app.post(&allocate, json!({"mode": "partial"})).await.expect(200);
    let stock = json!({"warehouseId": north, "delta": 4, "reason": "delivery"});
    app.post(&format!("/api/items/{lamp}/stock"), stock).await.expect(200);
    let preview = app.get(&format!("/api/orders/{order}/preview")).await.expect(200);
    assert_eq!((&preview["lines"][0]["quantity"], &preview["lines"][1]), (&json!(1), &json!(null)));
    assert_eq!(preview["plans"][0]["parcels"][0]["warehouseCode"], "NORTH");
    let line = |quantity: i64| json!({"plan": [{"warehouseId": north, "lines": [{"itemId": lamp, "quantity": quantity}]}]});
    app.post(&allocate, line(3)).await.problem(409, "plan_mismatch");
    let short = app.post(&allocate, json!({"warehouseId": main})).await.expect(200);
    assert_eq!(short["allocated"], false, "the other units are in the other warehouse");
    let allocated = app.post(&allocate, json!({"policy": "fewest_parcels"})).await.expect(200);
    assert_eq!(
        (&allocated["allocated"], &allocated["parcels"][0]["warehouseId"]),
        (&json!(true), &json!(north))
    );
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200)["status"], "allocated");
    app.post(&allocate, line(1)).await.problem(409, "order_already_allocated");
    ledger::check(&app.database).await;
}
