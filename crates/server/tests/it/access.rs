//! Permissions of all operations, and the life of clients and tokens.
//!
//! The two walks have a row per REST route and per server function. A new one without a row fails.

use crate::app::TestApp;
use domain::{Permission, Principal, Scope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::{LocalAccess, table};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// The longest time until a server rejects a credential that another server has revoked.
const REVOCATION_DELAY_MAX: Duration = Duration::from_secs(1);

/// A well-formed token that no client has.
const UNKNOWN_TOKEN: &str = "shk_000000000000000000000000000000002wjyrI";

/// The server functions, with the permission that each must require, and arguments that can be read.
const SERVER_FUNCTIONS: [(&str, Method, Permission, &str); 33] = [
    ("overview", Method::GET, Permission::ReadStock, ""),
    ("list_categories", Method::GET, Permission::ReadStock, ""),
    ("rename_category", Method::POST, Permission::WriteItems, r#"{"category":"x","rename":{"to":"y"}}"#),
    ("top_items", Method::GET, Permission::ReadStock, "category=x"),
    ("list_items", Method::GET, Permission::ReadStock, ""),
    ("get_item", Method::GET, Permission::ReadStock, "id=1"),
    ("item_levels", Method::GET, Permission::ReadStock, "id=1"),
    ("item_movements", Method::GET, Permission::ReadStock, "id=1"),
    ("item_history", Method::GET, Permission::ReadStock, "id=1"),
    (
        "create_item",
        Method::POST,
        Permission::WriteItems,
        r#"{"item":{"name":"","quantity":1,"price":"1","category":"x"}}"#,
    ),
    ("update_item", Method::POST, Permission::WriteItems, r#"{"id":1,"changes":{}}"#),
    ("import_items", Method::POST, Permission::ImportItems, r#"{"csv":"id","dry_run":true}"#),
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
    ("list_warehouses", Method::GET, Permission::ReadStock, ""),
    ("warehouse_items", Method::GET, Permission::ReadStock, "warehouse=1"),
    ("create_warehouse", Method::POST, Permission::WriteItems, r#"{"warehouse":{"code":"","name":""}}"#),
    ("list_blocks", Method::GET, Permission::ReadStock, ""),
    ("expiring_blocks", Method::GET, Permission::ReadStock, ""),
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

/// Starts a server that requires credentials, as on an address that is not loopback.
async fn strict_server() -> TestApp {
    TestApp::start_with(|config| config.access.local_access = LocalAccess::Off).await
}

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
async fn status(request: RequestBuilder) -> (u16, Value) {
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
    assert!(wrong.text.contains("must be a whole number"), "{}", wrong.text);
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
    assert_eq!(log.text.matches("<th scope=\"row\">token.created<").count(), 2, "{}", log.text);
    assert!(log.text.contains("/api/audit.csv?kind=token.created&amp;subject=client%3Ashop"), "{}", log.text);
    let empty = app.get("/audit?from=2100-01-01").await;
    assert!(empty.text.contains("There are no events with this filter."));
    assert!(app.get("/audit?from=yesterday").await.text.contains("from must be a day"));
}

#[tokio::test]
async fn a_form_without_credentials_changes_nothing() {
    let app = strict_server().await;
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM warehouses")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    for path in ["/forms/create_warehouse?in=warehouse", "/forms/act_on_blocks", "/forms/import_items"] {
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
async fn malformed_tokens_are_rejected() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    let mut typo = token.clone();
    let last = if typo.ends_with('a') { 'b' } else { 'a' };
    typo.pop();
    typo.push(last);
    let long = "x".repeat(10_000);
    for value in [
        format!("Bearer {typo}"),
        format!("Bearer {token}x"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {long}"),
        format!("Basic {token}"),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
    ] {
        let answer = app.send(app.request(Method::GET, "/api/items").header("authorization", &value)).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"stockhold\"", "{value}");
        answer.problem(401, "invalid_credentials");
    }
    // Two headers: a proxy may have checked the other one.
    let twice = app.request(Method::GET, "/api/items").bearer_auth(&token).bearer_auth(&token);
    app.send(twice).await.problem(401, "invalid_credentials");
    // An administrator's tool finds its own mistake: wrong credentials are an error where none are needed, too.
    let (code, _) = status(app.request(Method::GET, "/health").bearer_auth(&typo)).await;
    assert_eq!(code, 401);
}

#[tokio::test]
async fn an_expired_token_and_a_disabled_client_are_rejected() {
    let app = strict_server().await;
    let read = async |token: &str| app.send(app.request(Method::GET, "/api/items").bearer_auth(token)).await;
    let expired = app.client("expired", &[Scope::StockRead]).await;
    read(&expired).await.expect(200);
    // A change by SQL reaches the cache too.
    let expire = "UPDATE client_tokens SET created_at = now() - interval '2 days', expires_at = now() - interval '1 s'";
    sqlx::query(expire).execute(&app.database).await.expect("changed");
    rejected_soon(&app, &expired).await;

    let disabled = app.client("disabled", &[Scope::StockRead]).await;
    let admin = app.client("admin", &[Scope::Admin]).await;
    read(&disabled).await.expect(200);
    let disable = || app.request(Method::DELETE, "/api/clients/disabled").bearer_auth(&admin);
    app.send(disable()).await.expect(204);
    rejected_soon(&app, &disabled).await;
    // A second time changes nothing.
    app.send(disable()).await.expect(204);
    let more = app.request(Method::POST, "/api/clients/disabled/tokens").bearer_auth(&admin).json(&json!({}));
    app.send(more).await.problem(409, "client_disabled");
    let again = json!({"name": "disabled", "scopes": ["stock:read"]});
    let again = app.request(Method::POST, "/api/clients").bearer_auth(&admin).json(&again);
    app.send(again).await.problem(409, "client_name_taken");
}

/// Waits until a server rejects the token, which must happen soon.
async fn rejected_soon(app: &TestApp, token: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let (code, _) = status(app.request(Method::GET, "/api/items").bearer_auth(token)).await;
        if code == 401 {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < REVOCATION_DELAY_MAX, "the token is still accepted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_token_that_one_server_revokes_is_rejected_by_another_within_a_second() {
    let app = TestApp::start().await;
    let other = app.one_more().await;
    let shop = json!({"name": "shop", "scopes": ["stock:read"]});
    let created = app.post("/api/clients", shop).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    for server in [&app, &other] {
        server.send(server.request(Method::GET, "/api/items").bearer_auth(token)).await.expect(200);
    }
    let id = created["token"]["id"].as_i64().expect("an id");
    app.delete(&format!("/api/clients/shop/tokens/{id}")).await.expect(204);
    let delay = rejected_soon(&other, token).await;
    println!("rejected by the other server after {} ms", delay.as_millis());
    rejected_soon(&app, token).await;
}

#[tokio::test]
async fn a_rotation_has_two_valid_tokens_and_keeps_idempotency_keys() {
    let app = TestApp::start().await;
    let shop = json!({"name": "shop", "scopes": ["items:write", "stock:read"], "expiresInDays": 30});
    let created = app.post("/api/clients", shop).await.expect(201);
    let first = created["token"].clone();
    let second = app.post("/api/clients/shop/tokens", json!({})).await.expect(201);
    app.post("/api/clients/shop/tokens", json!({})).await.problem(409, "client_tokens_limit");

    let create = |token: &Value| {
        let body = json!({"code": "B-1", "name": "Berlin"});
        let request = app.request(Method::POST, "/api/warehouses").header("idempotency-key", "k-1");
        request.bearer_auth(token["token"].as_str().expect("a token")).json(&body)
    };
    let stored = app.send(create(&first)).await.expect(201);
    // The retry after the rotation is the same request.
    assert_eq!(app.send(create(&second)).await.expect(201), stored);

    let address = format!("/api/clients/shop/tokens/{}", first["id"]);
    app.delete(&address).await.expect(204);
    rejected_soon(&app, first["token"].as_str().expect("a token")).await;
    app.send(create(&second)).await.expect(201);
    // A second time changes nothing.
    app.delete(&address).await.expect(204);
    app.delete("/api/clients/shop/tokens/999999").await.problem(404, "token_not_found");
    app.delete("/api/clients/nobody/tokens/1").await.problem(404, "client_not_found");
    app.delete("/api/clients/No%20body").await.problem(404, "client_not_found");

    let clients = app.get("/api/clients").await.expect(200);
    let states: Vec<_> =
        clients[0]["tokens"].as_array().expect("tokens").iter().map(|token| &token["state"]).collect();
    assert_eq!(states, ["valid", "revoked"]);
    assert_eq!(clients[0]["scopes"], json!(["stock:read", "items:write"]));
    assert!(!clients.to_string().contains(second["token"].as_str().expect("a token")));
}

#[tokio::test]
async fn invalid_clients_are_rejected() {
    let app = TestApp::start().await;
    let cases = [
        (json!({"name": "Shop", "scopes": ["stock:read"]}), "invalid_value", "name"),
        (json!({"name": "", "scopes": ["stock:read"]}), "invalid_value", "name"),
        (json!({"name": "shop", "scopes": []}), "invalid_value", "scopes"),
        (
            json!({"name": "shop", "scopes": ["stock:read"], "expiresInDays": 0}),
            "invalid_value",
            "expiresInDays",
        ),
        (json!({"name": "shop", "scopes": ["everything"]}), "invalid_body", "scopes[0]"),
    ];
    for (body, code, field) in cases {
        let problem = app.post("/api/clients", body.clone()).await.problem(400, code);
        assert_eq!(problem["field"], field, "{body}");
    }
}

#[tokio::test]
async fn a_response_with_a_secret_is_never_stored_under_a_key() {
    let app = TestApp::start().await;
    let shop = json!({"name": "shop", "scopes": ["stock:read"]});
    let keyed = |method, path: &str| app.request(method, path).header("idempotency-key", "k-1");
    let answer = app.send(keyed(Method::POST, "/api/clients").json(&shop)).await;
    answer.problem(400, "invalid_idempotency_key");
    app.post("/api/clients", shop).await.expect(201);
    let answer = app.send(keyed(Method::POST, "/api/clients/shop/tokens").json(&json!({}))).await;
    answer.problem(400, "invalid_idempotency_key");
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency_keys")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    assert_eq!(stored, 0);
}

#[tokio::test]
async fn the_last_use_is_stored_once_per_minute() {
    let app = TestApp::start().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    let last_use = async || {
        let clients = app.get("/api/clients").await.expect(200);
        clients[0]["tokens"][0]["lastUsedAt"].clone()
    };
    assert_eq!(last_use().await, Value::Null);
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    let begun = Instant::now();
    while last_use().await.is_null() {
        assert!(begun.elapsed() < Duration::from_secs(5), "the use was not stored");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Storing the use drops no cache: the token is not verified again, and its use is not stored again.
    let stored = last_use().await;
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(last_use().await, stored);
}

#[tokio::test]
async fn a_stream_and_a_long_poll_end_when_their_token_is_revoked() {
    use futures::StreamExt as _;
    let app = TestApp::start().await;
    let created =
        app.post("/api/clients", json!({"name": "feed", "scopes": ["stock:read"]})).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    let stream =
        app.request(Method::GET, "/api/events/stream").bearer_auth(token).send().await.expect("a stream");
    assert_eq!(stream.status(), 200);
    let mut stream = stream.bytes_stream();
    stream.next().await.expect("a first block").expect("bytes");
    let cursor = app.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    let poll =
        app.request(Method::GET, &format!("/api/events?after={cursor}&waitSeconds=20")).bearer_auth(token);
    let poll = tokio::spawn(status(poll));
    tokio::time::sleep(Duration::from_millis(200)).await;

    let begun = Instant::now();
    app.delete(&format!("/api/clients/feed/tokens/{}", created["token"]["id"])).await.expect(204);
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(Duration::from_secs(3), rest).await.expect("the stream ends");
    let (code, body) = poll.await.expect("no panic");
    assert_eq!((code, &body["code"]), (401, &json!("invalid_credentials")));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
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
    assert_eq!(lines[0], "id,createdAt,actor,credential,address,requestId,kind,subject,before,after");
    assert!(lines[1].contains("client:shop") && lines[2].contains("client:robot"), "{}", file.text);
}

/// Random tokens with a valid checksum cost one connection at most: other requests are served.
#[tokio::test]
async fn a_flood_of_unknown_tokens_delays_no_known_one() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    let known = || app.request(Method::GET, "/api/items").bearer_auth(&token);
    app.send(known()).await.expect(200);
    let flood: Vec<_> = (0..600)
        .map(|number| {
            tokio::spawn(status(app.request(Method::GET, "/api/items").bearer_auth(forged(number))))
        })
        .collect();
    for _ in 0..20 {
        app.send(known()).await.expect(200);
    }
    for answer in flood {
        let (code, body) = answer.await.expect("no panic");
        assert!([401, 503].contains(&code), "{code} {body}");
    }
    app.send(known()).await.expect(200);
}

/// Returns a well-formed token that no client has.
fn forged(number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let random = format!("{number:032}");
    // CRC-32, bit by bit.
    let crc = !random.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    let digit = |place: u32| char::from(DIGITS[(crc / 62_u32.pow(place) % 62) as usize]);
    let checksum: String = (0..6).rev().map(digit).collect();
    format!("shk_{random}{checksum}")
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
