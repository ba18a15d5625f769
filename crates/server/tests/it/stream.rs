//! The event stream, as a browser's `EventSource` reads it.

use crate::app::TestApp;
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An open stream.
struct Stream {
    bytes: futures::stream::BoxStream<'static, Vec<u8>>,
    text: String,
    /// The times of the heartbeats so far, in seconds since 1970.
    heartbeats: Vec<u64>,
}

impl Stream {
    async fn open(app: &TestApp, last_id: Option<&str>) -> Self {
        let mut request =
            app.request(Method::GET, "/api/events/stream").header("accept-encoding", "gzip, br");
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert!(response.headers().get("content-encoding").is_none(), "compressing would hold messages back");
        let bytes = response.bytes_stream().map(|bytes| bytes.expect("bytes").to_vec()).boxed();
        Self { bytes, text: String::new(), heartbeats: Vec::new() }
    }

    /// Returns the next message, which must arrive soon; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
                let Some(data) = field("data: ") else { continue };
                if field("event: ") == Some("heartbeat") {
                    self.heartbeats.push(data.parse().expect("seconds"));
                    continue;
                }
                assert_eq!(field("event: "), Some("changes"));
                let data: Value = serde_json::from_str(data).expect("JSON");
                assert_eq!(field("id: ").map(str::to_owned), data["cursor"].as_str().map(str::to_owned));
                return Some(data);
            }
            let bytes = tokio::time::timeout(Duration::from_secs(10), self.bytes.next()).await;
            self.text += std::str::from_utf8(&bytes.expect("soon")?).expect("UTF-8");
        }
    }
}

#[tokio::test]
async fn a_message_has_the_current_quantity_of_a_changed_item() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let before = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs();
    let mut stream = Stream::open(&app, None).await;
    let first = stream.next().await.expect("a first message");
    assert_eq!((&first["events"], &first["skipped"]), (&json!([]), &json!(false)));
    let after = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs();
    assert_eq!(stream.heartbeats.len(), 1, "a stream begins with the server's time");
    assert!((before..=after).contains(&stream.heartbeats[0]));
    let block = app.block(item, 3, 60).await;
    let message = stream.next().await.expect("a message");
    let event = &message["events"][0];
    assert_eq!(
        (&event["itemId"], &event["change"], &event["blockId"]),
        (&json!(item), &json!(-3), &json!(block))
    );
    assert_eq!((&event["reason"], &event["actor"]), (&json!("blocked"), &json!("local")));
    let changed = &message["items"][0];
    assert_eq!(
        (&changed["itemId"], &changed["quantity"], &changed["category"]),
        (&json!(item), &json!(7), &json!("Lighting"))
    );
    let main = app.main_warehouse().await;
    let level = json!({"warehouseId": main, "warehouseCode": "MAIN", "available": 7});
    assert_eq!(changed["levels"][0], level);
}

#[tokio::test]
async fn changes_without_a_movement_are_sent_by_topic() {
    let app = TestApp::start().await;
    let other = app.one_more().await;
    let item = app.item(10).await;
    let block = app.block(item, 1, 60).await;
    let mut stream = Stream::open(&app, None).await;
    stream.next().await.expect("a first message");
    let body = json!({"ttlSeconds": 600});
    app.post(&format!("/api/blocks/{block}/extend"), body).await.expect(200);
    assert_eq!(stream.next().await.expect("a message")["touched"], json!(["blocks"]));
    other.patch(&format!("/api/items/{item}"), json!({"name": "Torch"})).await.expect(200);
    assert_eq!(stream.next().await.expect("a message")["touched"], json!(["items"]));
    other.order(&[(item, 1)]).await;
    assert_eq!(stream.next().await.expect("a message")["touched"], json!(["orders"]));
}

#[tokio::test]
async fn a_reconnect_misses_nothing() {
    let app = TestApp::start().await;
    let item = app.item(100).await;
    let mut stream = Stream::open(&app, None).await;
    let cursor = stream.next().await.expect("a message")["cursor"].clone();
    let cursor = cursor.as_str();
    drop(stream);
    for _ in 0..5 {
        app.block(item, 1, 60).await;
    }
    let message = Stream::open(&app, cursor).await.next().await.expect("a message");
    assert_eq!(message["events"].as_array().map(Vec::len), Some(5));
    assert_eq!(message["items"][0]["quantity"], 95);
    assert_eq!(message["touched"], json!(["items", "blocks", "orders", "warehouses"]), "nobody knows");

    // Cursors of another database.
    for foreign in ["9223372036854775807", "9223372036854775807-0123456789abcdef", "1-0123456789abcdef"] {
        let message = Stream::open(&app, Some(foreign)).await.next().await.expect("a message");
        assert_eq!((&message["skipped"], &message["events"]), (&json!(true), &json!([])));
        assert!(message["cursor"] != json!(foreign), "the cursor of now");
    }
    let query = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
                 SELECT product_id, warehouse_id, 0, 'corrected' FROM inventory, generate_series(1, 1500)";
    sqlx::query(query).execute(&app.database).await.expect("lines");
    let mut stream = Stream::open(&app, cursor).await;
    loop {
        // The first message may be older.
        let message = stream.next().await.expect("a message");
        if message["skipped"] == json!(true) {
            assert_eq!(message["events"], json!([]));
            break;
        }
    }

    let bad = app.request(Method::GET, "/api/events/stream").header("last-event-id", "seven");
    app.send(bad).await.problem(400, "invalid_value");
    app.get("/api/events/stream?after=x").await.problem(400, "invalid_query");
}

#[tokio::test]
async fn a_stream_has_no_request_time_out_and_ends_at_shutdown() {
    let mut app = TestApp::start_with(|config| config.http.request_timeout_seconds = 1).await;
    let item = app.item(10).await;
    let mut stream = Stream::open(&app, None).await;
    stream.next().await.expect("a first message");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    app.block(item, 1, 60).await;
    stream.next().await.expect("it goes on");
    let started = Instant::now();
    app.stop();
    assert_eq!(stream.next().await, None);
    app.stopped().await.expect("a clean end");
    assert!(started.elapsed() < Duration::from_secs(5), "the stop did not wait for the stream");
}

#[tokio::test]
async fn a_stream_over_the_limit_is_rejected() {
    let app = TestApp::start_with(|config| config.http.event_streams_max = 1).await;
    let mut stream = Stream::open(&app, None).await;
    stream.next().await.expect("a first message");
    let problem = app.get("/api/events/stream").await.problem(503, "event_streams_full");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains('1')), "{problem}");
}

/// A consumer with a cursor of another ledger must learn that events are missing.
#[tokio::test]
async fn a_cursor_of_another_history_is_gone() {
    let app = TestApp::start().await;
    app.item(10).await;
    let now =
        app.get("/api/events").await.expect(200)["cursor"].as_str().map(str::to_owned).expect("a cursor");
    let page = app.get("/api/events?after=0").await.expect(200);
    assert_eq!((page["events"].as_array().map(Vec::len), &page["cursor"]), (Some(1), &json!(now)));
    assert_eq!(app.get(&format!("/api/events?after={now}")).await.expect(200)["events"], json!([]));

    let (place, fingerprint) = now.split_once('-').expect("two parts");
    let ahead = format!("9999999-{fingerprint}");
    for unknown in ["9999999", place, &ahead, "1-0123456789abcdef"] {
        let problem = app.get(&format!("/api/events?after={unknown}")).await.problem(410, "cursor_unknown");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("/api/items"), "how to go on: {detail}");
    }
    app.get("/api/events?after=seven").await.problem(400, "invalid_query");
}

/// The lag of the feed and its cause are in the responses and in the health report.
#[tokio::test]
async fn a_lag_of_the_feed_is_in_the_health_report() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let start =
        app.get("/api/events").await.expect(200)["cursor"].as_str().map(str::to_owned).expect("a cursor");
    let mut open = app.database.begin().await.expect("a transaction");
    let line =
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'corrected')";
    sqlx::query(line).execute(&mut *open).await.expect("written, and left open");
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *open).await.expect("a pid");
    app.block(item, 1, 60).await;
    let lagging = async {
        loop {
            let health = app.get("/health").await.expect(200);
            if health["eventLagSeconds"].as_i64() >= Some(1) {
                return health;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let health = tokio::time::timeout(Duration::from_secs(20), lagging).await.expect("in time");
    assert_eq!(health["eventLagHolder"]["pid"], json!(pid));
    assert_eq!(health["eventLagHolder"]["state"], "idle in transaction");
    let page = app.get(&format!("/api/events?after={start}")).await.expect(200);
    assert_eq!(page["events"], json!([]));
    assert!(page["lagSeconds"].as_i64() >= Some(1), "{page}");
    // Writes are not delayed.
    let warehouses = app.get("/api/warehouses").await.expect(200);
    assert_eq!(warehouses[0]["unitsAvailable"], 9);
    open.rollback().await.expect("rolled back");
    let page = app.get(&format!("/api/events?after={start}&waitSeconds=20")).await.expect(200);
    assert_eq!(page["events"].as_array().map(Vec::len), Some(1));
}
