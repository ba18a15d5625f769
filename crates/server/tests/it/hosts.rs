//! The names under which the server answers, against DNS rebinding.

use crate::app::{Postgres, TestApp};
use crate::binary::{ServerProcess, stockhold};
use crate::process::add_administrator;
use crate::raw::{address, exchange, status};
use serde_json::Value;

fn problem(response: &str) -> Value {
    let (head, body) = response.split_once("\r\n\r\n").expect("a body");
    assert!(head.contains("content-type: application/problem+json"), "{response}");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{response}"))
}

async fn check(app: &TestApp, start: &str, lines: &[&str], expected: u16, code: &str) {
    let response = exchange(app, start, lines).await;
    assert_eq!(status(&response), expected, "{start} {lines:?}: {response}");
    if !code.is_empty() {
        let problem = problem(&response);
        assert_eq!(problem["code"], code, "{response}");
        assert!(problem["requestId"].is_string(), "{response}");
        assert!(!response.contains("evil.example"), "the host is not echoed: {response}");
    }
}

#[tokio::test]
async fn a_request_for_an_unknown_host_is_rejected_everywhere() {
    let app = TestApp::start().await;
    let evil = ["host: evil.example"];
    for path in
        ["/", "/items", "/api/items", "/api/docs/", "/rpc/list_categories", "/pkg/stockhold.js", "/health"]
    {
        check(&app, &format!("GET {path} HTTP/1.1"), &evil, 421, "host_unknown").await;
    }
    let absolute = "GET http://evil.example/api/items HTTP/1.1";
    check(&app, absolute, &["host: localhost"], 421, "host_unknown").await;
    check(&app, "OPTIONS * HTTP/1.1", &evil, 421, "host_unknown").await;
}

#[tokio::test]
async fn a_write_for_an_unknown_host_has_no_effect() {
    let app = TestApp::start().await;
    let body = r#"{"code":"EVIL","name":"Evil"}"#;
    let write = async |host: &str| {
        let request = app.request(reqwest::Method::POST, "/api/warehouses").header("host", host);
        let request = request.header("content-type", "application/json").body(body);
        app.send(request).await
    };
    write("evil.example").await.problem(421, "host_unknown");
    write("localhost.evil.example:3000").await.problem(421, "host_unknown");
    let warehouses = app.get("/api/warehouses").await.expect(200);
    assert_eq!(warehouses.as_array().map(Vec::len), Some(1), "{warehouses}");
    write("shop.localhost:3000").await.expect(201);
}

#[tokio::test]
async fn a_request_needs_exactly_one_valid_host() {
    let app = TestApp::start().await;
    let start = "GET /api/warehouses HTTP/1.1";
    check(&app, start, &["host: localhost:3000"], 200, "").await;
    check(&app, start, &[], 400, "invalid_host").await;
    check(&app, start, &["host: localhost", "host: localhost"], 400, "invalid_host").await;
    check(&app, start, &["host: localhost", "host: evil.example"], 400, "invalid_host").await;
    check(&app, start, &["host: "], 400, "invalid_host").await;
    check(&app, start, &["host: localhost:port"], 400, "invalid_host").await;
    check(&app, "GET /api/warehouses HTTP/1.0", &[], 400, "invalid_host").await;
    check(&app, "GET http://localhost/api/warehouses HTTP/1.1", &["host: evil.example"], 200, "").await;
}

#[tokio::test]
async fn a_load_balancer_checks_the_health_by_address() {
    let app = TestApp::start_with(|config| config.network.hosts = "shop.example".parse().ok()).await;
    for path in ["/health", "/health/live"] {
        let start = format!("GET {path} HTTP/1.1");
        check(&app, &start, &["host: 10.1.2.3:3000"], 200, "").await;
        check(&app, &start, &["host: [fd00::7]"], 200, "").await;
        check(&app, &start, &["host: evil.example"], 421, "host_unknown").await;
        check(&app, &start, &[], 400, "invalid_host").await;
        check(&app, &format!("GET {path} HTTP/1.0"), &[], 200, "").await;
    }
    check(&app, "GET /api/warehouses HTTP/1.1", &["host: 10.1.2.3:3000"], 421, "host_unknown").await;
    check(&app, "GET /api/warehouses HTTP/1.1", &["host: Shop.example:443"], 200, "").await;
}

#[tokio::test]
async fn a_server_on_all_addresses_needs_its_names() {
    let mut command = stockhold();
    command.arg("serve").env("LEPTOS_SITE_ADDR", "0.0.0.0:0");
    let refused = command.output().expect("run");
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{errors}");
    assert!(errors.contains("STOCKHOLD_HOSTS is not set; set it to the names"), "{errors}");

    let database = Postgres::find().create_database().await;
    let run = move || {
        let mut command = stockhold();
        command.env("LEPTOS_SITE_ADDR", "0.0.0.0:0").env("STOCKHOLD_HOSTS", "shop.example,127.0.0.1");
        command.env("DATABASE_URL", &database);
        command
    };
    let start = move || {
        add_administrator(run(), "ada");
        let mut command = run();
        command.arg("serve");
        ServerProcess::start(command)
    };
    let serving = tokio::task::spawn_blocking(start).await.expect("started");
    let port = address(&serving.url).rsplit_once(':').expect("a port").1;
    let client = reqwest::Client::new();
    for (host, expected) in [("shop.example", 401), ("127.0.0.1", 401), ("localhost", 421)] {
        let request = client.get(format!("http://127.0.0.1:{port}/api/warehouses")).header("host", host);
        assert_eq!(request.send().await.expect("an answer").status(), expected, "{host}");
    }
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
}

#[test]
fn an_invalid_name_is_an_error() {
    let mut command = stockhold();
    let refused = command.arg("serve").env("STOCKHOLD_HOSTS", "https://shop.example").output().expect("run");
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{errors}");
    assert!(errors.contains("write a name without scheme and port"), "{errors}");
}
