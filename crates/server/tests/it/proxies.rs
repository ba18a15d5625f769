//! Proxies that name the client.

use crate::app::{Postgres, TestApp};
use crate::binary::{Folder, ServerProcess, stockhold};
use crate::raw::{exchange, status};
use domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs::File;

/// The headers of a proxy that ends TLS for `shop.example`.
const BY_PROXY: [&str; 4] = [
    "host: backend:3000",
    "x-forwarded-for: 198.51.100.1, 192.0.2.7",
    "x-forwarded-proto: https",
    "x-forwarded-host: shop.example",
];

async fn app(proxies: &str) -> TestApp {
    TestApp::start_with(|config| {
        config.network.hosts = "shop.example,127.0.0.1".parse().ok();
        config.network.trusted_proxies = proxies.parse().ok();
    })
    .await
}

#[tokio::test]
async fn host_and_protocol_come_from_a_trusted_proxy() {
    let app = app("127.0.0.0/8").await;
    let start = "GET /health/live HTTP/1.1";
    let response = exchange(&app, start, &BY_PROXY).await;
    assert_eq!(status(&response), 200, "{response}");
    assert!(response.contains("strict-transport-security: max-age=31536000\r\n"), "{response}");
    let plain: Vec<_> = BY_PROXY.iter().map(|line| line.replace("https", "http")).collect();
    let plain: Vec<_> = plain.iter().map(String::as_str).collect();
    let response = exchange(&app, start, &plain).await;
    assert!(status(&response) == 200 && !response.contains("strict-transport-security"), "{response}");
    let evil = ["host: shop.example", "x-forwarded-host: evil.example"];
    assert_eq!(status(&exchange(&app, start, &evil).await), 421);
}

#[tokio::test]
async fn the_headers_of_others_are_ignored() {
    for proxies in ["", "10.0.0.0/8,::1"] {
        let app = app(proxies).await;
        let start = "GET /health/live HTTP/1.1";
        assert_eq!(status(&exchange(&app, start, &BY_PROXY).await), 421, "the header Host counts");
        let lines =
            ["host: shop.example", BY_PROXY[2], "x-forwarded-host: evil.example", "forwarded: proto=https"];
        let response = exchange(&app, start, &lines).await;
        assert_eq!(status(&response), 200, "{response}");
        assert!(!response.contains("strict-transport-security"), "{response}");
    }
}

#[tokio::test]
async fn the_origin_of_a_write_is_compared_with_the_forwarded_host() {
    let app = app("127.0.0.1").await;
    let token = app.client("shop", &[Scope::ItemsWrite]).await;
    for (number, (origin, is_own)) in
        [("https://shop.example", true), ("https://evil.example", false), ("http://backend:3000", false)]
            .into_iter()
            .enumerate()
    {
        let body = json!({"code": format!("W{number}"), "name": "Warehouse"});
        let mut request = app
            .request(Method::POST, "/api/warehouses")
            .json(&body)
            .header("origin", origin)
            .bearer_auth(&token);
        for (name, value) in BY_PROXY.iter().filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        let answer = app.send(request).await;
        match is_own {
            true => _ = answer.expect(201),
            false => _ = answer.problem(403, "cross_site"),
        }
    }
}

#[tokio::test]
async fn one_time_links_have_the_forwarded_host_and_scheme() {
    let app = app("127.0.0.1").await;
    let token = app.client("robot", &[Scope::Admin]).await;
    let invite = async |name: &str, headers: &[&str]| {
        let request = app.request(Method::POST, "/people").bearer_auth(&token);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let headers = headers.iter().filter_map(|line| line.split_once(": "));
        let request = headers.fold(request, |request, (name, value)| request.header(name, value));
        let page = request.body(format!("name={name}&role=viewer")).send().await.expect("an answer");
        page.text().await.expect("a page")
    };
    let page = invite("anna", &BY_PROXY[1..]).await;
    assert!(page.contains("https://shop.example/invitation?secret="), "{page}");
    let page = invite("bert", &["host: shop.example:3000"]).await;
    assert!(page.contains("http://shop.example:3000/invitation?secret="), "{page}");
}

/// Returns the field `client` of the log lines with these request ids.
async fn logged_clients(setting: (&str, &str), requests: &[(&str, &[(&str, &str)])]) -> Vec<String> {
    let folder = Folder::new("proxies");
    std::fs::create_dir(&folder.0).expect("a folder");
    let log = folder.0.join("log");
    let mut command = stockhold();
    command.args(["serve", "--log", "json", "--access-log", "all"]).env(setting.0, setting.1);
    command.env("STOCKHOLD_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8");
    command.env("DATABASE_URL", Postgres::find().create_database().await);
    command.stderr(File::create(&log).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    let client = reqwest::Client::new();
    for (id, headers) in requests {
        let mut request = client.get(format!("{}/health/live", serving.url)).header("x-request-id", *id);
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
    let text = std::fs::read_to_string(&log).expect("a log");
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let client = |id: &str| {
        let line = lines.iter().find(|line| line["request_id"] == id && line["message"] == "request");
        line.unwrap_or_else(|| panic!("{text}"))["client"].as_str().expect("an address").to_owned()
    };
    requests.iter().map(|(id, _)| client(id)).collect()
}

#[tokio::test]
async fn the_log_names_the_client_behind_the_proxies() {
    let forwarded = ("forwarded", "for=203.0.113.5, for=\"[2001:db8::7]:80\", for=10.0.0.1");
    let requests: [(&str, &[(&str, &str)]); 3] = [
        ("none", &[]),
        ("both", &[("x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.0.0.1"), forwarded]),
        ("standard", &[forwarded]),
    ];
    let by_default = logged_clients(("STOCKHOLD_FORWARDED_HEADERS", "x-forwarded"), &requests).await;
    assert_eq!(by_default, ["127.0.0.1", "192.0.2.7", "127.0.0.1"]);
    let standard = logged_clients(("STOCKHOLD_FORWARDED_HEADERS", "forwarded"), &requests).await;
    assert_eq!(standard, ["127.0.0.1", "2001:db8::7", "2001:db8::7"]);
}
