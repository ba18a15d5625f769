use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};

async fn place(app: &TestApp, lines: Value) -> i64 {
    let placed = app.post("/api/blocks", json!({"lines": lines, "ttlSeconds": 600})).await.expect(201);
    placed["cartId"].as_i64().expect("an id")
}

async fn put(app: &TestApp, id: i64, body: Value) -> crate::app::Answer {
    app.send(app.request(Method::PUT, &format!("/api/carts/{id}")).json(&body)).await
}

#[tokio::test]
async fn a_cart_is_read_changed_and_ended_as_one() {
    let app = TestApp::start().await;
    let (lamp, mug) = (app.item(5).await, app.item(2).await);
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
    let id = place(&app, json!([{"sku": "lamp", "quantity": 3}, {"itemId": mug, "quantity": 1}])).await;
    let path = format!("/api/carts/{id}");
    let read = app.get(&path).await;
    let tag = read.header("etag").to_owned();
    let cart = read.expect(200);
    let line = &cart["lines"][0];
    assert_eq!(
        (&cart["cartId"], &cart["state"], &cart["version"]),
        (&json!(id), &json!("active"), &json!(1))
    );
    assert_eq!(
        (&line["sku"], &line["quantity"], &line["warehouseCode"]),
        (&json!("LAMP"), &json!(3), &json!("MAIN"))
    );
    let unchanged = app.send(app.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!(unchanged.status, 304);

    let body = json!({"version": 1, "lines": [{"sku": "LAMP", "quantity": 4}, {"sku": "LAMP", "quantity": 2},
                                             {"itemId": mug, "quantity": 3}]});
    let short = put(&app, id, body).await.problem(409, "insufficient_stock");
    assert_eq!((&short["requested"], &short["available"], &short["held"]), (&json!(6), &json!(5), &json!(3)));
    assert_eq!(short["heldUntil"], cart["expiresAt"]);
    let shortages = short["shortages"].as_array().expect("a list");
    assert_eq!(shortages.len(), 2);
    let reported = ["itemId", "requested", "available", "held"].map(|field| shortages[1][field].clone());
    assert_eq!(reported, [json!(mug), json!(3), json!(2), json!(1)]);
    assert_eq!(app.get(&path).await.expect(200), cart, "a refused change leaves the cart as it was");

    let body =
        json!({"version": 1, "lines": [{"sku": "LAMP", "quantity": 3}, {"sku": "LAMP", "quantity": 2}]});
    let changed = put(&app, id, body.clone()).await.expect(200);
    assert_eq!((&changed["version"], &changed["lines"][0]["quantity"]), (&json!(2), &json!(5)));
    assert_eq!(changed["expiresAt"], cart["expiresAt"]);
    assert_eq!(app.get(&path).await.expect(200), changed);
    assert_eq!(put(&app, id, body).await.problem(409, "cart_version_mismatch")["version"], "2");
    assert_eq!((app.available(lamp).await, app.available(mug).await), (0, 2));

    let block = changed["lines"][0]["blockId"].clone();
    let refused = app.post("/api/items/block/permanent", json!({"blockId": block})).await;
    assert_eq!(refused.problem(409, "block_in_cart")["cartId"], id);
    app.delete(&format!("/api/blocks/{block}")).await.problem(409, "block_in_cart");
    let extend = json!({"ttlSeconds": 60});
    app.post(&format!("/api/blocks/{block}/extend"), extend).await.problem(409, "block_in_cart");
    for action in ["confirm", "release", "extend"] {
        let body = json!({"action": action, "blockIds": [block]});
        let outcomes = app.post("/api/blocks/bulk", body.clone()).await.expect(200);
        assert!(outcomes.to_string().contains("block_in_cart"), "{outcomes}");
    }

    app.post(&format!("{path}/confirm"), json!({})).await.expect(200);
    assert_eq!(app.get(&path).await.expect(200)["state"], "confirmed");
    app.delete(&path).await.problem(409, "cart_confirmed");
    app.get("/api/carts/987654321").await.problem(404, "cart_not_found");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn references_are_searched_and_unique_where_asked() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let lines = json!([{"itemId": item, "quantity": 1}]);
    let cart = json!({"lines": lines, "reference": "shop 7", "uniqueReference": true});
    let first = app.post("/api/blocks", cart.clone()).await.expect(201)["cartId"].clone();
    assert_eq!(app.post("/api/blocks", cart).await.problem(409, "reference_taken")["cartId"], first);
    let found = app.get("/api/carts?reference=shop%207").await.expect(200);
    assert_eq!((&found["items"][0]["cartId"], &found["items"][0]["reference"]), (&first, &json!("shop 7")));
    let none = app.get("/api/carts?reference=other").await.expect(200);
    assert_eq!(none["items"], json!([]));
    let order = json!({"lines": lines, "reference": "order 7", "uniqueReference": true});
    let created = app.post("/api/orders", order.clone()).await.expect(201)["id"].clone();
    assert_eq!(app.post("/api/orders", order).await.problem(409, "reference_taken")["orderId"], created);
    let found = app.get("/api/orders?reference=order%207").await.expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let nameless = json!({"lines": lines, "uniqueReference": true});
    for path in ["/api/blocks", "/api/orders"] {
        let problem = app.post(path, nameless.clone()).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], "uniqueReference");
    }
}
