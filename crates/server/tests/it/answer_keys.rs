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
        send(Method::POST, format!("/api/orders/{order}/allocate"), json!({"warehouseId": main}), 200, 3)
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

#[tokio::test]
async fn lists_events_and_files_have_both_keys() {
    let (app, lamp, main, _) = start().await;
    let start = app.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    app.block(lamp, 2, 60).await;
    let released = app.block(lamp, 1, 60).await;
    app.delete(&format!("/api/blocks/{released}")).await.expect(200);
    let order = app.order(&[(lamp, 3)]).await;
    app.get(&format!("/api/orders/{order}/preview")).await.expect(200);
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    for (path, keys) in [
        ("/api/blocks".to_owned(), 2),
        ("/api/blocks/expiring".to_owned(), 2),
        ("/api/blocks/ended".to_owned(), 2),
        (format!("/api/items/{lamp}/movements"), 10),
        (format!("/api/items/{lamp}/levels"), 2),
        (format!("/api/items/{lamp}/history"), 1),
        ("/api/orders".to_owned(), 4),
        (format!("/api/orders/{order}"), 4),
        (format!("/api/events?after={start}&waitSeconds=5"), 8),
        ("/api/overview".to_owned(), 1),
    ] {
        let answer = app.get(&path).await.expect(200);
        assert_eq!(count_keys(&answer), keys, "{path}: {answer}");
    }
    let row = async |path: &str| app.get(path).await.text.lines().nth(1).unwrap_or_default().to_owned();
    assert!(row("/api/blocks.csv").await.contains(&format!(",{lamp},LAMP,Lamp,MAIN,2,temporary,")));
    assert!(row("/api/blocks/ended.csv").await.contains(&format!(",{lamp},LAMP,Lamp,MAIN,1,released,")));
    let text = row("/api/orders.csv").await;
    assert!(text.starts_with(&format!("{order},,allocated,{main},MAIN,")), "{text}");
    assert!(text.ends_with(&format!(",{lamp},LAMP,Lamp,3")), "{text}");

    let stream = app.request(Method::GET, &format!("/api/events/stream?after={start}"));
    let mut stream = stream.send().await.expect("a stream");
    let mut text = String::new();
    while !text.contains("\"levels\"") {
        let chunk = stream.chunk().await.expect("readable").expect("more");
        text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
    }
    let data = text
        .lines()
        .find_map(|line| line.strip_prefix("data: ").filter(|data| data.starts_with('{')))
        .expect("a message");
    let message: Value = serde_json::from_str(data).expect("JSON");
    assert!(count_keys(&message) >= 10, "{message}");
}

#[tokio::test]
async fn filters_name_an_item_by_sku_and_a_warehouse_by_code() {
    let (app, lamp, main, north) = start().await;
    let cup = app.item(5).await;
    app.post(
        &format!("/api/items/{cup}/move"),
        json!({"fromWarehouseId": main, "toWarehouseId": north, "quantity": 2,
                                                        "reason": "balance"}),
    )
    .await
    .expect(200);
    for item in [lamp, cup] {
        app.block(item, 1, 60).await;
        let released = app.block(item, 1, 60).await;
        app.delete(&format!("/api/blocks/{released}")).await.expect(200);
        app.patch(&format!("/api/items/{item}"), json!({"price": "5"})).await.expect(200);
    }
    app.patch(&format!("/api/warehouses/{north}"), json!({"name": "Top"})).await.expect(200);
    for path in ["/api/blocks", "/api/blocks/expiring", "/api/blocks/ended", "/api/changes"] {
        let by_id = app.get(&format!("{path}?itemId={lamp}")).await.expect(200);
        assert!(!by_id["items"].as_array().expect("items").is_empty(), "{path}");
        assert_eq!(app.get(&format!("{path}?sku=lamp")).await.expect(200), by_id, "{path}");
        let by_id = app.get(&format!("{path}.csv?itemId={lamp}")).await.text;
        assert_eq!(app.get(&format!("{path}.csv?sku=%20LAMP")).await.text, by_id, "{path}");
    }
    for path in ["/api/items", "/api/items.csv", "/api/stock.csv", "/api/movements.csv", "/api/changes"] {
        let by_id = app.get(&format!("{path}?warehouseId={north}")).await;
        assert_eq!(app.get(&format!("{path}?warehouseCode=NORTH")).await.text, by_id.text, "{path}");
    }
    for path in [
        "/api/blocks",
        "/api/blocks.csv",
        "/api/blocks/expiring",
        "/api/blocks/expiring.csv",
        "/api/blocks/ended",
        "/api/blocks/ended.csv",
        "/api/changes",
        "/api/changes.csv",
        "/api/movements.csv",
    ] {
        let problem = app.get(&format!("{path}?sku=cup")).await.problem(404, "item_not_found");
        assert_eq!(problem["key"], "cup", "{path}");
        let problem = app.get(&format!("{path}?sku=lamp&itemId=1")).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], "sku", "{path}");
    }
    for path in [
        "/api/items",
        "/api/items.csv",
        "/api/stock.csv",
        "/api/movements.csv",
        "/api/changes",
        "/api/changes.csv",
    ] {
        let problem = app.get(&format!("{path}?warehouseCode=x")).await.problem(404, "warehouse_not_found");
        assert_eq!(problem["key"], "x", "{path}");
        let both = format!("{path}?warehouseCode=x&warehouseId=1");
        assert_eq!(app.get(&both).await.problem(400, "invalid_value")["field"], "warehouseCode", "{path}");
    }
    // Movements of an item, of a warehouse, and of both.
    for (filter, rows) in [
        (String::new(), 10),
        (format!("itemId={cup}"), 6),
        ("sku=lamp".to_owned(), 4),
        (format!("warehouseId={north}"), 1),
        (format!("itemId={cup}&warehouseCode=MAIN"), 5),
        ("sku=lamp&warehouseCode=north".to_owned(), 0),
    ] {
        let text = app.get(&format!("/api/movements.csv?{filter}")).await.text;
        assert_eq!(text.lines().count() - 1, rows, "{filter}: {text}");
    }
}

/// Schemas with an id that has no key beside it, and the reason.
const WITHOUT_KEYS: [(&str, &str); 3] = [
    ("FailingItem", "is for the operator"),
    ("AuditMovement", "is for the auditor, and has no item"),
    ("Change", "has the keys among its values"),
];

#[test]
fn every_response_schema_has_a_key_beside_each_id() {
    let document = serde_json::to_value(server::document()).expect("JSON");
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut count = 0;
    for (name, schema) in schemas {
        // The rows of an import have the keys of their file.
        if name.starts_with("Import") || WITHOUT_KEYS.iter().any(|(without, _)| without == name) {
            continue;
        }
        let properties = schema["properties"].as_object();
        let has = |field: &str| properties.is_some_and(|properties| properties.contains_key(field));
        for (id, key) in [
            ("itemId", "sku"),
            ("warehouseId", "warehouseCode"),
            ("fromWarehouseId", "fromWarehouseCode"),
            ("toWarehouseId", "toWarehouseCode"),
        ] {
            if has(id) {
                assert!(has(key), "{name} has {id} and no {key}");
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count}");
}

/// Problems of rejections have the keys of the item and the warehouse that they name, also the stored ones.
#[tokio::test]
async fn problems_have_both_keys() {
    let (app, lamp, main, north) = start().await;
    let line = |line: Value| json!({"changes": [line], "atomic": true});
    let count = |units: i64, expected: Value| {
        line(
            json!({"itemId": lamp, "warehouseId": main, "set": units, "expected": expected, "reason": "Count"}),
        )
    };
    app.block(lamp, 3, 600).await;
    let allocated = app.order(&[(lamp, 1)]).await;
    app.post(&format!("/api/orders/{allocated}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let (item, warehouse) = (format!("/api/items/{lamp}"), "/api/warehouses".to_owned());
    let place = json!({"itemId": lamp, "quantity": 5_000});
    let (sku, code) = (json!("LAMP"), json!("MAIN"));
    let (has_sku, has_code, has_both) = ((&sku, &Value::Null), (&Value::Null, &code), (&sku, &code));
    let check = async |name: &str, path: String, body: Value, code: &str, keys: (&Value, &Value)| {
        for keyed in [false, true] {
            let request = || {
                let request = app.request(Method::POST, &path).json(&body);
                // The stored problem has the id of the first request.
                let request = request.header("x-request-id", "problems");
                if keyed { request.header("Idempotency-Key", name) } else { request }
            };
            let answer = app.send(request()).await;
            let problem = match answer.body["lines"][0]["problem"].clone() {
                Value::Null => answer.body.clone(),
                problem => problem,
            };
            let found = (&problem["code"], &problem["sku"], &problem["warehouseCode"]);
            assert_eq!(found, (&json!(code), keys.0, keys.1), "{name} {keyed}: {answer:?}");
            if keyed {
                assert_eq!(app.send(request()).await.text, answer.text, "{name}");
            }
        }
    };
    check("place", "/api/items/block/temporary".into(), place.clone(), "insufficient_stock", has_both).await;
    let cart = json!({"lines": [place.clone()]});
    check("cart", "/api/blocks".into(), cart, "insufficient_stock", has_sku).await;
    let write_off = json!({"delta": -5_000, "reason": "broken", "warehouseId": main});
    check("write-off", format!("{item}/stock"), write_off, "insufficient_stock", has_both).await;
    check("held", "/api/stock/batch".into(), count(1, Value::Null), "count_below_held", has_both).await;
    check("mismatch", "/api/stock/batch".into(), count(9, json!(5)), "stock_mismatch", has_both).await;
    check("archive", format!("{item}/archive"), json!({}), "item_held", has_sku).await;
    let again = json!({"warehouseId": north});
    check("again", format!("/api/orders/{allocated}/allocate"), again, "order_already_allocated", has_code)
        .await;
    check("default", format!("{warehouse}/{main}/archive"), json!({}), "warehouse_is_default", has_code)
        .await;

    sqlx::query("DELETE FROM block_inventory").execute(&app.database).await.expect("no blocks");
    app.post(&format!("{item}/archive"), json!({})).await.expect(200);
    check(
        "archived",
        "/api/items/block/temporary".into(),
        json!({"itemId": lamp, "quantity": 1}),
        "item_archived",
        has_sku,
    )
    .await;
    // Without an item or a warehouse, there is no key.
    let unknown = json!({"itemId": 999_999, "quantity": 1});
    check(
        "unknown",
        "/api/items/block/temporary".into(),
        unknown,
        "item_not_found",
        (&Value::Null, &Value::Null),
    )
    .await;
}
