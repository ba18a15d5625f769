//! SKUs and barcodes of items, and requests that name items by SKU and warehouses by code.

use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};

fn item(sku: &str, barcodes: &[&str]) -> Value {
    json!({"name": "Lamp", "quantity": 3, "price": "1.00", "sku": sku, "barcodes": barcodes})
}

fn id(item: &Value) -> i64 {
    item["id"].as_i64().expect("an id")
}

#[tokio::test]
async fn an_item_has_a_sku_and_barcodes_and_is_found_by_its_sku() {
    let app = TestApp::start().await;
    let body = item(" Lamp/1  Red ", &["4006381333931", " 96385074 ", "96385074"]);
    let created = app.post("/api/items", body).await.expect(201);
    assert_eq!(created["sku"], "Lamp/1  Red");
    assert_eq!(created["barcodes"], json!(["4006381333931", "96385074"]));
    for sku in ["Lamp%2F1%20Red", "LAMP%2f1%20%20rED", "%20lamp%2F1%C2%A0red%20"] {
        let found = app.get(&format!("/api/items/by-sku/{sku}")).await.expect(200);
        assert_eq!(found, created, "{sku}");
    }
    let problem = app.get("/api/items/by-sku/lamp%2F2").await.problem(404, "item_not_found");
    assert_eq!(problem["key"], "lamp/2");
    let problem =
        app.get(&format!("/api/items/by-sku/{}", "x".repeat(65))).await.problem(400, "invalid_value");
    assert_eq!(problem["field"], "sku");

    let path = format!("/api/items/{}", id(&created));
    let changed = app.patch(&path, json!({"sku": "LAMP-2", "barcodes": ["12"]})).await.expect(200);
    assert_eq!((&changed["sku"], &changed["barcodes"]), (&json!("LAMP-2"), &json!(["12"])));
    assert_eq!(app.get("/api/items/by-sku/lamp-2").await.expect(200), changed);
    app.get("/api/items/by-sku/Lamp%2F1%20Red").await.problem(404, "item_not_found");
    let removed = app.patch(&path, json!({"sku": null, "barcodes": []})).await.expect(200);
    assert_eq!((&removed["sku"], &removed["barcodes"]), (&json!(null), &json!([])));
    app.get("/api/items/by-sku/lamp-2").await.problem(404, "item_not_found");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_key_belongs_to_one_item() {
    let app = TestApp::start().await;
    let first = id(&app.post("/api/items", item("A 1", &["100", "101"])).await.expect(201));
    let other = id(&app.post("/api/items", item("B 1", &["102"])).await.expect(201));
    let before = ledger::fingerprint(&app.database).await;
    let cases =
        [(item("a  1", &[]), "sku_taken", "a  1"), (item("C", &["103", "101"]), "barcode_taken", "101")];
    for (body, code, key) in cases {
        let request = app.request(Method::POST, "/api/items").header("Idempotency-Key", code).json(&body);
        let problem = app.send(request).await.problem(409, code);
        assert_eq!((&problem["key"], &problem["itemId"]), (&json!(key), &json!(first)));
        let problem = app.post("/api/items", body).await.problem(409, code);
        assert_eq!((&problem["key"], &problem["itemId"]), (&json!(key), &json!(first)));
    }
    let path = format!("/api/items/{other}");
    let problem = app.patch(&path, json!({"sku": "a 1"})).await.problem(409, "sku_taken");
    assert_eq!((&problem["key"], &problem["itemId"]), (&json!("a 1"), &json!(first)));
    let problem = app.patch(&path, json!({"barcodes": ["102", "100"]})).await.problem(409, "barcode_taken");
    assert_eq!((&problem["key"], &problem["itemId"]), (&json!("100"), &json!(first)));
    assert_eq!(ledger::fingerprint(&app.database).await, before, "nothing changed");
    // An item may change the spelling of its own SKU.
    app.patch(&path, json!({"sku": "b 1", "barcodes": ["102"]})).await.expect(200);
}

#[tokio::test]
async fn of_many_items_with_one_sku_exactly_one_is_created() {
    let app = TestApp::start().await;
    let create =
        |n: usize| app.post("/api/items", item(if n.is_multiple_of(2) { "same" } else { "SAME" }, &[]));
    let created = futures::future::join_all((0..40).map(create)).await;
    let (ok, rejected): (Vec<_>, Vec<_>) = created.into_iter().partition(|response| response.status == 201);
    assert_eq!(ok.len(), 1);
    for response in rejected {
        response.problem(409, "sku_taken");
    }
}

#[tokio::test]
async fn keys_have_bounds() {
    let app = TestApp::start().await;
    let many: Vec<_> = (0..101).map(|n| n.to_string()).collect();
    let cases = [
        ("sku", json!("x".repeat(65)), "invalid_value"),
        ("sku", json!("a\u{200B}"), "invalid_value"),
        ("sku", json!(7), "invalid_body"),
        ("barcodes", json!(["x".repeat(65)]), "invalid_value"),
        ("barcodes", json!([""]), "invalid_value"),
        ("barcodes", json!(["1 2"]), "invalid_value"),
        ("barcodes", json!(many), "invalid_value"),
        ("barcodes", json!("12"), "invalid_body"),
    ];
    for (field, value, code) in cases {
        let mut body = item("A", &[]);
        body[field] = value;
        let problem = app.post("/api/items", body).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    // An empty field of a form counts as absent.
    assert_eq!(app.post("/api/items", item("  ", &[])).await.expect(201)["sku"], json!(null));
}

/// Each route that takes a key, with a body that names item and warehouse by keys.
fn requests(order: i64) -> [(String, Value, u16); 6] {
    let by_keys = json!({"sku": "lamp", "quantity": 1, "warehouseCode": "main"});
    let receipt = json!({"warehouseCode": "main", "delta": 2, "reason": "delivery"});
    let movement =
        json!({"fromWarehouseCode": "MAIN", "toWarehouseCode": "north", "quantity": 1, "reason": "balance"});
    [
        ("/api/items/block/temporary".to_owned(), by_keys.clone(), 201),
        ("/api/blocks".to_owned(), json!({"lines": [by_keys]}), 201),
        ("/api/orders".to_owned(), json!({"lines": [{"sku": "LAMP", "quantity": 1}]}), 201),
        (format!("/api/orders/{order}/allocate"), json!({"warehouseCode": "Main"}), 200),
        ("/api/items/by-sku/lamp/stock".to_owned(), receipt, 200),
        ("/api/items/by-sku/lamp/move".to_owned(), movement, 200),
    ]
}

#[tokio::test]
async fn requests_name_items_by_sku_and_warehouses_by_code() {
    let app = TestApp::start().await;
    let lamp = id(&app.post("/api/items", item("Lamp", &[])).await.expect(201));
    let north = app.warehouse("North").await;
    let order = app.order(&[(lamp, 1)]).await;
    for (path, body, status) in requests(order) {
        let text = app.post(&path, body).await.expect(status).to_string();
        assert!(path.contains("allocate") || text.contains(&format!("\"itemId\":{lamp}")), "{path}: {text}");
    }
    let mut body = item("Chair", &[]);
    body["warehouseCode"] = json!("NORTH");
    let chair = id(&app.post("/api/items", body).await.expect(201));
    let levels = app.get(&format!("/api/items/{chair}/levels")).await.expect(200);
    assert_eq!((&levels[0]["warehouseId"], &levels[0]["available"]), (&json!(north), &json!(3)));
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn an_unknown_key_is_in_the_problem() {
    let app = TestApp::start().await;
    app.post("/api/items", item("Chair", &[])).await.expect(201);
    let order = app.order(&[(app.item(1).await, 1)]).await;
    let before = ledger::fingerprint(&app.database).await;
    for (path, body, _) in requests(order).into_iter().filter(|(path, ..)| !path.contains("allocate")) {
        let problem = app.post(&path, body.clone()).await.problem(404, "item_not_found");
        assert!(problem["key"].as_str().expect("a key").eq_ignore_ascii_case("lamp"), "{problem}");
        // With a key for idempotency, the rejection is stored.
        let request = app.request(Method::POST, &path).header("Idempotency-Key", &path).json(&body);
        app.send(request).await.problem(404, "item_not_found");
    }
    for (path, body) in [
        (
            "/api/items/block/temporary".to_owned(),
            json!({"sku": "chair", "quantity": 1, "warehouseCode": "x"}),
        ),
        (format!("/api/orders/{order}/allocate"), json!({"warehouseCode": "x"})),
        ("/api/items".to_owned(), json!({"name": "a", "price": 1, "quantity": 1, "warehouseCode": "x"})),
    ] {
        let problem = app.post(&path, body).await.problem(404, "warehouse_not_found");
        assert_eq!(problem["key"], "x");
    }
    assert_eq!(ledger::fingerprint(&app.database).await, before, "nothing changed");
}

#[tokio::test]
async fn a_body_has_either_an_id_or_a_key() {
    let app = TestApp::start().await;
    let place = "/api/items/block/temporary";
    let cases = [
        (place, json!({"quantity": 1}), "itemId"),
        (place, json!({"itemId": 1, "sku": "a", "quantity": 1}), "sku"),
        (place, json!({"sku": "a", "quantity": 1, "warehouseId": 1, "warehouseCode": "a"}), "warehouseCode"),
        ("/api/blocks", json!({"lines": [{"sku": "a", "quantity": 1}, {"quantity": 1}]}), "lines[1].itemId"),
        ("/api/orders", json!({"lines": [{"itemId": 1, "sku": "a", "quantity": 1}]}), "lines[0].sku"),
        ("/api/orders/1/allocate", json!({}), "warehouseId"),
        ("/api/items/1/move", json!({"fromWarehouseId": 1, "quantity": 1, "reason": "a"}), "toWarehouseId"),
    ];
    for (path, body, field) in cases {
        let problem = app.post(path, body).await.problem(400, "invalid_body");
        assert_eq!(problem["field"], field, "{problem}");
    }
    for (body, field) in [
        (json!({"sku": "", "quantity": 1}), "sku"),
        (json!({"sku": "x".repeat(65), "quantity": 1}), "sku"),
        (json!({"sku": "a", "quantity": 1, "warehouseCode": "x".repeat(33)}), "code"),
    ] {
        let problem = app.post(place, body).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn a_search_finds_skus_and_barcodes_first() {
    let app = TestApp::start().await;
    let named = |name: &str, sku: &str, barcodes: &[&str]| {
        let mut body = item(sku, barcodes);
        body["name"] = json!(name);
        body
    };
    for body in [
        named("Book about LX-7", "", &[]),
        named("Ash", "LX-70", &["4006381333931"]),
        named("Zebra", "lx-7", &[]),
        named("Oak LX-7", "LX-7 b", &[]),
    ] {
        app.post("/api/items", body).await.expect(201);
    }
    let found = async |query: &str| {
        let page = app.get(&format!("/api/items?{query}")).await.expect(200);
        let items = page["items"].as_array().expect("items").clone();
        let names = items.iter().map(|item| item["name"].as_str().expect("a name").to_owned());
        (names.collect::<Vec<_>>(), page["next"].as_str().map(str::to_owned))
    };
    for (query, names) in [
        ("q=4006381333931", &["Ash"][..]),
        ("q=%20Lx-70", &["Ash"]),
        ("q=lx-7&sort=name", &["Ash", "Oak LX-7", "Zebra", "Book about LX-7"]),
        ("q=lx-7&maxQuantity=0", &[]),
        ("q=zebra", &["Zebra"]),
        ("q=%25", &[]),
    ] {
        assert_eq!(found(query).await.0, names, "{query}");
    }
    // Every item is on one page.
    let (mut names, mut next) = found("q=lx-7&sort=name&limit=2").await;
    while let Some(after) = next {
        let (more, following) = found(&format!("q=lx-7&sort=name&limit=2&after={after}")).await;
        names.extend(more);
        next = following;
    }
    names.sort();
    assert_eq!(names, ["Ash", "Book about LX-7", "Oak LX-7", "Zebra"]);
}
