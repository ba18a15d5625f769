//! Each change by REST has a record with its origin: a walk of all writing routes.

use crate::app::TestApp;
use crate::audit::{CLEAN_UPS_MAX, STOCK_SCOPES, came_late, check_records, expired_block, forge, newest};
use crate::imports::{judged, settled};
use domain::{Permission, Scope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::table;

/// A request that changes something, without credentials, and the kinds of its records.
type Write = (RequestBuilder, &'static [&'static str]);

async fn cart(app: &TestApp) -> i64 {
    let lines =
        json!([{"itemId": app.item(9).await, "quantity": 1}, {"itemId": app.item(9).await, "quantity": 1}]);
    let placed = app.post("/api/blocks", json!({"lines": lines, "ttlSeconds": 60})).await.expect(201);
    placed["cartId"].as_i64().expect("an id")
}

/// Returns a request for a route on stock. Prepares what it needs by local access.
async fn stock_write(app: &TestApp, route: &str) -> Write {
    let post = |path: String, body: Value| app.request(Method::POST, &path).json(&body);
    let item = app.item(9).await;
    match route {
        "POST /api/imports" => {
            let request = app.request(Method::POST, "/api/imports").header("content-type", "text/csv");
            (request.body("name,price\nKettle,1\n"), &["import.created"])
        }
        // The choices are part of the record of the application.
        "PATCH /api/imports/{id}" => {
            let import = judged(app, "", "name,price\nKettle,1\n").await;
            let request = app.request(Method::PATCH, &format!("/api/imports/{}", import["id"]));
            (request.json(&json!({"kind": "items"})), &[])
        }
        "DELETE /api/imports/{id}" => {
            let import = judged(app, "", "name,price\nKettle,1\n").await;
            (app.request(Method::DELETE, &format!("/api/imports/{}", import["id"])), &["import.cancelled"])
        }
        "POST /api/imports/{id}/apply" => {
            let import = judged(app, "", "name,price\nKettle,1\n").await;
            let path = format!("/api/imports/{}/apply", import["id"]);
            (post(path, json!({"revision": 1})), &["import.applied", "item.created"])
        }
        "POST /api/items" => {
            let body = json!({"name": "Lamp", "quantity": 0, "price": "1", "actor": "person:eve"});
            (post("/api/items".to_owned(), body), &["item.created"])
        }
        "PATCH /api/items/{id}" => {
            let request = app.request(Method::PATCH, &format!("/api/items/{item}"));
            (request.json(&json!({"price": "2.50"})), &["item.changed"])
        }
        "POST /api/items/{id}/archive" => {
            (post(format!("/api/items/{item}/archive"), json!({})), &["item.archived"])
        }
        "POST /api/items/{id}/restore" => {
            app.post(&format!("/api/items/{item}/archive"), json!({})).await.expect(200);
            (post(format!("/api/items/{item}/restore"), json!({})), &["item.restored"])
        }
        "POST /api/items/{id}/stock" => {
            let body = json!({"delta": -2, "reason": "Broken", "actor": "person:eve"});
            (post(format!("/api/items/{item}/stock"), body), &["written_off"])
        }
        "POST /api/items/by-sku/{sku}/stock" => {
            app.patch(&format!("/api/items/{item}"), json!({"sku": "TORCH-1"})).await.expect(200);
            let body = json!({"delta": -2, "reason": "Broken", "actor": "person:eve"});
            (post("/api/items/by-sku/torch-1/stock".to_owned(), body), &["written_off"])
        }
        "POST /api/items/by-sku/{sku}/move" => {
            app.patch(&format!("/api/items/{item}"), json!({"sku": "TORCH-2"})).await.expect(200);
            app.warehouse("FAR").await;
            let body = json!({"fromWarehouseCode": "MAIN", "toWarehouseCode": "FAR", "quantity": 1, "reason": "Near"});
            (post("/api/items/by-sku/torch-2/move".to_owned(), body), &["moved", "moved"])
        }
        "POST /api/stock/batch" => {
            let line = json!({"itemId": item, "set": 12, "expected": null, "reason": "Counted"});
            (post("/api/stock/batch".to_owned(), json!({"changes": [line]})), &["received"])
        }
        "POST /api/items/{id}/move" => {
            let (from, to) = (app.main_warehouse().await, app.warehouse("MOVE").await);
            let body = json!({"fromWarehouseId": from, "toWarehouseId": to, "quantity": 1, "reason": "Near"});
            (post(format!("/api/items/{item}/move"), body), &["moved", "moved"])
        }
        "POST /api/categories/{category}/rename" => {
            let body = json!({"name": "Cup", "quantity": 0, "price": "1", "category": "Cups"});
            app.post("/api/items", body).await.expect(201);
            let path = "/api/categories/Cups/rename".to_owned();
            (post(path, json!({"to": "Mugs"})), &["category.renamed", "item.changed"])
        }
        "POST /api/warehouses" => {
            (post("/api/warehouses".to_owned(), json!({"code": "W", "name": "West"})), &["warehouse.created"])
        }
        "PATCH /api/warehouses/{id}" => {
            let path = format!("/api/warehouses/{}", app.warehouse("OLD").await);
            (app.request(Method::PATCH, &path).json(&json!({"code": "NEW"})), &["warehouse.changed"])
        }
        "POST /api/warehouses/{id}/archive" => {
            let path = format!("/api/warehouses/{}/archive", app.warehouse("SHUT").await);
            (post(path, json!({})), &["warehouse.archived"])
        }
        "POST /api/warehouses/{id}/restore" => {
            let path = format!("/api/warehouses/{}", app.warehouse("BACK").await);
            app.post(&format!("{path}/archive"), json!({})).await.expect(200);
            (post(format!("{path}/restore"), json!({})), &["warehouse.restored"])
        }
        "POST /api/items/block/temporary" => {
            let body =
                json!({"itemId": item, "quantity": 1, "actor": "person:eve", "address": "203.0.113.9"});
            (post("/api/items/block/temporary".to_owned(), body), &["blocked"])
        }
        "POST /api/items/block/permanent" => {
            let block = app.block(item, 1, 60).await;
            (post("/api/items/block/permanent".to_owned(), json!({"blockId": block})), &["confirmed"])
        }
        "POST /api/items/cleanup/expired-blocks" => {
            expired_block(app).await;
            (post("/api/items/cleanup/expired-blocks".to_owned(), json!({})), &["expired"])
        }
        "POST /api/blocks/bulk" => {
            let blocks = [app.block(item, 1, 60).await, app.block(item, 1, 60).await];
            let body = json!({"action": "extend", "blockIds": blocks, "ttlSeconds": 600});
            (post("/api/blocks/bulk".to_owned(), body), &["block.extended", "block.extended"])
        }
        "DELETE /api/blocks/{id}" => {
            let block = app.block(item, 1, 60).await;
            (app.request(Method::DELETE, &format!("/api/blocks/{block}")), &["released"])
        }
        "POST /api/blocks/{id}/extend" => {
            let block = app.block(item, 1, 60).await;
            (post(format!("/api/blocks/{block}/extend"), json!({"ttlSeconds": 600})), &["block.extended"])
        }
        "POST /api/blocks" => {
            let lines = json!([{"itemId": item, "quantity": 1}]);
            (post("/api/blocks".to_owned(), json!({"lines": lines, "reference": "C-1"})), &["blocked"])
        }
        "PUT /api/carts/{id}" => {
            let path = format!("/api/carts/{}", cart(app).await);
            let body = json!({"version": 1, "lines": [{"itemId": item, "quantity": 9}]});
            (app.request(Method::PUT, &path).json(&body), &["blocked", "released", "released"])
        }
        "POST /api/carts/{id}/confirm" => {
            let path = format!("/api/carts/{}/confirm", cart(app).await);
            (post(path, json!({})), &["confirmed", "confirmed"])
        }
        "POST /api/carts/{id}/payment" => {
            let path = format!("/api/carts/{}/payment", cart(app).await);
            let payment = json!({"ttlSeconds": 600, "paymentReference": "P-1"});
            (post(path, payment), &["payment.started"])
        }
        "DELETE /api/carts/{id}/payment" => {
            let path = format!("/api/carts/{}/payment", cart(app).await);
            let payment = json!({"ttlSeconds": 600, "paymentReference": "P-1"});
            app.post(&path, payment).await.expect(200);
            (app.request(Method::DELETE, &path), &["payment.ended"])
        }
        "POST /api/carts/{id}/extend" => {
            let path = format!("/api/carts/{}/extend", cart(app).await);
            (post(path, json!({"ttlSeconds": 600})), &["block.extended", "block.extended"])
        }
        "DELETE /api/carts/{id}" => {
            let path = format!("/api/carts/{}", cart(app).await);
            (app.request(Method::DELETE, &path), &["released", "released"])
        }
        "POST /api/stock/condition" => {
            let body =
                json!({"itemId": item, "quantity": 1, "from": "available", "to": "damaged", "reason": "x"});
            (post("/api/stock/condition".to_owned(), body), &["set_aside"])
        }
        "POST /api/blocks/{id}/ship" => {
            let block = app.block(item, 1, 60).await;
            app.post("/api/items/block/permanent", json!({"blockId": block})).await.expect(200);
            (post(format!("/api/blocks/{block}/ship"), json!({})), &["shipped"])
        }
        "POST /api/carts/{id}/ship" => {
            let path = format!("/api/carts/{}", cart(app).await);
            app.post(&format!("{path}/confirm"), json!({})).await.expect(200);
            (post(format!("{path}/ship"), json!({})), &["shipped", "shipped"])
        }
        "POST /api/orders/{id}/ship" | "POST /api/orders/{id}/return" => {
            let (order, main) = (app.order(&[(item, 1)]).await, app.main_warehouse().await);
            let path = format!("/api/orders/{order}");
            app.post(&format!("{path}/allocate"), json!({"warehouseId": main})).await.expect(200);
            if route.ends_with("/ship") {
                return (post(format!("{path}/ship"), json!({})), &["shipped"]);
            }
            app.post(&format!("{path}/ship"), json!({})).await.expect(200);
            let body = json!({"lines": [{"itemId": item, "quantity": 1}], "into": "damaged"});
            (post(format!("{path}/return"), body), &["returned"])
        }
        "POST /api/orders" => {
            let lines = json!([{"itemId": item, "quantity": 1}]);
            (post("/api/orders".to_owned(), json!({"lines": lines})), &["order.created"])
        }
        "PUT /api/orders/{id}/lines" => {
            let order = app.order(&[(item, 1)]).await;
            let request = app.request(Method::PUT, &format!("/api/orders/{order}/lines"));
            let lines = json!([{"itemId": item, "quantity": 2}]);
            (request.json(&json!({"lines": lines})), &["order.changed"])
        }
        "PUT /api/orders/{id}/queue" => {
            let order = app.order(&[(item, 1)]).await;
            let request = app.request(Method::PUT, &format!("/api/orders/{order}/queue"));
            (request.json(&json!({"wait": false, "priority": 3})), &["order.changed"])
        }
        "POST /api/orders/{id}/allocate" => {
            let (order, main) = (app.order(&[(item, 1)]).await, app.main_warehouse().await);
            (post(format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})), &["allocated"])
        }
        "POST /api/orders/{id}/reassign" => {
            let (from, to) = (app.order(&[(item, 1)]).await, app.order(&[(item, 1)]).await);
            let main = app.main_warehouse().await;
            let allocate = json!({"warehouseId": main});
            app.post(&format!("/api/orders/{from}/allocate"), allocate).await.expect(200);
            (
                post(format!("/api/orders/{from}/reassign"), json!({"toOrderId": to})),
                &["allocated", "cancelled"],
            )
        }
        "POST /api/orders/{id}/cancel" => {
            let order = app.order(&[(item, 1)]).await;
            (post(format!("/api/orders/{order}/cancel"), json!({})), &["order.cancelled"])
        }
        _ => panic!("{route} changes something and has no row"),
    }
}

/// Adds a paused webhook endpoint with an event that is set aside, and returns its id.
async fn webhook(app: &TestApp) -> i64 {
    let id = sqlx::query_scalar::<_, i64>(
        "INSERT INTO webhook_endpoints (name, url, kinds, warehouse_ids, skus, state, position, signature, signing_key)
         VALUES ('x', 'https://localhost:9/', '{}', '{}', '{}', 'paused', 0, 'v1', decode(repeat('00', 32), 'hex'))
         RETURNING id",
    );
    let id = id.fetch_one(&app.database).await.expect("an endpoint");
    let parked = sqlx::query(
        "INSERT INTO webhook_parked (endpoint_id, event_id, item_id, state, attempts, due_at)
         VALUES ($1, 1, 1, 'set_aside', 9, now())",
    );
    parked.bind(id).execute(&app.database).await.expect("a parked event");
    id
}

/// Returns a request for a route that manages webhooks.
async fn webhook_write(app: &TestApp, method: &Method, path: &str) -> Write {
    let path = path.replace("{id}", &webhook(app).await.to_string());
    let (body, kinds): (_, &[_]) = match (method.as_str(), path.rsplit('/').next()) {
        ("POST", Some("webhooks")) => {
            (json!({"name": "x", "url": "https://shop.example/"}), &["webhook.created"])
        }
        ("PATCH", _) => (json!({"name": "y"}), &["webhook.changed"]),
        ("DELETE", _) => (json!({}), &["webhook.deleted"]),
        ("POST", Some("secret")) => (json!({}), &["webhook.rotated"]),
        // A test changes nothing.
        ("POST", Some("test")) => (json!({}), &[]),
        ("POST", Some("replay")) => (json!({"cursor": "0"}), &["webhook.changed"]),
        ("POST", Some("pause" | "resume" | "retry")) => (json!({}), &["webhook.changed"]),
        _ => panic!("{method} {path} changes something and has no row"),
    };
    (app.request(method.clone(), &path).json(&body), kinds)
}

/// Returns a request for a route that manages access.
async fn access_write(app: &TestApp, route: &str) -> Write {
    let name = format!("shop-{}", uuid::Uuid::now_v7().simple());
    match route {
        "POST /api/clients" => {
            let body = json!({"name": name, "scopes": ["stock:read"]});
            (app.request(Method::POST, "/api/clients").json(&body), &["client.created", "token.created"])
        }
        "PATCH /api/clients/{name}" => {
            app.client(&name, &[Scope::StockRead]).await;
            let main = sqlx::query_scalar::<_, i64>("SELECT id FROM warehouses WHERE is_default");
            let main = main.fetch_one(&app.database).await.expect("a default warehouse");
            let body = json!({"warehouseIds": [main]});
            (app.request(Method::PATCH, &format!("/api/clients/{name}")).json(&body), &["client.changed"])
        }
        "DELETE /api/clients/{name}" => {
            app.client(&name, &[Scope::StockRead]).await;
            (app.request(Method::DELETE, &format!("/api/clients/{name}")), &["client.disabled"])
        }
        "POST /api/clients/{name}/tokens" => {
            app.client(&name, &[Scope::StockRead]).await;
            let request = app.request(Method::POST, &format!("/api/clients/{name}/tokens"));
            (request.json(&json!({})), &["token.created"])
        }
        "DELETE /api/clients/{name}/tokens/{id}" => {
            app.client(&name, &[Scope::StockRead]).await;
            let token = newest(app, "token", "client_tokens").await;
            let id = token.trim_start_matches("token:");
            (app.request(Method::DELETE, &format!("/api/clients/{name}/tokens/{id}")), &["token.revoked"])
        }
        _ => panic!("{route} changes something and has no row"),
    }
}

#[tokio::test]
async fn each_change_by_the_api_has_a_record() {
    let app = TestApp::start().await;
    let robot = app.client("robot", &STOCK_SCOPES).await;
    let credential = newest(&app, "token", "client_tokens").await;
    let is_write =
        |route: &server::Route| route.method != Method::GET && route.permission != Permission::ReadStock;
    let writes = || table().into_iter().filter(is_write);
    let manages = |permission| [Permission::ManageAccess, Permission::ManageWebhooks].contains(&permission);
    for route in writes().filter(|route| !manages(route.permission)) {
        let name = format!("{} {}", route.method, route.path);
        for attempt in 1.. {
            let (request, kinds) = stock_write(&app, &name).await;
            let id = format!("{}-{attempt}", name.replace(' ', "-"));
            let answer = app.send(forge(request.bearer_auth(&robot), &id)).await;
            assert!((200..300).contains(&answer.status), "{name}: {}", answer.text);
            if kinds.first() == Some(&"import.applied") {
                settled(&app, &answer.body["id"]).await;
            }
            if !came_late(&answer) {
                check_records(&app, &id, kinds, "client:robot", Some(&credential)).await;
                break;
            }
            assert!(attempt < CLEAN_UPS_MAX, "the clean-up by a request removes nothing");
        }
    }

    let admin = app.client("admin", &[Scope::Admin, Scope::WebhooksManage]).await;
    let credential = newest(&app, "token", "client_tokens").await;
    for route in writes().filter(|route| manages(route.permission)) {
        let name = format!("{} {}", route.method, route.path);
        let (request, kinds) = match route.permission {
            Permission::ManageWebhooks => webhook_write(&app, &route.method, route.path).await,
            _ => access_write(&app, &name).await,
        };
        let id = name.replace(' ', "-");
        let answer = app.send(forge(request.bearer_auth(&admin), &id)).await;
        assert!((200..300).contains(&answer.status), "{name}: {}", answer.text);
        check_records(&app, &id, kinds, "client:admin", Some(&credential)).await;
    }
}

#[tokio::test]
async fn an_order_that_begins_to_wait_has_a_record() {
    let app = TestApp::start().await;
    let robot = app.client("robot", &STOCK_SCOPES).await;
    let credential = newest(&app, "token", "client_tokens").await;
    let order = app.order(&[(app.item(0).await, 1)]).await;
    let request = app.request(Method::POST, &format!("/api/orders/{order}/allocate"));
    let request = request.json(&json!({"mode": "partial", "wait": true, "priority": 7}));
    app.send(forge(request.bearer_auth(&robot), "waits")).await.expect(200);
    check_records(&app, "waits", &["order.changed"], "client:robot", Some(&credential)).await;
}
