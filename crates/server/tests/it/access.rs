//! Permissions of all operations, and the life of clients and tokens.
//!
//! The two walks have a row per REST route and per server function. A new one without a row fails.

use crate::app::TestApp;
use crate::browser::{REVOCATION_DELAY_MAX, strict_server};
use crate::tokens::rejected_soon;
use domain::{Permission, Principal, Scope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::table;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A well-formed token that no client has.
const UNKNOWN_TOKEN: &str = "shk_000000000000000000000000000000002wjyrI";

/// The server functions, with the permission that each must require, and arguments that can be read.
const SERVER_FUNCTIONS: [(&str, Method, Permission, &str); 51] = [
    ("overview", Method::GET, Permission::ReadStock, ""),
    ("first_steps", Method::GET, Permission::ReadStock, ""),
    ("activity", Method::GET, Permission::ReadStock, ""),
    ("list_categories", Method::GET, Permission::ReadStock, ""),
    ("rename_category", Method::POST, Permission::WriteItems, r#"{"category":"x","rename":{"to":"y"}}"#),
    ("top_items", Method::GET, Permission::ReadStock, "category=x"),
    ("list_items", Method::GET, Permission::ReadStock, ""),
    ("get_item", Method::GET, Permission::ReadStock, "id=1"),
    ("item_levels", Method::GET, Permission::ReadStock, "id=1"),
    ("item_movements", Method::GET, Permission::ReadStock, "id=1"),
    ("unavailability", Method::GET, Permission::ReadStock, "id=1"),
    ("item_history", Method::GET, Permission::ReadStock, "id=1"),
    (
        "create_item",
        Method::POST,
        Permission::WriteItems,
        r#"{"item":{"name":"","quantity":1,"price":"1","category":"x"}}"#,
    ),
    ("update_item", Method::POST, Permission::WriteItems, r#"{"id":1,"changes":{}}"#),
    ("archive_item", Method::POST, Permission::WriteItems, r#"{"id":999999}"#),
    ("restore_item", Method::POST, Permission::WriteItems, r#"{"id":999999}"#),
    (
        "adjust_stock",
        Method::POST,
        Permission::WriteStock,
        r#"{"id":1,"adjustment":{"delta":1,"reason":"x"}}"#,
    ),
    (
        "move_stock",
        Method::POST,
        Permission::WriteStock,
        r#"{"id":1,"movement":{"fromWarehouseId":1,"toWarehouseId":2,"quantity":1,"reason":"x"}}"#,
    ),
    ("search", Method::GET, Permission::ReadStock, "q=x"),
    ("scan_item", Method::GET, Permission::ReadStock, "code=x"),
    ("count_items", Method::GET, Permission::ReadStock, ""),
    ("count_orders", Method::GET, Permission::ReadStock, ""),
    ("count_blocks", Method::GET, Permission::ReadStock, ""),
    ("find_blocks", Method::GET, Permission::ReadStock, ""),
    (
        "act_on_items",
        Method::POST,
        Permission::WriteItems,
        r#"{"request":{"action":"archive","ids":[999999]}}"#,
    ),
    ("act_on_orders", Method::POST, Permission::WriteOrders, r#"{"action":"cancel","ids":[999999]}"#),
    ("list_views", Method::GET, Permission::ReadStock, ""),
    ("save_view", Method::POST, Permission::ReadStock, r#"{"list":"items","name":"x","query":""}"#),
    ("rename_view", Method::POST, Permission::ReadStock, r#"{"id":999999,"name":"x"}"#),
    ("delete_view", Method::POST, Permission::ReadStock, r#"{"id":999999}"#),
    ("list_warehouses", Method::GET, Permission::ReadStock, ""),
    ("warehouse_items", Method::GET, Permission::ReadStock, "warehouse=1"),
    ("create_warehouse", Method::POST, Permission::WriteItems, r#"{"warehouse":{"code":"","name":""}}"#),
    ("update_warehouse", Method::POST, Permission::WriteItems, r#"{"id":1,"changes":{}}"#),
    ("archive_warehouse", Method::POST, Permission::WriteItems, r#"{"id":999999}"#),
    ("restore_warehouse", Method::POST, Permission::WriteItems, r#"{"id":999999}"#),
    ("list_blocks", Method::GET, Permission::ReadStock, ""),
    ("ended_blocks", Method::GET, Permission::ReadStock, ""),
    (
        "act_on_blocks",
        Method::POST,
        Permission::WriteHolds,
        r#"{"request":{"action":"release","blockIds":[999999]}}"#,
    ),
    ("get_block", Method::GET, Permission::ReadStock, "id=1"),
    ("place_block", Method::POST, Permission::WriteHolds, r#"{"block":{"itemId":1,"quantity":1}}"#),
    ("confirm_block", Method::POST, Permission::WriteHolds, r#"{"id":1}"#),
    ("release_block", Method::POST, Permission::WriteHolds, r#"{"id":1}"#),
    ("extend_block", Method::POST, Permission::WriteHolds, r#"{"id":1,"extension":{"ttlSeconds":60}}"#),
    ("cleanup_expired_blocks", Method::POST, Permission::WriteHolds, "{}"),
    ("list_orders", Method::GET, Permission::ReadStock, ""),
    ("get_order", Method::GET, Permission::ReadStock, "id=1"),
    ("create_order", Method::POST, Permission::WriteOrders, r#"{"order":{"lines":[]}}"#),
    ("allocate_order", Method::POST, Permission::WriteOrders, r#"{"id":1,"allocation":{"warehouseId":1}}"#),
    ("preview_order", Method::GET, Permission::ReadStock, "id=1"),
    ("cancel_order", Method::POST, Permission::WriteOrders, r#"{"id":1}"#),
];

/// Creates a client per scope, and returns the scopes with the tokens.
async fn a_client_per_scope(app: &TestApp) -> Vec<(Scope, String)> {
    let mut clients = Vec::new();
    for scope in Scope::ALL {
        let name = scope.as_str().replace(':', "-");
        clients.push((scope, app.client(&name, &[scope]).await));
    }
    clients
}

/// Sends a request, and returns the status, and the body of a problem. Other bodies are not read: a stream has no end.
pub async fn status(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let is_problem =
        response.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json");
    let body = if is_problem { response.json().await.expect("a problem") } else { Value::Null };
    (status, body)
}

/// Checks the answers to a request without credentials, with an unknown token, and with each scope.
async fn check_operation(
    place: &str,
    permission: Permission,
    clients: &[(Scope, String)],
    request: impl Fn() -> RequestBuilder,
) {
    let (code, body) = status(request()).await;
    match permission {
        Permission::Public => assert_ne!(code, 401, "{place}"),
        _ => assert_eq!((code, &body["code"]), (401, &json!("unauthenticated")), "{place}"),
    }
    check_credentials(place, permission, clients, request).await;
}

/// Checks the answers to a request with an unknown token, and with each scope.
async fn check_credentials(
    place: &str,
    permission: Permission,
    clients: &[(Scope, String)],
    request: impl Fn() -> RequestBuilder,
) {
    let (code, body) = status(request().bearer_auth(UNKNOWN_TOKEN)).await;
    assert_eq!((code, &body["code"]), (401, &json!("invalid_credentials")), "{place}");
    for (scope, token) in clients {
        let (code, body) = status(request().bearer_auth(token)).await;
        if Principal::client("x", &[*scope]).permissions.contains(permission) {
            assert!(![401, 403].contains(&code), "{place} with {}: {code} {body}", scope.as_str());
            assert!(code < 500, "{place} with {}: {code} {body}", scope.as_str());
        } else {
            let expected = (403, &json!("forbidden"), &json!(permission.as_str()));
            assert_eq!(
                (code, &body["code"], &body["permission"]),
                expected,
                "{place} with {}",
                scope.as_str()
            );
        }
    }
}

#[tokio::test]
async fn every_route_requires_the_permission_of_its_row() {
    let app = strict_server().await;
    let clients = a_client_per_scope(&app).await;
    for route in table() {
        let path =
            route.path.replace("{id}", "999999").replace("{category}", "none").replace("{name}", "none");
        let request = || {
            let request = app.request(route.method.clone(), &path);
            if route.method == Method::GET { request } else { request.json(&json!({})) }
        };
        let place = format!("{} {}", route.method, route.path);
        check_operation(&place, route.permission, &clients, request).await;
    }
}

#[tokio::test]
async fn every_server_function_requires_its_permission() {
    let known: BTreeSet<_> = SERVER_FUNCTIONS
        .iter()
        .map(|(name, method, ..)| (format!("/rpc/{name}"), method.to_string()))
        .collect();
    let registered: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.to_owned(), method.to_string()))
        .collect();
    assert_eq!(registered, known, "each server function has a row in SERVER_FUNCTIONS");

    let app = strict_server().await;
    let clients = a_client_per_scope(&app).await;
    for (name, method, permission, arguments) in SERVER_FUNCTIONS {
        let request = || match method {
            Method::GET => app.request(Method::GET, &format!("/rpc/{name}?{arguments}")),
            _ => {
                let request = app.request(Method::POST, &format!("/rpc/{name}"));
                request.header("content-type", "application/json").body(arguments)
            }
        };
        check_operation(name, permission, &clients, request).await;
    }
}

/// The pages and forms that manage access.
pub const ACCESS_PAGES: [(&str, Method); 15] = [
    ("/people", Method::GET),
    ("/people", Method::POST),
    ("/people/role", Method::POST),
    ("/people/warehouses", Method::POST),
    ("/people/reset", Method::POST),
    ("/people/sessions", Method::POST),
    ("/people/disable", Method::POST),
    ("/people/enable", Method::POST),
    ("/clients", Method::GET),
    ("/clients", Method::POST),
    ("/clients/rotate", Method::POST),
    ("/clients/warehouses", Method::POST),
    ("/clients/revoke", Method::POST),
    ("/clients/disable", Method::POST),
    ("/audit", Method::GET),
];

#[tokio::test]
async fn every_page_that_manages_access_requires_the_permission() {
    let app = strict_server().await;
    let clients = a_client_per_scope(&app).await;
    for (path, method) in ACCESS_PAGES {
        let request = || app.request(method.clone(), path);
        let place = format!("{method} {path}");
        let response = request().send().await.expect("an answer");
        assert_eq!(response.url().path(), "/sign-in", "{place} without credentials");
        check_credentials(&place, Permission::ManageAccess, &clients, request).await;
    }
}

#[tokio::test]
async fn clients_are_managed_by_forms() {
    let app = TestApp::start().await;
    let form = async |path: &str, fields: &str| {
        let request =
            app.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let answer = app.send(request.body(fields.to_owned())).await;
        assert!(answer.status != 200 || answer.header("cache-control") == "no-store", "{path}");
        answer
    };
    let page = async || {
        let answer = app.get("/clients").await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        assert!(!answer.text.contains("hydrate()"), "the WASM does not have this page");
        answer.text
    };
    assert!(page().await.contains("There are no clients yet."));
    let added = form("/clients", "name=shop&scope=stock:read&scope=holds:write&expiresInDays=").await;
    assert_eq!(added.status, 200);
    let secret = added.text.split_once("<code>shk_").expect("a token").1;
    let token = format!("shk_{}", secret.split_once('<').expect("its end").0);
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    let listed = page().await;
    assert!(listed.contains("stock:read, holds:write") && !listed.contains(&token), "{listed}");

    let twice = form("/clients", "name=shop&scope=stock:read").await;
    assert_eq!(twice.status, 409);
    assert!(twice.text.contains("Another client has the name shop."), "{}", twice.text);
    let wrong = form("/clients", "name=other&scope=stock:read&expiresInDays=many").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("Enter a whole number"), "{}", wrong.text);
    assert_eq!(form("/clients", "name=other").await.status, 400, "no scope");

    assert_eq!(form("/clients/rotate", "name=shop").await.status, 200);
    assert!(!page().await.contains("New token"), "a third token would be rejected");
    let revoked = form("/clients/revoke", "name=shop&token=1").await;
    assert!(revoked.text.contains("<td>revoked<"), "{}: {}", revoked.status, revoked.text);
    rejected_soon(&app, &token).await;
    form("/clients/disable", "name=shop").await;
    assert!(page().await.contains("rejected: the client is disabled"));

    let log = app.get("/audit?subject=client:shop&kind=token.created").await;
    assert_eq!((log.status, log.header("cache-control")), (200, "no-store"));
    assert_eq!(log.text.matches("title=\"token.created\"").count(), 2, "{}", log.text);
    assert!(log.text.contains("/api/audit.csv?kind=token.created&amp;subject=client%3Ashop"), "{}", log.text);
    let empty = app.get("/audit?from=2100-01-01").await;
    assert!(empty.text.contains("No events match this filter."));
    assert!(app.get("/audit?from=yesterday").await.text.contains("from must be a day"));
}

#[tokio::test]
async fn a_form_without_credentials_changes_nothing() {
    let app = strict_server().await;
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM warehouses")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    for path in ["/forms/create_warehouse?in=warehouse", "/forms/act_on_blocks", "/imports"] {
        let request = app.request(Method::POST, path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let (code, _) = status(request.body("code=X&name=X&ids=1&action=release")).await;
        assert!(code < 500, "{path}: {code}");
    }
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM warehouses")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_page_without_credentials_has_no_data() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::ItemsWrite, Scope::StockRead]).await;
    let item = json!({"name": "Secret lamp", "quantity": 1, "price": "9.99", "category": "Hidden category"});
    app.send(app.request(Method::POST, "/api/items").bearer_auth(&token).json(&item)).await.expect(201);
    for path in ["/", "/items", "/items/1", "/categories", "/blocks", "/orders", "/warehouses"] {
        let text =
            app.request(Method::GET, path).send().await.expect("an answer").text().await.expect("a page");
        for secret in ["Secret lamp", "Hidden category", "Main warehouse"] {
            assert!(!text.contains(secret), "{path} has {secret}");
        }
    }
}

#[tokio::test]
async fn local_access_ends_when_an_administrator_exists() {
    let app = TestApp::start().await;
    let other = app.one_more().await;
    let create = |name: &str, scope: &str| {
        app.request(Method::POST, "/api/clients").json(&json!({"name": name, "scopes": [scope]}))
    };
    app.send(create("shop", "stock:read")).await.expect(201);
    other.get("/api/items").await.expect(200);
    let created = app.send(create("robot", "admin")).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    let begun = Instant::now();
    for server in [&app, &other] {
        while server.get("/api/items").await.status != 401 {
            assert!(
                begun.elapsed() < REVOCATION_DELAY_MAX,
                "requests without credentials are still accepted"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    app.send(app.request(Method::GET, "/api/clients").bearer_auth(token)).await.expect(200);
    // A new server requires credentials from its start.
    app.one_more().await.get("/api/items").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_audit_log_has_the_principal_and_the_values() {
    let app = TestApp::start().await;
    let admin = app.client("robot", &[Scope::Admin]).await;
    let send = async |method: Method, path: &str, body: Value| {
        let request = app.request(method, path).bearer_auth(&admin).header("x-request-id", "r-7");
        app.send(request.json(&body)).await
    };
    let shop = json!({"name": "shop", "scopes": ["holds:write"]});
    let created = send(Method::POST, "/api/clients", shop).await.expect(201);
    let (id, secret) = (&created["token"]["id"], created["token"]["token"].as_str().expect("a token"));
    send(Method::DELETE, &format!("/api/clients/shop/tokens/{id}"), json!({})).await.expect(204);
    send(Method::DELETE, "/api/clients/shop", json!({})).await.expect(204);

    let read =
        async |query: &str| send(Method::GET, &format!("/api/audit?{query}"), json!({})).await.expect(200);
    let log = read("subject=client:shop").await;
    let events = log["items"].as_array().expect("events");
    let kinds: Vec<_> = events.iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["client.disabled", "token.revoked", "token.created", "client.created"]);
    for event in events {
        assert_eq!((&event["actor"], &event["requestId"]), (&json!("client:robot"), &json!("r-7")));
        assert_eq!(event["address"], "127.0.0.1");
        assert!(event["credential"].as_str().is_some_and(|credential| credential.starts_with("token:")));
    }
    assert_eq!(events[3]["after"], json!({"scopes": ["holds:write"], "warehouseIds": null}));
    assert_eq!((&events[2]["after"]["token"], &events[1]["before"]["token"]), (id, id));
    assert!(!log.to_string().contains(secret), "the secret is in no event");

    // The command line has neither credential nor address.
    let local = read("actor=local&kind=client.created").await;
    assert_eq!(local["items"][0]["subject"], "client:robot");
    assert_eq!(
        (&local["items"][0]["credential"], &local["items"][0]["address"]),
        (&Value::Null, &Value::Null)
    );

    let page = read("limit=4").await;
    let next = page["next"].as_str().expect("a second page");
    assert_eq!(read(&format!("limit=4&after={next}")).await["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(read("since=2100-01-01T00:00:00Z").await["items"], json!([]));
    assert_eq!(read("until=2000-01-01T00:00:00Z").await["items"], json!([]));
    let unknown = send(Method::GET, "/api/audit?kind=nothing", json!({})).await;
    assert_eq!(unknown.problem(400, "invalid_value")["field"], "kind");

    let file = send(Method::GET, "/api/audit.csv?kind=token.created", json!({})).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 3, "{}", file.text);
    assert_eq!(lines[0], "\u{FEFF}id,createdAt,actor,credential,address,requestId,kind,subject,before,after");
    assert!(lines[1].contains("client:shop") && lines[2].contains("client:robot"), "{}", file.text);
}

#[tokio::test]
async fn a_failing_background_task_degrades_the_health() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    sqlx::raw_sql(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no use is stored'; END $$;
         CREATE TRIGGER fail BEFORE UPDATE ON client_tokens EXECUTE FUNCTION fail();",
    )
    .execute(&app.database)
    .await
    .expect("created");
    app.send(app.request(Method::GET, "/api/warehouses").bearer_auth(&token)).await.expect(200);
    let failing = json!([{"name": "access uses", "state": "failing", "panics": 0}]);
    wait_for_health(&app, "degraded", &failing).await;
    sqlx::raw_sql("DROP TRIGGER fail ON client_tokens").execute(&app.database).await.expect("dropped");
    wait_for_health(&app, "ok", &json!([])).await;
    let used: bool = sqlx::query_scalar("SELECT last_used_at IS NOT NULL FROM client_tokens")
        .fetch_one(&app.database)
        .await
        .expect("a token");
    assert!(used, "the use was stored after the failures");
}

async fn wait_for_health(app: &TestApp, status: &str, workers: &Value) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let health = app.get("/health").await.expect(200);
        if (&health["status"], &health["workers"]) == (&json!(status), workers) {
            return;
        }
        assert!(Instant::now() < deadline, "{health}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
