//! Races of creating, allocating and cancelling orders, and of changes by other applications.

use crate::shipping::{all_of, back};
use crate::*;
use domain::{
    CategoryName, ChangeCondition, Condition, ConditionChange, Error as Rejection, Note, StockAdjustment,
    UNITS_RECEIVED_UNCHECKED_MAX,
};
use engine::Error;
use futures::future::join_all;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Instant;

/// The duration of each race.
const RACE: Duration = Duration::from_secs(4);

/// Starts an engine with one stock queue.
async fn single_queue(stock: &Stock) -> Engine {
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let settings =
        Settings { stock_queues: 1, expiry_interval: Duration::from_secs(3_600), ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

/// Polls until a statement of this database waits for a lock.
pub(crate) async fn until_waiting(stock: &Stock) {
    let waiting = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&stock.pool).await.expect("a count") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A client that guesses order ids allocates orders at the moment of their commit.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_allocated_by_a_guessed_id_takes_its_units() {
    let stock = Stock::new().await;
    let (creator, walker) = (stock.another().await, single_queue(&stock).await);
    let items = [stock.item(1_000_000).await, stock.item(1_000_000).await];
    let main = main_warehouse(&stock.engine).await;
    let first = stock.order(&[(items[0], 1)]).await.0 + 1;
    let (until, next) = (Instant::now() + RACE, AtomicI64::new(first));
    let create = async {
        let mut created = 0;
        while Instant::now() < until {
            let order = NewOrder::new(None, items.map(|item| (item, units(2)))).expect("an order");
            let id = creator.order_create(&context(), order).await.fresh().expect("created").id;
            created += 1;
            // The client must be ahead of the newest order.
            while Instant::now() < until && next.load(Ordering::SeqCst) <= id.0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        created
    };
    let buy = |item: ItemId| {
        let engine = &walker;
        async move {
            while Instant::now() < until {
                engine.block_place(&context(), block(item, 1)).await.expect("placed");
            }
        }
    };
    let walk = async {
        let mut allocated = 0;
        while Instant::now() < until {
            let id = OrderId(next.load(Ordering::SeqCst));
            match walker.order_allocate(&context(), id, main).await.fresh() {
                Ok(allocation) => {
                    assert!(allocation.shortages.is_empty(), "{allocation:?}");
                    allocated += 1;
                    if allocated % 2 == 0 {
                        walker.order_cancel(&context(), id).await.expect("cancelled");
                    }
                    next.fetch_add(1, Ordering::SeqCst);
                }
                Err(Error::Rejected(Rejection::OrderNotFound(_))) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        allocated
    };
    let buyers = join_all((0..8).map(|turn| buy(items[turn % 2])));
    let (created, allocated, _) = tokio::join!(create, walk, buyers);
    println!("{created} orders created, {allocated} allocated by guessed ids");
    assert!(allocated > 10, "{allocated} orders were allocated");
    let without_units: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM orders
          WHERE status <> 'pending'
            AND 2 <> (SELECT count(*) FROM stock_movements
                       WHERE order_id = orders.id AND reason = 'allocated')",
    )
    .fetch_one(&stock.pool)
    .await
    .expect("a count");
    assert_eq!(without_units, 0, "orders were allocated and took nothing");
    stock.assert_closed().await;
}

/// Another application confirms or extends an expired block while its units are reclaimed.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_block_that_is_changed_by_sql_meanwhile_is_not_sold_again() {
    let changes = [
        "UPDATE block_inventory SET is_permanent = true, expires_at = NULL WHERE id = $1",
        "UPDATE block_inventory SET expires_at = now() + interval '1 hour' WHERE id = $1",
    ];
    for change in changes {
        let stock = Stock::new().await;
        let item = stock.item(5).await;
        let held = stock.engine.block_place(&context(), block(item, 5)).await.fresh().expect("placed").id;
        stock.let_expire().await;
        let mut application = stock.pool.begin().await.expect("a transaction");
        sqlx::query(change).bind(held.0).execute(&mut *application).await.expect("changed");
        let engine = stock.another().await;
        let placing =
            tokio::spawn(async move { engine.block_place(&context(), block(item, 5)).await.fresh() });
        until_waiting(&stock).await;
        application.commit().await.expect("committed");
        let rejected = Rejection::InsufficientStock { item, warehouse: None, requested: 5, available: 0 };
        assert_eq!(placing.await.expect("no panic").map(|_| ()), Err(Error::Rejected(rejected)), "{change}");
        let left = "SELECT count(*) FROM block_inventory WHERE id = $1";
        let left: i64 = sqlx::query_scalar(left).bind(held.0).fetch_one(&stock.pool).await.expect("a count");
        assert_eq!(left, 1, "{change}");
        stock.assert_closed().await;
    }
}

/// Two writers add an item's first stock concurrently: the second response counts both.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_first_stock_of_an_item_is_counted() {
    let stock = Stock::new().await;
    let item = store::testing::item(&stock.pool).await;
    let main = main_warehouse(&stock.engine).await;
    let mut application = stock.pool.begin().await.expect("a transaction");
    let insert = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, $2, 5)";
    sqlx::query(insert).bind(item.0).bind(main.0).execute(&mut *application).await.expect("inserted");
    let engine = stock.engine.clone();
    let note = Note::new("a delivery").expect("a note");
    let received = StockAdjustment::new(item, Some(main), 5, note).expect("an adjustment");
    let receiving = tokio::spawn(async move { engine.stock_adjust(&context(), received).await.fresh() });
    until_waiting(&stock).await;
    application.commit().await.expect("committed");
    let adjusted = receiving.await.expect("no panic").expect("received");
    assert_eq!((adjusted.available, adjusted.quantity), (10, 10));
    stock.assert_closed().await;
}

/// Returned units that would overflow a level or an item are rejected.
#[tokio::test(flavor = "multi_thread")]
async fn returned_units_that_overflow_are_rejected_and_the_ledger_agrees() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let main = main_warehouse(&stock.engine).await;
    let held = stock.engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed").id;
    let order = stock.order(&[(item, 3)]).await;
    stock.engine.order_allocate(&context(), order, main).await.expect("allocated");
    let fill = "UPDATE inventory SET stock_quantity = 2147483647 - 1 WHERE product_id = $1";
    sqlx::query(fill).bind(item.0).execute(&stock.pool).await.expect("filled");
    let overflow = |delta| Error::Rejected(Rejection::StockOverflow { item, available: i32::MAX - 1, delta });
    for engine in [stock.engine.clone(), stock.another().await] {
        for _ in 0..2 {
            let released = engine.block_release(&context(), held).await.fresh();
            assert_eq!(released.map(|_| ()), Err(overflow(4)));
            let confirmed = engine.block_confirm(&context(), held, Some(units(2))).await.fresh();
            assert_eq!(confirmed.map(|_| ()), Err(overflow(2)));
            assert_eq!(engine.order_cancel(&context(), order).await.fresh(), Err(overflow(3)));
        }
    }
    // A server that has cached the level rejects them too.
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    stock.let_expire().await;
    stock.engine.block_place(&context(), block(item, 1)).await.expect("there are units enough");
    assert_eq!(stock.quantity(item).await, i32::MAX - 3);
    stock.assert_closed().await;
}

/// Units that come back or are restored leave room for those in blocks, like received ones.
#[tokio::test(flavor = "multi_thread")]
async fn returned_and_restored_units_leave_room_for_units_in_blocks() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let held = stock.engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed").id;
    let order = stock.allocated(&[(item, 3)]).await;
    stock.engine.order_ship(&context(), &all_of(order)).await.expect("shipped");
    let fill = "UPDATE inventory SET stock_quantity = 2147483647 - 5 WHERE product_id = $1";
    sqlx::query(fill).bind(item.0).execute(&stock.pool).await.expect("filled");
    let overflow =
        |available, delta| Err(Error::Rejected(Rejection::StockOverflow { item, available, delta }));
    let other = stock.another().await;
    let give_back = async |units, into| {
        let returned = back(order, item, units, into);
        other.order_return(&context(), &returned).await.fresh().map(|_| ())
    };
    assert_eq!(give_back(2, None).await, overflow(i32::MAX - 5, 2));
    assert_eq!(give_back(1, None).await, Ok(()));
    assert_eq!(give_back(1, Some(Condition::Damaged)).await, Ok(()));
    let restore = ChangeCondition {
        item,
        warehouse: None,
        quantity: units(1),
        change: ConditionChange::Restore(Condition::Damaged),
        note: Note::new("repaired").expect("a note"),
    };
    let restored = other.stock_change_condition(&context(), restore).await.fresh().map(|_| ());
    assert_eq!(restored, overflow(i32::MAX - 4, 1));
    stock.engine.block_release(&context(), held).await.expect("released");
    assert_eq!(stock.quantity(item).await, i32::MAX);
    stock.assert_reconciled().await;
}

/// A receipt up to the limit reads no blocks, so that the units in blocks may not fit into the level any more. Their
/// return is rejected or skipped until units are written off.
#[tokio::test(flavor = "multi_thread")]
async fn units_that_do_not_fit_after_a_receipt_return_after_a_write_off() {
    let stock = Stock::new().await;
    let (item, other) = (stock.item(0).await, stock.item(1).await);
    let adjust = async |delta: i64| {
        let note = Note::new("counted").expect("a note");
        let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
        stock.engine.stock_adjust(&context(), adjustment).await.fresh().map(|adjusted| adjusted.quantity)
    };
    let half = i32::try_from(UNITS_RECEIVED_UNCHECKED_MAX).expect("a quantity");
    let overflow = |delta| Error::Rejected(Rejection::StockOverflow { item, available: half, delta });
    assert_eq!(adjust(half.into()).await, Ok(half));
    let held = stock.engine.block_place(&context(), block(item, half.into())).await.fresh().expect("placed");
    assert_eq!(adjust(half.into()).await, Ok(half));
    for engine in [stock.engine.clone(), stock.another().await] {
        let released = engine.block_release(&context(), held.id).await.fresh();
        assert_eq!(released.map(|_| ()), Err(overflow(half)));
    }
    assert_eq!(adjust(1).await, Err(overflow(1)), "above the limit, a receipt counts the units in blocks");
    stock.assert_closed().await;

    stock.engine.block_place(&context(), block(other, 1)).await.expect("placed");
    stock.let_expire().await;
    let cleaned = stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!((cleaned.blocks, stock.quantity(item).await), (1, half), "the other item's block");
    let report = stock.engine.health_report();
    let failing: Vec<_> =
        report.failing_items.iter().map(|failing| (failing.item, &*failing.error)).collect();
    assert_eq!(failing, [(item, "the units of its expired blocks exceed the maximum of a quantity")]);
    stock.assert_closed().await;

    assert_eq!(adjust(-1).await, Ok(half - 1));
    while stock.quantity(item).await < i32::MAX {
        stock.engine.blocks_expire(&context()).await.expect("cleaned up");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stock.engine.health_report().failing_items, []);
    stock.assert_closed().await;
}

/// An allocation locks the levels of one warehouse only. With levels written in SQL, the units of an expired block may not
/// fit into the item's quantity: the allocation is rejected, and nothing changes.
#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_that_would_overflow_the_quantity_of_an_item_is_rejected() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let main = main_warehouse(&stock.engine).await;
    stock.engine.block_place(&context(), block(item, 5)).await.expect("placed");
    let (order, other) = (stock.order(&[(item, 1)]).await, stock.item(5).await);
    let fits = stock.order(&[(other, 1)]).await;
    let fill = format!(
        "INSERT INTO warehouses (id, code, name) VALUES (7, 'EAST', 'East');
         INSERT INTO inventory VALUES ({item}, 7, 2147483647 - 2)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&stock.pool).await.expect("filled");
    stock.let_expire().await;
    let rejection = Rejection::StockOverflow { item, available: i32::MAX - 2, delta: 4 };
    for _ in 0..2 {
        let context = context();
        let allocated = stock.engine.order_allocate(&context, order, main);
        let fitting = stock.engine.order_allocate(&context, fits, main);
        let (allocated, fitting) = tokio::join!(allocated, fitting);
        assert_eq!(allocated.map(|_| ()), Err(Error::Rejected(rejection.clone())));
        // The other orders of the batch are not affected. The second time this one has its units already.
        let is_allocated = matches!(&fitting, Err(Error::Rejected(Rejection::OrderAlreadyAllocated { .. })));
        assert!(fitting.is_ok() || is_allocated, "{fitting:?}");
    }
    assert_eq!(stock.quantity(item).await, i32::MAX - 2);
    stock.assert_closed().await;
}

/// Batches that allocate some items and change others, during renames of their category.
#[tokio::test(flavor = "multi_thread")]
async fn mixed_batches_and_renames_of_categories_do_not_deadlock() {
    let stock = Stock::new().await;
    let engines = [single_queue(&stock).await, single_queue(&stock).await];
    let mut items = Vec::new();
    for _ in 0..10 {
        items.push(stock.item(1_000_000).await);
    }
    let main = main_warehouse(&stock.engine).await;
    let (until, stopped) = (Instant::now() + RACE, AtomicBool::new(false));
    let shop = |engine: Engine| {
        let items = &items;
        async move {
            let mut turn = 0;
            while Instant::now() < until {
                turn += 1;
                let lines = [(items[9], 1), (items[8 - turn % 3], 1)];
                let order =
                    NewOrder::new(None, lines.map(|(item, count)| (item, units(count)))).expect("an order");
                let order = engine.order_create(&context(), order).await.fresh().expect("created").id;
                let receive = (0..4).map(|low| {
                    let note = Note::new("a delivery").expect("a note");
                    let received =
                        StockAdjustment::new(items[low], Some(main), 1, note).expect("an adjustment");
                    let engine = engine.clone();
                    async move { engine.stock_adjust(&context(), received).await.fresh().map(|_| ()) }
                });
                let allocate =
                    async { engine.order_allocate(&context(), order, main).await.fresh().map(|_| ()) };
                let (received, allocated) = tokio::join!(join_all(receive), allocate);
                allocated.expect("allocated");
                received.into_iter().for_each(|received| received.expect("received"));
            }
        }
    };
    let rename = async {
        let name = |name: &str| CategoryName::new(name).expect("a category");
        let mut renames = 0;
        let (mut from, mut to) = (name("Lighting"), name("Lamps"));
        while !stopped.load(Ordering::Relaxed) {
            let engine = &stock.engine;
            let renamed = engine
                .category_rename(&context(), from.clone(), to.clone(), false, domain::Precondition::None)
                .await
                .fresh()
                .expect("renamed");
            assert_eq!(renamed.items, 10);
            std::mem::swap(&mut from, &mut to);
            renames += 1;
        }
        renames
    };
    let shops = async {
        join_all(engines.iter().cloned().chain(engines.iter().cloned()).map(shop)).await;
        stopped.store(true, Ordering::Relaxed);
    };
    let (renames, ()) = tokio::join!(rename, shops);
    println!("{renames} renames");
    assert!(renames > 20, "{renames} renames");
    stock.assert_closed().await;
    stock.engine.stop().await;
    for engine in &engines {
        engine.stop().await;
    }
    assert_eq!(stock.deadlocks().await, 0);
}

/// A rename that fails after some items reports their number. A retry finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_partial_rename_is_reported_and_a_retry_finishes_it() {
    let stock = Stock::new().await;
    sqlx::query(
        "INSERT INTO items (name, price, category) SELECT 'Lamp', 1, 'Lighting' FROM generate_series(1, 700)",
    )
    .execute(&stock.pool)
    .await
    .expect("items");
    let mut application = stock.pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM items WHERE id = (SELECT max(id) FROM items) FOR UPDATE")
        .execute(&mut *application)
        .await
        .expect("locked");
    let name = |name: &str| CategoryName::new(name).expect("a category");
    let rename = async || {
        stock
            .engine
            .category_rename(&context(), name("Lighting"), name("Lamps"), false, domain::Precondition::None)
            .await
            .fresh()
    };
    assert_eq!(rename().await.map(|_| ()), Err(Error::PartlyRenamed { items: 500 }));
    application.rollback().await.expect("unlocked");
    let renamed = rename().await.expect("renamed");
    assert_eq!((renamed.items, renamed.items_already), (200, 500));
}
