//! Invalid requests: each kind has its own error code, and changes nothing.

use crate::app::TestApp;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};

/// Every operation with a body; `{id}` stands for an existing id.
const BODIES: [(&str, &str); 10] = [
    ("POST", "/api/items"),
    ("PATCH", "/api/items/{id}"),
    ("POST", "/api/items/{id}/stock"),
    ("POST", "/api/items/block/temporary"),
    ("POST", "/api/items/block/permanent"),
    ("POST", "/api/blocks/{id}/extend"),
    ("POST", "/api/warehouses"),
    ("POST", "/api/orders"),
    ("POST", "/api/orders/{id}/allocate"),
    ("PUT", "/api/orders/{id}/lines"),
];

struct Zoo {
    app: TestApp,
    before: String,
}

impl Zoo {
    /// Starts a server with a row of id 1 in each table.
    async fn open() -> Self {
        let app = TestApp::start().await;
        let item = app.item(10).await;
        app.block(item, 1, 3_600).await;
        app.order(&[(item, 1)]).await;
        let before = ledger::fingerprint(&app.database).await;
        Self { app, before }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: impl Into<Vec<u8>>,
    ) -> crate::app::Answer {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.app.request(method, &path.replace("{id}", "1")).body(body.into());
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        self.app.send(request).await
    }

    async fn close(self) {
        assert_eq!(ledger::fingerprint(&self.app.database).await, self.before, "nothing changed");
    }
}

#[tokio::test]
async fn malformed_json_is_rejected_with_its_position() {
    let zoo = Zoo::open().await;
    let json = Some("application/json");
    for (method, path) in BODIES {
        for (body, place) in [
            (&b"{\"a\": 1,}"[..], "line 1, column 9"),
            (b"{\n  \"a\": tru}", "line 2, column 11"),
            (b"{\"a\": \"\n\"}", "line"),
            (b"{", "line 1, column 1"),
            (b"[1, 2", "line 1, column 5"),
            (b"", "empty"),
            (b"  \n ", "empty"),
            (b"{\"a\": \"\xff\"}", "byte 8"),
        ] {
            let problem = zoo.send(method, path, json, body).await.problem(400, "malformed_json");
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.contains(place), "{method} {path}: {detail}");
        }
    }
    let more = r#"{"blockId": 1} x"#;
    zoo.send("POST", "/api/items/block/permanent", json, more).await.problem(400, "malformed_json");
    let deep = "[".repeat(500) + &"]".repeat(500);
    let body = format!("{{\"name\": {deep}}}");
    zoo.send("POST", "/api/items", json, body).await.problem(400, "invalid_body");
    zoo.close().await;
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_rejected() {
    let zoo = Zoo::open().await;
    for (method, path) in BODIES {
        for body in ["[]", "[1, 2, 3]", "null", "17", "\"text\"", "true"] {
            let problem = zoo.send(method, path, None, body).await.problem(400, "invalid_body");
            assert_eq!(problem["field"], Value::Null, "{method} {path} {body}");
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.starts_with("The body must be an object, not "), "{detail}");
        }
    }
    let huge = r#"{"itemId": 1, "quantity": 1e999}"#;
    zoo.send("POST", "/api/items/block/temporary", None, huge).await.problem(400, "malformed_json");
    let twice = r#"{"blockId": 1, "blockId": 2}"#;
    let problem =
        zoo.send("POST", "/api/items/block/permanent", None, twice).await.problem(400, "invalid_body");
    assert_eq!(problem["detail"], "`blockId` is given more than once.");
    zoo.close().await;
}

#[tokio::test]
async fn numbers_out_of_bounds_are_rejected() {
    let zoo = Zoo::open().await;
    let path = "/api/items/block/temporary";
    for number in
        ["99999999999999999999", "-99999999999999999999", "1e20", "0.5", "\"1e3\"", "\"-1\"", "{}", "[]"]
    {
        for (field, body) in [
            ("itemId", format!(r#"{{"itemId": {number}, "quantity": 1}}"#)),
            ("warehouseId", format!(r#"{{"itemId": 1, "quantity": 1, "warehouseId": {number}}}"#)),
            ("quantity", format!(r#"{{"itemId": 1, "quantity": {number}}}"#)),
            ("ttlSeconds", format!(r#"{{"itemId": 1, "quantity": 1, "ttlSeconds": {number}}}"#)),
        ] {
            let problem = zoo.send("POST", path, None, body).await.problem(400, "invalid_body");
            assert_eq!(problem["field"], field, "{problem}");
        }
    }
    for number in ["9223372036854775807", "-9223372036854775808", "2147483648", "0", "-1"] {
        let body = format!(r#"{{"itemId": 1, "quantity": {number}}}"#);
        zoo.send("POST", path, None, body).await.problem(400, "invalid_value");
    }
    for id in ["9223372036854775807", "\"9223372036854775807\"", "0", "-1"] {
        let body = format!(r#"{{"itemId": {id}, "quantity": 1}}"#);
        zoo.send("POST", path, None, body).await.problem(404, "item_not_found");
    }
    zoo.close().await;
}

#[tokio::test]
async fn ids_in_the_address_are_numbers() {
    let zoo = Zoo::open().await;
    for (method, path, missing) in [
        ("GET", "/api/items/{id}", "item_not_found"),
        ("PATCH", "/api/items/{id}", "item_not_found"),
        ("POST", "/api/items/{id}/stock", "item_not_found"),
        ("GET", "/api/items/{id}/levels", "item_not_found"),
        ("GET", "/api/items/{id}/movements", "item_not_found"),
        ("GET", "/api/items/{id}/unavailability", "item_not_found"),
        ("GET", "/api/blocks/{id}", "block_not_found"),
        ("DELETE", "/api/blocks/{id}", "block_not_found"),
        ("POST", "/api/blocks/{id}/extend", "block_not_found"),
        ("GET", "/api/orders/{id}", "order_not_found"),
        ("POST", "/api/orders/{id}/allocate", "order_not_found"),
        ("POST", "/api/orders/{id}/cancel", "order_not_found"),
    ] {
        let body = json!({"name": "x", "delta": 1, "reason": "x", "ttlSeconds": 1, "warehouseId": 1});
        let body = if method == "PATCH" { json!({"name": "x"}) } else { body }.to_string();
        for id in ["x", "1.5", "1e3", "0x1", "+1", "1%201", "%E0%A5%A7"] {
            let problem = zoo.send(method, &path.replace("{id}", id), None, body.clone()).await;
            assert_eq!(problem.problem(400, "invalid_id")["field"], "id");
        }
        for id in ["%ff", "1%00"] {
            zoo.send(method, &path.replace("{id}", id), None, body.clone())
                .await
                .problem(400, "invalid_path");
        }
        for id in ["0", "-1", "999999", "9223372036854775807", "9223372036854775808", &"9".repeat(100)] {
            zoo.send(method, &path.replace("{id}", id), None, body.clone()).await.problem(404, missing);
        }
    }
    zoo.close().await;
}

#[tokio::test]
async fn only_json_bodies_are_accepted() {
    let zoo = Zoo::open().await;
    for (method, path) in BODIES {
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json"]
        {
            zoo.send(method, path, Some(kind), "{}").await.problem(415, "unsupported_media_type");
        }
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.shop+json"] {
            let answer = zoo.send(method, path, Some(kind), "[]").await;
            answer.problem(400, "invalid_body");
        }
    }
    zoo.close().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_rejected() {
    let zoo = Zoo::open().await;
    let long = format!(r#"{{"name": "{}", "quantity": 1, "price": 1}}"#, "x".repeat(300_000));
    let problem = zoo.send("POST", "/api/items", None, long.clone()).await.problem(413, "body_too_large");
    assert!(problem["detail"].as_str().expect("a detail").contains("262144"));
    // The same body without a Content-Length.
    let pieces: Vec<Result<_, std::io::Error>> =
        long.as_bytes().chunks(10_000).map(|piece| Ok(piece.to_vec())).collect();
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let request = zoo.app.request(Method::POST, "/api/items").body(body);
    zoo.app.send(request).await.problem(413, "body_too_large");
    zoo.close().await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_rejected() {
    let zoo = Zoo::open().await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/items/1/nothing",
        "/api/items/",
        "/api/docs/nothing.js",
        "/rpc/",
        "/rpc/nothing",
    ] {
        zoo.send("GET", path, None, "").await.problem(404, "not_found");
    }
    for (method, path, allowed) in [
        ("PUT", "/api/items", ["GET", "POST"].as_slice()),
        ("DELETE", "/api/items/1", &["GET", "PATCH"]),
        ("GET", "/api/items/block/temporary", &["POST"]),
        ("POST", "/api/categories", &["GET"]),
        ("GET", "/rpc/place_block", &["POST"]),
        ("POST", "/rpc/list_categories", &["GET"]),
        ("POST", "/api/openapi.json", &["GET"]),
    ] {
        let answer = zoo.send(method, path, None, "").await;
        for method in allowed {
            assert!(answer.header("allow").contains(method), "{path}: {}", answer.header("allow"));
        }
        answer.problem(405, "method_not_allowed");
    }
    zoo.close().await;
}

#[tokio::test]
async fn forged_cursors_are_rejected() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    app.block(item, 1, 60).await;
    for units in [i64::MIN, i64::MAX] {
        let path = format!("/api/items/{item}/movements?after=9:1={units}");
        app.get(&path).await.problem(400, "invalid_value");
    }
    for micros in [i64::MIN, -8_000_000_000_000_000_000, 8_000_000_000_000_000_000, i64::MAX] {
        app.get(&format!("/api/blocks/expiring?after=1:{micros}")).await.problem(400, "invalid_value");
    }
}
