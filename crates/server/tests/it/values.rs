//! Names and prices, through every interface.

use crate::app::TestApp;
use crate::imports::judged;
use reqwest::Method;
use serde_json::{Value, json};

/// A name with a character that changes the direction of text.
const TURNED: &str = "R28 \u{202E}elttek";

async fn send(app: &TestApp, path: &str, body: &str) -> crate::app::Answer {
    let request = app.request(Method::POST, path).header("content-type", "application/json");
    app.send(request.body(body.to_owned())).await
}

/// Returns the first row of an imported file.
async fn import(app: &TestApp, csv: String) -> Value {
    let import = judged(app, "", csv).await;
    app.get(&format!("/api/imports/{}/rows", import["id"])).await.expect(200)["items"][0].clone()
}

#[tokio::test]
async fn prices_are_decimal_digits_alone() {
    let app = TestApp::start().await;
    let id = app.item(1).await;
    for price in ["1_000", "1E-400", "1e2", "+1", "9.999", "-1", "1,5", "100000000", "9.989999999999999999"] {
        for value in [price.to_owned(), format!("\"{price}\"")] {
            if serde_json::from_str::<Value>(&value).is_err() {
                continue;
            }
            let item = format!(r#"{{"name": "Lamp", "quantity": 1, "price": {value}}}"#);
            let problem = send(&app, "/api/items", &item).await.problem(400, "invalid_value");
            assert_eq!(problem["field"], "price", "{value}");
            let call = format!(r#"{{"item": {item}}}"#);
            send(&app, "/rpc/create_item", &call).await.problem(400, "invalid_value");
            let patch = app.request(Method::PATCH, &format!("/api/items/{id}"));
            let patch = patch.header("content-type", "application/json");
            let answer = app.send(patch.body(format!(r#"{{"price": {value}}}"#))).await;
            answer.problem(400, "invalid_value");
        }
        let row = import(&app, format!("sku,name,price\nA-1,Lamp,\"{price}\"\nA-2,Pan,1.50\n")).await;
        assert_eq!(
            (&row["action"], &row["problems"][0]["column"]),
            (&Value::Null, &json!("price")),
            "{price}: {row}"
        );
    }
    for (value, price) in
        [("9.9", "9.90"), ("\"9.90\"", "9.90"), ("0", "0.00"), ("99999999.99", "99999999.99")]
    {
        let item = format!(r#"{{"name": "Lamp", "quantity": 1, "price": {value}}}"#);
        assert_eq!(send(&app, "/api/items", &item).await.expect(201)["price"], price);
    }
    for value in ["[]", "{}", "true", "null"] {
        let item = format!(r#"{{"name": "Lamp", "quantity": 1, "price": {value}}}"#);
        let problem = send(&app, "/api/items", &item).await.problem(400, "invalid_body");
        assert_eq!(problem["field"], "price", "{value}: {problem}");
    }
}

#[tokio::test]
async fn texts_have_no_character_that_hides_or_turns_text() {
    let app = TestApp::start().await;
    let id = app.item(5).await;
    let line = json!({"itemId": id, "quantity": 1});
    for (path, body, field) in [
        ("/api/items".to_owned(), json!({"name": TURNED, "quantity": 5, "price": "1"}), "name"),
        (
            "/api/items".to_owned(),
            json!({"name": "x", "quantity": 5, "price": 1, "category": TURNED}),
            "category",
        ),
        (
            "/api/items".to_owned(),
            json!({"name": "x", "quantity": 5, "price": 1, "description": TURNED}),
            "description",
        ),
        ("/api/warehouses".to_owned(), json!({"code": TURNED, "name": "x"}), "code"),
        ("/api/warehouses".to_owned(), json!({"code": "x", "name": TURNED}), "name"),
        ("/api/orders".to_owned(), json!({"lines": [line], "reference": TURNED}), "reference"),
        ("/api/blocks".to_owned(), json!({"lines": [line], "reference": TURNED}), "reference"),
        (format!("/api/items/{id}/stock"), json!({"delta": 1, "reason": TURNED}), "reason"),
        ("/api/categories/Lighting/rename".to_owned(), json!({"to": TURNED}), "to"),
    ] {
        let problem = app.post(&path, body).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], field, "{path}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("must not contain U+202E"), "{path}: {detail}");
    }
    let wrong = import(&app, format!("name,price\n{TURNED},1\n")).await["problems"].to_string();
    assert!(wrong.contains("U+202E"), "{wrong}");
    let item = json!({"name": "می\u{200C}خواهم 👩\u{200D}🚒", "quantity": 1, "price": 1, "description": "two\nlines"});
    app.post("/api/items", item).await.expect(201);
}

/// A category that an earlier version accepted can be found and renamed.
#[tokio::test]
async fn a_category_with_a_hidden_character_can_be_renamed() {
    let app = TestApp::start().await;
    let id = app.item(5).await;
    let query = "UPDATE items SET category = $1 WHERE id = $2";
    sqlx::query(query).bind("Old\u{200B}").bind(id).execute(&app.database).await.expect("set");
    let listed = app.get("/api/items?category=Old%E2%80%8B").await.expect(200);
    assert_eq!(listed["items"][0]["id"], id);
    app.post("/api/categories/Old%E2%80%8B/rename", json!({"to": "New"})).await.expect(200);
    assert_eq!(app.get(&format!("/api/items/{id}")).await.expect(200)["category"], "New");
}
