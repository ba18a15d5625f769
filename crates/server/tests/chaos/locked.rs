//! Another application keeps one stock level locked: that item waits, and nothing else does.

use crate::program::Folder;
use crate::sale::Sale;
use crate::shop::{PATIENCE, PLACE};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::time::{Duration, Instant};

/// How long the other application keeps its lock.
const LOCKED: Duration = Duration::from_secs(10);

/// A request for the locked item is answered within this time, and so is every request for another one.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The clean-up comes back to the item this long after the lock was released. That of other items goes on meanwhile.
const CLEANUP_MAX: Duration = Duration::from_secs(10);

#[test]
fn a_foreign_row_lock_holds_up_one_item() {
    hold_up("a foreign row lock", |world| {
        let (item, warehouse) = (world.shop.items[0], world.shop.warehouse);
        format!("SELECT 1 FROM inventory WHERE product_id = {item} AND warehouse_id = {warehouse} FOR UPDATE")
    });
}

/// The function that other systems call, in a transaction that they leave open.
#[test]
fn an_open_allocate_inventory_holds_up_one_item() {
    hold_up("an open transaction of allocate_inventory", |world| {
        let (item, warehouse) = (world.shop.items[0], world.shop.warehouse);
        let lines = json!({"lines": [{"itemId": item, "quantity": 1}]});
        let order = world.runtime.block_on(world.shop.ask("order", Method::POST, "/api/orders", lines));
        format!("SELECT allocate_inventory({}, {warehouse})", order.id("id"))
    });
}

fn hold_up(what: &str, lock: impl Fn(&World) -> String) {
    let folder = Folder::new("locked");
    let mut world = World::start(&folder);
    let [locked, other, _] = world.shop.items;
    let lock = lock(&world);
    let place = |item: i64, key: &str, ttl_seconds: i64| {
        let body = json!({"itemId": item, "quantity": 1, "ttlSeconds": ttl_seconds});
        let server = key.len() % 2;
        let sent = world.shop.send(server, key, &Method::POST, PLACE, &body);
        let (status, text) = world.runtime.block_on(sent).expect("an answer");
        (status, serde_json::from_str::<Value>(&text).expect("JSON"))
    };
    let short_lived = |item: i64, key: &str| place(item, key, 1).1["blockId"].as_i64().expect("an id");
    let (of_locked, of_other) = (short_lived(locked, "short-locked"), short_lived(other, "short-other"));

    let mut foreign = world.foreign();
    let begin = AssertSqlSafe(format!("BEGIN; {lock}"));
    world.runtime.block_on(async { sqlx::raw_sql(begin).execute(&mut foreign).await }).expect("locked");
    let (since, locked_at) = (Instant::now(), world.query("SELECT clock_timestamp()::text").remove(0));
    let sale = Sale::start(&world.runtime, &world.shop, other);
    let mut keys = Vec::new();
    while since.elapsed() < LOCKED / 2 {
        // The key's length chooses the server.
        let key = format!("locked-{}{}", "x".repeat(keys.len() % 2), keys.len() + 1_000);
        let asked = Instant::now();
        let (status, problem) = place(locked, &key, 600);
        assert_eq!((status, &problem["code"]), (503, &json!("stock_locked")), "{what}: {problem}");
        assert!(asked.elapsed() < ANSWER_MAX, "{what}: {:?}", asked.elapsed());
        keys.push(key);
    }
    let cleaned = world.wait_for_expiry(of_other, &locked_at, LOCKED.saturating_sub(since.elapsed()));
    assert!(!world.has_expired(of_locked), "{what}: the lock locks nothing");
    std::thread::sleep(LOCKED.saturating_sub(since.elapsed()));
    let sold = sale.end(&world.runtime);
    sold.assert_all_sold();
    assert!(sold.longest() < ANSWER_MAX, "{what}: {:?}", sold.longest());
    assert!(sold.answers.len() > 100, "{what}: {} sold", sold.answers.len());

    world
        .runtime
        .block_on(async { sqlx::raw_sql("ROLLBACK").execute(&mut foreign).await })
        .expect("unlocked");
    let (released, released_at) = (Instant::now(), world.query("SELECT clock_timestamp()::text").remove(0));
    for key in &keys {
        // A failure is not stored under its key.
        assert_eq!(place(locked, key, 600).0, 201, "{what}");
    }
    let sells = released.elapsed();
    let returned = world.wait_for_expiry(of_locked, &released_at, CLEANUP_MAX);
    println!(
        "{what} for {:.0} s: others sold {} (p99 {:.0} ms, longest {:.0} ms), their clean-up after {:.1} s; once \
         released, the item sold {} after {:.1} s, its clean-up after {:.1} s",
        LOCKED.as_secs_f64(),
        sold.answers.len(),
        sold.p99().as_secs_f64() * 1_000.0,
        sold.longest().as_secs_f64() * 1_000.0,
        cleaned,
        keys.len(),
        sells.as_secs_f64(),
        returned
    );
    world.close();
}

impl World {
    fn has_expired(&self, block: i64) -> bool {
        let sql = format!(
            "SELECT count(*)::text FROM stock_movements WHERE block_id = {block} AND reason = 'expired'"
        );
        self.number(&sql) == 1
    }

    /// Waits until a block was cleaned up. Returns how long after `since` that was, in seconds.
    fn wait_for_expiry(&self, block: i64, since: &str, max: Duration) -> f64 {
        let deadline = Instant::now() + max.min(PATIENCE);
        while !self.has_expired(block) {
            assert!(Instant::now() < deadline, "block {block} was not cleaned up within {max:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        let sql = format!(
            "SELECT extract(epoch FROM created_at - '{since}')::text FROM stock_movements
              WHERE block_id = {block} AND reason = 'expired'"
        );
        self.query(&sql)[0].parse().expect("seconds")
    }
}
