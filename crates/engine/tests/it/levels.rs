//! Levels of an item: incremental results from the ledger equal the results from all blocks.

use crate::*;
use domain::{
    LevelTotals, NewWarehouse, Note, OrderFilter, OrderQuery, StockAdjustment, StockMove, WarehouseCode,
    WarehouseName,
};
use std::time::Instant;

/// An engine that aggregates the levels of every item incrementally.
async fn follower(url: &str) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    let settings = Settings { levels_followed_from: 0, ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

async fn levels(engine: &Engine, item: ItemId) -> Vec<LevelTotals> {
    let levels = engine.item_levels(&context(), item).await.expect("levels");
    levels.into_iter().map(|level| level.output).collect()
}

/// Available, held and sold.
async fn units_of(engine: &Engine, item: ItemId) -> (i64, i64, i64) {
    let levels = levels(engine, item).await;
    let sum = |units: fn(&LevelTotals) -> i64| levels.iter().map(units).sum();
    (sum(|level| level.available.into()), sum(|level| level.held), sum(|level| level.sold))
}

async fn receive(engine: &Engine, item: ItemId, quantity: i64) {
    let note = Note::new("a delivery").expect("a note");
    let received = StockAdjustment::new(item, None, quantity, note).expect("units");
    engine.stock_adjust(&context(), received).await.expect("received");
}

/// Blocks units, and confirms all or a part of them, leaves them or releases them.
async fn shop(engine: Engine, item: ItemId, shopper: usize) {
    for turn in 0..40 {
        let Ok(placed) = engine.block_place(&context(), block(item, 1 + turn % 3)).await.fresh() else {
            continue;
        };
        match (shopper + usize::try_from(turn).expect("a turn")) % 6 {
            0 => drop(engine.block_confirm(&context(), placed.id, None).await.fresh().expect("confirmed")),
            1 => drop(
                engine.block_confirm(&context(), placed.id, Some(units(1))).await.fresh().expect("confirmed"),
            ),
            2 => {}
            _ => drop(engine.block_release(&context(), placed.id).await.fresh().expect("released")),
        }
    }
}

/// Allocates orders and cancels every second one, and moves units between two warehouses.
async fn keep_shop(stock: Stock, item: ItemId, other: WarehouseId) -> Stock {
    let main = main_warehouse(&stock.engine).await;
    for turn in 0..30 {
        let (from, to) = if turn % 2 == 0 { (main, other) } else { (other, main) };
        let note = Note::new("why").expect("a note");
        let moved = StockMove { item, from, to, quantity: units(2), note };
        stock.engine.stock_move(&context(), moved).await.expect("moved");
        let order = stock.order(&[(item, 1 + turn % 4)]).await;
        stock.engine.order_allocate(&context(), order, main).await.expect("allocated");
        if turn % 2 == 0 {
            stock.engine.order_cancel(&context(), order).await.expect("cancelled");
        }
    }
    stock
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_levels_equal_the_tables() {
    let mut stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let other = NewWarehouse::new(
        WarehouseCode::new("NORTH").expect("a code"),
        WarehouseName::new("North").expect("a name"),
    );
    let other = stock.engine.warehouse_create(&context(), other).await.fresh().expect("created").id;
    let item = stock.item(5_000).await;
    assert_eq!(units_of(&follower, item).await, (5_000, 0, 0));
    for round in 0..3 {
        let mut shoppers = tokio::task::JoinSet::new();
        for shopper in 0..6 {
            shoppers.spawn(shop(stock.engine.clone(), item, shopper));
        }
        let keeper = tokio::spawn(keep_shop(stock, item, other));
        let mut looks = 0;
        while !keeper.is_finished() {
            let (available, held, sold) = units_of(&follower, item).await;
            assert_eq!(available + held + sold, 5_000, "{available} + {held} + {sold}, of one snapshot");
            looks += 1;
        }
        stock = keeper.await.expect("no panic");
        shoppers.join_all().await;
        assert!(looks > 2, "{looks} looks");
        assert_eq!(levels(&follower, item).await, levels(&stock.engine, item).await, "round {round}");
    }
    let (_, held, sold) = units_of(&follower, item).await;
    assert!(held > 0 && sold > 0, "{held} held, {sold} sold");
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(units_of(&follower, item).await, (5_000 - sold, 0, sold));
}

/// An open transaction holds the low watermark back. The base stays at it, and the results are exact.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_transaction_does_not_delay_incremental_levels() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let (item, elsewhere) = (stock.item(10).await, stock.item(10).await);
    assert_eq!(units_of(&follower, item).await, (10, 0, 0));
    let mut open = stock.pool.begin().await.expect("a transaction");
    let sql = "UPDATE inventory SET stock_quantity = stock_quantity + 1 WHERE product_id = $1";
    sqlx::query(sql).bind(elsewhere.0).execute(&mut *open).await.expect("written");
    let placed = stock.engine.block_place(&context(), block(item, 3)).await.fresh().expect("placed");
    assert_eq!(units_of(&follower, item).await, (7, 3, 0));
    stock.engine.block_confirm(&context(), placed.id, Some(units(2))).await.expect("confirmed");
    assert_eq!(units_of(&follower, item).await, (8, 0, 2));
    assert_eq!(units_of(&follower, elsewhere).await, (10, 0, 0));
    open.commit().await.expect("committed");
    assert_eq!(units_of(&follower, elsewhere).await, (11, 0, 0));
    assert_eq!(units_of(&follower, item).await, (8, 0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_of_an_item_with_few_blocks_are_exact_after_any_change() {
    let stock = Stock::new().await;
    let another = stock.another().await;
    let item = stock.item(50).await;
    for placed in 1..=20 {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
        assert_eq!(units_of(&stock.engine, item).await, (50 - placed, placed, 0));
        assert_eq!(units_of(&another, item).await, (50 - placed, placed, 0));
    }
    let by_hand = "DELETE FROM block_inventory WHERE item_id = $1";
    sqlx::query(by_hand).bind(item.0).execute(&stock.pool).await.expect("deleted");
    assert_eq!(units_of(&stock.engine, item).await, (30, 0, 0));
}

async fn within_2_s<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(2), work).await;
    done.unwrap_or_else(|_| panic!("{what} took more than 2 s"))
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_an_item_with_many_blocks_delay_no_other_request() {
    const BLOCKS: i64 = 200_000;
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let blocks = "INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at, is_permanent)
                  SELECT product_id, warehouse_id, 1, CASE WHEN n % 4 > 0 THEN now() + interval '1 hour' END, n % 4 = 0
                    FROM inventory, generate_series(1, $2) AS n WHERE product_id = $1";
    sqlx::query(blocks).bind(item.0).bind(BLOCKS).execute(&stock.pool).await.expect("blocks");
    let engine = &stock.engine;
    let begun = Instant::now();
    assert_eq!(units_of(engine, item).await, (10, BLOCKS / 4 * 3, BLOCKS / 4));
    let scan = begun.elapsed();

    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let engine = engine.clone();
        readers.spawn(async move {
            loop {
                levels(&engine, item).await;
            }
        });
    }
    for round in 1..=3 {
        within_2_s("receiving", receive(engine, item, 1)).await;
        within_2_s("ordering", stock.order(&[(item, 1)])).await;
        within_2_s("health", engine.health()).await.expect("the database's time");
        assert_eq!(units_of(engine, item).await, (10 + round, BLOCKS / 4 * 3, BLOCKS / 4));
    }
    readers.shutdown().await;

    // Each change makes the previous result stale.
    const READS: u32 = 50;
    let mut reading = Duration::ZERO;
    for read in 0..READS {
        let placed = engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed");
        let begun = Instant::now();
        assert_eq!(units_of(engine, item).await, (12, BLOCKS / 4 * 3 + 1, BLOCKS / 4), "read {read}");
        reading += begun.elapsed();
        engine.block_release(&context(), placed.id).await.expect("released");
    }
    println!("the first answer took {scan:?}, one of the later ones {:?}", reading / READS);
    assert!(reading < scan * READS / 3, "{reading:?} for {READS} answers, where one scan takes {scan:?}");
}

/// Long scans, here of a locked table, leave connections for other requests, also after their callers are cancelled.
#[tokio::test(flavor = "multi_thread")]
async fn scans_of_many_items_leave_connections_for_others() {
    let stock = Stock::new().await;
    let mut items = Vec::new();
    for _ in 0..8 {
        items.push(stock.item(10).await);
    }
    let mut locking = stock.pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE block_inventory").execute(&mut *locking).await.expect("locked");
    let scan_all = || {
        let mut readers = tokio::task::JoinSet::new();
        for item in items.iter().copied() {
            let engine = stock.engine.clone();
            readers.spawn(async move { units_of(&engine, item).await });
        }
        readers
    };
    let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'block_inventory'::regclass AND NOT granted
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let mut gone_away = scan_all();
    let scans_wait = async {
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&stock.pool).await.expect("a count") < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), scans_wait).await.expect("two scans wait");
    gone_away.shutdown().await;
    let readers = scan_all();
    for _ in 0..20 {
        let query = OrderQuery::new(OrderFilter::default(), Some(10), None).expect("a query");
        within_2_s("a list of orders", stock.engine.order_list(&context(), query)).await.expect("orders");
        within_2_s("health", stock.engine.health()).await.expect("the database's time");
    }
    locking.rollback().await.expect("unlocked");
    let answers = readers.join_all().await;
    assert!(answers.iter().all(|units| *units == (10, 0, 0)), "{answers:?}");
}
