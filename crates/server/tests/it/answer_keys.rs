//! Answers have the SKU beside each item's id, and the code beside each warehouse's id.

use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};

/// Asserts that each object of an answer has the key of each id, and returns the number of keys.
fn count_keys(answer: &Value) -> usize {
    match answer {
        Value::Array(values) => values.iter().map(count_keys).sum(),
        Value::Object(fields) => {
            let key_of = |field: &str| match field {
                "itemId" => Some(("sku", "LAMP")),
                "warehouseId" => Some(("warehouseCode", "MAIN")),
                "fromWarehouseId" => Some(("fromWarehouseCode", "MAIN")),
                "toWarehouseId" => Some(("toWarehouseCode", "North")),
                _ => None,
            };
            let keys = fields.iter().filter(|(_, value)| !value.is_null()).filter_map(|(id, _)| key_of(id));
            let count =
                keys.map(|(key, text)| assert_eq!(fields.get(key), Some(&json!(text)), "{answer}")).count();
            count + fields.values().map(count_keys).sum::<usize>()
        }
        _ => 0,
    }
}

/// An item with the SKU LAMP and 1,000 units in MAIN, and a second warehouse.
async fn start() -> (TestApp, i64, i64, i64) {
    let app = TestApp::start().await;
    let lamp =
        json!({"name": "Lamp", "quantity": 1_000, "price": "9.99", "category": "Lighting", "sku": "LAMP"});
    let lamp = app.post("/api/items", lamp).await.expect(201)["id"].as_i64().expect("an id");
    let (main, north) = (app.main_warehouse().await, app.warehouse("North").await);
    (app, lamp, main, north)
}

#[tokio::test]
async fn each_command_answers_with_both_keys() {
    let (app, lamp, main, north) = start().await;
    let place = json!({"itemId": lamp, "quantity": 2, "warehouseId": main, "ttlSeconds": 60});
    let cart = json!({"lines": [{"itemId": lamp, "quantity": 1, "warehouseId": main},
                                {"sku": "lamp", "quantity": 1, "warehouseCode": "main"}]});
    let short = app.order(&[(lamp, 5_000)]).await;
    let document = json!({"changes": [{"itemId": lamp, "warehouseId": main, "change": 3, "reason": "Delivery"},
                                      {"sku": "lamp", "change": -1, "reason": "Count"}]});
    let movement =
        json!({"fromWarehouseId": main, "toWarehouseId": north, "quantity": 1, "reason": "balance"});
    // Without idempotency keys, and with them: the stored response equals the first one.
    for keyed in [false, true] {
        let send = async |method: Method, path: String, body: Value, status: u16, keys: usize| {
            let key = format!("{method}:{path}");
            let request = || {
                let request = app.request(method.clone(), &path).json(&body);
                if keyed { request.header("Idempotency-Key", &key) } else { request }
            };
            let answer = app.send(request()).await.expect(status);
            assert_eq!(count_keys(&answer), keys, "{key}: {answer}");
            if keyed {
                assert_eq!(app.send(request()).await.expect(status), answer, "{key}");
            }
            answer
        };
        let place_path = || "/api/items/block/temporary".to_owned();
        let placed = send(Method::POST, place_path(), place.clone(), 201, 2).await;
        let extend = format!("/api/blocks/{}/extend", placed["blockId"]);
        send(Method::POST, extend, json!({"ttlSeconds": 90}), 200, 1).await;
        let confirm = json!({"blockId": placed["blockId"], "quantity": 1});
        send(Method::POST, "/api/items/block/permanent".into(), confirm, 200, 1).await;
        let released = app.block(lamp, 1, 60).await;
        send(Method::DELETE, format!("/api/blocks/{released}"), json!({}), 200, 2).await;

        let placed = send(Method::POST, "/api/blocks".into(), cart.clone(), 201, 4).await;
        let path = format!("/api/carts/{}", placed["cartId"]);
        send(Method::POST, format!("{path}/extend"), json!({"ttlSeconds": 9_000}), 200, 2).await;
        send(Method::POST, format!("{path}/confirm"), json!({}), 200, 2).await;
        let placed = app.post("/api/blocks", cart.clone()).await.expect(201);
        send(Method::DELETE, format!("/api/carts/{}", placed["cartId"]), json!({}), 200, 4).await;

        let receipt = json!({"delta": 5, "reason": "delivery", "warehouseId": main});
        send(Method::POST, format!("/api/items/{lamp}/stock"), receipt, 200, 2).await;
        send(Method::POST, format!("/api/items/{lamp}/move"), movement.clone(), 200, 3).await;
        send(Method::POST, "/api/stock/batch".into(), document.clone(), 200, 4).await;

        let allocate = format!("/api/orders/{short}/allocate");
        send(Method::POST, allocate, json!({"warehouseId": main}), 200, 2).await;
        let order = app.order(&[(lamp, 1)]).await;
        send(Method::POST, format!("/api/orders/{order}/allocate"), json!({"warehouseId": main}), 200, 1)
            .await;
    }
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn answers_have_a_changed_sku_and_code_on_every_server() {
    let (app, lamp, main, _) = start().await;
    let other = app.one_more().await;
    let keys = async |app: &TestApp| {
        let place = json!({"itemId": lamp, "quantity": 1, "warehouseId": main});
        let placed = app.post("/api/items/block/temporary", place).await.expect(201);
        (placed["sku"].clone(), placed["warehouseCode"].clone())
    };
    let eventually = async |app: &TestApp, expected: (Value, Value)| {
        let begun = std::time::Instant::now();
        loop {
            let found = keys(app).await;
            if found == expected {
                return;
            }
            assert!(begun.elapsed().as_secs() < 10, "{found:?}");
        }
    };
    for server in [&app, &other, &app, &other] {
        assert_eq!(keys(server).await, (json!("LAMP"), json!("MAIN")));
    }
    for sku in [json!("Lamp-2"), json!(null), json!("LAMP-3")] {
        app.patch(&format!("/api/items/{lamp}"), json!({"sku": sku})).await.expect(200);
        assert_eq!(keys(&app).await.0, sku, "at once on the server that changed it");
        eventually(&other, (sku, json!("MAIN"))).await;
    }
    app.patch(&format!("/api/warehouses/{main}"), json!({"code": "CENTRE"})).await.expect(200);
    assert_eq!(keys(&app).await, (json!("LAMP-3"), json!("CENTRE")));
    sqlx::query("UPDATE items SET sku = 'by-sql'").execute(&app.database).await.expect("updated");
    for server in [&app, &other] {
        eventually(server, (json!("by-sql"), json!("CENTRE"))).await;
    }
    ledger::check(&app.database).await;
}
