use crate::app::TestApp;
use crate::ledger;
use serde_json::{Value, json};

fn check_item(item: &Value, expected: Value) {
    let mut item = item.clone();
    let version = item["version"].as_str().expect("a version").to_owned();
    assert_eq!(version.len(), 16, "{version}");
    item.as_object_mut().expect("an object").remove("version");
    for time in ["createdAt", "updatedAt"] {
        let text = item[time].as_str().expect("a time").to_owned();
        assert!(text.ends_with('Z') && text.len() >= 20, "{text}");
        item.as_object_mut().expect("an object").remove(time);
    }
    assert_eq!(item, expected);
}

#[tokio::test]
async fn an_item_is_created_read_and_changed() {
    let app = TestApp::start().await;
    let body = json!({"name": " Lamp ", "quantity": 7, "price": 9.9, "description": "Bright", "category": "Lighting"});
    let created = app.post("/api/items", body).await;
    let place = created.header("location").to_owned();
    let created = created.expect(201);
    let id = created["id"].as_i64().expect("an id");
    assert_eq!(place, format!("/api/items/{id}"));
    let expected = json!({"id": id, "name": "Lamp", "quantity": 7, "price": "9.90", "description": "Bright",
                          "category": "Lighting", "sku": null, "barcodes": [], "lowStock": null, "archivedAt": null});
    check_item(&created, expected.clone());
    check_item(&app.get(&place).await.expect(200), expected);

    let changed = app.patch(&place, json!({"price": "10", "description": null})).await.expect(200);
    check_item(
        &changed,
        json!({"id": id, "name": "Lamp", "quantity": 7, "price": "10.00", "description": null,
               "category": "Lighting", "sku": null, "barcodes": [], "lowStock": null, "archivedAt": null}),
    );
    app.patch("/api/items/999999", json!({"price": "10"})).await.problem(404, "item_not_found");
    app.patch(&place, json!({})).await.problem(400, "invalid_value");
    let problem = app.patch(&place, json!({"quantity": 5})).await.problem(400, "invalid_body");
    assert_eq!(problem["field"], "quantity");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_missing_item_is_404() {
    let app = TestApp::start().await;
    let problem = app.get("/api/items/999999").await.problem(404, "item_not_found");
    assert_eq!(problem["itemId"], 999_999);
    for id in ["0", "-5", "99999999999999999999"] {
        app.get(&format!("/api/items/{id}")).await.problem(404, "item_not_found");
    }
    app.get("/api/items/999999/levels").await.problem(404, "item_not_found");
    app.get("/api/items/999999/movements").await.problem(404, "item_not_found");
}

#[tokio::test]
async fn names_quantities_and_prices_have_bounds() {
    let app = TestApp::start().await;
    let before = ledger::fingerprint(&app.database).await;
    let good = json!({"name": "Lamp", "quantity": 1, "price": "1.00"});
    let cases = [
        ("name", json!(null), "invalid_body"),
        ("name", json!(""), "invalid_value"),
        ("name", json!("   "), "invalid_value"),
        ("name", json!("x".repeat(300)), "invalid_value"),
        ("name", json!("a\0b"), "invalid_value"),
        ("name", json!(7), "invalid_body"),
        ("quantity", json!(null), "invalid_body"),
        ("quantity", json!(-1), "invalid_value"),
        ("quantity", json!(2_147_483_648_i64), "invalid_value"),
        ("quantity", json!(1.5), "invalid_body"),
        ("quantity", json!("seven"), "invalid_body"),
        ("price", json!(null), "invalid_body"),
        ("price", json!(-0.01), "invalid_value"),
        ("price", json!("100000000"), "invalid_value"),
        ("price", json!("9.999"), "invalid_value"),
        ("price", json!("cheap"), "invalid_value"),
        ("price", json!([]), "invalid_body"),
        ("category", json!("x".repeat(101)), "invalid_value"),
        ("description", json!("x".repeat(10_001)), "invalid_value"),
        ("warehouseId", json!("main"), "invalid_body"),
    ];
    for (field, value, code) in cases {
        let mut body = good.clone();
        body[field] = value;
        let problem = app.post("/api/items", body).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    for field in ["name", "quantity", "price"] {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(field);
        let problem = app.post("/api/items", body).await.problem(400, "invalid_body");
        assert_eq!(
            (&problem["field"], &problem["detail"]),
            (&json!(field), &json!(format!("`{field}` is missing.")))
        );
    }
    let mut elsewhere = good;
    elsewhere["warehouseId"] = json!(999_999);
    app.post("/api/items", elsewhere).await.problem(404, "warehouse_not_found");
    assert_eq!(ledger::fingerprint(&app.database).await, before, "nothing changed");
}

#[tokio::test]
async fn a_categorys_top_100_comes_highest_first() {
    let app = TestApp::start().await;
    for quantity in 0..105 {
        let body =
            json!({"name": "Lamp", "quantity": quantity % 50, "price": "1", "category": "Lamps & more/less"});
        app.post("/api/items", body).await.expect(201);
    }
    let top = app.get("/api/items/category/Lamps%20%26%20more%2Fless/top").await.expect(200);
    assert_eq!(top["category"], "Lamps & more/less");
    assert_eq!((&top["count"], &top["totalItemsInCategory"]), (&json!(100), &json!(105)));
    let items = top["items"].as_array().expect("items");
    let places: Vec<_> =
        items.iter().map(|item| (-item["quantity"].as_i64().expect("units"), item["id"].as_i64())).collect();
    assert_eq!(places.len(), 100);
    assert!(places.is_sorted(), "highest first, ties by id");

    let none = app.get("/api/items/category/unknown/top").await.expect(200);
    assert_eq!(none, json!({"category": "unknown", "items": [], "count": 0, "totalItemsInCategory": 0}));
    app.get("/api/items/category/a%00b/top").await.problem(400, "invalid_path");
    app.get("/api/items/category/%ff/top").await.problem(400, "invalid_path");

    let one = json!({"name": "Lamp", "quantity": 500, "price": "1", "category": "Lamps & more/less"});
    app.post("/api/items", one).await.expect(201);
    let top = app.get("/api/items/category/Lamps%20%26%20more%2Fless/top").await.expect(200);
    assert_eq!((&top["items"][0]["quantity"], &top["totalItemsInCategory"]), (&json!(500), &json!(106)));
}

/// One or two letters have no trigram, and need another search.
#[tokio::test]
async fn a_part_of_a_name_is_found_at_any_length() {
    let app = TestApp::start().await;
    for name in ["Ökotisch ZX", "100% wool", "under_score", "Straße", "a\\b"] {
        app.post("/api/items", json!({"name": name, "quantity": 1, "price": "1"})).await.expect(201);
    }
    for (part, found) in [
        ("%C3%B6", ["Ökotisch ZX", "100% wool", "under_score"].as_slice()),
        ("%C3%96KO", &["Ökotisch ZX"]),
        ("zx", &["Ökotisch ZX"]),
        ("Zx", &["Ökotisch ZX"]),
        ("xz", &[]),
        ("%25", &["100% wool"]),
        ("0%25", &["100% wool"]),
        ("100%25", &["100% wool"]),
        ("_", &["under_score"]),
        ("r_s", &["under_score", "Straße"]),
        ("%5C", &["a\\b"]),
        ("%C3%9F", &["Straße"]),
        ("S", &["Ökotisch ZX", "under_score", "Straße"]),
    ] {
        let page = app.get(&format!("/api/items?q={part}")).await.expect(200);
        let names: Vec<_> =
            page["items"].as_array().expect("items").iter().map(|item| &item["name"]).collect();
        assert_eq!(names, found, "{part}");
    }
    let item = app.get("/api/items?q=zx").await.expect(200)["items"][0]["id"].clone();
    app.patch(&format!("/api/items/{item}"), json!({"name": "Desk QY"})).await.expect(200);
    assert_eq!(app.get("/api/items?q=zx").await.expect(200)["items"], json!([]));
    assert_eq!(app.get("/api/items?q=qy").await.expect(200)["items"][0]["id"], item);
}

#[tokio::test]
async fn items_are_listed_page_by_page() {
    let app = TestApp::start().await;
    for (name, quantity, category) in
        [("Ash desk", 3, "Desks"), ("Oak desk", 1, "Desks"), ("Oak lamp", 2, "Lamps")]
    {
        let body = json!({"name": name, "quantity": quantity, "price": "1", "category": category});
        app.post("/api/items", body).await.expect(201);
    }
    let all = [
        ("", ["Ash desk", "Oak desk", "Oak lamp"].as_slice()),
        ("category=Desks", &["Ash desk", "Oak desk"]),
        ("q=OAK", &["Oak desk", "Oak lamp"]),
        ("q=k%20o&category=Desks", &["Oak desk"]),
        ("q=%25", &[]),
        ("sort=name", &["Ash desk", "Oak desk", "Oak lamp"]),
        ("sort=quantityDesc", &["Ash desk", "Oak lamp", "Oak desk"]),
        ("sort=quantityAsc", &["Oak desk", "Oak lamp", "Ash desk"]),
        ("category=&q=&sort=", &["Ash desk", "Oak desk", "Oak lamp"]),
    ];
    for (query, names) in all {
        for limit in [1, 2, 3] {
            let mut found = Vec::new();
            let mut after = String::new();
            loop {
                let page =
                    app.get(&format!("/api/items?limit={limit}&{query}&after={after}")).await.expect(200);
                found
                    .extend(page["items"].as_array().expect("items").iter().map(|item| item["name"].clone()));
                match page["next"].as_str() {
                    Some(next) => after = next.replace(' ', "%20").replace(':', "%3A"),
                    None => break,
                }
            }
            assert_eq!(found, names, "{query}");
        }
    }
    for (query, code, field) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=501", "invalid_value", "limit"),
        ("limit=many", "invalid_query", "limit"),
        ("limit=99999999999999999999", "invalid_query", "limit"),
        ("limit=1&limit=2", "invalid_query", "limit"),
        ("sort=price", "invalid_query", "sort"),
        ("after=nowhere", "invalid_value", "after"),
    ] {
        let problem = app.get(&format!("/api/items?{query}")).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    app.get("/api/items?q=a%00b").await.problem(400, "invalid_query");
    app.get("/api/items?q=%ff").await.problem(400, "invalid_query");
    for query in ["unknown=1", "category=&q=&sort=&limit=&after="] {
        let page = app.get(&format!("/api/items?{query}")).await.expect(200);
        assert_eq!((page["items"].as_array().map(Vec::len), &page["next"]), (Some(3), &json!(null)));
    }
}

#[tokio::test]
async fn units_are_received_and_written_off() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let main = app.main_warehouse().await;
    let north = app.warehouse("NORTH").await;
    let path = format!("/api/items/{item}/stock");
    let adjusted = app.post(&path, json!({"delta": 3, "reason": "Delivery 17"})).await.expect(200);
    assert_eq!(
        adjusted,
        json!({"itemId": item, "sku": null, "warehouseId": main, "warehouseCode": "MAIN", "delta": 3,
               "stockQuantity": 8, "quantity": 8})
    );
    let adjusted =
        app.post(&path, json!({"warehouseId": north.to_string(), "delta": 10, "reason": "New"})).await;
    assert_eq!(adjusted.expect(200)["quantity"], 18);
    let adjusted = app.post(&path, json!({"delta": -8, "reason": "Water damage"})).await.expect(200);
    assert_eq!((&adjusted["stockQuantity"], &adjusted["quantity"]), (&json!(0), &json!(10)));

    let problem =
        app.post(&path, json!({"delta": -1, "reason": "Lost"})).await.problem(409, "insufficient_stock");
    assert_eq!((&problem["available"], &problem["requested"]), (&json!(0), &json!(1)));
    let huge = json!({"delta": 2_147_483_647, "reason": "Much"});
    app.post(&path, huge).await.problem(409, "stock_overflow");
    for (body, field) in [
        (json!({"delta": 0, "reason": "x"}), "delta"),
        (json!({"delta": 1, "reason": ""}), "reason"),
        (json!({"delta": 1, "reason": "x".repeat(201)}), "reason"),
        (json!({"delta": 1, "reason": "a\0b"}), "reason"),
        (json!({"delta": 9_999_999_999_i64, "reason": "x"}), "delta"),
    ] {
        assert_eq!(app.post(&path, body).await.problem(400, "invalid_value")["field"], field);
    }
    let gone = json!({"warehouseId": 999_999, "delta": 1, "reason": "x"});
    app.post(&path, gone).await.problem(404, "warehouse_not_found");
    app.post("/api/items/999999/stock", json!({"delta": 1, "reason": "x"}))
        .await
        .problem(404, "item_not_found");

    let levels = app.get(&format!("/api/items/{item}/levels")).await.expect(200);
    let levels: Vec<_> =
        levels.as_array().expect("levels").iter().map(|level| level["available"].clone()).collect();
    assert_eq!(levels, [json!(0), json!(10)]);
    let history = app.get(&format!("/api/items/{item}/movements?limit=2")).await.expect(200);
    let lines = history["items"].as_array().expect("lines");
    let lines: Vec<_> = lines.iter().map(|line| (&line["change"], &line["reason"], &line["note"])).collect();
    assert_eq!(lines[0], (&json!(-8), &json!("written_off"), &json!("Water damage")));
    assert_eq!(lines[1], (&json!(10), &json!("received"), &json!("New")));
    assert!(history["next"].is_string());
    assert_eq!(history["items"][0]["actor"], "local");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn categories_have_totals() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/api/categories").await.expect(200), json!([]));
    let item = app.item(5).await;
    app.item(2).await;
    app.block(item, 3, 600).await;
    assert_eq!(
        app.get("/api/categories").await.expect(200),
        json!([{"category": "Lighting", "items": 2, "unitsAvailable": 4, "unitsBlocked": 3, "value": "39.96"}])
    );
}

#[tokio::test]
async fn warehouses_are_listed_and_added() {
    let app = TestApp::start().await;
    app.item(5).await;
    let added = app.post("/api/warehouses", json!({"code": "BER-1", "name": "Berlin"})).await.expect(201);
    let expected = json!({"id": added["id"], "code": "BER-1", "name": "Berlin", "isDefault": false, "unitsAvailable": 0,
                          "archivedAt": null, "priority": 0, "latitude": null, "longitude": null,
                          "version": added["version"]});
    assert_eq!(added, expected);
    let all = app.get("/api/warehouses").await.expect(200);
    assert_eq!(all[0], expected);
    assert_eq!(
        (&all[1]["code"], &all[1]["isDefault"], &all[1]["unitsAvailable"]),
        (&json!("MAIN"), &json!(true), &json!(5))
    );
    app.post("/api/warehouses", json!({"code": "BER-1", "name": "x"}))
        .await
        .problem(409, "warehouse_code_taken");
    let long = json!({"code": "x".repeat(33), "name": "x"});
    assert_eq!(app.post("/api/warehouses", long).await.problem(400, "invalid_value")["field"], "code");
    let nameless = json!({"code": "x"});
    assert_eq!(app.post("/api/warehouses", nameless).await.problem(400, "invalid_body")["field"], "name");
}

#[tokio::test]
async fn units_move_between_warehouses_in_one_transaction() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let path = format!("/api/items/{item}/move");
    let body = |from, to, quantity: i64| json!({"fromWarehouseId": from, "toWarehouseId": to, "quantity": quantity, "reason": "nearer"});
    let moved = app.post(&path, body(main, north, 4)).await.expect(200);
    assert_eq!((&moved["fromAvailable"], &moved["toAvailable"]), (&json!(6), &json!(4)));
    assert_eq!(app.available(item).await, 10);
    let history = app.get(&format!("/api/items/{item}/movements")).await.expect(200);
    let reported: Vec<_> = history["items"].as_array().expect("lines")[..2]
        .iter()
        .map(|line| (line["change"].as_i64(), line["reason"].as_str(), line["note"].as_str()))
        .collect();
    assert_eq!(
        reported,
        [(Some(4), Some("moved"), Some("nearer")), (Some(-4), Some("moved"), Some("nearer"))]
    );
    let back = json!({"id": item, "movement": body(north, main, 1)});
    assert_eq!(app.post("/rpc/move_stock", back).await.expect(200)["toAvailable"], 7);

    let there = app.get(&format!("/rpc/warehouse_items?warehouse={north}")).await.expect(200);
    let rows = there["items"].as_array().expect("items");
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["item"]["quantity"], &rows[0]["available"]), (&json!(10), &json!(3)));

    let before = ledger::fingerprint(&app.database).await;
    let short = app.post(&path, body(north, main, 4)).await.problem(409, "insufficient_stock");
    assert_eq!((&short["requested"], &short["available"]), (&json!(4), &json!(3)));
    assert_eq!(
        app.post(&path, body(main, main, 1)).await.problem(400, "invalid_value")["field"],
        "toWarehouseId"
    );
    app.post(&path, body(main, north, 0)).await.problem(400, "invalid_value");
    app.post(&path, body(main, 999_999, 1)).await.problem(404, "warehouse_not_found");
    app.post(&path, body(999_999, main, 1)).await.problem(404, "warehouse_not_found");
    app.post("/api/items/999999/move", body(main, north, 1)).await.problem(404, "item_not_found");
    assert_eq!(ledger::fingerprint(&app.database).await, before);
    ledger::check(&app.database).await;
}
