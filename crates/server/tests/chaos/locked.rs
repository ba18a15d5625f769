//! Another application keeps one stock level locked. Only requests for that item wait.

use crate::binary::Folder;
use crate::load::Load;
use crate::service::{PLACE, RECOVERY_TIMEOUT};
use crate::test_bed::TestBed;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::time::{Duration, Instant};

/// How long the other application keeps the lock.
const LOCKED: Duration = Duration::from_secs(10);

/// The longest response time, of requests for the locked item and for others.
const RESPONSE_TIME_MAX: Duration = Duration::from_secs(5);

/// The longest time from the release of the lock to the clean-up of the item's expired block.
const CLEANUP_MAX: Duration = Duration::from_secs(10);

#[test]
fn a_foreign_row_lock_delays_only_one_item() {
    check_only_one_item_waits("a row lock of another transaction", |bed| {
        let (item, warehouse) = (bed.service.items[0], bed.service.warehouse);
        format!("SELECT 1 FROM inventory WHERE product_id = {item} AND warehouse_id = {warehouse} FOR UPDATE")
    });
}

/// Another system calls the function in a transaction that it leaves open.
#[test]
fn an_open_allocate_inventory_delays_only_one_item() {
    check_only_one_item_waits("an open transaction of allocate_inventory", |bed| {
        let (item, warehouse) = (bed.service.items[0], bed.service.warehouse);
        let lines = json!({"lines": [{"itemId": item, "quantity": 1}]});
        let order = bed.runtime.block_on(bed.service.send_until_answered(
            "order",
            Method::POST,
            "/api/orders",
            lines,
        ));
        format!("SELECT allocate_inventory({}, {warehouse})", order.id("id"))
    });
}

fn check_only_one_item_waits(cause: &str, lock: impl Fn(&TestBed) -> String) {
    let folder = Folder::new("locked");
    let mut bed = TestBed::start(&folder);
    let [locked, other, _] = bed.service.items;
    let lock = lock(&bed);
    let place = |item: i64, key: &str, ttl_seconds: i64| {
        let body = json!({"itemId": item, "quantity": 1, "ttlSeconds": ttl_seconds});
        let server = key.len() % 2;
        let sent = bed.service.send(server, key, &Method::POST, PLACE, &body);
        let (status, text) = bed.runtime.block_on(sent).expect("an answer");
        (status, serde_json::from_str::<Value>(&text).expect("JSON"))
    };
    let short_lived = |item: i64, key: &str| place(item, key, 1).1["blockId"].as_i64().expect("an id");
    let (of_locked, of_other) = (short_lived(locked, "short-locked"), short_lived(other, "short-other"));

    let mut external = bed.external_connection();
    let begin = AssertSqlSafe(format!("BEGIN; {lock}"));
    bed.runtime.block_on(async { sqlx::raw_sql(begin).execute(&mut external).await }).expect("locked");
    let (since, locked_at) = (Instant::now(), bed.query("SELECT clock_timestamp()::text").remove(0));
    let load = Load::start(&bed.runtime, &bed.service, other);
    let mut keys = Vec::new();
    while since.elapsed() < LOCKED / 2 {
        // The key's length selects the server.
        let key = format!("locked-{}{}", "x".repeat(keys.len() % 2), keys.len() + 1_000);
        let asked = Instant::now();
        let (status, problem) = place(locked, &key, 600);
        assert_eq!((status, &problem["code"]), (503, &json!("stock_locked")), "{cause}: {problem}");
        assert!(asked.elapsed() < RESPONSE_TIME_MAX, "{cause}: {:?}", asked.elapsed());
        keys.push(key);
    }
    let cleaned = bed.wait_for_expiry(of_other, &locked_at, LOCKED.saturating_sub(since.elapsed()));
    assert!(!bed.has_expired(of_locked), "{cause}: the lock locks nothing");
    std::thread::sleep(LOCKED.saturating_sub(since.elapsed()));
    let result = load.end(&bed.runtime);
    result.assert_all_granted();
    assert!(result.longest() < RESPONSE_TIME_MAX, "{cause}: {:?}", result.longest());
    assert!(result.answers.len() > 100, "{cause}: {} blocks", result.answers.len());

    bed.runtime.block_on(async { sqlx::raw_sql("ROLLBACK").execute(&mut external).await }).expect("unlocked");
    let (released, released_at) = (Instant::now(), bed.query("SELECT clock_timestamp()::text").remove(0));
    for key in &keys {
        // A failure is not stored under its key.
        assert_eq!(place(locked, key, 600).0, 201, "{cause}");
    }
    let sells = released.elapsed();
    let returned = bed.wait_for_expiry(of_locked, &released_at, CLEANUP_MAX);
    println!(
        "{cause} for {:.0} s: {} blocks of another item (p99 {:.0} ms, longest {:.0} ms), its clean-up after {:.1} s; once \
         released, {} blocks of the item after {:.1} s, its clean-up after {:.1} s",
        LOCKED.as_secs_f64(),
        result.answers.len(),
        result.p99().as_secs_f64() * 1_000.0,
        result.longest().as_secs_f64() * 1_000.0,
        cleaned,
        keys.len(),
        sells.as_secs_f64(),
        returned
    );
    bed.close();
}

impl TestBed {
    fn has_expired(&self, block: i64) -> bool {
        let sql = format!(
            "SELECT count(*)::text FROM stock_movements WHERE block_id = {block} AND reason = 'expired'"
        );
        self.number(&sql) == 1
    }

    /// Waits until an expired block was removed. Returns the seconds from `since` to its removal.
    fn wait_for_expiry(&self, block: i64, since: &str, max: Duration) -> f64 {
        let deadline = Instant::now() + max.min(RECOVERY_TIMEOUT);
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
