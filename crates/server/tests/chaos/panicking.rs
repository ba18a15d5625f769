//! A row that the server can't decode makes the batch panic that reads it.

use crate::binary::Folder;
use crate::load::Load;
use crate::service::PLACE;
use crate::test_bed::TestBed;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The longest response time of other requests for the item.
const RESPONSE_TIME_MAX: Duration = Duration::from_secs(5);

/// The number of panics.
const PANICS: usize = 10;

const CONSTRAINT: &str = "block_inventory_expires_at_in_range";

#[test]
fn a_panic_in_a_batch_fails_one_request() {
    let folder = Folder::new("panic");
    let mut bed = TestBed::start(&folder);
    let item = bed.service.items[0];
    let send = |server: usize, method: Method, path: &str, body: &Value| {
        let sent = bed.service.send_with(server, None, &method, path, body);
        let (status, text) = bed.runtime.block_on(sent).expect("an answer");
        (status, serde_json::from_str::<Value>(&text).expect("JSON"))
    };
    let placed = send(0, Method::POST, PLACE, &json!({"itemId": item, "quantity": 1})).1;
    let block = placed["blockId"].as_i64().expect("an id");
    let path = format!("/api/blocks/{block}");
    let set = |until: &str| {
        bed.query(&format!("UPDATE block_inventory SET expires_at = {until} WHERE id = {block}"));
    };
    let definition = bed.query(&format!(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{CONSTRAINT}'"
    ));
    bed.query(&format!("ALTER TABLE block_inventory DROP CONSTRAINT {CONSTRAINT}"));
    set("'infinity'");

    let load = Load::start(&bed.runtime, &bed.service, item);
    let since = Instant::now();
    for number in 0..PANICS {
        let (status, problem) = send(number % 2, Method::DELETE, &path, &json!({}));
        assert_eq!((status, &problem["code"]), (500, &json!("internal")), "{problem}");
    }
    let provoked = since.elapsed();
    for server in [0, 1] {
        let (status, health) = send(server, Method::GET, "/health", &json!({}));
        assert_eq!(status, 200, "the workers still run: {health}");
    }
    let result = load.end(&bed.runtime);
    println!(
        "{PANICS} panics within {:.1} s: {} blocks of the same item, longest {:.0} ms",
        provoked.as_secs_f64(),
        result.answers.len(),
        result.longest().as_secs_f64() * 1_000.0
    );
    result.assert_all_granted();
    assert!(result.longest() < RESPONSE_TIME_MAX, "{:?}", result.longest());

    set("now() + interval '1 hour'");
    bed.query(&format!("ALTER TABLE block_inventory ADD CONSTRAINT {CONSTRAINT} {}", definition[0]));
    assert_eq!(send(1, Method::DELETE, &path, &json!({})).0, 200);
    bed.close();
}
