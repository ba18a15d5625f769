//! `kill -9` of servers and of PostgreSQL under load: acknowledged effects survive, a request that is repeated under
//! its key is done once, and the ledger closes.

use crate::program::Folder;
use crate::shop::PLACE;
use crate::world::{World, signal};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often something is killed.
const CRASHES: usize = 12;

/// Answers between one crash and the next: the load is on again.
const ANSWERS_BETWEEN: usize = 120;

#[test]
fn what_was_acknowledged_survives_crashes_and_is_counted_once() {
    let folder = Folder::new("chaos");
    let mut world = World::start(&folder);
    world.open();
    for crash in 0..CRASHES {
        world.wait_for_answers(ANSWERS_BETWEEN);
        match crash % 4 {
            0 => world.kill_server(0),
            1 => world.kill_postgres(),
            2 => world.kill_server(1),
            _ => world.kill_backend(),
        }
    }
    world.wait_for_answers(ANSWERS_BETWEEN);
    let told = world.close_shop();
    let repeated = world.shop.repeated.load(Ordering::SeqCst);
    assert!(repeated >= CRASHES, "the crashes hit nobody: {repeated} requests had to be repeated");

    println!("{CRASHES} crashes: {} requests, {repeated} of which had to be repeated", told.len());

    world.check_answers_are_kept(&told);
    world.close();
    world.check_effects(&told);
}

/// A server that outlives PostgreSQL uses no id that PostgreSQL, after its crash, gives to somebody else.
#[test]
fn block_ids_are_not_given_twice() {
    let folder = Folder::new("ids");
    let mut world = World::start(&folder);
    let shop = world.shop.clone();
    let runtime = world.runtime.handle().clone();
    let ask = |server, key: &str, path: &str, body: Value| loop {
        let asked = shop.send(server, key, &Method::POST, path, &body);
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
    // Nobody writes the log to the disk but who commits.
    let writer = world.query("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'walwriter'");
    signal("-STOP", writer.into_iter());
    // Takes ids from the sequence and writes nothing: without a key not even the answer.
    let url = format!("{}{PLACE}", shop.urls[0].lock().expect("no panic"));
    let refused = runtime.block_on(async { shop.http.post(url).json(&one).send().await }).expect("an answer");
    assert_eq!(refused.status(), 409);
    world.kill_postgres();
    let stock = format!("/api/items/{item}/stock");
    assert_eq!(ask(1, "stock", &stock, json!({"delta": 20, "reason": "found"})).0, 200);
    let placed = (0..10).map(|turn| ask(turn % 2, &format!("block-{turn}"), PLACE, one.clone()));
    let ids = placed.map(|(status, placed)| {
        assert_eq!(status, 201, "{placed}");
        placed["blockId"].as_i64()
    });
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 10);
}
