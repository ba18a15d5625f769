//! Signals over HTTP: in pages of events and in the stream.

use crate::app::TestApp;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn signals_are_delivered_with_the_events() {
    let app = TestApp::start_with(|config| config.engine.low_stock = 3).await;
    let start = app.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    let item = app.item(10).await;
    app.block(item, 10, 600).await;
    let held = app.block(app.item(10).await, 1, 600).await;
    let receipt = json!({"changes": [{"itemId": item, "set": 13, "expected": 10, "reason": "Count"}]});
    app.post("/api/stock/batch", receipt).await.expect(200);
    for units in [3, 10] {
        let line = json!({"itemId": item, "set": units, "expected": null, "reason": "Count"});
        app.post("/api/stock/batch", json!({"changes": [line]})).await.expect(200);
    }
    // 10 units are held, so a count of 3 was refused: nothing is low, and nothing is sold out.
    app.post("/api/items/block/permanent", json!({"blockId": held})).await.expect(200);
    let loss = json!({"delta": -9, "reason": "Lost"});
    let other = app.get("/api/blocks").await.expect(200)["items"][0]["itemId"].as_i64().expect("an id");
    app.post(&format!("/api/items/{other}/stock"), loss).await.expect(200);
    app.post(&format!("/api/items/{other}/stock"), json!({"delta": 1, "reason": "Found"})).await.expect(200);

    let (begun, mut cursor, mut signals) = (Instant::now(), start, Vec::<Value>::new());
    while signals.len() < 3 && begun.elapsed() < Duration::from_secs(10) {
        let page = app.get(&format!("/api/events?after={cursor}&waitSeconds=1")).await.expect(200);
        signals.extend(page["signals"].as_array().expect("signals").clone());
        page["cursor"].as_str().expect("a cursor").clone_into(&mut cursor);
    }
    let found: Vec<_> = signals
        .iter()
        .map(|signal| json!([signal["kind"], signal["itemId"], signal["unsold"], signal["threshold"]]))
        .collect();
    let expected = json!([
        ["stock.low", other, 0, 3],
        ["stock.sold_out", other, 0, 3],
        ["stock.back_in_stock", other, 1, 3]
    ]);
    assert_eq!(json!(found), expected);
}
