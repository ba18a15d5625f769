//! Rate limits of clients, people and addresses.

use crate::app::{Answer, TestApp};
use crate::raw::exchange;
use domain::Scope;
use reqwest::Method;
use serde_json::json;
use server::{LocalAccess, RateLimitConfig};
use std::time::Duration;

/// A well-formed token that no client has.
const UNKNOWN_TOKEN: &str = "shk_000000000000000000000000000000002wjyrI";

/// Starts a server with these limits, which requires credentials.
async fn server(limits: impl FnOnce(&mut RateLimitConfig)) -> TestApp {
    TestApp::start_with(|config| {
        config.access.local_access = LocalAccess::Off;
        config.network.trusted_proxies = "127.0.0.1".parse().ok();
        limits(&mut config.rate_limits);
    })
    .await
}

/// Limits a client to `burst` requests at once, and one per second.
fn client_limit(burst: u32) -> impl FnOnce(&mut RateLimitConfig) {
    move |limits| {
        limits.client_requests_per_second = 1;
        limits.client_requests_burst = Some(burst);
    }
}

/// Limits requests without valid credentials of an address.
fn anonymous_limit(burst: u32) -> impl FnOnce(&mut RateLimitConfig) {
    move |limits| {
        limits.anonymous_requests_per_second = Some(1);
        limits.anonymous_requests_burst = Some(burst);
    }
}

async fn get_as(app: &TestApp, token: &str, path: &str) -> Answer {
    app.send(app.request(Method::GET, path).bearer_auth(token)).await
}

/// Sends a request from an address, through a trusted proxy.
async fn get_from(app: &TestApp, address: &str, token: Option<&str>) -> Answer {
    let request = app.request(Method::GET, "/api/warehouses").header("x-forwarded-for", address);
    app.send(token.into_iter().fold(request, |request, token| request.bearer_auth(token))).await
}

#[tokio::test]
async fn a_client_over_its_limit_is_rejected_and_others_are_not() {
    let app = server(client_limit(3)).await;
    let shop = app.client("shop", &[Scope::StockRead]).await;
    let till = app.client("till", &[Scope::StockRead]).await;
    for remaining in [2, 1, 0] {
        let answer = get_as(&app, &shop, "/api/warehouses").await;
        assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=3;w=3");
        assert_eq!(answer.header("ratelimit"), format!("\"client\";r={remaining};t=1"));
        answer.expect(200);
    }
    let answer = get_as(&app, &shop, "/api/warehouses").await;
    assert_eq!(answer.header("ratelimit"), "\"client\";r=0;t=1");
    assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=3;w=3");
    let wait = answer.header("retry-after").parse().expect("seconds");
    let problem = answer.problem(429, "rate_limited");
    assert_eq!(
        (&problem["limit"], &problem["requestsPerSecond"], &problem["requestsBurst"]),
        (&json!("client"), &json!(1), &json!(3))
    );
    get_as(&app, &till, "/api/warehouses").await.expect(200);
    tokio::time::sleep(Duration::from_secs(wait)).await;
    get_as(&app, &shop, "/api/warehouses").await.expect(200);
}

#[tokio::test]
async fn server_functions_pages_streams_and_rejections_are_limited_as_well() {
    let app = server(client_limit(4)).await;
    let shop = app.client("shop", &[Scope::StockRead]).await;
    get_as(&app, &shop, "/rpc/list_warehouses").await.expect(200);
    get_as(&app, &shop, "/api/items/999999").await.problem(404, "item_not_found");
    let request = app.request(Method::GET, "/api/events/stream").bearer_auth(&shop);
    let stream = request.send().await.expect("an answer");
    let remaining = stream.headers()["ratelimit"].to_str().expect("text").to_owned();
    assert_eq!((stream.status().as_u16(), &*remaining), (200, "\"client\";r=1;t=1"));
    let bearer = format!("authorization: Bearer {shop}");
    let lines = ["host: 127.0.0.1", "connection: close", &bearer];
    assert!(
        exchange(&app, "GET /items HTTP/1.1", &lines).await.contains("ratelimit: \"client\";r=0;t=1\r\n")
    );
    for path in ["/rpc/list_warehouses", "/api/events/stream", "/api/warehouses"] {
        get_as(&app, &shop, path).await.problem(429, "rate_limited");
    }
    let page = exchange(&app, "GET /items HTTP/1.1", &lines).await;
    assert!(page.starts_with("HTTP/1.1 429"), "{page}");
    let write = app.request(Method::POST, "/api/warehouses").bearer_auth(&shop);
    app.send(write.json(&json!({"code": "X", "name": "X"}))).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn addresses_behind_a_trusted_proxy_have_their_own_limit() {
    let app = server(anonymous_limit(2)).await;
    let shop = app.client("shop", &[Scope::StockRead]).await;
    get_from(&app, "192.0.2.1", Some(&shop)).await.expect(200);
    for remaining in [1, 0] {
        let answer = get_from(&app, "192.0.2.7", None).await;
        assert_eq!(answer.header("ratelimit"), format!("\"anonymous\";r={remaining};t=1"));
        answer.problem(401, "unauthenticated");
    }
    let problem = get_from(&app, "192.0.2.7", None).await.problem(429, "rate_limited");
    assert_eq!(problem["limit"], "anonymous");
    get_from(&app, "192.0.2.8", None).await.problem(401, "unauthenticated");
    // A spoofed address before the one that the proxy has added does not count.
    get_from(&app, "192.0.2.9, 192.0.2.7", None).await.problem(429, "rate_limited");
    let answer = get_from(&app, "192.0.2.7", Some(&shop)).await;
    assert_eq!(answer.header("ratelimit"), "", "a valid token is not limited by its address");
    answer.expect(200);
    for (address, status) in [("2001:db8::1", 401), ("2001:db8::2", 401), ("2001:db8::3", 429)] {
        assert_eq!(get_from(&app, address, None).await.status, status, "{address}");
    }
    assert_eq!(get_from(&app, "2001:db8:0:1::1", None).await.status, 401);
}

#[tokio::test]
async fn unknown_tokens_are_limited_before_their_lookup() {
    let app = server(anonymous_limit(3)).await;
    let shop = app.client("shop", &[Scope::StockRead]).await;
    get_from(&app, "192.0.2.7", Some(&shop)).await.expect(200);
    let tokens = [UNKNOWN_TOKEN, "shk_1"];
    for token in tokens {
        get_from(&app, "192.0.2.7", Some(token)).await.problem(401, "invalid_credentials");
    }
    for token in tokens {
        get_from(&app, "192.0.2.7", Some(token)).await.problem(429, "rate_limited");
        let request = app.request(Method::GET, "/health").header("x-forwarded-for", "192.0.2.7");
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        assert_eq!(answer.status(), 429, "a health check does not bypass the limit");
    }
    get_from(&app, "192.0.2.7", Some(&shop)).await.expect(200);
    get_from(&app, "192.0.2.8", Some(UNKNOWN_TOKEN)).await.problem(401, "invalid_credentials");
}

#[tokio::test]
async fn all_requests_of_an_address_are_limited_by_setting() {
    let app = server(|limits| {
        limits.address_requests_per_second = 1;
        limits.address_requests_burst = Some(2);
        limits.client_requests_per_second = 100;
    })
    .await;
    let shop = app.client("shop", &[Scope::StockRead]).await;
    let answer = get_from(&app, "192.0.2.7", Some(&shop)).await;
    assert_eq!(answer.header("ratelimit"), "\"address\";r=1;t=1, \"client\";r=999;t=1");
    assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=2;w=2, \"client\";q=1000;w=10");
    get_from(&app, "192.0.2.7", None).await.problem(401, "unauthenticated");
    let problem = get_from(&app, "192.0.2.7", Some(&shop)).await.problem(429, "rate_limited");
    assert_eq!(problem["limit"], "address");
    get_from(&app, "192.0.2.8", Some(&shop)).await.expect(200);
    for _ in 0..5 {
        let request = app.request(Method::GET, "/health").header("x-forwarded-for", "192.0.2.7");
        let answer = app.send(request).await;
        assert_eq!(answer.header("ratelimit"), "", "health checks are not limited");
        answer.expect(200);
    }
}

#[tokio::test]
async fn responses_have_no_headers_without_a_limit() {
    let app = TestApp::start().await;
    let answer = app.get("/api/warehouses").await;
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
    answer.expect(200);
}
