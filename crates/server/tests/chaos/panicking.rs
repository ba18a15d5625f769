//! A row that no program can read makes the batch panic that meets it.

use crate::program::Folder;
use crate::sale::Sale;
use crate::shop::PLACE;
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long a request may take beside one that panics.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How often the panic is provoked.
const PANICS: usize = 10;

const CONSTRAINT: &str = "block_inventory_expires_at_in_range";

#[test]
fn a_panic_in_a_batch_fails_one_request() {
    let folder = Folder::new("panic");
    let mut world = World::start(&folder);
    let item = world.shop.items[0];
    let send = |server: usize, method: Method, path: &str, body: &Value| {
        let sent = world.shop.send_with(server, None, &method, path, body);
        let (status, text) = world.runtime.block_on(sent).expect("an answer");
        (status, serde_json::from_str::<Value>(&text).expect("JSON"))
    };
    let placed = send(0, Method::POST, PLACE, &json!({"itemId": item, "quantity": 1})).1;
    let block = placed["blockId"].as_i64().expect("an id");
    let path = format!("/api/blocks/{block}");
    let set = |until: &str| {
        world.query(&format!("UPDATE block_inventory SET expires_at = {until} WHERE id = {block}"));
    };
    let definition = world.query(&format!(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{CONSTRAINT}'"
    ));
    world.query(&format!("ALTER TABLE block_inventory DROP CONSTRAINT {CONSTRAINT}"));
    set("'infinity'");

    let sale = Sale::start(&world.runtime, &world.shop, item);
    let since = Instant::now();
    for number in 0..PANICS {
        let (status, problem) = send(number % 2, Method::DELETE, &path, &json!({}));
        assert_eq!((status, &problem["code"]), (500, &json!("internal")), "{problem}");
    }
    let provoked = since.elapsed();
    for server in [0, 1] {
        let (status, health) = send(server, Method::GET, "/health", &json!({}));
        assert_eq!(status, 200, "the workers live on: {health}");
    }
    let sold = sale.end(&world.runtime);
    println!(
        "{PANICS} panics within {:.1} s: others sold {} units of the same item, longest {:.0} ms",
        provoked.as_secs_f64(),
        sold.answers.len(),
        sold.longest().as_secs_f64() * 1_000.0
    );
    sold.assert_all_sold();
    assert!(sold.longest() < ANSWER_MAX, "{:?}", sold.longest());

    set("now() + interval '1 hour'");
    world.query(&format!("ALTER TABLE block_inventory ADD CONSTRAINT {CONSTRAINT} {}", definition[0]));
    assert_eq!(send(1, Method::DELETE, &path, &json!({})).0, 200);
    world.close();
}
