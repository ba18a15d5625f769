//! Stock documents over HTTP.

use crate::app::{Answer, TestApp};
use crate::browser::{person, signed_in};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/stock/batch";

#[tokio::test]
async fn each_line_is_applied_or_refused_on_its_own() {
    let app = TestApp::start().await;
    let (lamp, cup, main) = (app.item(10).await, app.item(10).await, app.main_warehouse().await);
    app.block(lamp, 3, 60).await;
    let body = json!({"document": "DN-17", "changes": [
        {"itemId": lamp, "warehouseId": main, "set": 12, "expected": 10, "reason": "Count", "note": "shelf 3"},
        {"itemId": cup.to_string(), "set": 5, "expected": 9, "reason": "Count"},
        {"itemId": 999_999, "change": 1, "reason": "Delivery"},
    ]});
    let answer = app.post(PATH, body).await.expect(200);
    let counts = ["changed", "unchanged", "refused", "failed"].map(|name| answer[name].clone());
    assert_eq!(json!(counts), json!([1, 0, 2, 0]));
    let expected = json!({"line": 1, "status": "changed", "itemId": lamp, "warehouseId": main, "warehouseCode": "MAIN",
                          "change": 2, "available": 9, "held": 3, "onHand": 12});
    assert_eq!(answer["lines"][0], expected);
    let problem = &answer["lines"][1]["problem"];
    let present = json!([problem["code"], problem["itemId"], problem["expected"], problem["present"]]);
    assert_eq!(present, json!(["stock_mismatch", cup, 9, 10]));
    assert_eq!(answer["lines"][2]["problem"]["code"], "item_not_found");

    let movements = app.get(&format!("/api/items/{lamp}/movements")).await.expect(200);
    let newest = &movements["items"][0];
    assert_eq!((&newest["reason"], &newest["note"]), (&json!("received"), &json!("DN-17: Count; shelf 3")));

    let same = json!({"changes": [
    {"itemId": lamp, "set": 12, "expected": null, "reason": "Count"},
    {"itemId": cup, "set": 10, "expected": null, "basis": "available", "reason": "Count"},
    ]});
    let answer = app.post(PATH, same).await.expect(200);
    assert_eq!((&answer["unchanged"], &answer["lines"][0]["status"]), (&json!(2), &json!("unchanged")));
    let again = app.get(&format!("/api/items/{lamp}/movements")).await.expect(200);
    assert_eq!(again, movements, "no movement");

    let below = json!({"changes": [{"itemId": lamp, "set": 2, "expected": null, "reason": "Count"}]});
    let answer = app.post(PATH, below).await.expect(200);
    let problem = &answer["lines"][0]["problem"];
    assert_eq!((&problem["code"], &problem["held"]), (&json!("count_below_held"), &json!(3)));
    crate::ledger::check(&app.database).await;
}

#[tokio::test]
async fn an_atomic_document_is_refused_with_its_refused_lines() {
    let app = TestApp::start().await;
    let (lamp, cup) = (app.item(10).await, app.item(10).await);
    let body = json!({"atomic": true, "changes": [
        {"itemId": lamp, "change": 5, "reason": "Delivery"},
        {"itemId": cup, "change": -11, "reason": "Broken"},
    ]});
    let problem = app.post(PATH, body).await.problem(409, "document_refused");
    let lines = problem["lines"].as_array().expect("lines");
    assert_eq!((lines.len(), &lines[0]["line"]), (1, &json!(2)));
    assert_eq!(lines[0]["problem"]["code"], "insufficient_stock");
    assert_eq!((app.available(lamp).await, app.available(cup).await), (10, 10));
    let body = json!({"atomic": true, "changes": [
        {"itemId": lamp, "change": 5, "reason": "Delivery"},
        {"itemId": lamp, "change": -1, "reason": "Broken"},
    ]});
    assert_eq!(app.post(PATH, body).await.expect(200)["changed"], 2);
    assert_eq!(app.available(lamp).await, 14);
}

#[tokio::test]
async fn a_repeated_document_gets_the_stored_response() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let send = async |body: &Value| -> Answer {
        app.send(app.request(Method::POST, PATH).header("idempotency-key", "delivery-17").json(body)).await
    };
    let body = json!({"changes": [{"itemId": item, "change": 5, "reason": "Delivery"}]});
    let first = send(&body).await;
    let again = send(&body).await;
    assert_eq!((first.status, &first.text), (200, &again.text));
    assert_eq!(app.available(item).await, 15);
    let other = json!({"changes": [{"itemId": item, "change": 6, "reason": "Delivery"}]});
    send(&other).await.problem(422, "idempotency_key_reused");
    let refused = json!({"atomic": true, "changes": [{"itemId": item, "change": -99, "reason": "Lost"}]});
    // The stored problem has the id of the first request.
    let send = async || {
        let request = app.request(Method::POST, PATH).header("idempotency-key", "loss").json(&refused);
        let response = request.send().await.expect("a response");
        (response.status().as_u16(), response.text().await.expect("a text"))
    };
    let first = send().await;
    assert_eq!((first.0, &first), (409, &send().await));
}

#[tokio::test]
async fn a_line_says_what_it_sets_or_changes() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let cases = [
        (json!({"set": 5}), "invalid_value", "expected"),
        (json!({"set": 5, "change": 5, "expected": null}), "invalid_value", "set"),
        (json!({}), "invalid_value", "set"),
        (json!({"change": 0}), "invalid_value", "change"),
        (json!({"change": 1, "expected": 3}), "invalid_value", "expected"),
        (json!({"change": 1, "basis": "onHand"}), "invalid_value", "basis"),
        (json!({"set": -1, "expected": null}), "invalid_value", "set"),
        (json!({"set": 1, "expected": -1}), "invalid_value", "expected"),
        (json!({"change": 1, "reason": " "}), "invalid_value", "reason"),
        (json!({"change": 1, "note": ""}), "invalid_value", "note"),
        (json!({"change": 1, "units": 7}), "invalid_body", "changes[0].units"),
        (json!({"change": 1.5}), "invalid_body", "changes[0].change"),
    ];
    for (part, code, field) in cases {
        let mut line = json!({"itemId": item, "reason": "Count"});
        line.as_object_mut().expect("a line").extend(part.as_object().expect("fields").clone());
        let problem = app.post(PATH, json!({"changes": [line]})).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    app.post(PATH, json!({"changes": []})).await.problem(400, "invalid_value");
    let twice = json!({"itemId": item, "set": 5, "expected": null, "reason": "Count"});
    app.post(PATH, json!({"changes": [twice, twice]})).await.problem(400, "invalid_value");
    let line = json!({"itemId": item, "change": 1, "reason": "Delivery"});
    let many = vec![line; 10_001];
    app.post(PATH, json!({"changes": many})).await.problem(400, "invalid_value");
    assert_eq!(app.post(PATH, json!({"changes": many[..10_000]})).await.expect(200)["changed"], 10_000);
    assert_eq!(app.available(item).await, 10_010);
}

#[tokio::test]
async fn a_large_write_off_needs_its_permission_on_each_line() {
    let app = TestApp::start().await;
    let item = app.item(5_000).await;
    person(&app, "otto", Role::Operator).await;
    let cookie = signed_in(&app, "otto").await.session().expect("a cookie");
    let send = async |line: Value, atomic: bool| {
        let request = app.request(Method::POST, PATH).header("cookie", &cookie);
        app.send(request.json(&json!({"changes": [line], "atomic": atomic}))).await
    };
    let count = json!({"itemId": item, "set": 3_999, "expected": null, "reason": "Count"});
    let answer = send(count.clone(), false).await.expect(200);
    let problem = &answer["lines"][0]["problem"];
    let found = json!([problem["code"], problem["permission"], problem["requested"], problem["available"]]);
    assert_eq!(found, json!(["forbidden", "stock:write-off", 1_001, 1_000]));
    send(count, true).await.problem(403, "forbidden");
    // The limit is that of the sum of the level's lines.
    let split = json!({"itemId": item, "change": -600, "reason": "Broken"});
    let request = app.request(Method::POST, PATH).header("cookie", &cookie);
    let answer = app.send(request.json(&json!({"changes": [split, split]}))).await.expect(200);
    let problem = &answer["lines"][1]["problem"];
    assert_eq!(
        json!([answer["refused"], problem["code"], problem["requested"]]),
        json!([2, "forbidden", 1_200])
    );
    let request = app.request(Method::POST, PATH).header("cookie", &cookie);
    let body = json!({"changes": [split, split], "atomic": true});
    app.send(request.json(&body)).await.problem(403, "forbidden");
    assert_eq!(app.available(item).await, 5_000);
    let small = json!({"itemId": item, "set": 4_000, "expected": null, "reason": "Count"});
    assert_eq!(send(small, true).await.expect(200)["changed"], 1);
}

#[tokio::test]
async fn lines_name_items_by_sku_and_warehouses_by_code() {
    let app = TestApp::start().await;
    let body = json!({"name": "Lamp", "quantity": 7, "price": "1", "sku": "LAMP-7"});
    let lamp = app.post("/api/items", body).await.expect(201)["id"].clone();
    let north = app.warehouse("NORTH").await;
    let line = |sku: &str, code: &str| json!({"sku": sku, "warehouseCode": code, "set": 5, "expected": 0, "reason": "Count"});
    let changes = json!([line("lamp-7", "north"), line("CUP", "NORTH"), line("LAMP-7", "SOUTH")]);
    let refused = app.post(PATH, json!({"changes": changes, "atomic": true})).await;
    let refused = refused.problem(409, "document_refused");
    let codes: Vec<_> =
        refused["lines"].as_array().expect("lines").iter().map(|line| &line["problem"]["code"]).collect();
    assert_eq!(json!(codes), json!(["item_not_found", "warehouse_not_found"]));

    let answer = app.post(PATH, json!({"changes": changes})).await.expect(200);
    let found = answer["lines"].as_array().expect("lines").iter();
    let found: Vec<_> =
        found.map(|line| json!([line["status"], line["itemId"], line["problem"]["key"]])).collect();
    let expected = json!([["changed", lamp, null], ["refused", null, "CUP"], ["refused", null, "SOUTH"]]);
    assert_eq!(json!(found), expected);
    assert_eq!(answer["lines"][0]["warehouseId"], north);
    for part in [json!({"itemId": lamp, "sku": "LAMP-7"}), json!({})] {
        let mut line = json!({"change": 1, "reason": "Delivery"});
        line.as_object_mut().expect("a line").extend(part.as_object().expect("fields").clone());
        let problem = app.post(PATH, json!({"changes": [line]})).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], "itemId");
    }
}
