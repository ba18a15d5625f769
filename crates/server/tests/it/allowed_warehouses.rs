//! Clients and people that are limited to warehouses.
//!
//! The two walks have a row per write route and per server function that writes. A new one without a row fails.

use crate::app::{Answer, TestApp};
use crate::imports::judged;
use domain::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use server::table;
use std::collections::BTreeSet;

/// The scopes of the limited clients: all that can be limited.
const SCOPES: [&str; 5] = ["stock:read", "stock:write", "holds:write", "orders:write", "items:write"];

/// The SKU of the shop's item.
const SKU: &str = "LAMP-1";

/// A server with an item of 100 units in each of two warehouses, and a client that is limited to the second one.
pub struct Shop {
    pub app: TestApp,
    pub item: i64,
    pub main: i64,
    pub own: i64,
    pub token: String,
}

/// The rule of a write for a limited client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It changes the stock, a block or an order of one warehouse.
    OneWarehouse,
    /// It is not bound to a warehouse, and needs all of them.
    AllWarehouses,
    /// It changes nothing in a warehouse.
    NoWarehouse,
}

/// A request: the path and the body. A text body is CSV.
pub type Write = (String, Value);

impl Shop {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let (item, main, own) = (app.item(100).await, app.main_warehouse().await, app.warehouse("OWN").await);
        app.patch(&format!("/api/items/{item}"), json!({"sku": SKU})).await.expect(200);
        let receipt = json!({"delta": 100, "reason": "delivery", "warehouseId": own});
        app.post(&format!("/api/items/{item}/stock"), receipt).await.expect(200);
        let token = limited_client(&app, "limited", own).await;
        Self { app, item, main, own, token }
    }

    pub async fn send(&self, (path, body): &Write, method: Method) -> Answer {
        let request = self.app.request(method, path).bearer_auth(&self.token);
        let request = match body {
            Value::Null => request,
            Value::String(csv) => request.header("content-type", "text/csv").body(csv.clone()),
            body => request.json(body),
        };
        self.app.send(request).await
    }

    async fn block(&self, warehouse: i64) -> i64 {
        let body = json!({"itemId": self.item, "quantity": 1, "warehouseId": warehouse, "ttlSeconds": 600});
        let placed = self.app.post("/api/items/block/temporary", body).await.expect(201);
        placed["blockId"].as_i64().expect("an id")
    }

    async fn cart(&self, warehouse: i64) -> i64 {
        let placed = self.app.post("/api/blocks", self.cart_body(warehouse)).await.expect(201);
        placed["cartId"].as_i64().expect("an id")
    }

    fn cart_body(&self, warehouse: i64) -> Value {
        json!({"lines": [{"itemId": self.item, "quantity": 1, "warehouseId": warehouse}], "ttlSeconds": 600})
    }

    async fn allocated_order(&self, warehouse: i64) -> i64 {
        let order = self.app.order(&[(self.item, 1)]).await;
        let body = json!({"warehouseId": warehouse});
        self.app.post(&format!("/api/orders/{order}/allocate"), body).await.expect(200);
        order
    }

    async fn confirmed_block(&self, warehouse: i64) -> i64 {
        let block = self.block(warehouse).await;
        self.app.post("/api/items/block/permanent", json!({"blockId": block})).await.expect(200);
        block
    }

    async fn confirmed_cart(&self, warehouse: i64) -> i64 {
        let cart = self.cart(warehouse).await;
        self.app.post(&format!("/api/carts/{cart}/confirm"), Value::Null).await.expect(200);
        cart
    }

    async fn shipped_order(&self, warehouse: i64) -> i64 {
        let order = self.allocated_order(warehouse).await;
        self.app.post(&format!("/api/orders/{order}/ship"), json!({})).await.expect(200);
        order
    }

    /// Returns the rule of a write route, and a request that concerns `warehouse`. `other` is a warehouse that the caller
    /// may change.
    async fn route(&self, method: &Method, path: &str, warehouse: i64, other: i64) -> Option<(Rule, Write)> {
        let Self { item, .. } = self;
        let path_with = |id: i64| path.replace("{id}", &id.to_string());
        let write = match (method.as_str(), path) {
            ("POST", "/api/imports") => {
                (Rule::NoWarehouse, path.to_owned(), Value::from("name,price\nLamp,1\n"))
            }
            ("PATCH" | "DELETE", "/api/imports/{id}") => {
                let import = judged(&self.app, "", "name,price\nLamp,1\n").await;
                (Rule::NoWarehouse, path.replace("{id}", &import["id"].to_string()), json!({}))
            }
            // The rows of a file of stock are checked one by one.
            ("POST", "/api/imports/{id}/apply") => {
                let import = judged(&self.app, "", "name,price\nLamp,1\n").await;
                (Rule::AllWarehouses, path.replace("{id}", &import["id"].to_string()), json!({"revision": 1}))
            }
            ("POST", "/api/items") => {
                let body = json!({"name": "Chair", "quantity": 1, "price": "1", "warehouseId": warehouse});
                (Rule::OneWarehouse, path.to_owned(), body)
            }
            ("PATCH", "/api/items/{id}") => (Rule::AllWarehouses, path_with(*item), json!({"name": "Other"})),
            ("POST", "/api/items/{id}/stock" | "/api/items/by-sku/{sku}/stock") => {
                let body = json!({"delta": 1, "reason": "counted", "warehouseId": warehouse});
                (Rule::OneWarehouse, path_with(*item).replace("{sku}", SKU), body)
            }
            ("POST", "/api/stock/batch") => {
                let line =
                    json!({"itemId": item, "change": 1, "reason": "counted", "warehouseId": warehouse});
                (Rule::OneWarehouse, path.to_owned(), json!({"changes": [line], "atomic": true}))
            }
            ("POST", "/api/stock/condition") => {
                let body = json!({"itemId": item, "quantity": 1, "from": "available", "to": "damaged", "reason": "x",
                                  "warehouseId": warehouse});
                (Rule::OneWarehouse, path.to_owned(), body)
            }
            ("POST", "/api/blocks/{id}/ship") => {
                (Rule::OneWarehouse, path_with(self.confirmed_block(warehouse).await), Value::Null)
            }
            ("POST", "/api/carts/{id}/ship") => {
                (Rule::OneWarehouse, path_with(self.confirmed_cart(warehouse).await), Value::Null)
            }
            ("POST", "/api/orders/{id}/ship") => {
                (Rule::OneWarehouse, path_with(self.allocated_order(warehouse).await), json!({}))
            }
            ("POST", "/api/orders/{id}/return") => {
                let body = json!({"lines": [{"itemId": item, "quantity": 1}], "into": "available"});
                (Rule::OneWarehouse, path_with(self.shipped_order(warehouse).await), body)
            }
            ("POST", "/api/items/{id}/move" | "/api/items/by-sku/{sku}/move") => {
                let body = json!({"fromWarehouseId": warehouse, "toWarehouseId": other, "quantity": 1, "reason": "x"});
                (Rule::OneWarehouse, path_with(*item).replace("{sku}", SKU), body)
            }
            ("POST", "/api/categories/{category}/rename") => {
                (Rule::AllWarehouses, path.replace("{category}", "Lighting"), json!({"to": "Light"}))
            }
            ("POST", "/api/items/{id}/archive" | "/api/items/{id}/restore") => {
                (Rule::AllWarehouses, path_with(*item), Value::Null)
            }
            ("PATCH", "/api/warehouses/{id}") => {
                (Rule::AllWarehouses, path_with(warehouse), json!({"name": "Other"}))
            }
            ("POST", "/api/warehouses/{id}/archive" | "/api/warehouses/{id}/restore") => {
                (Rule::AllWarehouses, path_with(warehouse), Value::Null)
            }
            ("POST", "/api/warehouses") => {
                (Rule::AllWarehouses, path.to_owned(), json!({"code": "NEW", "name": "New"}))
            }
            ("POST", "/api/items/block/temporary") => {
                let body = json!({"itemId": item, "quantity": 1, "warehouseId": warehouse});
                (Rule::OneWarehouse, path.to_owned(), body)
            }
            ("POST", "/api/items/block/permanent") => {
                (Rule::OneWarehouse, path.to_owned(), json!({"blockId": self.block(warehouse).await}))
            }
            ("POST", "/api/items/cleanup/expired-blocks") => {
                (Rule::AllWarehouses, path.to_owned(), Value::Null)
            }
            ("POST", "/api/blocks/bulk") => {
                let body = json!({"action": "release", "blockIds": [self.block(warehouse).await]});
                (Rule::OneWarehouse, path.to_owned(), body)
            }
            ("DELETE", "/api/blocks/{id}") => {
                (Rule::OneWarehouse, path_with(self.block(warehouse).await), Value::Null)
            }
            ("POST", "/api/blocks/{id}/extend") => {
                (Rule::OneWarehouse, path_with(self.block(warehouse).await), json!({"ttlSeconds": 900}))
            }
            ("POST", "/api/blocks") => (Rule::OneWarehouse, path.to_owned(), self.cart_body(warehouse)),
            ("POST", "/api/carts/{id}/confirm") | ("DELETE", "/api/carts/{id}") => {
                (Rule::OneWarehouse, path_with(self.cart(warehouse).await), Value::Null)
            }
            ("POST", "/api/carts/{id}/payment") => {
                let body = json!({"ttlSeconds": 900, "paymentReference": "P-1"});
                (Rule::OneWarehouse, path_with(self.cart(warehouse).await), body)
            }
            ("DELETE", "/api/carts/{id}/payment") => {
                let cart = self.cart(warehouse).await;
                let body = json!({"ttlSeconds": 900, "paymentReference": "P-1"});
                self.app.post(&format!("/api/carts/{cart}/payment"), body).await.expect(200);
                (Rule::OneWarehouse, path_with(cart), Value::Null)
            }
            ("PUT", "/api/carts/{id}") => {
                let mut body = self.cart_body(warehouse);
                body["version"] = json!(1);
                (Rule::OneWarehouse, path_with(self.cart(warehouse).await), body)
            }
            ("POST", "/api/carts/{id}/extend") => {
                (Rule::OneWarehouse, path_with(self.cart(warehouse).await), json!({"ttlSeconds": 900}))
            }
            ("POST", "/api/orders") => {
                let body = json!({"lines": [{"itemId": item, "quantity": 1}]});
                (Rule::NoWarehouse, path.to_owned(), body)
            }
            ("PUT", "/api/orders/{id}/lines") => {
                let body = json!({"lines": [{"itemId": item, "quantity": 2}]});
                (Rule::NoWarehouse, path_with(self.app.order(&[(*item, 1)]).await), body)
            }
            ("PUT", "/api/orders/{id}/queue") => {
                let order = self.app.order(&[(*item, 1)]).await;
                (Rule::AllWarehouses, path_with(order), json!({"wait": true}))
            }
            ("POST", "/api/orders/{id}/allocate") => {
                let order = self.app.order(&[(*item, 1)]).await;
                (Rule::OneWarehouse, path_with(order), json!({"warehouseId": warehouse}))
            }
            ("POST", "/api/orders/{id}/reassign") => {
                let (from, to) = (self.allocated_order(warehouse).await, self.app.order(&[(*item, 1)]).await);
                (Rule::OneWarehouse, path_with(from), json!({"toOrderId": to}))
            }
            ("POST", "/api/orders/{id}/cancel") => {
                (Rule::OneWarehouse, path_with(self.allocated_order(warehouse).await), Value::Null)
            }
            _ => return None,
        };
        let (rule, path, body) = write;
        Some((rule, (path, body)))
    }

    /// Returns the rule of a server function that writes, and arguments that concern the main warehouse.
    async fn server_function(&self, name: &str) -> Option<(Rule, Value)> {
        let Self { item, main, own, .. } = self;
        Some(match name {
            "rename_category" => {
                (Rule::AllWarehouses, json!({"category": "Lighting", "rename": {"to": "Light"}}))
            }
            "create_item" => {
                let item = json!({"name": "Chair", "quantity": 1, "price": "1", "warehouseId": main});
                (Rule::OneWarehouse, json!({"item": item}))
            }
            "update_item" => (Rule::AllWarehouses, json!({"id": item, "changes": {"name": "Other"}})),
            "archive_item" | "restore_item" => (Rule::AllWarehouses, json!({"id": item})),
            "update_warehouse" => (Rule::AllWarehouses, json!({"id": main, "changes": {"name": "Other"}})),
            "archive_warehouse" | "restore_warehouse" => (Rule::AllWarehouses, json!({"id": main})),
            "adjust_stock" => {
                let adjustment = json!({"delta": 1, "reason": "x", "warehouseId": main});
                (Rule::OneWarehouse, json!({"id": item, "adjustment": adjustment}))
            }
            "move_stock" => {
                let movement =
                    json!({"fromWarehouseId": own, "toWarehouseId": main, "quantity": 1, "reason": "x"});
                (Rule::OneWarehouse, json!({"id": item, "movement": movement}))
            }
            "create_warehouse" => (Rule::AllWarehouses, json!({"warehouse": {"code": "NEW", "name": "New"}})),
            "act_on_blocks" => {
                let request = json!({"action": "confirm", "blockIds": [self.block(*main).await]});
                (Rule::OneWarehouse, json!({"request": request}))
            }
            "act_on_items" => {
                let request = json!({"action": "category", "ids": [item], "value": "Home"});
                (Rule::AllWarehouses, json!({ "request": request }))
            }
            "act_on_orders" => {
                let order = self.allocated_order(*main).await;
                (Rule::OneWarehouse, json!({"action": "cancel", "ids": [order]}))
            }
            "save_view" => (Rule::NoWarehouse, json!({"list": "items", "name": "Mine", "query": "q=a"})),
            "rename_view" => (Rule::NoWarehouse, json!({"id": self.view("Old").await, "name": "New"})),
            "delete_view" => (Rule::NoWarehouse, json!({"id": self.view("Wrong").await})),
            "place_block" => {
                let block = json!({"itemId": item, "quantity": 1, "warehouseId": main});
                (Rule::OneWarehouse, json!({"block": block}))
            }
            "confirm_block" | "release_block" => (Rule::OneWarehouse, json!({"id": self.block(*main).await})),
            "extend_block" => {
                let extension = json!({"ttlSeconds": 900});
                (Rule::OneWarehouse, json!({"id": self.block(*main).await, "extension": extension}))
            }
            "cleanup_expired_blocks" => (Rule::AllWarehouses, json!({})),
            "create_order" => {
                let lines = json!([{"itemId": item, "quantity": 1}]);
                (Rule::NoWarehouse, json!({"order": {"lines": lines}}))
            }
            "allocate_order" => {
                let order = self.app.order(&[(*item, 1)]).await;
                (Rule::OneWarehouse, json!({"id": order, "allocation": {"warehouseId": main}}))
            }
            "cancel_order" => (Rule::OneWarehouse, json!({"id": self.allocated_order(*main).await})),
            _ => return None,
        })
    }

    /// Checks the answer to a write that concerns the main warehouse, which the client may not change.
    fn check_foreign(&self, place: &str, rule: Rule, permission: Permission, answer: &Answer) {
        let Answer { status, body, .. } = answer;
        match rule {
            Rule::NoWarehouse => assert!(*status < 300, "{place}: {status} {body}"),
            Rule::OneWarehouse => {
                let problem = if body.is_array() { &body[0]["problem"] } else { body };
                let expected = json!([403, "forbidden", permission.as_str(), self.main]);
                let problem = json!([
                    problem["status"],
                    problem["code"],
                    problem["permission"],
                    problem["warehouseId"]
                ]);
                assert_eq!(problem, expected, "{place}");
            }
            Rule::AllWarehouses => {
                // A bulk request has a problem per item.
                let problem = if body.is_array() { &body[0]["problem"] } else { body };
                let expected = json!([403, "forbidden", permission.as_str(), null]);
                let problem = json!([
                    problem["status"],
                    problem["code"],
                    problem["permission"],
                    problem["warehouseId"]
                ]);
                assert_eq!(problem, expected, "{place}");
            }
        }
    }

    /// Saves a view, and returns its id.
    async fn view(&self, name: &str) -> i64 {
        let view = json!({"list": "orders", "name": name, "query": ""});
        self.app.post("/rpc/save_view", view).await.expect(200)["id"].as_i64().expect("an id")
    }

    /// Returns the units of the item in each warehouse.
    pub async fn levels(&self) -> Value {
        self.app.get(&format!("/api/items/{}/levels", self.item)).await.expect(200)
    }
}

/// Creates a client that is limited to a warehouse, and returns its token.
async fn limited_client(app: &TestApp, name: &str, warehouse: i64) -> String {
    let body = json!({"name": name, "scopes": SCOPES, "warehouseIds": [warehouse]});
    let created = app.post("/api/clients", body).await.expect(201);
    assert_eq!(created["client"]["warehouseIds"], json!([warehouse]));
    created["token"]["token"].as_str().expect("a token").to_owned()
}

fn is_write(permission: Permission) -> bool {
    use Permission as P;
    match permission {
        P::WriteHolds
        | P::WriteOrders
        | P::WriteStock
        | P::WriteOffStock
        | P::ImportItems
        | P::WriteItems => true,
        P::Public | P::SignedIn | P::ReadStock | P::ManageWebhooks | P::ManageAccess => false,
    }
}

#[tokio::test]
async fn every_write_route_is_limited_to_the_warehouses_of_the_client() {
    let shop = Shop::start().await;
    for route in table().into_iter().filter(|route| route.method != Method::GET && is_write(route.permission))
    {
        let place = format!("{} {}", route.method, route.path);
        let foreign = shop.route(&route.method, route.path, shop.main, shop.own).await;
        let (rule, foreign) = foreign.unwrap_or_else(|| panic!("{place} has no row"));
        let before = shop.levels().await;
        let answer = shop.send(&foreign, route.method.clone()).await;
        shop.check_foreign(&place, rule, route.permission, &answer);
        assert_eq!(shop.levels().await, before, "{place}: nothing changed");
        // A move needs a second allowed warehouse; `people_and_clients_get_new_warehouses` has one.
        if rule == Rule::OneWarehouse && !route.path.ends_with("/move") {
            let own = shop.route(&route.method, route.path, shop.own, shop.own).await.expect("a row").1;
            let answer = shop.send(&own, route.method.clone()).await;
            let outcome = &answer.body[0]["problem"];
            assert!(answer.status < 300 && outcome.is_null(), "{place}: {} {}", answer.status, answer.body);
        }
    }
}

#[tokio::test]
async fn every_server_function_is_limited_to_the_warehouses_of_the_client() {
    let shop = Shop::start().await;
    let functions: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
        .filter(|(_, method)| *method != Method::GET)
        .map(|(path, _)| path.trim_start_matches("/rpc/").to_owned())
        .collect();
    assert!(!functions.is_empty());
    for name in functions {
        let (rule, arguments) =
            shop.server_function(&name).await.unwrap_or_else(|| panic!("{name} has no row"));
        let before = shop.levels().await;
        let answer = shop.send(&(format!("/rpc/{name}"), arguments), Method::POST).await;
        let permission = match name.as_str() {
            "create_order" | "allocate_order" | "cancel_order" | "act_on_orders" => Permission::WriteOrders,
            "adjust_stock" | "move_stock" => Permission::WriteStock,
            "rename_category" | "create_item" | "update_item" | "act_on_items" | "archive_item"
            | "restore_item" | "create_warehouse" | "update_warehouse" | "archive_warehouse"
            | "restore_warehouse" => Permission::WriteItems,
            _ => Permission::WriteHolds,
        };
        shop.check_foreign(&name, rule, permission, &answer);
        assert_eq!(shop.levels().await, before, "{name}: nothing changed");
    }
}
