//! A backlog of expired blocks on one item, and requests for it that find too few units nevertheless.

use crate::program::Folder;
use crate::sale::Sale;
use crate::shop::PLACE;
use crate::world::{PLENTY, World};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Expired blocks of the item.
const BACKLOG: i64 = 100_000;

/// How long a request that stays short may take. It takes about 0.1 s.
const ANSWER_MAX: Duration = Duration::from_secs(3);

/// How long a request for another item may take meanwhile.
const OTHERS_MAX: Duration = Duration::from_secs(3);

/// How long other items are sold before, for comparison.
const IDLE: Duration = Duration::from_secs(3);

#[test]
fn a_request_that_stays_short_is_not_held_up_by_a_backlog() {
    let folder = Folder::new("backlog");
    let mut world = World::start(&folder);
    let [item, other, _] = world.shop.items;
    let warehouse = world.shop.warehouse;
    let empty = json!({"code": "EMPTY", "name": "Empty"});
    let empty =
        world.runtime.block_on(world.shop.ask("empty", Method::POST, "/api/warehouses", empty)).id("id");
    let sale = Sale::start(&world.runtime, &world.shop, other);
    std::thread::sleep(IDLE);
    let idle = sale.end(&world.runtime);

    world.query(&format!(
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
    let sale = Sale::start(&world.runtime, &world.shop, other);
    let short = [
        json!({"itemId": item, "quantity": 1, "warehouseId": empty}),
        json!({"itemId": item, "quantity": PLENTY + 1}),
    ];
    let mut longest = Duration::ZERO;
    for (server, body) in [(0, &short[0]), (1, &short[1]), (0, &short[1]), (1, &short[0])] {
        let asked = Instant::now();
        let sent = world.shop.send_with(server, None, &Method::POST, PLACE, body);
        let (status, text) = world.runtime.block_on(sent).expect("an answer");
        let problem: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((status, &problem["code"]), (409, &json!("insufficient_stock")), "{body}: {problem}");
        longest = longest.max(asked.elapsed());
    }
    let left = world.number(&format!("SELECT count(*)::text FROM block_inventory WHERE item_id = {item}"));
    let busy = sale.end(&world.runtime);
    println!(
        "{BACKLOG} expired blocks, {left} left: a request that stays short took at most {:.0} ms; others' p99 {:.0} ms, \
         {:.0} ms when idle",
        longest.as_secs_f64() * 1_000.0,
        busy.p99().as_secs_f64() * 1_000.0,
        idle.p99().as_secs_f64() * 1_000.0
    );
    assert!(longest < ANSWER_MAX, "{longest:?}");
    assert!(busy.longest() < OTHERS_MAX, "{:?}", busy.longest());
    busy.assert_all_sold();
    // One unit more than is available without the backlog: it is granted out of the backlog.
    let available = format!("SELECT quantity::text FROM items WHERE id = {item}");
    let quantity = world.number(&available) + 1;
    let body = json!({"itemId": item, "quantity": quantity});
    let sent = world.shop.send_with(0, None, &Method::POST, PLACE, &body);
    let (status, text) = world.runtime.block_on(sent).expect("an answer");
    assert_eq!(status, 201, "{text}");
    world.close();
}
