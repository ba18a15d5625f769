//! Slow clients, silent clients, and many clients.

use crate::app::{Postgres, TestApp};
use crate::binary::{Folder, ServerProcess, stockhold};
use reqwest::Method;
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The deadline of steps that take a second or two.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The length of a large body, in bytes.
const BODY_BYTES: usize = 4 * 1024 * 1024;

/// Opens a connection, and sends the text.
async fn send(app: &TestApp, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("sent");
    stream
}

/// Reads until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset also ends the connection.
    let _ = timeout(TIMEOUT, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the first part of the response.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let count = timeout(TIMEOUT, stream.read(&mut bytes)).await.expect("in time").expect("an answer");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

fn head(method: &str, path: &str, kind: &str, bytes: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\ncontent-length: {bytes}\r\n"
    )
}

#[tokio::test]
async fn a_head_that_does_not_arrive_in_time_closes_the_connection() {
    let app = TestApp::start_with(|config| config.http.head_timeout_seconds = 1).await;
    let mut silent = send(&app, "").await;
    let mut dribbling = send(&app, "GET /health HTTP/1.1\r\nhost").await;
    assert_eq!(rest(&mut silent).await, "");
    let started = Instant::now();
    while dribbling.write_all(b"x").await.is_ok() {
        assert!(started.elapsed() < TIMEOUT, "the connection is still open");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let app = TestApp::start_with(|config| {
        (config.http.head_timeout_seconds, config.http.idle_timeout_seconds) = (1, 1);
    })
    .await;
    let mut idle = send(&app, "GET /api/warehouses HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 200"));
    let mut stream = send(&app, "GET /api/events/stream HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    sleep(Duration::from_secs(4)).await;
    let item = app.item(1).await;
    let mut events = String::new();
    while !events.contains(&format!("\"itemId\":{item}")) {
        events += &answer(&mut stream).await;
    }
}

/// Bodies are read by handlers, for idempotency keys, for server functions and as forms.
#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_rejected() {
    let app = TestApp::start_with(|config| config.http.body_timeout_seconds = 1).await;
    let json = "application/json";
    for (path, kind, more, expected) in [
        ("/api/items", json, "", "408 "),
        ("/api/items", json, "idempotency-key: 1\r\n", "408 "),
        ("/api/imports", "text/csv", "", "408 "),
        ("/rpc/create_item", json, "", "408 "),
        ("/forms/create_item", "application/x-www-form-urlencoded", "", "303 "),
        ("/forms/act_on_blocks", "application/x-www-form-urlencoded", "", "303 "),
    ] {
        for bytes in [200, 20_000] {
            let head = head("POST", path, kind, bytes);
            let mut stream = send(&app, &format!("{head}{more}\r\n{{")).await;
            let answer = answer(&mut stream).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{path} {more} {bytes}: {answer}");
            assert!(answer.contains("body_timeout") || answer.contains("took%20too%20long"), "{answer}");
        }
    }
    app.item(1).await;
}

#[tokio::test]
async fn bodies_share_bounded_memory() {
    let app = TestApp::start_with(|config| config.http.body_memory_bytes_max = 4 * BODY_BYTES).await;
    let item = app.item(1).await;
    let head = head("POST", "/api/stock/batch", "application/json", BODY_BYTES);
    let mut slow = Vec::new();
    for key in 0..4 {
        slow.push(send(&app, &format!("{head}idempotency-key: slow-{key}\r\n\r\nname")).await);
    }
    let line = json!({"itemId": item, "change": 1, "reason": "Delivery"});
    let document = format!("{}{}", json!({"changes": [line], "atomic": true}), " ".repeat(20_000));
    let change = || app.request(Method::POST, "/api/stock/batch").header("content-type", "application/json");
    let started = Instant::now();
    let rejected = loop {
        let rejected = app.send(change().body(document.clone())).await;
        if rejected.status != 200 {
            break rejected;
        }
        assert!(started.elapsed() < TIMEOUT, "the memory for bodies is not used up");
    };
    assert_eq!(rejected.header("retry-after"), "1");
    rejected.problem(503, "overloaded");
    // The client reads the response after it has sent everything.
    let large = "x".repeat(BODY_BYTES);
    app.send(change().body(large)).await.problem(503, "overloaded");
    // A small body is accepted.
    app.item(1).await;
    drop(slow);
    let started = Instant::now();
    while app.send(change().body(document.clone())).await.status != 200 {
        assert!(started.elapsed() < TIMEOUT, "the memory is free again");
    }
}

#[tokio::test]
async fn connections_are_bounded() {
    let app = TestApp::start_with(|config| config.http.connections_max = 2).await;
    let request = "GET /api/warehouses HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut first = send(&app, request).await;
    assert!(answer(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = send(&app, request).await;
    assert!(answer(&mut second).await.starts_with("HTTP/1.1 200"));
    let mut third = send(&app, request).await;
    let mut bytes = [0; 1];
    assert!(timeout(Duration::from_millis(500), third.read(&mut bytes)).await.is_err(), "it waits");
    drop(first);
    assert!(answer(&mut third).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn half_sent_requests_do_not_delay_a_shutdown() {
    let mut app = TestApp::start().await;
    let head = head("POST", "/api/items", "application/json", 5_000);
    let mut kept = send(&app, "GET /api/warehouses HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer(&mut kept).await.starts_with("HTTP/1.1 200"));
    let _half_a_head = send(&app, "POST /api/items HTTP/1.1\r\nhost").await;
    let mut half_a_body = send(&app, &format!("{head}\r\n{{")).await;
    let _half_a_form = send(&app, &head.replace("/api/items", "/forms/act_on_blocks")).await;
    // After the response to a later request, the server has read the earlier bytes.
    app.get("/health").await.expect(200);
    let started = Instant::now();
    app.stop();
    app.stopped().await.expect("a clean end");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let answer = rest(&mut half_a_body).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("shutting_down"), "{answer}");
}

#[tokio::test]
async fn the_connection_of_a_client_that_does_not_read_is_closed() {
    let app = TestApp::start_with(|config| config.http.send_timeout_seconds = 1).await;
    let request = b"GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut stream = send(&app, "").await;
    let started = Instant::now();
    // The socket buffers hold some of the responses.
    while !matches!(timeout(Duration::from_millis(50), stream.write_all(request)).await, Ok(Err(_))) {
        assert!(started.elapsed() < Duration::from_secs(40), "the connection is still open");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The file descriptor limit, and a number of connections that exceeds it.
const DESCRIPTORS: usize = 300;

#[tokio::test]
async fn without_file_descriptors_pages_are_rendered_and_connections_accepted_later() {
    let folder = Folder::new("descriptors");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let names = folder.0.join("hash.txt");
    std::fs::write(&names, "js: 1\nwasm: 2\ncss: 3\n").expect("a file");
    let program = stockhold();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {DESCRIPTORS}; exec \"$0\" serve")]).arg(program.get_program());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("DATABASE_URL", Postgres::find().create_database().await);
    command.env("LEPTOS_HASH_FILES", "true").env("LEPTOS_HASH_FILE_NAME", &names);
    let serving = ServerProcess::start(command);
    let host = serving.url.trim_start_matches("http://").to_owned();
    let connect = || TcpStream::connect(host.clone());
    let page = b"GET /orders/new HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut early = connect().await.expect("a connection");
    let look = async |stream: &mut TcpStream| {
        stream.write_all(page).await.expect("sent");
        let mut text = String::new();
        // The body has the last, empty chunk at its end.
        while !text.ends_with("\r\n0\r\n\r\n") {
            text += &answer(stream).await;
        }
        assert!(text.starts_with("HTTP/1.1 200") && text.contains("/pkg/stockhold.1.js"), "{text}");
    };
    look(&mut early).await;
    let mut idle = Vec::new();
    for _ in 0..DESCRIPTORS {
        idle.push(connect().await.expect("a connection"));
    }
    // This connection waits to be accepted, because there is no free descriptor.
    let mut late = connect().await.expect("a connection");
    late.write_all(page).await.expect("sent");
    assert!(timeout(Duration::from_secs(1), late.readable()).await.is_err(), "a descriptor is left");
    look(&mut early).await;
    drop(idle);
    assert!(answer(&mut late).await.starts_with("HTTP/1.1 200"));
    serving.stop("-TERM");
}
