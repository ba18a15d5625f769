//! Orders that are allocated from several warehouses, by REST.

use crate::app::TestApp;
use serde_json::{Value, json};

/// Adds an item with these units in the two warehouses.
async fn stocked(app: &TestApp, sku: &str, units: [(i64, i64); 2]) -> i64 {
    let new = json!({"name": "Cup", "price": "1.00", "quantity": 0, "sku": sku});
    let item = app.post("/api/items", new).await.expect(201)["id"].as_i64().expect("an id");
    for (warehouse, delta) in units {
        let receipt = json!({"warehouseId": warehouse, "delta": delta, "reason": "count"});
        app.post(&format!("/api/items/{item}/stock"), receipt).await.expect(200);
    }
    item
}

/// Adds a warehouse with a priority and a position on the equator.
async fn add_warehouse(app: &TestApp, code: &str, priority: i64, longitude: i64) -> i64 {
    let new =
        json!({"code": code, "name": code, "priority": priority, "latitude": 0, "longitude": longitude});
    app.post("/api/warehouses", new).await.expect(201)["id"].as_i64().expect("an id")
}

#[tokio::test]
async fn an_order_is_previewed_and_allocated_by_policy() {
    let app = TestApp::start().await;
    let (north, south) =
        (add_warehouse(&app, "NORTH", 1, 10).await, add_warehouse(&app, "SOUTH", 2, 20).await);
    let cup = stocked(&app, "CUP", [(north, 2), (south, 5)]).await;
    let order = app.order(&[(cup, 3)]).await;
    let path = format!("/api/orders/{order}");
    let parcel = |warehouse: i64, code: &str, quantity: i64| {
        json!({"warehouseId": warehouse, "warehouseCode": code,
               "lines": [{"itemId": cup, "sku": "CUP", "quantity": quantity}]})
    };
    let preview = app.get(&format!("{path}/preview")).await.expect(200);
    assert_eq!(preview["optimal"], true);
    assert_eq!(
        preview["plans"][0],
        json!({"fills": true, "parcels": [parcel(south, "SOUTH", 3)], "missing": []})
    );
    let last = preview["plans"].as_array().and_then(|plans| plans.last()).expect("a plan");
    let missing = json!([{"itemId": cup, "sku": "CUP", "quantity": 1}]);
    assert_eq!(*last, json!({"fills": false, "parcels": [parcel(north, "NORTH", 2)], "missing": missing}));
    assert_eq!(preview["warehouses"].as_array().expect("warehouses").len(), 3);

    let nearest =
        app.get(&format!("{path}/preview?policy=nearest&latitude=0&longitude=12")).await.expect(200);
    let both = json!([parcel(north, "NORTH", 2), parcel(south, "SOUTH", 1)]);
    assert_eq!(nearest["plans"][0]["parcels"], both);
    let one = app.get(&format!("{path}/preview?policy=priority&maxParcels=1")).await.expect(200);
    assert_eq!(one["plans"][0]["parcels"], json!([parcel(south, "SOUTH", 3)]));
    app.get(&format!("{path}/preview?policy=nearest")).await.problem(400, "invalid_value");

    let allocate = json!({"policy": "nearest", "near": {"latitude": 0, "longitude": 12}});
    let allocated = app.post(&format!("{path}/allocate"), allocate).await.expect(200);
    let expected = json!({"allocated": true, "orderId": order, "warehouseId": null, "warehouseCode": null,
                          "parcels": both, "optimal": true, "shortages": []});
    assert_eq!(allocated, expected);
    let read = app.get(&path).await.expect(200);
    assert_eq!((&read["status"], &read["warehouseId"]), (&json!("allocated"), &Value::Null));
    let allocations = read["allocations"].as_array().expect("allocations");
    assert_eq!(allocations.iter().map(|of| &of["allocated"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    app.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert_eq!(app.available(cup).await, 7);
}

#[tokio::test]
async fn an_order_is_allocated_by_a_plan_with_keys_of_the_shop() {
    let app = TestApp::start().await;
    let (north, south) =
        (add_warehouse(&app, "NORTH", 1, 10).await, add_warehouse(&app, "SOUTH", 2, 20).await);
    let cup = stocked(&app, "CUP", [(north, 2), (south, 5)]).await;
    let order = app.order(&[(cup, 4)]).await;
    let path = format!("/api/orders/{order}/allocate");
    let plan = |from_north: i64, from_south: i64| {
        json!({"plan": [{"warehouseCode": "south", "lines": [{"sku": "cup", "quantity": from_south}]},
                        {"warehouseId": north, "lines": [{"itemId": cup, "quantity": from_north}]}]})
    };
    let problem = app.post(&path, plan(1, 4)).await.problem(409, "plan_mismatch");
    assert_eq!((&problem["itemId"], &problem["requested"]), (&json!(cup), &json!(4)));
    let short = app.post(&path, plan(3, 1)).await.expect(200);
    assert_eq!(short["allocated"], false);
    assert_eq!(short["shortages"], json!([{"itemId": cup, "sku": "CUP", "requested": 3, "available": 2}]));
    let allocated = app.post(&path, plan(1, 3)).await.expect(200);
    assert_eq!(allocated["allocated"], true);
    assert_eq!(allocated["parcels"][1]["lines"][0]["quantity"], 3);
    assert_eq!(app.available(cup).await, 3);
}

#[tokio::test]
async fn an_allocation_names_the_warehouses_in_one_way() {
    let app = TestApp::start().await;
    let main = app.main_warehouse().await;
    let item = app.item(5).await;
    let order = app.order(&[(item, 1)]).await;
    let path = format!("/api/orders/{order}/allocate");
    let lines = json!([{"itemId": item, "quantity": 1}]);
    let plan = json!([{"warehouseId": main, "lines": lines}]);
    for (body, field) in [
        (json!({}), "warehouseId"),
        (json!({"warehouseId": main, "policy": "priority"}), "policy"),
        (json!({"policy": "priority", "plan": plan}), "plan"),
        (json!({"warehouseId": main, "maxParcels": 1}), "maxParcels"),
        (json!({"plan": plan, "splitLines": false}), "splitLines"),
        (json!({"warehouseId": main, "near": {"latitude": 0, "longitude": 0}}), "near"),
        (json!({"plan": [{"warehouseId": main, "warehouseCode": "MAIN", "lines": lines}]}), "warehouseCode"),
    ] {
        let problem = app.post(&path, body.clone()).await.problem(400, "invalid_body");
        assert!(problem["field"].as_str().is_some_and(|named| named.ends_with(field)), "{body} {problem}");
    }
    for (body, field) in [
        (json!({"policy": "nearest"}), "near"),
        (json!({"policy": "priority", "maxParcels": 0}), "maxParcels"),
        (json!({"policy": "priority", "maxParcels": 101}), "maxParcels"),
        (json!({"policy": "nearest", "near": {"latitude": 91, "longitude": 0}}), "latitude"),
        (json!({"plan": []}), "plan"),
        (json!({"plan": [{"warehouseId": main, "lines": []}]}), "lines"),
    ] {
        let problem = app.post(&path, body.clone()).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], field, "{body}");
    }
    app.post(&path, json!({"policy": "cheapest"})).await.problem(400, "invalid_body");
    app.post(&path, json!({"plan": plan})).await.expect(200);
}
