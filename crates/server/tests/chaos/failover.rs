//! A failover to a replica that has lost the primary's last transactions, while the servers go on running.

use crate::program::Folder;
use crate::shop::PATIENCE;
use crate::standby::Standby;
use crate::world::{PLENTY, World};
use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The service works again this long after the new primary accepts writes.
const RECOVERY_MAX: Duration = Duration::from_secs(15);

/// Carts before the failover that the replica has.
const CARTS_KEPT: usize = 20;

/// Carts that are lost with the tail: more than the server has reserved ids for, and PostgreSQL logs ahead.
const CARTS_LOST: usize = 200;

/// Carts after the failover, which get the ids of the lost ones again.
const CARTS_AFTER: usize = 260;

/// Requests at the same time.
const ASKING: usize = 8;

/// The servers remember blocks, ids and levels that the new primary never had. None of that may count.
#[test]
fn a_lost_tail_doubles_no_units() {
    let folder = Folder::new("failover");
    let mut world = World::behind_proxy(&folder);
    let standby = Standby::of(world.cluster());
    let kept = world.place_carts(CARTS_KEPT);
    standby.catch_up(&world.runtime, &world.database_url);
    standby.stop_receiving(&world.runtime);
    let lost = world.place_carts(CARTS_LOST);

    world.proxy().cut();
    world.lose_postgres();
    let since = world.fail_over(&standby);
    let (took, probes) = world.recover(since);
    println!("failover with a lost tail: {:.1} s", took.as_secs_f64());
    assert!(took < RECOVERY_MAX, "{took:?}");

    let after = world.place_carts(CARTS_AFTER);
    let again = after.keys().filter(|cart| lost.contains_key(cart)).count();
    assert!(again > 0, "no id was given again, so this proves nothing");
    // Mostly by the server that remembers the lost cart too. The other one, which knows neither, comes last: what it
    // changes would make the first one read everything again.
    let (others, remembered) = (after.iter().take(CARTS_AFTER / 8), after.iter().skip(CARTS_AFTER / 8));
    let by_server = remembered.map(|cart| (0, cart)).chain(others.map(|cart| (1, cart)));
    for (server, (cart, units)) in by_server {
        let (status, body) = world.release_cart(server, *cart);
        assert_eq!(status, 200, "cart {cart}: {body}");
        let released = body["blocks"].as_array().into_iter().flatten();
        let released: i64 = released.filter_map(|block| block["quantity"].as_i64()).sum();
        assert_eq!(released, *units, "cart {cart}: {body}");
    }
    for (number, cart) in lost.keys().filter(|cart| !after.contains_key(cart)).enumerate() {
        let (status, body) = world.release_cart(number % 2, *cart);
        assert!((400..500).contains(&status), "the lost cart {cart} was released: {body}");
    }
    println!("{again} of {CARTS_LOST} lost ids were given again");
    let held = kept.values().sum::<i64>() + i64::try_from(probes.len()).expect("few");
    assert_eq!(world.number("SELECT sum(quantity)::text FROM block_inventory"), held);
    let available = "SELECT sum(stock_quantity)::text FROM inventory WHERE product_id = ANY (ARRAY";
    let items = format!("[{}, {}])", world.shop.items[0], world.shop.items[1]);
    assert_eq!(world.number(&format!("{available}{items}")), 2 * PLENTY - held);
    world.close();
}

impl World {
    /// Places carts of one line and of two through the first server, some of them under a key. Returns their ids and
    /// units.
    fn place_carts(&self, count: usize) -> BTreeMap<i64, i64> {
        let [one, other, _] = self.shop.items;
        let place = async |number: usize| {
            let (first, second) =
                (json!({"itemId": one, "quantity": 1}), json!({"itemId": other, "quantity": 2}));
            let (lines, units) =
                if number.is_multiple_of(3) { (vec![first], 1) } else { (vec![first, second], 3) };
            let body = json!({"lines": lines});
            let deadline = Instant::now() + PATIENCE;
            loop {
                let key = (number % 4 < 2).then(|| uuid::Uuid::now_v7().to_string());
                let sent = self.shop.send_with(0, key.as_deref(), &Method::POST, "/api/blocks", &body);
                match sent.await {
                    Some((201, text)) => {
                        let placed: Value = serde_json::from_str(&text).expect("JSON");
                        return (placed["cartId"].as_i64().expect("an id"), units);
                    }
                    answer => assert!(Instant::now() < deadline, "{answer:?}"),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let carts: Vec<_> =
            self.runtime.block_on(stream::iter(0..count).map(place).buffer_unordered(ASKING).collect());
        let distinct: BTreeMap<_, _> = carts.iter().copied().collect();
        assert_eq!(distinct.len(), count, "an id was given twice: {carts:?}");
        distinct
    }

    fn release_cart(&self, server: usize, cart: i64) -> (u16, Value) {
        let path = format!("/api/carts/{cart}");
        let nothing = json!({});
        let sent = self.shop.send_with(server, None, &Method::DELETE, &path, &nothing);
        let (status, text) = self.runtime.block_on(sent).expect("an answer");
        (status, serde_json::from_str(&text).expect("JSON"))
    }
}
