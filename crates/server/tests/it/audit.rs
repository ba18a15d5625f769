//! Each change has a record: a movement in the ledger or an event in the audit log, with the principal, the credential,
//! the address and the request.
//!
//! The walks have a row per writing operation. A new one without a row fails. Those of the REST routes are in `audit_routes`.

use crate::access::ACCESS_PAGES;
use crate::app::{Answer, TestApp};
use crate::browser::{Browser, PASSWORD, manage, person, principal, signed_in, strict_server, unix_seconds};
use access::TotpSecret;
use domain::{Role, Scope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const STOCK_SCOPES: [Scope; 5] =
    [Scope::StockRead, Scope::StockWrite, Scope::HoldsWrite, Scope::OrdersWrite, Scope::ItemsWrite];

/// The clean-ups by a request that may come later than the one in the background, which runs once a second.
pub const CLEAN_UPS_MAX: u32 = 20;

/// The address of the tests' connections.
pub const ADDRESS: &str = "127.0.0.1";

/// A record: principal, credential and address.
pub type Origin = (String, Option<String>, Option<String>);

/// Returns the records of a request: their sorted kinds, and their different origins.
pub async fn records(app: &TestApp, request_id: &str) -> (Vec<String>, BTreeSet<Origin>) {
    let rows: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT reason, actor, coalesce('token:' || token_id, 'session:' || session_id), host(address)
           FROM stock_movements WHERE request_id = $1
          UNION ALL
         SELECT kind, actor, credential, host(address) FROM audit_events WHERE request_id = $1
          ORDER BY 1",
    )
    .bind(request_id)
    .fetch_all(&app.database)
    .await
    .expect("records");
    rows.into_iter().map(|(kind, actor, credential, address)| (kind, (actor, credential, address))).unzip()
}

/// Checks that a request has exactly these records, all of this principal.
pub async fn check_records(
    app: &TestApp,
    request_id: &str,
    kinds: &[&str],
    actor: &str,
    credential: Option<&str>,
) {
    check_origins(app, request_id, kinds, actor, &[credential]).await;
}

/// Checks that a request has exactly these records, of this principal with these credentials. A request that starts a
/// session has records with the old credential and with the new one.
pub async fn check_origins(
    app: &TestApp,
    request_id: &str,
    kinds: &[&str],
    actor: &str,
    credentials: &[Option<&str>],
) {
    let (found, origins) = records(app, request_id).await;
    assert_eq!(found, kinds, "{request_id}");
    let origin = |credential: &Option<&str>| {
        (actor.to_owned(), credential.map(str::to_owned), Some(ADDRESS.to_owned()))
    };
    let expected: BTreeSet<Origin> = credentials.iter().map(origin).collect();
    assert_eq!(origins, if kinds.is_empty() { BTreeSet::new() } else { expected }, "{request_id}");
}

/// Returns the credential of the newest token or session.
pub async fn newest(app: &TestApp, kind: &str, table: &str) -> String {
    let query = format!("SELECT max(id) FROM {table}");
    let id: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&app.database).await.expect("an id");
    format!("{kind}:{id}")
}

/// Adds headers and a member of the body that try to forge the origin.
pub fn forge(request: RequestBuilder, request_id: &str) -> RequestBuilder {
    let names = ["x-forwarded-for", "x-real-ip", "forwarded", "x-actor", "x-remote-user"];
    let request = names.iter().fold(request, |request, name| request.header(*name, "203.0.113.9"));
    request.header("x-request-id", request_id)
}

/// Creates an expired block. The clean-up in the background may remove it at any time.
pub async fn expired_block(app: &TestApp) {
    let block = app.block(app.item(9).await, 1, 60).await;
    let expire = "UPDATE block_inventory SET expires_at = now() - interval '1 second' WHERE id = $1";
    sqlx::query(expire).bind(block).execute(&app.database).await.expect("expired");
}

/// Returns whether a clean-up by a request found nothing, because the one in the background was earlier. The request has no
/// record then, and the walk repeats it.
pub fn came_late(answer: &Answer) -> bool {
    answer.body["expiredBlocksRemoved"] == 0
}

/// Returns the arguments of a server function, and the kinds of the records.
async fn call(app: &TestApp, function: &str) -> (Value, &'static [&'static str]) {
    let item = app.item(9).await;
    match function {
        "rename_category" => {
            let cup = json!({"name": "Cup", "quantity": 0, "price": "1", "category": "Cups"});
            app.post("/api/items", cup).await.expect(201);
            (json!({"category": "Cups", "rename": {"to": "Mugs"}}), &["category.renamed", "item.changed"])
        }
        "create_item" => {
            let item = json!({"name": "Lamp", "quantity": 1, "price": "1"});
            (json!({ "item": item }), &["item.created", "received"])
        }
        "update_item" => (json!({"id": item, "changes": {"name": "Torch"}}), &["item.changed"]),
        "adjust_stock" => {
            (json!({"id": item, "adjustment": {"delta": 3, "reason": "Delivery"}}), &["received"])
        }
        "move_stock" => {
            let (from, to) = (app.main_warehouse().await, app.warehouse("MOVE").await);
            let movement =
                json!({"fromWarehouseId": from, "toWarehouseId": to, "quantity": 1, "reason": "Near"});
            (json!({"id": item, "movement": movement}), &["moved", "moved"])
        }
        "create_warehouse" => (json!({"warehouse": {"code": "W", "name": "West"}}), &["warehouse.created"]),
        "archive_item" => (json!({"id": item}), &["item.archived"]),
        "restore_item" => {
            app.post(&format!("/api/items/{item}/archive"), json!({})).await.expect(200);
            (json!({"id": item}), &["item.restored"])
        }
        "update_warehouse" => {
            let id = app.warehouse("OLD").await;
            (json!({"id": id, "changes": {"name": "New"}}), &["warehouse.changed"])
        }
        "archive_warehouse" => (json!({"id": app.warehouse("SHUT").await}), &["warehouse.archived"]),
        "restore_warehouse" => {
            let id = app.warehouse("BACK").await;
            app.post(&format!("/api/warehouses/{id}/archive"), json!({})).await.expect(200);
            (json!({"id": id}), &["warehouse.restored"])
        }
        "act_on_blocks" => {
            let block = app.block(item, 1, 60).await;
            (json!({"request": {"action": "confirm", "blockIds": [block]}}), &["confirmed"])
        }
        "place_block" => (json!({"block": {"itemId": item, "quantity": 1}}), &["blocked"]),
        "confirm_block" => (json!({"id": app.block(item, 1, 60).await}), &["confirmed"]),
        "release_block" => (json!({"id": app.block(item, 1, 60).await}), &["released"]),
        "extend_block" => {
            let id = app.block(item, 1, 60).await;
            (json!({"id": id, "extension": {"ttlSeconds": 600}}), &["block.extended"])
        }
        "cleanup_expired_blocks" => {
            expired_block(app).await;
            (json!({}), &["expired"])
        }
        "create_order" => {
            (json!({"order": {"lines": [{"itemId": item, "quantity": 1}]}}), &["order.created"])
        }
        "allocate_order" => {
            let (id, main) = (app.order(&[(item, 1)]).await, app.main_warehouse().await);
            (json!({"id": id, "allocation": {"warehouseId": main}}), &["allocated"])
        }
        "cancel_order" => {
            let (id, main) = (app.order(&[(item, 1)]).await, app.main_warehouse().await);
            app.post(&format!("/api/orders/{id}/allocate"), json!({"warehouseId": main})).await.expect(200);
            (json!({ "id": id }), &["cancelled", "order.cancelled"])
        }
        "act_on_items" => {
            let request = json!({"action": "category", "ids": [item], "value": "Home"});
            (json!({ "request": request }), &["item.changed"])
        }
        "act_on_orders" => {
            let id = app.order(&[(item, 1)]).await;
            (json!({"action": "cancel", "ids": [id]}), &["order.cancelled"])
        }
        "save_view" => (json!({"list": "items", "name": "Mine", "query": "q=a"}), &["view.saved"]),
        "rename_view" => (json!({"id": view(app, "Old").await, "name": "New"}), &["view.saved"]),
        "delete_view" => (json!({"id": view(app, "Wrong").await}), &["view.deleted"]),
        _ => panic!("{function} changes something and has no row"),
    }
}

/// Saves a view, and returns its id.
async fn view(app: &TestApp, name: &str) -> i64 {
    let view = json!({"list": "orders", "name": name, "query": ""});
    app.post("/rpc/save_view", view).await.expect(200)["id"].as_i64().expect("an id")
}

/// Returns the cookie of a person who has just signed in, with the session as credential.
async fn session(app: &TestApp, name: &str, role: Role) -> (String, String) {
    person(app, name, role).await;
    let cookie = signed_in(app, name).await.session().expect("a cookie");
    (cookie, newest(app, "session", "sessions").await)
}

#[tokio::test]
async fn each_change_by_a_server_function_has_a_record() {
    let app = TestApp::start().await;
    let (cookie, credential) = session(&app, "mona", Role::Manager).await;
    let functions: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
        .filter(|(_, method)| *method == Method::POST)
        .map(|(path, _)| path)
        .collect();
    assert!(!functions.is_empty());
    for path in functions {
        let function = path.trim_start_matches("/rpc/");
        for attempt in 1.. {
            let id = format!("{function}-{attempt}");
            let (arguments, kinds) = call(&app, function).await;
            let request = app.request(Method::POST, path).header("cookie", &cookie).json(&arguments);
            let answer = app.send(forge(request, &id)).await;
            assert_eq!(answer.status, 200, "{function}: {}", answer.text);
            if !came_late(&answer) {
                check_records(&app, &id, kinds, "person:mona", Some(&credential)).await;
                break;
            }
            assert!(attempt < CLEAN_UPS_MAX, "the clean-up by a request removes nothing");
        }
    }
}

#[tokio::test]
async fn each_change_by_a_form_has_a_record() {
    let app = TestApp::start().await;
    let block = app.block(app.item(9).await, 1, 60).await;
    let form = |path: &str, id: &str, fields: &str| {
        let request = app.request(Method::POST, path).body(fields.to_owned());
        request.header("content-type", "application/x-www-form-urlencoded").header("x-request-id", id)
    };
    // Local access has no credential.
    app.send(form("/forms/create_warehouse?in=warehouse", "form-1", "code=W&name=West")).await;
    check_records(&app, "form-1", &["warehouse.created"], "local", None).await;
    let (cookie, credential) = session(&app, "otto", Role::Operator).await;
    let fields = format!("action=Release&id={block}");
    app.send(form("/forms/act_on_blocks", "form-2", &fields).header("cookie", &cookie)).await;
    check_records(&app, "form-2", &["released"], "person:otto", Some(&credential)).await;

    let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n\
                name,price\nKettle,1\n\r\n--x--\r\n";
    let request = app.request(Method::POST, "/imports").header("cookie", &cookie);
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(file);
    app.send(forge(request, "form-3")).await;
    check_records(&app, "form-3", &["import.created"], "person:otto", Some(&credential)).await;
}

#[tokio::test]
async fn each_form_that_manages_access_has_a_record() {
    let app = TestApp::start().await;
    let (cookie, credential) = session(&app, "ada", Role::Administrator).await;
    session(&app, "otto", Role::Operator).await;
    let forms: [(&str, &str, &[&str]); 12] = [
        ("/people", "name=bert&displayName=Bert&role=viewer", &["person.invited"]),
        ("/people/sessions", "name=otto", &["session.revoked"]),
        ("/people/role", "name=otto&role=manager", &["person.changed"]),
        ("/people/warehouses", "name=otto&warehouses=MAIN", &["person.changed"]),
        ("/people/reset", "name=otto", &["password.changed"]),
        ("/people/disable", "name=otto", &["person.disabled"]),
        ("/people/enable", "name=otto", &["person.changed"]),
        ("/clients", "name=shop&scope=stock:read&expiresInDays=", &["client.created", "token.created"]),
        ("/clients/rotate", "name=shop", &["token.created"]),
        ("/clients/warehouses", "name=shop&warehouses=MAIN", &["client.changed"]),
        ("/clients/revoke", "name=shop&token=1", &["token.revoked"]),
        ("/clients/disable", "name=shop", &["client.disabled"]),
    ];
    let known: BTreeSet<_> = forms.iter().map(|(path, ..)| *path).collect();
    let all = ACCESS_PAGES.iter().filter(|(_, method)| *method == Method::POST).map(|(path, _)| *path);
    assert_eq!(known, all.collect(), "each form has a row");
    for (path, fields, kinds) in forms {
        let request = app.request(Method::POST, path).header("cookie", &cookie).body(fields);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = app.send(forge(request, path)).await;
        assert!(answer.status < 400, "{path}: {}", answer.text);
        check_records(&app, path, kinds, "person:ada", Some(&credential)).await;
    }
}

#[tokio::test]
async fn each_form_of_the_own_account_has_a_record() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    let mut anna = Browser::new(&app);
    let session = async || newest(&app, "session", "sessions").await;
    let submit = async |browser: &mut Browser, path: &str, id: &str, fields: &[(&str, &str)]| {
        let request = forge(browser.form(path, fields), id);
        browser.send(request).await
    };

    let wrong = [("name", "anna"), ("password", "wrong password")];
    submit(&mut anna, "/sign-in", "wrong", &wrong).await.expect(401);
    check_records(&app, "wrong", &["session.rejected"], "anonymous", None).await;
    let right = [("name", "anna"), ("password", PASSWORD)];
    submit(&mut anna, "/sign-in", "sign-in", &right).await.redirects("/");
    let first = session().await;
    check_records(&app, "sign-in", &["session.created"], "person:anna", Some(&first)).await;

    let page = submit(&mut anna, "/account/second-factor/start", "start", &[]).await.expect(200);
    check_records(&app, "start", &[], "person:anna", Some(&first)).await;
    let secret = page.hidden("secret");
    let code = TotpSecret::parse(&secret).expect("a secret").code_at(unix_seconds());
    let factor = [("secret", secret.as_str()), ("code", code.as_str()), ("factor-password", PASSWORD)];
    submit(&mut anna, "/account/second-factor", "factor", &factor).await.expect(200);
    check_records(&app, "factor", &["second_factor.changed"], "person:anna", Some(&first)).await;
    let password = [("factor-password", PASSWORD)];
    submit(&mut anna, "/account/second-factor/remove", "remove", &password).await.redirects("/account");
    check_records(&app, "remove", &["second_factor.changed"], "person:anna", Some(&first)).await;

    signed_in(&app, "anna").await;
    let other = session().await.replace("session:", "");
    let revoke = [("session", other.as_str())];
    submit(&mut anna, "/account/sessions/revoke", "revoke", &revoke).await.redirects("/account");
    check_records(&app, "revoke", &["session.revoked"], "person:anna", Some(&first)).await;

    let new = "another good password";
    let change = [("current", PASSWORD), ("password", new), ("repeated", new)];
    submit(&mut anna, "/account/password", "password", &change).await.redirects("/account");
    let second = session().await;
    let kinds = ["password.changed", "session.created", "session.revoked"];
    check_origins(&app, "password", &kinds, "person:anna", &[Some(&first), Some(&second)]).await;
    submit(&mut anna, "/sign-out", "sign-out", &[]).await.redirects("/sign-in");
    check_records(&app, "sign-out", &["session.ended"], "person:anna", Some(&second)).await;

    anna.sign_in("anna", new, "").await.redirects("/items");
    let third = session().await;
    submit(&mut anna, "/account/sessions/revoke-all", "all", &[]).await.redirects("/sign-in");
    check_records(&app, "all", &["session.revoked"], "person:anna", Some(&third)).await;

    let link = manage(&app, async |access| {
        access.person_reset(&domain::Origin::COMMAND_LINE, &principal("anna")).await
    });
    let link = link.await;
    let accept = [("secret", link.secret.as_str()), ("password", new), ("repeated", new)];
    submit(&mut anna, "/invitation", "link", &accept).await.redirects("/");
    let fourth = session().await;
    let kinds = ["password.changed", "session.created"];
    check_origins(&app, "link", &kinds, "person:anna", &[None, Some(&fourth)]).await;
}
