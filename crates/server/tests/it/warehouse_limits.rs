//! Limits to warehouses: how they are set, by the API, by forms and by commands.

use crate::app::TestApp;
use crate::binary::stockhold;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn invalid_limits_are_rejected() {
    let app = TestApp::start().await;
    let main = app.main_warehouse().await;
    let create = async |scopes: Value, ids: Value| {
        app.post("/api/clients", json!({"name": "shop", "scopes": scopes, "warehouseIds": ids})).await
    };
    for ids in [json!([]), json!((1..=101).collect::<Vec<_>>())] {
        create(json!(["stock:read"]), ids).await.problem(400, "invalid_value");
    }
    let unknown = create(json!(["stock:read"]), json!([main, 999_999])).await;
    assert_eq!(unknown.problem(404, "warehouse_not_found")["warehouseId"], 999_999);
    let administrator = create(json!(["stock:read", "admin"]), json!([main])).await;
    assert_eq!(administrator.problem(400, "invalid_value")["field"], "warehouseIds");
    assert_eq!(app.get("/api/clients").await.expect(200), json!([]), "nothing was created");

    create(json!(["admin"]), Value::Null).await.expect(201);
}

#[tokio::test]
async fn a_client_with_the_scope_admin_gets_no_limit() {
    let app = TestApp::start().await;
    let main = app.main_warehouse().await;
    let created = app.post("/api/clients", json!({"name": "root", "scopes": ["admin"]})).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    let limit = app.request(Method::PATCH, "/api/clients/root").bearer_auth(token);
    let rejected = app.send(limit.json(&json!({"warehouseIds": [main]}))).await;
    rejected.problem(409, "client_not_limitable");
}

#[tokio::test]
async fn clients_are_limited_by_forms() {
    let app = TestApp::start().await;
    app.warehouse("NORTH").await;
    let form = async |path: &str, fields: &str| {
        let request = app.request(Method::POST, path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        app.send(request.body(fields.to_owned())).await
    };
    let ids = async || app.get("/api/clients").await.expect(200)[0]["warehouseIds"].clone();
    let main = app.main_warehouse().await;
    let added = form("/clients", "name=shop&scope=stock:write&warehouses=MAIN").await;
    assert_eq!((added.status, ids().await), (200, json!([main])));
    assert!(added.text.contains("value=\"MAIN\""), "{}", added.text);
    form("/clients/warehouses", "name=shop&warehouses=NORTH,+MAIN").await;
    assert_eq!(ids().await.as_array().map(Vec::len), Some(2));
    let wrong = form("/clients/warehouses", "name=shop&warehouses=MAIN,WEST").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("There is no warehouse with the code WEST."), "{}", wrong.text);
    assert_eq!(ids().await.as_array().map(Vec::len), Some(2));
    form("/clients/warehouses", "name=shop&warehouses=").await;
    assert_eq!(ids().await, Value::Null);
    let root = form("/clients", "name=root&scope=admin&warehouses=MAIN").await;
    assert_eq!(root.status, 400);
}

#[tokio::test]
async fn the_command_line_limits_people_and_clients() {
    let app = TestApp::start().await;
    app.warehouse("NORTH").await;
    let run = |arguments: &str| {
        let mut command = stockhold();
        let output = command.args(arguments.split(' ')).env("DATABASE_URL", &app.database_url).output();
        let output = output.expect("run");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    };
    let expect = |arguments: &str, is_done: bool, part: &str| {
        let (succeeded, text) = run(arguments);
        assert!(succeeded == is_done && text.contains(part), "{arguments}: {text}");
    };
    let add = "client add scanner --scope stock:write";
    expect(&format!("{add} --warehouse WEST"), false, "\"WEST\" is no warehouse's code");
    expect(&format!("{add} --warehouse="), false, "must not be empty");
    expect(&format!("{add},admin --warehouse MAIN"), false, "scope admin");
    expect(&format!("{add} --warehouse NORTH,MAIN"), true, "stock:write, limited to MAIN, NORTH");
    expect("client list", true, "scanner: stock:write, limited to MAIN, NORTH");
    expect("client limit scanner", false, "--all-warehouses");
    expect("client limit scanner --warehouse NORTH --all-warehouses", false, "cannot be used with");
    expect("client limit scanner --warehouse NORTH", true, "scanner: stock:write, limited to NORTH");
    expect("client limit scanner --all-warehouses", true, "scanner: stock:write");
    assert!(!run("client list").1.contains("limited"));

    expect("user invite ben --role administrator --warehouse MAIN", false, "an administrator");
    expect("user invite ben --role operator --warehouse MAIN", true, "/invitation?secret=");
    expect("user list", true, "ben (ben): operator, limited to MAIN, invited");
    expect("user limit ben --warehouse WEST", false, "\"WEST\" is no warehouse's code");
    expect("user limit ben --warehouse NORTH", true, "ben is limited to NORTH.");
    expect("user limit ben --all-warehouses", true, "ben is not limited to warehouses.");
    expect("user limit nobody --warehouse NORTH", false, "There is no person nobody.");
}
