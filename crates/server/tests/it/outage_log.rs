//! The log during an outage of the database.

use crate::app::Postgres;
use crate::binary::{Folder, ServerProcess, stockhold};
use serde_json::Value;
use std::fs::File;
use std::time::{Duration, Instant};
use store::testing::Proxy;

/// Several times the interval of every background task.
const OUTAGE_SECONDS: f64 = 6.0;

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The most lines about the outage: start and end, of the database and of each of fifteen background tasks.
const LINES_MAX: usize = 32;

/// Polls a health endpoint until `holds`.
async fn wait_until(serving: &ServerProcess, path: &str, holds: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answer = reqwest::get(format!("{}{path}", serving.url)).await.expect("an answer");
        let body = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        if holds(&body) {
            return;
        }
        assert!(Instant::now() < deadline, "{body}");
        // Requests that fail are not to be logged either.
        let answer = reqwest::get(format!("{}/api/items/1", serving.url)).await.expect("an answer");
        assert!(matches!(answer.status().as_u16(), 404 | 503), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_logged_once() {
    let folder = Folder::new("outage-log");
    std::fs::create_dir(&folder.0).expect("a folder");
    let path = folder.0.join("server.log");
    let postgres = Postgres::find();
    let database_url = postgres.create_database().await;
    let proxy = Proxy::start(&database_url).await;
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", proxy.url(&database_url));
    command.stderr(File::create(&path).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    let log = || std::fs::read_to_string(&path).expect("a log");
    let begun = log().lines().count();
    proxy.cut();
    wait_until(&serving, "/health", |health| {
        health["outageSeconds"].as_f64().is_some_and(|seconds| seconds >= OUTAGE_SECONDS)
    })
    .await;
    proxy.resume();
    wait_until(&serving, "/health", |health| health["status"] == "ok").await;
    let deadline = Instant::now() + TIMEOUT;
    while !log().contains("the database answers again") {
        assert!(Instant::now() < deadline, "{}", log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = log();
    let lines: Vec<_> = log.lines().skip(begun).collect();
    assert!(lines.len() <= LINES_MAX, "{} lines: {log}", lines.len());
    for text in ["the database does not answer", "the database answers again"] {
        assert_eq!(lines.iter().filter(|line| line.contains(text)).count(), 1, "{log}");
    }
}
