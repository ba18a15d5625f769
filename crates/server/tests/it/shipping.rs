//! Shipments, returns and conditions of units over HTTP.

use crate::app::TestApp;
use serde_json::{Value, json};

/// Returns the item's units on the shelf by `/api/availability`: available, held, committed, damaged, quarantined, on hand.
async fn shelf(app: &TestApp, item: i64) -> Value {
    let read = app.get(&format!("/api/availability?itemId={item}")).await.expect(200);
    let units = &read["items"][0];
    let levels = app.get(&format!("/api/items/{item}/levels")).await.expect(200);
    for field in ["committed", "damaged", "quarantined", "onHand"] {
        assert_eq!(levels[0][field], units[field], "{field}");
    }
    ["available", "held", "committed", "damaged", "quarantined", "onHand"]
        .map(|field| units[field].clone())
        .into_iter()
        .collect()
}

#[tokio::test]
async fn an_order_is_shipped_and_returned() {
    let app = TestApp::start().await;
    let lamp = app.item(10).await;
    let main = app.main_warehouse().await;
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
    let order = app.order(&[(lamp, 4)]).await;
    let path = format!("/api/orders/{order}");
    let (ship, back) = (format!("{path}/ship"), format!("{path}/return"));
    app.post(&ship, json!({})).await.problem(409, "not_allocated");
    app.post(&format!("{path}/allocate"), json!({"warehouseId": main})).await.expect(200);
    assert_eq!(shelf(&app, lamp).await, json!([6, 0, 4, 0, 0, 10]));

    let part = json!({"warehouseCode": "main", "lines": [{"sku": "lamp", "quantity": 3}]});
    let shipped = app.post(&ship, part).await.expect(200);
    let units = |quantity: i32| json!([{"itemId": lamp, "sku": "LAMP", "warehouseId": main, "warehouseCode": "MAIN", "quantity": quantity}]);
    assert_eq!(shipped, json!({"orderId": order, "status": "allocated", "units": units(3)}));
    let over = json!({"lines": [{"itemId": lamp, "quantity": 2}]});
    let problem = app.post(&ship, over).await.problem(409, "units_not_allocated");
    let numbers = json!([problem["itemId"], problem["sku"], problem["requested"], problem["available"]]);
    assert_eq!(numbers, json!([lamp, "LAMP", 2, 1]));
    // A body is not needed.
    let shipped = app.send(app.request(reqwest::Method::POST, &ship)).await.expect(200);
    assert_eq!(shipped, json!({"orderId": order, "status": "shipped", "units": units(1)}));
    app.post(&ship, json!({})).await.problem(409, "order_shipped");
    app.post(&format!("{path}/cancel"), json!(null)).await.problem(409, "order_shipped");
    assert_eq!(shelf(&app, lamp).await, json!([6, 0, 0, 0, 0, 6]));

    let lines = json!([{"itemId": lamp, "quantity": 2, "warehouseId": main}]);
    let returned = app.post(&back, json!({"lines": lines, "into": "quarantine"})).await.expect(200);
    assert_eq!(returned, json!({"orderId": order, "into": "quarantine", "units": units(2)}));
    app.post(&back, json!({"lines": [{"sku": "LAMP", "quantity": 1}], "into": "available"}))
        .await
        .expect(200);
    let problem =
        app.post(&back, json!({"lines": lines, "into": "damaged"})).await.problem(409, "over_returned");
    assert_eq!((&problem["requested"], &problem["available"]), (&json!(2), &json!(1)));
    assert_eq!(shelf(&app, lamp).await, json!([7, 0, 0, 0, 2, 9]));
    let read = app.get(&path).await.expect(200);
    let holding = &read["allocations"][0];
    let held = json!([holding["allocated"], holding["shipped"], holding["returned"]]);
    assert_eq!(held, json!([0, 4, 3]), "{read}");

    let events = app.get("/api/events?after=0&limit=500").await.expect(200);
    let events = events["events"].as_array().expect("events").iter().rev().take(4);
    let events: Vec<_> = events
        .map(|event| {
            json!([event["reason"], event["change"], event["units"], event["condition"], event["orderId"]])
        })
        .collect();
    let expected = json!([
        ["returned", 1, 1, null, order],
        ["returned", 0, 2, "quarantine", order],
        ["shipped", 0, 1, null, order],
        ["shipped", 0, 3, null, order]
    ]);
    assert_eq!(json!(events), expected);
    let file = app.get("/api/movements.csv").await.text;
    let line = file.lines().nth(1).expect("a movement");
    assert!(line.contains(",1,1,returned,,"), "{line}");
    crate::ledger::check(&app.database).await;
}

#[tokio::test]
async fn blocks_and_carts_are_shipped_once() {
    let app = TestApp::start().await;
    let lamp = app.item(10).await;
    let block = app.block(lamp, 3, 60).await;
    let ship = format!("/api/blocks/{block}/ship");
    app.post(&ship, json!(null)).await.problem(409, "block_not_permanent");
    app.post("/api/items/block/permanent", json!({"blockId": block})).await.expect(200);
    assert_eq!(shelf(&app, lamp).await, json!([7, 0, 3, 0, 0, 10]));
    let shipped = app.post(&ship, json!(null)).await.expect(200);
    assert_eq!((&shipped["blockId"], &shipped["quantity"]), (&json!(block), &json!(3)));
    app.post(&ship, json!(null)).await.problem(409, "block_already_shipped");
    let read = app.get(&format!("/api/blocks/{block}")).await.expect(200);
    assert_eq!((&read["state"], &read["isShipped"]), (&json!("permanent"), &json!(true)));
    app.post("/api/blocks/999999/ship", json!(null)).await.problem(404, "block_not_found");

    let lines = json!([{"itemId": lamp, "quantity": 1}, {"itemId": lamp, "quantity": 2}]);
    let cart = app.post("/api/blocks", json!({"lines": lines})).await.expect(201);
    let (id, first) = (&cart["cartId"], &cart["blocks"][0]["blockId"]);
    let ship = format!("/api/carts/{id}/ship");
    app.post(&ship, json!(null)).await.problem(409, "cart_not_confirmed");
    app.post(&format!("/api/carts/{id}/confirm"), json!({})).await.expect(200);
    app.post(&format!("/api/blocks/{first}/ship"), json!(null)).await.problem(409, "block_in_cart");
    let shipped = app.post(&ship, json!(null)).await.expect(200);
    assert_eq!(shipped["blocks"].as_array().map(Vec::len), Some(2), "{shipped}");
    app.post(&ship, json!(null)).await.problem(409, "block_already_shipped");
    assert_eq!(shelf(&app, lamp).await, json!([4, 0, 0, 0, 0, 4]));
    crate::ledger::check(&app.database).await;
}

#[tokio::test]
async fn units_change_their_condition() {
    let app = TestApp::start().await;
    let lamp = app.item(10).await;
    let change = async |quantity: i64, from: &str, to: &str| {
        let body =
            json!({"itemId": lamp, "quantity": quantity, "from": from, "to": to, "reason": "inspected"});
        app.post("/api/stock/condition", body).await
    };
    let changed = change(4, "available", "quarantine").await.expect(200);
    let main = app.main_warehouse().await;
    let expected = json!({"itemId": lamp, "sku": null, "warehouseId": main, "warehouseCode": "MAIN", "quantity": 4,
                          "available": 6, "damaged": 0, "quarantined": 4});
    assert_eq!(changed, expected);
    change(3, "quarantine", "damaged").await.expect(200);
    change(1, "damaged", "available").await.expect(200);
    change(1, "damaged", "disposed").await.expect(200);
    assert_eq!(shelf(&app, lamp).await, json!([7, 0, 0, 1, 1, 9]));
    let problem = change(2, "damaged", "disposed").await.problem(409, "too_few_in_condition");
    assert_eq!((&problem["requested"], &problem["present"]), (&json!(2), &json!(1)));
    change(8, "available", "damaged").await.problem(409, "insufficient_stock");
    for (from, to) in [("available", "available"), ("damaged", "damaged"), ("available", "disposed")] {
        change(1, from, to).await.problem(400, "invalid_value");
    }
    change(1, "disposed", "available").await.problem(400, "invalid_body");
    change(0, "available", "damaged").await.problem(400, "invalid_value");

    let count = json!({"changes": [{"itemId": lamp, "set": 12, "expected": 9, "reason": "Count"}]});
    let line = &app.post("/api/stock/batch", count).await.expect(200)["lines"][0];
    assert_eq!((&line["change"], &line["available"], &line["onHand"]), (&json!(3), &json!(10), &json!(12)));
    let below = json!({"changes": [{"itemId": lamp, "set": 1, "expected": null, "reason": "Count"}]});
    let problem = &app.post("/api/stock/batch", below).await.expect(200)["lines"][0]["problem"];
    assert_eq!((&problem["code"], &problem["unavailable"]), (&json!("count_below_held"), &json!(2)));
    crate::ledger::check(&app.database).await;
}
