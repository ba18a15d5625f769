//! The access log, and the trace in log lines and responses.

use crate::app::{Postgres, TestApp};
use crate::binary::{Folder, ServerProcess, stockhold};
use crate::webhook_receiver::{Receiver, Reply};
use serde_json::{Value, json};
use std::fs::File;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const SECRET: &str = "s3cretvalue0123456789";

/// Runs a server with these settings, and returns the lines of its log after `requests`.
async fn log_of(settings: &[(&str, &str)], requests: impl AsyncFnOnce(&str, &reqwest::Client)) -> Vec<Value> {
    let url = Postgres::find().create_database().await;
    let folder = Folder::new("access-log");
    std::fs::create_dir(&folder.0).expect("a folder");
    let path = folder.0.join("server.log");
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", &url).env("STOCKHOLD_LOG", "json");
    command.envs(settings.iter().copied()).stderr(File::create(&path).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    requests(&serving.url, &reqwest::Client::new()).await;
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
    let log = std::fs::read_to_string(&path).expect("a log");
    log.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn requests(log: &[Value]) -> Vec<&Value> {
    log.iter().filter(|line| line["message"] == "request").collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_has_a_line_with_its_route_trace_and_principal_and_no_secret() {
    let settings = [("STOCKHOLD_ACCESS_LOG", "all"), ("RUST_LOG", "debug")];
    let log = log_of(&settings, async |url, client| {
        let get = |path: &str| client.get(format!("{url}{path}"));
        let known = get("/api/items/17").header("traceparent", PARENT).header("x-request-id", "given-1");
        let response = known.send().await.expect("an answer");
        let header = response.headers()["traceresponse"].to_str().expect("text").to_owned();
        assert!(header.starts_with(&format!("00-{TRACE}-")), "{header}");
        let problem: Value = serde_json::from_str(&response.text().await.expect("a body")).expect("JSON");
        assert_eq!((&problem["traceId"], &problem["code"]), (&TRACE.into(), &"item_not_found".into()));
        for request in [
            get("/api/items").bearer_auth(format!("shk_{SECRET}")),
            get(&format!("/invitation?token={SECRET}")),
            get(&format!("/invitation/{SECRET}")),
            get(&format!("/api/{SECRET}")),
            get("/items").header("cookie", format!("session={SECRET}")),
            client
                .post(format!("{url}/sign-in"))
                .header("origin", url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("name=ada&password={SECRET}")),
        ] {
            request.send().await.expect("an answer");
        }
    })
    .await;
    let requests = requests(&log);
    assert_eq!(requests.len(), 7, "{requests:?}");
    let first = requests[0];
    for (name, value) in [
        ("trace_id", TRACE),
        ("request_id", "given-1"),
        ("method", "GET"),
        ("route", "/api/items/{id}"),
        ("principal", "local"),
        ("client", "127.0.0.1"),
    ] {
        assert_eq!(first[name], value, "{first}");
    }
    assert_eq!(first["status"], 404);
    assert!(first["duration_ms"].as_f64().is_some_and(|time| time > 0.0), "{first}");
    let leaks: Vec<_> = log.iter().filter(|line| line.to_string().contains(SECRET)).collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_access_log_is_off_or_has_errors_by_default() {
    for settings in [&[("STOCKHOLD_ACCESS_LOG", "off")][..], &[]] {
        let log = log_of(settings, async |url, client| {
            client.get(format!("{url}/api/items/17")).send().await.expect("an answer");
        })
        .await;
        assert!(requests(&log).is_empty(), "{log:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_batches_and_statements_are_logged_with_the_trace() {
    let settings =
        [("STOCKHOLD_SLOW_BATCH_MILLISECONDS", "1"), ("STOCKHOLD_SLOW_STATEMENT_MILLISECONDS", "1")];
    let log = log_of(&settings, async |url, client| {
        let item = serde_json::json!({"name": "Lamp", "quantity": 1, "price": "1"});
        let request = client.post(format!("{url}/api/items")).header("content-type", "application/json");
        let request = request.header("traceparent", PARENT).body(item.to_string());
        assert_eq!(request.send().await.expect("an answer").status(), 201);
    })
    .await;
    let slow = |message: &str| {
        let of_message =
            |line: &&Value| line["message"].as_str().is_some_and(|text| text.starts_with(message));
        log.iter().filter(of_message).cloned().collect::<Vec<_>>()
    };
    let batches = slow("a batch was slow");
    let creation = batches.iter().find(|line| line["trace_id"] == TRACE);
    assert!(
        creation.is_some_and(|line| line["queue"].as_str().is_some_and(|name| name.starts_with("creation")))
    );
    assert!(!slow("slow statement").is_empty(), "{log:?}");
}

#[tokio::test]
async fn an_invalid_or_missing_traceparent_begins_a_new_trace() {
    let app = TestApp::start().await;
    let mut traces = std::collections::HashSet::new();
    for given in [None, Some("00-zz"), Some("00-00000000000000000000000000000000-00f067aa0ba902b7-01")] {
        let mut request = app.request(reqwest::Method::GET, "/api/items/17");
        if let Some(given) = given {
            request = request.header("traceparent", given);
        }
        let answer = app.send(request).await;
        let header = answer.header("traceresponse").to_owned();
        let trace = header.split('-').nth(1).expect("a trace").to_owned();
        let problem = answer.problem(404, "item_not_found");
        assert_eq!(problem["traceId"], trace);
        assert!(traces.insert(trace));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_attempt_of_a_webhook_has_a_line_with_its_trace() {
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(503));
    let log = log_of(&[("STOCKHOLD_WEBHOOK_PRIVATE_ADDRESSES", "true")], async |url, client| {
        let post = async |path: &str, body: Value| {
            let answer = client.post(format!("{url}{path}")).json(&body).send().await.expect("an answer");
            assert_eq!(answer.status(), 201);
        };
        post("/api/webhooks", json!({"name": "Shop", "url": receiver.url})).await;
        post("/api/items", json!({"name": "Lamp", "quantity": 100, "price": "1"})).await;
        receiver.until("an attempt", |received| !received.is_empty()).await;
    })
    .await;
    let received = &receiver.received()[0];
    let is_attempt = |line: &&Value| line["message"] == "an attempt to deliver an event failed";
    let line = log.iter().find(is_attempt).expect("a line");
    assert_eq!((&line["message_id"], &line["reason"]), (&json!(received.id), &json!("status 503")));
    let parent = received.headers["traceparent"].to_str().expect("text");
    assert_eq!(line["trace_id"].as_str(), parent.get(3..35), "{parent}: {line}");
}
