//! The server functions, called over HTTP.

use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn reads_are_gets_and_changes_are_posts() {
    let app = TestApp::start().await;
    let item = json!({"name": "Lamp", "quantity": 9, "price": 9.9, "category": "Lighting"});
    let created = app.post("/rpc/create_item", json!({"item": item})).await.expect(200);
    let id = created["id"].as_i64().expect("an id");
    let read = app.get(&format!("/rpc/get_item?id={id}")).await;
    assert!(read.header("content-type").starts_with("application/json"));
    assert_eq!(read.header("cache-control"), "no-store");
    assert_eq!(read.expect(200), created);
    let categories = app.get("/rpc/list_categories").await.expect(200);
    assert_eq!(categories[0]["unitsAvailable"], 9);
    let top = app.get("/rpc/top_items?category=Lighting").await.expect(200);
    assert_eq!(top["totalItemsInCategory"], 1);

    let block = json!({"itemId": id, "quantity": 4, "warehouseId": null, "ttlSeconds": 60});
    let placed = app.post("/rpc/place_block", json!({"block": block})).await.expect(200);
    assert_eq!(placed["remainingQuantity"], 5);
    let confirmed = app.post("/rpc/confirm_block", json!({"id": placed["blockId"]})).await.expect(200);
    assert_eq!(confirmed["quantity"], 4);
    let history = app.get(&format!("/rpc/item_movements?id={id}")).await.expect(200);
    assert!(history["html"].as_str().is_some_and(|html| html.contains(">local<")), "{history}");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn every_server_function_has_a_route() {
    let app = TestApp::start().await;
    for name in [
        "list_categories",
        "top_items",
        "list_items",
        "get_item",
        "item_levels",
        "item_movements",
        "list_warehouses",
        "list_blocks",
        "get_block",
        "list_orders",
        "get_order",
        "preview_order",
        "overview",
        "item_history",
        "ended_blocks",
    ] {
        let answer = app.get(&format!("/rpc/{name}?id=999999&category=x")).await;
        assert!(
            answer.status == 200
                || answer.body["code"].as_str().is_some_and(|code| code.ends_with("_not_found")),
            "{name}: {}",
            answer.text
        );
    }
    for name in [
        "create_item",
        "update_item",
        "adjust_stock",
        "move_stock",
        "rename_category",
        "act_on_blocks",
        "create_warehouse",
        "place_block",
        "confirm_block",
        "release_block",
        "extend_block",
        "create_order",
        "allocate_order",
        "cancel_order",
    ] {
        app.post(&format!("/rpc/{name}"), json!({})).await.problem(400, "invalid_body");
    }
    app.post("/rpc/cleanup_expired_blocks", json!({})).await.expect(200);
}

#[tokio::test]
async fn errors_have_their_status() {
    let app = TestApp::start().await;
    let item = app.item(3).await;
    let before = ledger::fingerprint(&app.database).await;
    let block = |quantity: i64| json!({"block": {"itemId": item, "quantity": quantity}});
    let problem = app.post("/rpc/place_block", block(4)).await.problem(409, "insufficient_stock");
    assert_eq!((&problem["available"], &problem["requested"]), (&json!(3), &json!(4)));
    assert_eq!(
        app.post("/rpc/place_block", block(0)).await.problem(400, "invalid_value")["field"],
        "quantity"
    );
    app.post("/rpc/confirm_block", json!({"id": 999_999})).await.problem(404, "block_not_found");
    app.get("/rpc/get_item?id=999999").await.problem(404, "item_not_found");
    assert_eq!(app.get("/rpc/list_items?limit=0").await.problem(400, "invalid_value")["field"], "limit");
    app.get("/rpc/get_item?id=seven").await.problem(400, "invalid_body");
    app.get("/rpc/get_item").await.problem(400, "invalid_body");
    app.get("/rpc/top_items?category=a%00b").await.problem(400, "invalid_query");
    app.get("/rpc/top_items?category=%ff").await.problem(400, "invalid_query");
    app.post("/rpc/confirm_block", json!({"id": "seven"})).await.problem(400, "invalid_body");
    app.post("/rpc/confirm_block", json!([1])).await.problem(400, "invalid_body");

    let send = |kind: &'static str, body: Vec<u8>| {
        app.send(app.request(Method::POST, "/rpc/confirm_block").header("content-type", kind).body(body))
    };
    send("application/json", b"{\"id\": ".to_vec()).await.problem(400, "malformed_json");
    send("application/json", vec![b'"', 0xff, b'"']).await.problem(400, "malformed_json");
    send("application/json", vec![]).await.problem(400, "malformed_json");
    send("application/json", vec![b' '; 300_000]).await.problem(413, "body_too_large");
    send("text/plain", b"{\"id\": 1}".to_vec()).await.problem(415, "unsupported_media_type");
    assert_eq!(ledger::fingerprint(&app.database).await, before, "nothing changed");
}

#[tokio::test]
async fn a_form_gets_a_json_response_too() {
    let app = TestApp::start().await;
    let request = app.request(Method::GET, "/rpc/get_item?id=999999").header("accept", "text/html");
    let answer = app.send(request.header("referer", "http://127.0.0.1/items")).await;
    assert_eq!(answer.header("location"), "");
    answer.problem(404, "item_not_found");
}
