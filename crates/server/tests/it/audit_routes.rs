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
        "POST /api/carts/{id}/extend" => {
            let path = format!("/api/carts/{}/extend", cart(app).await);
            (post(path, json!({"ttlSeconds": 600})), &["block.extended", "block.extended"])
        }
        "DELETE /api/carts/{id}" => {
            let path = format!("/api/carts/{}", cart(app).await);
            (app.request(Method::DELETE, &path), &["released", "released"])
        }
        "POST /api/orders" => {
            let lines = json!([{"itemId": item, "quantity": 1}]);
            (post("/api/orders".to_owned(), json!({"lines": lines})), &["order.created"])
        }
        "POST /api/orders/{id}/allocate" => {
            let (order, main) = (app.order(&[(item, 1)]).await, app.main_warehouse().await);
            (post(format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})), &["allocated"])
        }
        "POST /api/orders/{id}/cancel" => {
            let order = app.order(&[(item, 1)]).await;
            (post(format!("/api/orders/{order}/cancel"), json!({})), &["order.cancelled"])
        }
        _ => panic!("{route} changes something and has no row"),
    }
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
    let manages = |permission| permission == Permission::ManageAccess;
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

    let admin = app.client("admin", &[Scope::Admin]).await;
    let credential = newest(&app, "token", "client_tokens").await;
    for route in writes().filter(|route| manages(route.permission)) {
        let name = format!("{} {}", route.method, route.path);
        let (request, kinds) = access_write(&app, &name).await;
        let id = name.replace(' ', "-");
        let answer = app.send(forge(request.bearer_auth(&admin), &id)).await;
        assert!((200..300).contains(&answer.status), "{name}: {}", answer.text);
        check_records(&app, &id, kinds, "client:admin", Some(&credential)).await;
    }
}
