//! The `Idempotency-Key` header: equality of requests, and invalid keys.

use crate::app::{Answer, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PLACE: &str = "/api/items/block/temporary";

async fn place(app: &TestApp, keys: &[&str], body: &Value) -> Answer {
    let mut request = app.request(Method::POST, PLACE).json(body);
    for key in keys {
        request = request.header("idempotency-key", *key);
    }
    app.send(request).await
}

/// Sends raw request lines. Returns status and body.
async fn send_raw(app: &TestApp, target: &str, headers: &[&str], body: &Value) -> (u16, Value) {
    let address = app.url.strip_prefix("http://").expect("an address");
    let body = body.to_string();
    let mut text = format!("POST {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    text.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    text.push_str(&format!("\r\n{body}"));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    (status, serde_json::from_str(body).expect("JSON"))
}

/// A proxy may send an absolute address, another case of the header name, or spaces around the key.
#[tokio::test]
async fn the_form_of_a_request_does_not_change_its_fingerprint() {
    let hosts = "127.0.0.1,shop.example";
    let app = TestApp::start_with(|config| config.network.hosts = hosts.parse().ok()).await;
    let item = app.item(10).await;
    let body = json!({"itemId": item, "quantity": 2});
    let first = send_raw(&app, PLACE, &["Idempotency-Key: k"], &body).await;
    assert_eq!(first.0, 201, "{first:?}");
    let absolute = format!("{}{PLACE}", app.url);
    let elsewhere = format!("http://shop.example{PLACE}");
    let forms = [
        (absolute.as_str(), "Idempotency-Key: k"),
        (&elsewhere, "Idempotency-Key: k"),
        (PLACE, "IDEMPOTENCY-KEY:k"),
        (PLACE, "idempotency-key: \t k \t "),
    ];
    for (target, header) in forms {
        assert_eq!(send_raw(&app, target, &[header], &body).await, first, "{target} {header}");
    }
    assert_eq!(app.available(item).await, 8);
    // The media type is not part of the fingerprint.
    let request = app.request(Method::POST, PLACE).body(body.to_string()).header("idempotency-key", "k");
    let again = app.send(request.header("content-type", "application/vnd.shop+json; charset=utf-8")).await;
    assert_eq!(again.expect(201), first.1);
    assert_eq!(app.available(item).await, 8);
}

#[tokio::test]
async fn method_query_and_body_change_the_fingerprint() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let block = app.block(item, 1, 600).await;
    let key = |method, path: &str| app.request(method, path).header("idempotency-key", "k");
    let first = place(&app, &["k"], &json!({"itemId": item, "quantity": 2})).await.expect(201);
    place(&app, &["k"], &json!({"itemId": item, "quantity": 3})).await.problem(422, "idempotency_key_reused");
    // Other bytes with the same meaning.
    place(&app, &["k"], &json!({"itemId": item.to_string(), "quantity": 2}))
        .await
        .problem(422, "idempotency_key_reused");
    let release = app.send(key(Method::DELETE, &format!("/api/blocks/{block}"))).await;
    release.problem(422, "idempotency_key_reused");
    let with_query = key(Method::POST, "/api/items/block/temporary?trace=1");
    let with_query = app.send(with_query.json(&json!({"itemId": item, "quantity": 2}))).await;
    with_query.problem(422, "idempotency_key_reused");
    assert_eq!(place(&app, &["k"], &json!({"itemId": item, "quantity": 2})).await.expect(201), first);
    assert_eq!(app.available(item).await, 7);
}

#[tokio::test]
async fn invalid_keys_are_rejected_without_effect() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let body = json!({"itemId": item, "quantity": 2});
    let long = "k".repeat(256);
    for keys in [[""].as_slice(), &["   "], &["a b"], &[&long], &["k", "k"], &["k", "other"], &["", "k"]] {
        let problem = place(&app, keys, &body).await.problem(400, "invalid_idempotency_key");
        let reported = problem["detail"].as_str().expect("a detail");
        assert_eq!(reported.contains("2 Idempotency-Key headers"), keys.len() == 2, "{keys:?}: {reported}");
    }
    let (status, problem) = send_raw(&app, PLACE, &["Idempotency-Key: k\u{e9}"], &body).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_idempotency_key")));
    assert_eq!(app.available(item).await, 10);
    // The longest key that is allowed.
    place(&app, &[&"k".repeat(255)], &body).await.expect(201);
    // An invalid request does not use its key.
    place(&app, &["typo"], &json!({"itemId": item, "quantity": 0})).await.problem(400, "invalid_value");
    place(&app, &["typo"], &body).await.expect(201);
    assert_eq!(app.available(item).await, 6);
}

#[tokio::test]
async fn a_server_function_takes_one_key() {
    let app = TestApp::start().await;
    let call = async |code: &str, argument: Option<&str>, header: Option<&str>| {
        let warehouse = json!({"code": code, "name": "New"});
        let body = json!({"warehouse": warehouse, "idempotency_key": argument});
        let mut request = app.request(Method::POST, "/rpc/create_warehouse").json(&body);
        if let Some(key) = header {
            request = request.header("idempotency-key", key);
        }
        app.send(request).await
    };
    call("A", Some("one"), Some("other")).await.problem(400, "invalid_idempotency_key");
    call("A", Some(""), None).await.problem(400, "invalid_idempotency_key");
    let first = call("A", Some("one"), Some("one")).await.expect(200);
    assert_eq!(first["code"], "A");
    // The same key in the header and in the argument is valid.
    assert_eq!(call("A", Some("one"), None).await.expect(200), first);
}

#[tokio::test]
async fn rejections_of_creations_are_repeated_byte_for_byte() {
    let app = TestApp::start().await;
    let cases = [
        (Method::POST, "/api/items", json!({"name": "Lamp", "quantity": 1, "price": 1, "warehouseId": 77})),
        (Method::POST, "/api/orders", json!({"lines": [{"itemId": 77, "quantity": 1}]})),
        (Method::POST, "/api/warehouses", json!({"code": "MAIN", "name": "Another"})),
        (Method::PATCH, "/api/items/77", json!({"name": "Lamp"})),
        (Method::POST, PLACE, json!({"itemId": 77, "quantity": 1})),
    ];
    let send = async |(method, path, body): &(Method, &str, Value), request_id: &str| {
        let request = app.request(method.clone(), path).header("idempotency-key", format!("{method}-{path}"));
        app.send(request.header("x-request-id", request_id).json(body)).await
    };
    let mut before = Vec::new();
    for case in &cases {
        before.push(send(case, "first").await);
    }
    sqlx::raw_sql(
        "UPDATE warehouses SET code = 'FIRST' WHERE code = 'MAIN';
         INSERT INTO warehouses (id, code, name) VALUES (77, 'NEW', 'New');
         INSERT INTO items (id, name, price) VALUES (77, 'Lamp', 1);
         INSERT INTO inventory VALUES (77, 77, 10);",
    )
    .execute(&app.database)
    .await
    .expect("changed");
    for (case, before) in cases.iter().zip(before) {
        assert!((404..=409).contains(&before.status), "{case:?}: {}", before.text);
        // The body has the id of the first request.
        let after = send(case, "first").await;
        assert_eq!((after.status, after.text), (before.status, before.text));
    }
}
