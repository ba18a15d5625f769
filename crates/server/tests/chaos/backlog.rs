//! A backlog of expired blocks on one item, and requests that are rejected although all of it is reclaimed.

use crate::binary::Folder;
use crate::load::Load;
use crate::service::PLACE;
use crate::test_bed::{PLENTIFUL_UNITS, TestBed};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Expired blocks of the item.
const BACKLOG: i64 = 100_000;

/// The longest response time of a rejected request. The typical time is 0.1 s.
const RESPONSE_TIME_MAX: Duration = Duration::from_secs(3);

/// The longest response time of a request for another item meanwhile.
const OTHER_RESPONSE_TIME_MAX: Duration = Duration::from_secs(3);

/// How long the comparison without a backlog takes.
const IDLE: Duration = Duration::from_secs(3);

#[test]
fn a_backlog_does_not_delay_a_rejection() {
    let folder = Folder::new("backlog");
    let mut bed = TestBed::start(&folder);
    let [item, other, _] = bed.service.items;
    let warehouse = bed.service.warehouse;
    let empty = json!({"code": "EMPTY", "name": "Empty"});
    let empty = bed
        .runtime
        .block_on(bed.service.send_until_answered("empty", Method::POST, "/api/warehouses", empty))
        .id("id");
    let load = Load::start(&bed.runtime, &bed.service, other);
    std::thread::sleep(IDLE);
    let idle = load.end(&bed.runtime);

    bed.query(&format!(
        "SET stockhold.maintains_totals = on;
         WITH placed AS (
             INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at)
             SELECT {item}, {warehouse}, 1, now() - interval '1 hour' FROM generate_series(1, {BACKLOG})
             RETURNING id
         )
         INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
         SELECT {item}, {warehouse}, id, -1, 'blocked' FROM placed;
         UPDATE inventory SET stock_quantity = stock_quantity - {BACKLOG}
          WHERE product_id = {item} AND warehouse_id = {warehouse};
         UPDATE items SET quantity = quantity - {BACKLOG} WHERE id = {item}"
    ));
    let load = Load::start(&bed.runtime, &bed.service, other);
    let short = [
        json!({"itemId": item, "quantity": 1, "warehouseId": empty}),
        json!({"itemId": item, "quantity": PLENTIFUL_UNITS + 1}),
    ];
    let mut longest = Duration::ZERO;
    for (server, body) in [(0, &short[0]), (1, &short[1]), (0, &short[1]), (1, &short[0])] {
        let asked = Instant::now();
        let sent = bed.service.send_with(server, None, &Method::POST, PLACE, body);
        let (status, text) = bed.runtime.block_on(sent).expect("an answer");
        let problem: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((status, &problem["code"]), (409, &json!("insufficient_stock")), "{body}: {problem}");
        longest = longest.max(asked.elapsed());
    }
    let left = bed.number(&format!("SELECT count(*)::text FROM block_inventory WHERE item_id = {item}"));
    let busy = load.end(&bed.runtime);
    println!(
        "{BACKLOG} expired blocks, {left} left: a rejection took at most {:.0} ms; others' p99 {:.0} ms, \
         {:.0} ms when idle",
        longest.as_secs_f64() * 1_000.0,
        busy.p99().as_secs_f64() * 1_000.0,
        idle.p99().as_secs_f64() * 1_000.0
    );
    assert!(longest < RESPONSE_TIME_MAX, "{longest:?}");
    assert!(busy.longest() < OTHER_RESPONSE_TIME_MAX, "{:?}", busy.longest());
    busy.assert_all_granted();
    // One unit more than is available without the backlog. Reclaimed units serve it.
    let available = format!("SELECT quantity::text FROM items WHERE id = {item}");
    let quantity = bed.number(&available) + 1;
    let body = json!({"itemId": item, "quantity": quantity});
    let sent = bed.service.send_with(0, None, &Method::POST, PLACE, &body);
    let (status, text) = bed.runtime.block_on(sent).expect("an answer");
    assert_eq!(status, 201, "{text}");
    bed.close();
}
