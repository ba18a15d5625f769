//! `kill -9` of servers and of PostgreSQL under load: acknowledged effects survive, a request that is
//! repeated under its key is executed once, and the ledger accounts for every unit.

use crate::binary::Folder;
use crate::service::PLACE;
use crate::test_bed::{TestBed, signal};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The number of kills.
const CRASHES: usize = 12;

/// Responses between two crashes, so that the load is back.
const RESPONSES_BETWEEN: usize = 120;

#[test]
fn acknowledged_effects_survive_crashes_exactly_once() {
    let folder = Folder::new("chaos");
    let mut bed = TestBed::start(&folder);
    bed.start_clients();
    for crash in 0..CRASHES {
        bed.wait_for_responses(RESPONSES_BETWEEN);
        match crash % 4 {
            0 => bed.kill_server(0),
            1 => bed.kill_postgres(),
            2 => bed.kill_server(1),
            _ => bed.kill_backend(),
        }
    }
    bed.wait_for_responses(RESPONSES_BETWEEN);
    let exchanges = bed.stop_clients();
    let retries = bed.service.retries.load(Ordering::SeqCst);
    assert!(retries >= CRASHES, "the crashes hit no request: {retries} retries");

    println!("{CRASHES} crashes: {} requests, {retries} retries", exchanges.len());

    bed.check_stored_responses(&exchanges);
    bed.close();
    bed.check_effects(&exchanges);
}

/// After a crash PostgreSQL may assign the ids again that a server has reserved. The server must drop its reserved ids.
#[test]
fn block_ids_are_not_assigned_twice() {
    let folder = Folder::new("ids");
    let mut bed = TestBed::start(&folder);
    let service = bed.service.clone();
    let runtime = bed.runtime.handle().clone();
    let ask = |server, key: &str, path: &str, body: Value| loop {
        let asked = service.send(server, key, &Method::POST, path, &body);
        match runtime.block_on(asked) {
            Some((status, text)) if status != 503 => {
                break (status, serde_json::from_str::<Value>(&text).expect("JSON"));
            }
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let empty = json!({"name": "Lamp", "quantity": 0, "price": "9.99"});
    let item = ask(0, "item", "/api/items", empty).1["id"].clone();
    let one = json!({"itemId": item, "quantity": 1});
    // Without the WAL writer, only commits write the log to the disk.
    let writer = bed.query("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'walwriter'");
    signal("-STOP", writer.into_iter());
    // Takes ids from the sequence and writes nothing: without a key no response is stored.
    let url = format!("{}{PLACE}", service.urls[0].lock().expect("no panic"));
    let rejected =
        runtime.block_on(async { service.http.post(url).json(&one).send().await }).expect("an answer");
    assert_eq!(rejected.status(), 409);
    bed.kill_postgres();
    let stock = format!("/api/items/{item}/stock");
    assert_eq!(ask(1, "stock", &stock, json!({"delta": 20, "reason": "found"})).0, 200);
    let placed = (0..10).map(|turn| ask(turn % 2, &format!("block-{turn}"), PLACE, one.clone()));
    let ids = placed.map(|(status, placed)| {
        assert_eq!(status, 201, "{placed}");
        placed["blockId"].as_i64()
    });
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 10);
}
