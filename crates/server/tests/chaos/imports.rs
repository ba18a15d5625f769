//! `kill -9` of servers and of PostgreSQL while an import is judged and applied: every row is applied once.

use crate::binary::Folder;
use crate::test_bed::TestBed;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// The rows of the file, each of which adds one unit to a level of its own.
const ROWS: i64 = 8_000;

/// The longest time of the whole import.
const IMPORT_MAX: Duration = Duration::from_secs(180);

/// The interval in which the state is read.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

#[test]
fn an_import_that_is_killed_applies_every_row_once() {
    let folder = Folder::new("imports");
    let mut bed = TestBed::start(&folder);
    bed.query(&format!(
        "WITH created AS (
             INSERT INTO items (name, price, sku) SELECT 'Lamp', 1, 'IMP-' || number FROM generate_series(1, {ROWS}) AS number
             RETURNING id
         )
         INSERT INTO inventory (product_id, warehouse_id, stock_quantity) SELECT id, {}, 10 FROM created",
        bed.service.warehouse
    ));
    let mut file = "sku,change\n".to_owned();
    for row in 1..=ROWS {
        // Writing to a string can't fail.
        let _ = writeln!(file, "IMP-{row},1");
    }
    let url = format!("{}/api/imports?fileName=delivery.csv", bed.service.urls[0].lock().expect("no panic"));
    let uploaded = bed.runtime.block_on(async {
        let sent = bed.service.http.post(url).header("content-type", "text/csv").body(file).send().await;
        sent.expect("an answer").json::<Value>().await.expect("JSON")
    });
    let id = uploaded["id"].as_i64().expect("an id");
    let number = |bed: &TestBed, column: &str| {
        bed.number(&format!("SELECT {column}::text FROM imports WHERE id = {id}"))
    };
    let state = |bed: &TestBed| bed.query(&format!("SELECT state FROM imports WHERE id = {id}")).remove(0);
    let begun = Instant::now();
    let wait = |bed: &TestBed, is_over: &dyn Fn(&TestBed) -> bool| {
        while !is_over(bed) {
            assert!(begun.elapsed() < IMPORT_MAX, "the import is {}", state(bed));
            std::thread::sleep(POLL_INTERVAL);
        }
    };
    wait(&bed, &|bed| number(bed, "row_count") > 0);
    kill_servers(&mut bed);
    wait(&bed, &|bed| state(bed) == "judged");
    assert_eq!((number(&bed, "row_count"), number(&bed, "change_count")), (ROWS, ROWS));
    apply(&bed, id, number(&bed, "revision"));
    wait(&bed, &|bed| number(bed, "applied_count") > ROWS / 10);
    kill_servers(&mut bed);
    let before = number(&bed, "applied_count");
    wait(&bed, &|bed| number(bed, "applied_count") > before);
    bed.kill_postgres();
    wait(&bed, &|bed| state(bed) == "applied");
    assert_eq!(number(&bed, "applied_count"), ROWS);
    println!(
        "{ROWS} rows in {:.0} s with the servers killed twice, and PostgreSQL once",
        begun.elapsed().as_secs_f64()
    );
    assert_eq!(bed.number("SELECT count(*)::text FROM items WHERE sku LIKE 'IMP-%' AND quantity = 11"), ROWS);
    let movements = "SELECT count(*)::text FROM stock_movements WHERE note LIKE '%delivery.csv%'";
    assert_eq!(bed.number(movements), ROWS);
}

fn kill_servers(bed: &mut TestBed) {
    (0..2).for_each(|server| bed.kill_server(server));
}

/// Starts to apply the import. The servers may still be starting.
fn apply(bed: &TestBed, import: i64, revision: i64) {
    let begun = Instant::now();
    loop {
        let url = format!("{}/api/imports/{import}/apply", bed.service.urls[1].lock().expect("no panic"));
        let sent = bed
            .runtime
            .block_on(async { bed.service.http.post(url).json(&json!({"revision": revision})).send().await });
        match sent {
            Ok(response) if response.status().is_success() => return,
            sent => assert!(begun.elapsed() < IMPORT_MAX, "{sent:?}"),
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}
