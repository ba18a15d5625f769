//! The search over all kinds.

use crate::app::TestApp;
use serde_json::{Value, json};

/// Returns the kinds, ids and titles of the results.
async fn found(app: &TestApp, query: &str) -> Vec<(String, i64, String)> {
    let results = app.get(&format!("/api/search?{query}")).await.expect(200);
    let row = |result: &Value| {
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        (text("kind"), result["id"].as_i64().unwrap_or_default(), text("title"))
    };
    results["results"].as_array().expect("results").iter().map(row).collect()
}

fn ids(results: &[(String, i64, String)], kind: &str) -> Vec<i64> {
    results.iter().filter(|(of, ..)| of == kind).map(|(_, id, _)| *id).collect()
}

async fn item(app: &TestApp, name: &str, more: Value) -> i64 {
    let mut item = json!({"name": name, "quantity": 9, "price": "1.00"});
    item.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    app.post("/api/items", item).await.expect(201)["id"].as_i64().expect("an id")
}

#[tokio::test]
async fn items_are_found_by_name_sku_barcode_and_id() {
    let app = TestApp::start().await;
    let shade = item(&app, "Shade for a garden lamp", json!({"sku": "SH-1"})).await;
    let lamp = item(&app, "Garden lamp", json!({"sku": "LAMP-7", "barcodes": ["4006381333931"]})).await;
    let old = item(&app, "Garden lamp, old", json!({})).await;
    app.post(&format!("/api/items/{old}/archive"), json!(null)).await.expect(200);
    for (query, expected) in [
        ("q=lamp%20garden", vec![lamp, shade, old]),
        ("q=GARDEN%20lamp", vec![lamp, shade, old]),
        ("q=garden%20lamp&limit=1", vec![lamp]),
        ("q=lamp-7", vec![lamp]),
        ("q=lamp-", vec![lamp, shade, old]),
        ("q=4006381333931", vec![lamp]),
        (&format!("q={shade}"), vec![shade]),
        (&format!("q=%23{shade}"), vec![shade]),
        ("q=sofa", vec![]),
    ] {
        assert_eq!(ids(&found(&app, query).await, "item"), expected, "{query}");
    }
    let results = app.get("/api/search?q=lamp-7").await.expect(200);
    let expected = json!({"kind": "item", "id": lamp, "title": "Garden lamp", "subtitle": "LAMP-7", "state": null,
                          "quantity": 9, "href": format!("/items/{lamp}")});
    assert_eq!(results["results"], json!([expected]));
    app.stop();
}

#[tokio::test]
async fn orders_are_found_by_id_and_by_the_beginning_of_their_reference() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    let mut orders = Vec::new();
    for reference in ["WEB-10", "WEB-1", "WEB-100", "SHOP-1"] {
        let order = json!({"reference": reference, "lines": [{"itemId": lamp, "quantity": 2}]});
        orders.push(app.post("/api/orders", order).await.expect(201)["id"].as_i64().expect("an id"));
    }
    for (query, expected) in [
        ("q=WEB-1", vec![orders[1], orders[0], orders[2]]),
        ("q=web-10", vec![orders[0], orders[2]]),
        ("q=WEB-1&limit=2", vec![orders[1], orders[0]]),
        ("q=EB-1", vec![]),
    ] {
        assert_eq!(ids(&found(&app, query).await, "order"), expected, "{query}");
    }
    let results = found(&app, &format!("q={}", orders[3])).await;
    assert_eq!(ids(&results, "order"), [orders[3]]);
    let result = &app.get("/api/search?q=SHOP-1").await.expect(200)["results"][0];
    assert_eq!((&result["state"], &result["quantity"]), (&json!("pending"), &json!(2)));
    app.stop();
}

#[tokio::test]
async fn blocks_and_carts_are_found_by_id_and_reference() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    let cart = json!({"reference": "Buyer 7", "lines": [{"itemId": lamp, "quantity": 3}]});
    let cart = app.post("/api/blocks", cart).await.expect(201);
    let (id, block) =
        (cart["cartId"].as_i64().expect("an id"), cart["blocks"][0]["blockId"].as_i64().expect("an id"));
    let results = found(&app, "q=Buyer%207").await;
    assert_eq!((ids(&results, "block"), ids(&results, "cart")), (vec![block], vec![id]));
    assert_eq!(ids(&found(&app, &format!("q={id}")).await, "cart"), [id]);
    assert_eq!(ids(&found(&app, &format!("q={block}")).await, "block"), [block]);
    app.delete(&format!("/api/carts/{id}")).await.expect(200);
    let results = found(&app, "q=Buyer%207").await;
    assert_eq!((ids(&results, "block"), ids(&results, "cart")), (vec![], vec![id]));
    let ended = app.get(&format!("/api/search?q={block}")).await.expect(200);
    let of_block = |result: &&Value| result["kind"] == "block";
    let ended =
        ended["results"].as_array().expect("results").iter().find(of_block).expect("the block").clone();
    assert_eq!(ended["state"], "released");
    app.stop();
}

#[tokio::test]
async fn categories_and_warehouses_are_found_by_words() {
    let app = TestApp::start().await;
    item(&app, "Hammer", json!({"category": "Tools & Garden"})).await;
    let north = app.warehouse("NORTH-2").await;
    let results = found(&app, "q=garden%20tools").await;
    assert_eq!(results, [("category".to_owned(), 0, "Tools & Garden".to_owned())]);
    assert_eq!(ids(&found(&app, "q=north").await, "warehouse"), [north]);
    app.stop();
}

#[tokio::test]
async fn a_search_is_bounded_and_needs_a_permission() {
    let app = TestApp::start().await;
    for query in ["", "?q=", "?q=%20", "?q=a&limit=0", "?q=a&limit=51", &format!("?q={}", "a".repeat(256))] {
        app.get(&format!("/api/search{query}")).await.problem(400, "invalid_value");
    }
    // Neither of these texts is one of LIKE's patterns or breaks a statement.
    for query in ["%25", "_", "'", "%5C", "%F0%9F%94%A8", "99999999999999999999", "a%20%20b", "%00"] {
        let status = app.get(&format!("/api/search?q={query}")).await.status;
        assert!([200, 400].contains(&status), "{query}: {status}");
    }
    let results = app.get("/rpc/search?q=nothing").await.expect(200);
    assert_eq!(results["results"], json!([]));
    app.stop();
}
