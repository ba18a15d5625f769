//! Fault isolation: a lock of another application affects only the requests that need its rows.

use crate::availability::{in_time, is_healthy, never_cleaning, slowest, until, until_waiting};
use crate::*;
use domain::{CartLine, PlaceCart, Reference};
use engine::{Error, Idempotency};
use std::time::Instant;

/// The lock timeout of these tests' engines.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

async fn with_lock_timeout(url: &str) -> Engine {
    let milliseconds = u32::try_from(LOCK_TIMEOUT.as_millis()).expect("milliseconds");
    let store = store::Settings { lock_timeout_milliseconds: milliseconds, ..store::Settings::new(url) };
    let store = store::Store::connect(store).await.expect("a connection");
    Engine::start(store, never_cleaning()).await.expect("an engine")
}

/// Places blocks on other items while one item is locked. They succeed, and the locked item's requests are rejected.
async fn others_go_on(engine: &Engine, others: &[ItemId], locked: impl AsyncFn() -> Error) {
    let done = tokio::sync::watch::Sender::new(false);
    let asking = async {
        let mut later = Duration::ZERO;
        for turn in 0..4 {
            let begun = Instant::now();
            assert_eq!(locked().await, Error::StockLocked, "turn {turn}");
            if turn > 0 {
                later = later.max(begun.elapsed());
            }
        }
        done.send_replace(true);
        later
    };
    let (later, slowest) = in_time(async { tokio::join!(asking, slowest(engine, others, &done)) }).await;
    // Once the locked row is recorded, no request waits for the lock timeout again.
    assert!(later < LOCK_TIMEOUT, "a locked item is rejected at once, not after {later:?}");
    assert!(slowest < 4 * LOCK_TIMEOUT, "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_allocation_of_another_application_blocks_only_its_item() {
    let stock = Stock::new().await;
    let engine = with_lock_timeout(&stock.url).await;
    let mut items = Vec::new();
    for _ in 0..50 {
        items.push(stock.item(100_000).await);
    }
    let warehouse = main_warehouse(&stock.engine).await;
    // The function handles one line in another branch than two.
    for lines in [&items[..1], &items[..2]] {
        let order = stock.order(&lines.iter().map(|item| (*item, 1)).collect::<Vec<_>>()).await;
        let mut external = stock.pool.begin().await.expect("a transaction");
        let allocated: bool = sqlx::query_scalar("SELECT allocate_inventory($1, $2)")
            .bind(order.0)
            .bind(warehouse.0)
            .fetch_one(&mut *external)
            .await
            .expect("allocated");
        assert!(allocated);
        others_go_on(&engine, &items[2..], async || {
            engine.block_place(&context(), block(items[0], 1)).await.fresh().expect_err("locked")
        })
        .await;
        external.rollback().await.expect("unlocked");
        engine.block_place(&context(), block(items[0], 1)).await.expect("placed");
    }
    let report = engine.health_report();
    assert!(is_healthy(&report), "{report:?}");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_row_of_any_table_fails_only_its_requests() {
    let stock = Stock::new().await;
    let engine = with_lock_timeout(&stock.url).await;
    let warehouse = main_warehouse(&stock.engine).await;
    let mut items = Vec::new();
    for _ in 0..10 {
        items.push(stock.item(100_000).await);
    }
    let item = items[0];
    let held = stock.engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed").id;
    let order = stock.order(&[(item, 1)]).await;
    let cases = [
        format!("SELECT FROM inventory WHERE product_id = {} FOR UPDATE", item.0),
        format!("UPDATE items SET price = 2 WHERE id = {}", item.0),
        format!("UPDATE block_inventory SET reference = 'other' WHERE id = {}", held.0),
        format!("UPDATE orders SET reference = 'other' WHERE id = {}", order.0),
    ];
    for (case, lock) in cases.into_iter().enumerate() {
        let mut external = stock.pool.begin().await.expect("a transaction");
        sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut *external).await.expect("locked");
        let asked = context();
        others_go_on(&engine, &items[1..], async || match case {
            0 | 1 => engine.block_place(&asked, block(item, 1)).await.fresh().expect_err("locked"),
            2 => engine.block_confirm(&asked, held, None).await.fresh().expect_err("locked"),
            _ => engine.order_allocate(&asked, order, warehouse).await.fresh().expect_err("locked"),
        })
        .await;
        external.rollback().await.expect("unlocked");
    }
    engine.block_place(&context(), block(item, 1)).await.expect("placed");
    engine.block_confirm(&context(), held, None).await.expect("confirmed");
    engine.order_allocate(&context(), order, warehouse).await.expect("allocated");
    stock.assert_closed().await;
}

/// The same item's other requests go on too, on both paths.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_reference_fails_only_its_requests() {
    let stock = Stock::new().await;
    let engine = with_lock_timeout(&stock.url).await;
    let items = [stock.item(100_000).await, stock.item(100_000).await];
    let line = CartLine { item: items[0], quantity: units(1), warehouse: None };
    let cart = |reference: &str| {
        let reference = Reference::new(reference).expect("a reference");
        PlaceCart::new(vec![line], Ttl::default(), Some(reference)).expect("a cart")
    };
    // The second time the item is cached, and the optimistic path meets the lock.
    for _ in 0..2 {
        let mut external = stock.pool.begin().await.expect("a transaction");
        sqlx::query("SELECT FROM references_lock(ARRAY ['Ada'])")
            .execute(&mut *external)
            .await
            .expect("locked");
        let asked = context();
        others_go_on(&engine, &items, async || {
            engine.cart_place(&asked, cart("Ada")).await.fresh().expect_err("locked")
        })
        .await;
        engine.cart_place(&context(), cart("Bob")).await.expect("another reference is not locked");
        external.rollback().await.expect("unlocked");
        engine.cart_place(&context(), cart("Ada")).await.expect("placed");
    }
    stock.assert_closed().await;
}

/// Another transaction has inserted a response under the key, and is open. After its commit its response counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_idempotency_key_fails_only_its_requests() {
    let stock = Stock::new().await;
    let engine = with_lock_timeout(&stock.url).await;
    let items = [stock.item(100_000).await, stock.item(100_000).await];
    let keyed =
        |key: &str| context().with_idempotency(Idempotency { key: key.into(), fingerprint: [1].into() });
    let item: NewItem = NewItem {
        name: ItemName::new("Lamp").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "9.99".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: None,
        sku: None,
        barcodes: domain::Barcodes::default(),
        low_stock: None,
    };
    let order = || NewOrder::new(None, [(items[0], units(1))]).expect("an order");
    for (turn, key) in ["first", "second"].into_iter().enumerate() {
        let mut external = stock.pool.begin().await.expect("a transaction");
        let insert = "INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
                      VALUES ('test', $1, '\\x01', 201, '')";
        sqlx::query(insert).bind(key).execute(&mut *external).await.expect("inserted");
        let asked = keyed(key);
        others_go_on(&engine, &items, async || {
            engine.block_place(&asked, block(items[0], 1)).await.expect_err("locked")
        })
        .await;
        if turn == 0 {
            external.rollback().await.expect("unlocked");
            until(async || engine.block_place(&asked, block(items[0], 1)).await.is_ok()).await;
            continue;
        }
        let (item, order) = (engine.item_create(&asked, item.clone()), engine.order_create(&asked, order()));
        let (item, order) = tokio::join!(item, order);
        assert_eq!(item.expect_err("locked"), Error::StockLocked);
        assert_eq!(order.expect_err("locked"), Error::StockLocked);
        external.commit().await.expect("committed");
        until(async || {
            let answer = engine.block_place(&asked, block(items[0], 1)).await;
            matches!(answer, Ok(Response::Stored(stored)) if stored.status == 201)
        })
        .await;
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_for_a_locked_table_are_rejected_instead_of_waiting() {
    let stock = Stock::new().await;
    let engine = with_lock_timeout(&stock.url).await;
    let item = stock.item(10).await;
    let mut external = stock.pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE inventory").execute(&mut *external).await.expect("locked");
    for _ in 0..2 {
        let rejected = in_time(engine.block_place(&context(), block(item, 1))).await;
        assert_eq!(rejected.expect_err("locked"), Error::StockLocked);
    }
    external.rollback().await.expect("unlocked");
    engine.block_place(&context(), block(item, 1)).await.expect("placed");
    stock.assert_closed().await;
}

/// A batch waits for a lock until it is released. A lock that is released within the timeout causes no rejection.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_lock_causes_no_rejection() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let external = stock.lock_levels(item).await;
    let waiting = {
        let engine = stock.engine.clone();
        tokio::spawn(async move { engine.block_place(&context(), block(item, 1)).await.fresh() })
    };
    until_waiting(&stock).await;
    external.rollback().await.expect("unlocked");
    in_time(waiting).await.expect("no panic").expect("placed");
}
