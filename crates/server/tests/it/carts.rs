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

#[tokio::test]
async fn a_payment_keeps_a_cart_and_ends() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let id = place(&app, json!([{"itemId": item, "quantity": 2}])).await;
    let path = format!("/api/carts/{id}");
    let payment = format!("{path}/payment");
    let before = app.get(&path).await.expect(200);
    assert_eq!(before["payment"], Value::Null);
    app.delete(&payment).await.problem(409, "payment_not_running");
    for (body, field) in [
        (json!({"ttlSeconds": 0, "paymentReference": "P-1"}), "ttlSeconds"),
        (json!({"ttlSeconds": 60, "paymentReference": ""}), "paymentReference"),
        (json!({"ttlSeconds": 60, "paymentReference": "x".repeat(101)}), "paymentReference"),
    ] {
        assert_eq!(app.post(&payment, body).await.problem(400, "invalid_value")["field"], field);
    }
    app.post(&payment, json!({"ttlSeconds": 60})).await.problem(400, "invalid_body");
    let too_long = json!({"ttlSeconds": 86_401, "paymentReference": "P-1"});
    let limit = app.post(&payment, too_long).await.problem(409, "cart_life_limit");
    assert!(limit["until"].as_str() > before["expiresAt"].as_str(), "{limit}");

    let start = json!({"ttlSeconds": 900, "paymentReference": "P-1"});
    let keyed = || app.request(Method::POST, &payment).header("idempotency-key", "pay").json(&start);
    let paid = app.send(keyed()).await.expect(200);
    assert_eq!(app.send(keyed()).await.expect(200), paid, "a repeated request has the same answer");
    assert_eq!((&paid["payment"]["paymentReference"], &paid["version"]), (&json!("P-1"), &json!(1)));
    assert_eq!(app.get(&path).await.expect(200), paid);
    let again = json!({"ttlSeconds": 900, "paymentReference": "P-2"});
    let running = app.post(&payment, again).await.problem(409, "payment_running");
    assert_eq!((&running["key"], &running["cartId"]), (&json!("P-1"), &json!(id)));
    assert_eq!(running["until"], paid["payment"]["until"]);
    app.delete(&path).await.problem(409, "payment_running");
    app.post(&format!("{path}/extend"), json!({"ttlSeconds": 60})).await.problem(409, "payment_running");
    let change = json!({"version": 1, "lines": [{"itemId": item, "quantity": 1}]});
    put(&app, id, change).await.problem(409, "payment_running");
    assert_eq!(app.delete(&payment).await.expect(200), before);

    app.post(&payment, start).await.expect(200);
    let confirmed = app.post(&format!("{path}/confirm"), json!({})).await.expect(200);
    assert_eq!(confirmed["retaken"], false);
    app.delete(&payment).await.problem(409, "cart_confirmed");
    let kinds = "SELECT kind FROM audit_events WHERE subject = $1 ORDER BY id";
    let kinds = sqlx::query_scalar::<_, String>(kinds).bind(format!("cart:{id}"));
    let kinds = kinds.fetch_all(&app.database).await.expect("events");
    assert_eq!(kinds, ["payment.started", "payment.ended", "payment.started"]);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_late_confirmation_takes_the_units_again() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(place(&app, json!([{"itemId": item, "quantity": 1}])).await);
    }
    let start = json!({"ttlSeconds": 900, "paymentReference": "P-1"});
    app.post(&format!("/api/carts/{}/payment", ids[0]), start).await.expect(200);
    let expire = "UPDATE block_inventory SET expires_at = now() - interval '1 second'";
    sqlx::query(expire).execute(&app.database).await.expect("expired");
    let confirm = |id: i64| format!("/api/carts/{id}/confirm");
    app.post(&confirm(ids[0]), json!({"late": "refuse"})).await.problem(409, "cart_expired");
    app.post(&confirm(ids[0]), json!({"late": "maybe"})).await.problem(400, "invalid_body");
    // Without a body; some programs also send the media type of a form.
    let form = app
        .request(Method::POST, &confirm(ids[0]))
        .header("content-type", "application/x-www-form-urlencoded");
    app.send(form).await.problem(409, "cart_expired");
    let text = app.request(Method::POST, &confirm(ids[0])).header("content-type", "text/plain").body("late");
    app.send(text).await.problem(415, "unsupported_media_type");

    let keyed = || {
        let request = app.request(Method::POST, &confirm(ids[0])).header("idempotency-key", "late");
        request.json(&json!({"late": "retake"}))
    };
    let retaken = app.send(keyed()).await.expect(200);
    assert_eq!(retaken["retaken"], true);
    assert_eq!(app.send(keyed()).await.expect(200), retaken);
    let cart = app.get(&format!("/api/carts/{}", ids[0])).await.expect(200);
    assert_eq!(
        (&cart["state"], &cart["lines"][0]["blockId"]),
        (&json!("confirmed"), &retaken["blocks"][0]["blockId"])
    );
    assert!(cart["payment"]["retakenAt"].is_string(), "{cart}");
    let late = |payment: Option<&str>| json!({"late": "retake", "paymentReference": payment});
    let used = app.post(&confirm(ids[1]), late(Some("P-1"))).await.problem(409, "payment_reference_used");
    assert_eq!((&used["cartId"], &used["key"]), (&json!(ids[0]), &json!("P-1")));
    let missing = app.post(&confirm(ids[1]), late(None)).await.problem(400, "invalid_value");
    assert_eq!(missing["field"], "paymentReference");
    app.post(&confirm(ids[1]), late(Some("P-2"))).await.expect(200);
    app.post("/api/items/cleanup/expired-blocks", json!({})).await.expect(200);
    place(&app, json!([{"itemId": item, "quantity": 3}])).await;
    let short = app.post(&confirm(ids[2]), late(Some("P-3"))).await.problem(409, "cart_expired");
    let shortage =
        ["itemId", "requested", "available", "held"].map(|field| short["shortages"][0][field].clone());
    assert_eq!(shortage, [json!(item), json!(1), json!(0), json!(3)]);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_cart_becomes_an_allocated_order_without_taking_a_unit_twice() {
    let app = TestApp::start().await;
    let (lamp, mug) = (app.item(5).await, app.item(4).await);
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
    let id = place(&app, json!([{"itemId": lamp, "quantity": 2}, {"itemId": mug, "quantity": 1}])).await;
    let path = format!("/api/availability?itemId={lamp}");
    let availability = async || app.get(&path).await.expect(200)["items"][0].clone();
    let before = availability().await;
    let keyed =
        |body: Value| app.request(Method::POST, "/api/orders").header("idempotency-key", "order").json(&body);
    let body = json!({"cartId": id, "reference": "shop-7", "uniqueReference": true});
    let order = app.send(keyed(body.clone())).await.expect(201);
    assert_eq!(
        app.send(keyed(body.clone())).await.expect(201),
        order,
        "a repeated request has the same answer"
    );
    assert_eq!(app.get(&format!("/api/orders/{}", order["id"])).await.expect(200), order);
    assert_eq!((&order["status"], &order["reference"]), (&json!("allocated"), &json!("shop-7")));
    assert_eq!((&order["lines"][0]["sku"], &order["lines"][0]["itemName"]), (&json!("LAMP"), &json!("Lamp")));
    assert_eq!(order["warehouseCode"], "MAIN");
    let after = availability().await;
    let (held, available) =
        (|units: &Value| units["held"].as_i64(), |units: &Value| units["available"].as_i64());
    assert_eq!((available(&after), held(&before), held(&after)), (available(&before), Some(2), Some(0)));
    assert_eq!((app.available(lamp).await, app.available(mug).await), (3, 3));

    let cart = app.get(&format!("/api/carts/{id}")).await.expect(200);
    assert_eq!((&cart["state"], &cart["orderId"]), (&json!("converted"), &order["id"]));
    let again = app.post("/api/orders", json!({"cartId": id})).await.problem(409, "cart_converted");
    assert_eq!((&again["cartId"], &again["orderId"]), (&json!(id), &order["id"]));
    app.post(&format!("/api/carts/{id}/confirm"), json!({})).await.problem(409, "cart_converted");
    let other = place(&app, json!([{"itemId": mug, "quantity": 1}])).await;
    let taken = json!({"cartId": other, "reference": "shop-7", "uniqueReference": true});
    assert_eq!(app.post("/api/orders", taken).await.problem(409, "reference_taken")["orderId"], order["id"]);

    let block = app.block(mug, 1, 60).await;
    let answer = app.post("/api/orders", json!({"blockIds": [block]})).await;
    let location = answer.header("location").to_owned();
    let made = answer.expect(201);
    assert_eq!(location, format!("/api/orders/{}", made["id"]));
    let converted = app.delete(&format!("/api/blocks/{block}")).await.problem(409, "block_converted");
    assert_eq!((&converted["blockId"], &converted["orderId"]), (&json!(block), &made["id"]));
    assert_eq!(app.get(&format!("/api/blocks/{block}")).await.expect(200)["state"], "converted");
    for (body, field) in [
        (json!({"cartId": id, "blockIds": [block]}), "lines"),
        (json!({"cartId": id, "lines": [{"itemId": mug, "quantity": 1}]}), "lines"),
        (json!({"blockIds": []}), "blockIds"),
        (json!({"blockIds": [block, block]}), "blockIds"),
        (json!({"cartId": id, "uniqueReference": true}), "uniqueReference"),
    ] {
        assert_eq!(app.post("/api/orders", body).await.problem(400, "invalid_value")["field"], field);
    }
    app.post("/api/orders", json!({"cartId": 987_654_321})).await.problem(404, "cart_not_found");
    app.post(&format!("/api/orders/{}/cancel", order["id"]), json!({})).await.expect(200);
    assert_eq!(app.available(lamp).await, 5);
    ledger::check(&app.database).await;
}
