use crate::app::TestApp;
use crate::ledger;
use serde_json::json;

#[tokio::test]
async fn an_order_is_created_allocated_and_cancelled() {
    let app = TestApp::start().await;
    let (one, other) = (app.item(10).await, app.item(5).await);
    let main = app.main_warehouse().await;
    let lines = json!([{"itemId": other, "quantity": 2}, {"itemId": one.to_string(), "quantity": 1},
                       {"itemId": other, "quantity": 3}]);
    let created = app.post("/api/orders", json!({"reference": "WEB-1", "lines": lines})).await;
    let place = created.header("location").to_owned();
    let created = created.expect(201);
    let id = created["id"].as_i64().expect("an id");
    assert_eq!(place, format!("/api/orders/{id}"));
    assert_eq!((&created["status"], &created["reference"]), (&json!("pending"), &json!("WEB-1")));
    assert_eq!(
        created["lines"],
        json!([{"itemId": one, "itemName": "Lamp", "sku": null, "quantity": 1},
               {"itemId": other, "itemName": "Lamp", "sku": null, "quantity": 5}])
    );
    assert_eq!(app.available(other).await, 5, "an order takes no stock yet");

    let allocate = format!("{place}/allocate");
    let allocated = app.post(&allocate, json!({"warehouseId": main})).await.expect(200);
    let parcel = json!({"warehouseId": main, "warehouseCode": "MAIN", "lines": [
        {"itemId": one, "sku": null, "quantity": 1}, {"itemId": other, "sku": null, "quantity": 5}]});
    let expected = json!({"allocated": true, "orderId": id, "warehouseId": main, "warehouseCode": "MAIN",
                          "shortages": [], "parcels": [parcel], "optimal": true});
    assert_eq!(allocated, expected);
    assert_eq!((app.available(one).await, app.available(other).await), (9, 0));
    let allocated = app.get(&place).await.expect(200);
    assert_eq!(allocated["allocatedAt"], allocated["updatedAt"]);
    assert!(allocated["allocatedBy"].is_string() && allocated["cancelledBy"].is_null(), "{allocated}");
    let problem =
        app.post(&allocate, json!({"warehouseId": main})).await.problem(409, "order_already_allocated");
    assert_eq!((&problem["orderId"], &problem["warehouseId"]), (&json!(id), &json!(main)));
    ledger::check(&app.database).await;

    let cancelled = app.post(&format!("{place}/cancel"), json!(null)).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!((app.available(one).await, app.available(other).await), (10, 5));
    let cancelled = app.get(&place).await.expect(200);
    for field in ["allocatedAt", "allocatedBy"] {
        assert_eq!(cancelled[field], allocated[field], "the story of its allocation stays");
    }
    assert_ne!(cancelled["updatedAt"], allocated["updatedAt"]);
    assert!(cancelled["cancelledBy"].is_string(), "{cancelled}");
    app.post(&format!("{place}/cancel"), json!(null)).await.problem(409, "order_cancelled");
    app.post(&allocate, json!({"warehouseId": main})).await.problem(409, "order_cancelled");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn all_lines_or_none() {
    let app = TestApp::start().await;
    let (plenty, few, elsewhere) = (app.item(10).await, app.item(1).await, app.item(0).await);
    let main = app.main_warehouse().await;
    let north = app.warehouse("NORTH").await;
    let stock = json!({"warehouseId": north, "delta": 9, "reason": "x"});
    app.post(&format!("/api/items/{elsewhere}/stock"), stock).await.expect(200);
    let order = app.order(&[(plenty, 10), (few, 2), (elsewhere, 3)]).await;
    let answer =
        app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main.to_string()})).await;
    assert_eq!(
        answer.expect(200),
        json!({"allocated": false, "orderId": order, "warehouseId": main, "warehouseCode": "MAIN", "shortages": [
            {"itemId": few, "sku": null, "requested": 2, "available": 1},
            {"itemId": elsewhere, "sku": null, "requested": 3, "available": 0},
        ], "parcels": [], "optimal": true})
    );
    assert_eq!(app.available(plenty).await, 10, "nothing was taken");
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200)["status"], "pending");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn invalid_orders_are_rejected() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let order = app.order(&[(item, 1)]).await;
    let before = ledger::fingerprint(&app.database).await;
    let line = |item: i64, quantity: i64| json!({"itemId": item, "quantity": quantity});
    for (body, code, field) in [
        (json!({}), "invalid_body", "lines"),
        (json!({"lines": []}), "invalid_value", "lines"),
        (json!({"lines": {}}), "invalid_body", "lines"),
        (json!({"lines": [line(item, 1), {"itemId": item}]}), "invalid_body", "lines[1].quantity"),
        (json!({"lines": [line(item, 1), {"itemId": [], "quantity": 1}]}), "invalid_body", "lines[1].itemId"),
        (json!({"lines": [line(item, 0)]}), "invalid_value", "quantity"),
        (json!({"lines": vec![line(item, 1); 1_001]}), "invalid_value", "lines"),
        (json!({"lines": [line(item, 1)], "reference": "x".repeat(101)}), "invalid_value", "reference"),
        (json!({"lines": [line(item, 1)], "reference": "a\0b"}), "invalid_value", "reference"),
    ] {
        let problem = app.post("/api/orders", body).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    let unknown = json!({"lines": [line(item, 1), line(999_999, 1)]});
    assert_eq!(app.post("/api/orders", unknown).await.problem(404, "item_not_found")["itemId"], 999_999);

    let main = app.main_warehouse().await;
    app.get("/api/orders/999999").await.problem(404, "order_not_found");
    app.post("/api/orders/999999/cancel", json!(null)).await.problem(404, "order_not_found");
    let somewhere = json!({"warehouseId": main});
    app.post("/api/orders/999999/allocate", somewhere).await.problem(404, "order_not_found");
    let allocate = format!("/api/orders/{order}/allocate");
    app.post(&allocate, json!({"warehouseId": 999_999})).await.problem(404, "warehouse_not_found");
    assert_eq!(app.post(&allocate, json!({})).await.problem(400, "invalid_body")["field"], "warehouseId");
    assert_eq!(ledger::fingerprint(&app.database).await, before, "nothing changed");
}

#[tokio::test]
async fn an_order_of_a_thousand_lines_fits() {
    let app = TestApp::start().await;
    let item = app.item(2_000).await;
    let line = json!({"itemId": "000000000000000000001", "quantity": 1, "note": "x".repeat(100)});
    let mut lines = vec![line; 1_000];
    for line in &mut lines {
        line["itemId"] = json!(format!("{item:019}"));
    }
    let created = app.post("/api/orders", json!({"lines": lines})).await.expect(201);
    assert_eq!(created["lines"][0]["quantity"], 1_000);
}

#[tokio::test]
async fn orders_are_listed_newest_first() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let (first, second, third) =
        (app.order(&[(item, 1)]).await, app.order(&[(item, 2)]).await, app.order(&[(item, 3)]).await);
    app.post(&format!("/api/orders/{second}/cancel"), json!(null)).await.expect(200);
    for (query, expected) in [
        ("", vec![third, second, first]),
        ("status=pending", vec![third, first]),
        ("status=cancelled", vec![second]),
        ("status=allocated", vec![]),
    ] {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = app.get(&format!("/api/orders?limit=2&after={after}&{query}")).await.expect(200);
            found.extend(
                page["items"].as_array().expect("orders").iter().filter_map(|order| order["id"].as_i64()),
            );
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, expected, "{query}");
    }
    assert_eq!(app.get("/api/orders?status=lost").await.problem(400, "invalid_query")["field"], "status");
}

#[tokio::test]
async fn a_preview_judges_every_warehouse_as_an_allocation_would() {
    let app = TestApp::start().await;
    let (first, second) = (app.item(5).await, app.item(2).await);
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    app.warehouse("SOUTH").await;
    for (item, delta) in [(first, 4), (second, 9)] {
        let body = json!({"warehouseId": north, "delta": delta, "reason": "delivery"});
        app.post(&format!("/api/items/{item}/stock"), body).await.expect(200);
    }
    let order = app.order(&[(first, 5), (second, 3)]).await;
    let path = format!("/api/orders/{order}/preview");
    let preview = app.get(&path).await.expect(200);
    assert_eq!(preview["lines"][0]["itemName"], "Lamp");
    let reported: Vec<_> = preview["warehouses"]
        .as_array()
        .expect("warehouses")
        .iter()
        .map(|place| {
            (
                place["warehouseCode"].as_str().unwrap_or(""),
                place["fills"] == true,
                place["linesShort"].as_i64(),
                place["unitsShort"].as_i64(),
            )
        })
        .collect();
    assert_eq!(
        reported,
        [
            ("MAIN", false, Some(1), Some(1)),
            ("NORTH", false, Some(1), Some(1)),
            ("SOUTH", false, Some(2), Some(8))
        ]
    );
    let line = json!({"itemId": second, "sku": null, "requested": 3, "available": 2, "missing": 1});
    assert_eq!(preview["warehouses"][0]["lines"][1], line);

    // Units of expired blocks count as available.
    let block = app.block(first, 5, 60).await;
    let body = json!({"warehouseId": main, "delta": 1, "reason": "delivery"});
    app.post(&format!("/api/items/{second}/stock"), body).await.expect(200);
    let short = app.get(&path).await.expect(200);
    assert_eq!(short["warehouses"][0]["lines"][0]["available"], 0);
    let query = "UPDATE block_inventory SET expires_at = now() - interval '1 s' WHERE id = $1";
    sqlx::query(query).bind(block).execute(&app.database).await.expect("expired");
    let preview = app.get(&path).await.expect(200);
    assert_eq!(
        (&preview["warehouses"][0]["fills"], &preview["warehouses"][0]["unitsShort"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(preview, app.get(&format!("/rpc/preview_order?id={order}")).await.expect(200));
    let allocated =
        app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    assert_eq!(allocated["allocated"], true);

    app.get(&path).await.problem(409, "order_already_allocated");
    app.post(&format!("/api/orders/{order}/cancel"), json!({})).await.expect(200);
    app.get(&path).await.problem(409, "order_cancelled");
    app.get("/api/orders/999999/preview").await.problem(404, "order_not_found");
}

/// SQL may delete an item after its last units were allocated. The units can't return then.
#[tokio::test]
async fn an_order_with_a_deleted_item_is_not_cancelled() {
    let app = TestApp::start().await;
    let item = app.item(2).await;
    let main = app.main_warehouse().await;
    let order = app.order(&[(item, 2)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let delete =
        format!("DELETE FROM inventory WHERE product_id = {item}; DELETE FROM items WHERE id = {item}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(delete)).execute(&app.database).await.expect("deleted");
    app.post(&format!("/api/orders/{order}/cancel"), json!(null)).await.problem(404, "item_not_found");
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200)["status"], "allocated");
}
