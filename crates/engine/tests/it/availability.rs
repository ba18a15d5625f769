//! Fault isolation: a bad row, a failing item or a backlog of expired blocks affects only its own requests.

use crate::*;
use domain::{CartLine, ChangeCart, PlaceCart, Shortage};
use engine::{Error, HealthReport, WorkerState};
use futures::future::join_all;
use std::time::Instant;

/// The timeout of a call. The calls need far less, and the faults that these tests reproduce lasted longer.
const DEADLINE: Duration = Duration::from_secs(30);

/// Waits for the future, with a timeout.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("an answer in time")
}

/// Polls until `condition` holds.
pub(crate) async fn until(mut condition: impl AsyncFnMut() -> bool) {
    in_time(async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// Polls until a statement waits for a lock.
pub(crate) async fn until_waiting(stock: &Stock) {
    let waits = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until(async || sqlx::query_scalar::<_, i64>(waits).fetch_one(&stock.pool).await.expect("a count") > 0)
        .await;
}

pub(crate) fn is_healthy(report: &HealthReport) -> bool {
    report.is_live() && !report.is_degraded()
}

pub(crate) fn never_cleaning() -> Settings {
    Settings { expiry_interval: Duration::from_secs(3_600), ..Settings::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_panics_fails_its_request_alone_and_the_worker_lives_on() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let bad = stock.engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed").id;
    let good = stock.engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed").id;
    // The constraint rejects such a value. The worker must survive it nevertheless.
    sqlx::raw_sql("ALTER TABLE block_inventory DROP CONSTRAINT block_inventory_expires_at_in_range")
        .execute(&stock.pool)
        .await
        .expect("dropped");
    sqlx::query("UPDATE block_inventory SET expires_at = 'infinity' WHERE id = $1")
        .bind(bad.0)
        .execute(&stock.pool)
        .await
        .expect("updated");
    // This server has not cached the blocks.
    let other = stock.another().await;
    let asked = context();
    let confirming = join_all([bad, good].map(|id| other.block_confirm(&asked, id, None)));
    let confirmed = in_time(confirming).await;
    assert_eq!(confirmed[0], Err(Error::Internal));
    assert!(confirmed[1].is_ok(), "{:?}", confirmed[1]);
    in_time(other.block_place(&context(), block(item, 1))).await.expect("the worker lives on");
    let report = other.health_report();
    assert!(is_healthy(&report), "{report:?}");
    assert!(report.workers.iter().any(|worker| worker.panics > 0), "{report:?}");
}

#[tokio::test]
async fn health_names_every_worker_and_a_stopped_engine_is_dead() {
    let stock = Stock::new().await;
    let report = stock.engine.health_report();
    let names: Vec<_> = report.workers.iter().map(|worker| worker.name.as_str()).collect();
    let expected = [
        "stock 0",
        "stock 1",
        "creation 0",
        "creation 1",
        "reading",
        "availability",
        "backlog",
        "notifier",
        "listener",
        "event feed",
        "expiry",
        "signals",
        "waiting orders",
        "refused units",
        "import judgement",
        "import application",
        "webhooks",
        "archive",
    ];
    assert_eq!(names, expected);
    assert!(is_healthy(&report), "{report:?}");
    stock.engine.stop().await;
    let report = stock.engine.health_report();
    assert!(report.workers.iter().all(|worker| worker.state == WorkerState::Dead), "{report:?}");
    assert!(!report.is_live());
}

#[tokio::test]
async fn values_that_no_program_can_read_are_rejected() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    let order = stock.order(&[(item, 1)]).await;
    let cases = [
        ("block_inventory", "expires_at", "infinity"),
        ("block_inventory", "expires_at", "-infinity"),
        ("block_inventory", "expires_at", "290000-01-01"),
        ("block_inventory", "created_at", "infinity"),
        ("items", "created_at", "infinity"),
        ("items", "updated_at", "-infinity"),
        ("items", "price", "NaN"),
        ("orders", "created_at", "infinity"),
        ("orders", "updated_at", "infinity"),
        ("orders", "allocated_at", "infinity"),
        ("stock_movements", "created_at", "infinity"),
    ];
    for (table, column, value) in cases {
        let update = format!("UPDATE {table} SET {column} = '{value}'");
        let rejected = sqlx::raw_sql(sqlx::AssertSqlSafe(update)).execute(&stock.pool).await;
        let rejected = rejected.expect_err("rejected");
        let constraint = rejected.as_database_error().and_then(|error| error.constraint());
        // The ledger rejects every update.
        if table != "stock_movements" {
            assert_eq!(constraint, Some(format!("{table}_{column}_in_range").as_str()), "{rejected}");
        }
    }
    stock.engine.order_get(&context(), order).await.expect("readable");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_item_that_always_fails_does_not_stop_the_clean_up_of_the_others() {
    let stock = Stock::new().await;
    let mut items = Vec::new();
    for _ in 0..6 {
        items.push(stock.item(5).await);
    }
    for item in &items {
        stock.engine.block_place(&context(), block(*item, 5)).await.expect("placed");
    }
    let failing = items[2];
    let trigger = format!(
        "CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'not this one' USING ERRCODE = 'check_violation'; END $$;
         CREATE TRIGGER reject BEFORE DELETE ON block_inventory FOR EACH ROW
             WHEN (old.item_id = {}) EXECUTE FUNCTION reject();",
        failing.0
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(&stock.pool).await.expect("a trigger");
    stock.let_expire().await;
    let cleaned = in_time(stock.engine.blocks_expire(&context())).await.expect("the others are cleaned up");
    assert_eq!(cleaned.blocks, 5);
    for item in items.iter().filter(|item| **item != failing) {
        assert_eq!(stock.quantity(*item).await, 5);
    }
    let report = stock.engine.health_report();
    assert!(report.is_live() && report.is_degraded());
    assert_eq!((report.failing_items[0].item, report.failing_items_count), (failing, 1));
    sqlx::raw_sql("DROP TRIGGER reject ON block_inventory").execute(&stock.pool).await.expect("dropped");
    until(async || stock.engine.blocks_expire(&context()).await.expect("cleaned up").blocks == 1).await;
    let report = stock.engine.health_report();
    assert!(is_healthy(&report), "{report:?}");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clean_up_skips_an_item_that_another_transaction_has_locked() {
    let stock = Stock::new().await;
    let mut items = Vec::new();
    for _ in 0..4 {
        items.push(stock.item(5).await);
    }
    for item in &items {
        stock.engine.block_place(&context(), block(*item, 5)).await.expect("placed");
    }
    stock.let_expire().await;
    // The stock level of one item, and the quantity of another.
    let mut external = stock.lock_levels(items[1]).await;
    sqlx::query("SELECT FROM items WHERE id = $1 FOR UPDATE")
        .bind(items[2].0)
        .execute(&mut *external)
        .await
        .expect("locked");
    let cleaned = in_time(stock.engine.blocks_expire(&context())).await.expect("cleaned up");
    assert_eq!(cleaned.blocks, 2);
    let report = stock.engine.health_report();
    assert!(is_healthy(&report), "a locked item does not fail: {report:?}");
    external.rollback().await.expect("unlocked");
    let mut blocks = 2;
    until(async || {
        blocks += stock.engine.blocks_expire(&context()).await.expect("cleaned up").blocks;
        blocks == 4
    })
    .await;
    stock.assert_closed().await;
}

/// The clean-up of an item that other sessions lock all the time, each for a short time, waits for the lock and gets it. A
/// second item stays locked.
#[tokio::test(flavor = "multi_thread")]
async fn the_clean_up_gets_its_turn_at_a_busy_item() {
    let stock = Stock::new().await;
    let (locked, busy) = (stock.item(5).await, stock.item(5).await);
    for item in [locked, busy] {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    }
    stock.let_expire().await;
    let external = stock.lock_levels(locked).await;
    // Two sessions lock the row in turn, so that it is hardly ever unlocked.
    let occupy =
        "SELECT pg_sleep(0.005) FROM (SELECT 1 FROM inventory WHERE product_id = $1 FOR UPDATE) AS held";
    let occupying: Vec<_> = (0..2)
        .map(|_| {
            let pool = stock.pool.clone();
            tokio::spawn(async move {
                loop {
                    sqlx::query(occupy).bind(busy.0).execute(&pool).await.expect("occupied");
                }
            })
        })
        .collect();
    until_waiting(&stock).await;
    in_time(stock.engine.blocks_expire(&context())).await.expect("cleaned up");
    occupying.iter().for_each(|session| session.abort());
    let left: Vec<i64> = sqlx::query_scalar("SELECT item_id FROM block_inventory")
        .fetch_all(&stock.pool)
        .await
        .expect("blocks");
    assert_eq!(left, [locked.0]);
    external.rollback().await.expect("unlocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_lock_of_another_application() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let settings = Settings { drain_timeout: Duration::from_secs(2), ..never_cleaning() };
    // There is no lock timeout: only the deadline of the shutdown applies.
    let store = store::Settings { lock_timeout_milliseconds: 0, ..store::Settings::new(&stock.url) };
    let store = store::Store::connect(store).await.expect("a connection");
    let engine = Engine::start(store, settings).await.expect("an engine");
    let external = stock.lock_levels(item).await;
    let waiting = {
        let engine = engine.clone();
        tokio::spawn(async move { engine.block_place(&context(), block(item, 1)).await.fresh() })
    };
    until_waiting(&stock).await;
    let begun = Instant::now();
    in_time(engine.stop()).await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert_eq!(in_time(waiting).await.expect("no panic"), Err(Error::OutcomeUnknown));
    external.rollback().await.expect("unlocked");
}

/// Gives the item this many expired blocks of one unit each, out of the default warehouse.
async fn expired_blocks(stock: &Stock, item: ItemId, count: i32) {
    let sql = format!(
        "BEGIN;
         SET LOCAL stockhold.maintains_totals = on;
         UPDATE inventory SET stock_quantity = stock_quantity - {count} WHERE product_id = {item};
         UPDATE items SET quantity = quantity - {count} WHERE id = {item};
         INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at)
             SELECT {item}, warehouse_id, 1, now() - interval '1 minute' - position * interval '1 millisecond'
               FROM inventory, generate_series(1, {count}) AS position WHERE product_id = {item};
         INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor)
             SELECT {item}, warehouse_id, -{count}, 'blocked', 'test' FROM inventory WHERE product_id = {item};
         COMMIT;
         ANALYZE block_inventory;",
        item = item.0
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&stock.pool).await.expect("expired blocks");
}

/// Places blocks on other items until `done`, one at a time per item, and returns the longest response time.
pub(crate) async fn slowest(
    engine: &Engine,
    items: &[ItemId],
    done: &tokio::sync::watch::Sender<bool>,
) -> Duration {
    let clients = items.iter().map(|item| async {
        let mut slowest = Duration::ZERO;
        while !*done.borrow() {
            let begun = Instant::now();
            engine.block_place(&context(), block(*item, 1)).await.expect("placed");
            slowest = slowest.max(begun.elapsed());
        }
        slowest
    });
    join_all(clients).await.into_iter().max().expect("clients")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_request_on_an_item_with_a_backlog_delays_no_other() {
    const BLOCKS: i32 = 100_000;
    let stock = Stock::new().await;
    let mut others = Vec::new();
    for _ in 0..8 {
        others.push(stock.item(1_000_000).await);
    }
    let item = stock.item(BLOCKS.into()).await;
    expired_blocks(&stock, item, BLOCKS).await;
    let code = domain::WarehouseCode::new("EMPTY").expect("a code");
    let name = domain::WarehouseName::new("Empty").expect("a name");
    let new = domain::NewWarehouse::new(code, name);
    let empty = stock.engine.warehouse_create(&context(), new).await.fresh().expect("added").id;
    let main = main_warehouse(&stock.engine).await;
    let short = PlaceBlock { warehouse: Some(empty), ..block(item, 1) };
    let too_many = block(item, i64::from(BLOCKS) + 1);
    let done = tokio::sync::watch::Sender::new(false);
    let asking = async {
        let mut slowest = Duration::ZERO;
        for request in [&short, &too_many, &short, &too_many, &short] {
            let begun = Instant::now();
            let rejected = stock.engine.block_place(&context(), *request).await.fresh();
            let rejected = rejected.expect_err("there are not so many");
            let available = if request.warehouse.is_some() { 0 } else { BLOCKS };
            let requested = request.quantity.get();
            let warehouse = request.warehouse.or(Some(main));
            let expected = domain::Error::InsufficientStock { item, warehouse, requested, available };
            assert_eq!(rejected, Error::Rejected(expected));
            slowest = slowest.max(begun.elapsed());
        }
        done.send_replace(true);
        slowest
    };
    let (asked, other) =
        in_time(async { tokio::join!(asking, slowest(&stock.engine, &others, &done)) }).await;
    // Each takes well under a second. It took minutes when all blocks were scanned.
    assert!(asked.max(other) < Duration::from_secs(5), "rejected after {asked:?}, others after {other:?}");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_behind_a_backlog_are_sold() {
    const BLOCKS: i32 = 3_000;
    let stock = Stock::new().await;
    let item = stock.item(BLOCKS.into()).await;
    expired_blocks(&stock, item, BLOCKS).await;
    let order = stock.order(&[(item, 1_000)]).await;
    let warehouse = main_warehouse(&stock.engine).await;
    let asked = context();
    let (placed, allocated) = in_time(async {
        tokio::join!(
            stock.engine.block_place(&asked, block(item, 2_000)),
            stock.engine.order_allocate(&asked, order, warehouse)
        )
    })
    .await;
    placed.expect("there are as many");
    assert!(allocated.fresh().expect("an answer").shortages.is_empty(), "there are as many");
    let short = stock.engine.block_place(&context(), block(item, 1)).await.fresh();
    let expected = domain::Error::InsufficientStock { item, warehouse: None, requested: 1, available: 0 };
    assert_eq!(short.expect_err("all are sold"), Error::Rejected(expected));
    stock.assert_closed().await;
}

/// A change of a cart that lacks units is rejected when it arrives, not when the backlog is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_cart_on_an_item_with_a_backlog_is_decided() {
    const BLOCKS: i32 = 3_000;
    let stock = Stock::new().await;
    let item = stock.item(i64::from(BLOCKS) + 5).await;
    let line = |quantity| vec![CartLine { item, quantity: units(quantity), warehouse: None }];
    let cart = PlaceCart::new(line(5), Ttl::default(), None).expect("a cart");
    let cart = stock.engine.cart_place(&context(), cart).await.fresh().expect("placed").id;
    expired_blocks(&stock, item, BLOCKS).await;
    let change = |quantity| {
        let change = ChangeCart::new(cart, 1, line(quantity), None).expect("a change");
        let engine = &stock.engine;
        async move { in_time(engine.cart_change(&context(), change)).await.fresh() }
    };
    let all = BLOCKS + 5;
    let short = Shortage { item, requested: all + 1, available: all };
    let rejection = Error::Rejected(domain::Error::CartShort(vec![short]));
    assert_eq!(change(i64::from(all) + 1).await.expect_err("there are not so many"), rejection);
    let expired = "SELECT count(*) FROM block_inventory WHERE expires_at <= now()";
    let left: i64 = sqlx::query_scalar(expired).fetch_one(&stock.pool).await.expect("a count");
    assert!(left > i64::from(BLOCKS) / 2, "the rejection needs no clean-up: {left} left");
    let changed = change(i64::from(all)).await.expect("there are as many");
    assert_eq!(changed.lines.iter().map(|line| line.quantity).sum::<i32>(), all);
    stock.assert_closed().await;
}
