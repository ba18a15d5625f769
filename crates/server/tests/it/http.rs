//! Properties of every response.

use crate::app::TestApp;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn health_returns_the_time_of_the_database() {
    let app = TestApp::start().await;
    let answer = app.get("/health").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let health = answer.expect(200);
    assert_eq!((&health["status"], &health["database"]), (&json!("ok"), &json!("up")));
    assert!(health["timestamp"].is_string());
    assert_eq!((&health["workers"], &health["failingItems"]), (&json!([]), &json!([])));
    let answer = app.get("/health/live").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.expect(200)["status"], "ok");
}

#[tokio::test]
async fn a_request_keeps_its_id() {
    let app = TestApp::start().await;
    let given = app.request(Method::GET, "/api/items/999999").header("x-request-id", "checkout-17");
    let answer = app.send(given).await;
    assert_eq!(answer.header("x-request-id"), "checkout-17");
    assert_eq!(answer.problem(404, "item_not_found")["requestId"], "checkout-17");
    let long = "x".repeat(65);
    let given = app.request(Method::GET, "/health").header("x-request-id", &long);
    let answer = app.send(given).await;
    assert_ne!(answer.header("x-request-id"), long);
    let other = app.get("/health").await;
    assert_ne!(answer.header("x-request-id"), other.header("x-request-id"));

    let item = app.item(1).await;
    let body = json!({"delta": 1, "reason": "x"});
    let request = app.request(Method::POST, &format!("/api/items/{item}/stock")).json(&body);
    app.send(request.header("x-request-id", "delivery-3")).await.expect(200);
    let query = "SELECT request_id FROM stock_movements ORDER BY id DESC LIMIT 1";
    let kept: String = sqlx::query_scalar(query).fetch_one(&app.database).await.expect("a line");
    assert_eq!(kept, "delivery-3");
}

#[tokio::test]
async fn cross_site_writes_are_rejected() {
    let app = TestApp::start().await;
    let own = app.url.clone();
    let body = json!({"code": "X", "name": "X"});
    let cases: [(&[(&str, &str)], bool); 7] = [
        (&[("origin", "https://evil.example")], true),
        (&[("origin", "null")], true),
        (&[("sec-fetch-site", "cross-site")], true),
        (&[("sec-fetch-site", "same-site"), ("origin", &own)], true),
        (&[("origin", &own)], false),
        (&[("sec-fetch-site", "same-origin"), ("origin", &own)], false),
        (&[], false),
    ];
    for (index, (headers, rejected)) in cases.into_iter().enumerate() {
        for path in ["/api/warehouses", "/rpc/create_warehouse"] {
            let mut body = body.clone();
            body["code"] = json!(format!("{}-{index}", &path[1..4]));
            let body = if path.starts_with("/rpc") { json!({"warehouse": body}) } else { body };
            let mut request = app.request(Method::POST, path).json(&body);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = app.send(request).await;
            match rejected {
                true => _ = answer.problem(403, "cross_site"),
                false => assert!(answer.status < 300, "{headers:?}: {}", answer.text),
            }
        }
        let mut read = app.request(Method::GET, "/api/warehouses");
        for (name, value) in headers {
            read = read.header(*name, *value);
        }
        app.send(read).await.expect(200);
    }
}

#[tokio::test]
async fn responses_have_security_headers() {
    let app = TestApp::start().await;
    for path in ["/health", "/api/items", "/rpc/list_categories"] {
        assert_eq!(app.get(path).await.header("x-content-type-options"), "nosniff", "{path}");
    }
    // A browser could show these as a page.
    for path in ["/", "/api/items/999999", "/api/docs/", "/rpc/nothing"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
    }
}

#[tokio::test]
async fn large_responses_are_compressed() {
    let app = TestApp::start().await;
    for encoding in ["br", "gzip"] {
        let request = app.request(Method::GET, "/api/openapi.json").header("accept-encoding", encoding);
        assert_eq!(app.send(request).await.header("content-encoding"), encoding);
    }
    let request = app.request(Method::GET, "/health").header("accept-encoding", "br, gzip");
    assert_eq!(app.send(request).await.header("content-encoding"), "", "too short to be worth it");
}
