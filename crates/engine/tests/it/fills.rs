//! Partial allocations: the units of many expired blocks, the rest of an order from one warehouse, and other systems.

use crate::*;
use domain::{
    AllocationMode, Error as Rejection, FillOrder, NewWarehouse, OrderFilled, OrderStatus, PolicyChoice,
    QueueOrder, SourcingPolicy, SourcingRules, WarehouseCode, WarehouseKey, WarehouseName,
};
use engine::Error;
use futures::future::join_all;

/// More expired blocks than one transaction reclaims.
const BLOCKS: i64 = 600;

/// Creates an item all of whose units are in expired blocks of one unit.
async fn expired_blocks(stock: &Stock) -> ItemId {
    let item = stock.item(BLOCKS).await;
    let context = context();
    let placed = join_all((0..BLOCKS).map(|_| stock.engine.block_place(&context, block(item, 1)))).await;
    assert!(placed.iter().all(Result::is_ok), "{:?}", placed.iter().find(|placed| placed.is_err()));
    stock.let_expire().await;
    item
}

fn fill(order: OrderId, warehouse: Option<WarehouseId>, waits: bool) -> FillOrder<WarehouseKey> {
    FillOrder { order, warehouse: warehouse.map(WarehouseKey::Id), waits, priority: None, items: None }
}

async fn filled(stock: &Stock, fill: FillOrder<WarehouseKey>) -> OrderFilled {
    stock.engine.order_fill(&context(), fill).await.fresh().expect("filled").output
}

fn units_taken(filled: &OrderFilled) -> i32 {
    filled.taken.iter().map(|(_, units)| *units).sum()
}

async fn blocks(stock: &Stock) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM block_inventory");
    count.fetch_one(&stock.pool).await.expect("a count")
}

async fn another_warehouse(stock: &Stock) -> WarehouseId {
    let code = WarehouseCode::new("NORTH").expect("a code");
    let new = NewWarehouse::new(code, WarehouseName::new("North").expect("a name"));
    stock.engine.warehouse_create(&context(), new).await.fresh().expect("created").id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_allocation_takes_the_units_of_all_expired_blocks() {
    let stock = Stock::new().await;
    let (policy, mode) = (SourcingPolicy::Priority, AllocationMode::Whole);
    let rules = SourcingRules { policy, max_parcels: None, split_lines: true, mode };
    let choice = PolicyChoice::new(rules, None).expect("a choice");
    for (wanted, waits) in [(BLOCKS, false), (BLOCKS + 100, true)] {
        let item = expired_blocks(&stock).await;
        let order = stock.order(&[(item, wanted)]).await;
        let preview = stock.engine.order_preview(&context(), order, choice).await;
        let available = preview.expect("a preview").warehouses[0].lines[0].available;
        assert_eq!(i64::from(available), BLOCKS);
        let filled = filled(&stock, fill(order, None, waits)).await;
        assert_eq!(units_taken(&filled), available, "{filled:?}");
        let missing: Vec<_> = (wanted > BLOCKS).then_some((item, 100)).into_iter().collect();
        assert_eq!(filled.missing, missing);
        let read = stock.engine.order_get(&context(), order).await.expect("an order");
        assert_eq!(read.waiting_since.is_some(), waits);
        assert_eq!(blocks(&stock).await, 0);
    }
    stock.assert_closed().await;
}

/// The order can't get the units of another warehouse, so their blocks do not delay it.
#[tokio::test(flavor = "multi_thread")]
async fn expired_blocks_of_other_warehouses_are_left_alone() {
    let stock = Stock::new().await;
    let north = another_warehouse(&stock).await;
    let item = expired_blocks(&stock).await;
    let order = stock.order(&[(item, 3)]).await;
    let filled = filled(&stock, fill(order, Some(north), true)).await;
    assert_eq!(
        (filled.status, filled.taken, filled.missing),
        (OrderStatus::Pending, vec![], vec![(item, 3)])
    );
    assert_eq!(blocks(&stock).await, BLOCKS);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_over_the_queue_fills_an_order_with_the_units_of_all_expired_blocks() {
    let stock = Stock::new().await;
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let settings =
        Settings { waiting_first: true, expiry_interval: Duration::from_secs(3_600), ..Settings::default() };
    let engine = Engine::start(store, settings).await.expect("an engine");
    let item = expired_blocks(&stock).await;
    let order = stock.order(&[(item, BLOCKS)]).await;
    let queued = engine.order_queue(&context(), QueueOrder { order, waits: true, priority: None }).await;
    queued.expect("waits");
    let refused = engine.block_place(&context(), block(item, 1)).await.fresh().map(|_| ());
    let short = Rejection::InsufficientStock { item, warehouse: None, requested: 1, available: 0 };
    assert_eq!(refused, Err(Error::Rejected(short)));
    let served = engine.order_get(&context(), order).await.expect("an order");
    assert_eq!(served.status, OrderStatus::Allocated);
    stock.assert_closed().await;
}

/// Fills of orders of several items race with buyers, while the items have more expired blocks than one transaction reclaims.
#[tokio::test(flavor = "multi_thread")]
async fn fills_and_buyers_share_the_units_of_expired_blocks() {
    let stock = Stock::new().await;
    let items = [expired_blocks(&stock).await, expired_blocks(&stock).await];
    let (mut orders, context) = (Vec::new(), context());
    for _ in 0..4 {
        orders.push(stock.order(&[(items[0], 130), (items[1], 130)]).await);
    }
    let fills =
        join_all(orders.iter().map(|order| stock.engine.order_fill(&context, fill(*order, None, false))));
    let buyers = join_all((0..16).map(|n| stock.engine.block_place(&context, block(items[n % 2], 5))));
    let (fills, buyers) = tokio::join!(fills, buyers);
    for filled in fills {
        let filled = filled.fresh().expect("filled").output;
        assert_eq!((units_taken(&filled), filled.missing), (260, vec![]));
    }
    assert!(buyers.iter().all(Result::is_ok), "{buyers:?}");
    for item in items {
        // Units of expired blocks that nobody needed may still be held.
        let reclaimed = "SELECT (SELECT sum(stock_quantity) FROM inventory WHERE product_id = $1)
                              + coalesce((SELECT sum(quantity) FROM block_inventory WHERE item_id = $1 AND expires_at <= now()), 0)";
        let left: i64 =
            sqlx::query_scalar(reclaimed).bind(item.0).fetch_one(&stock.pool).await.expect("units");
        assert_eq!(left, BLOCKS - 4 * 130 - 8 * 5);
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_partial_order_comes_from_one_warehouse() {
    let stock = Stock::new().await;
    let main = main_warehouse(&stock.engine).await;
    let item = stock.item(2).await;
    let order = stock.order(&[(item, 5)]).await;
    filled(&stock, fill(order, None, true)).await;
    let allocate = || async { stock.engine.order_allocate(&context(), order, main).await.fresh() };
    let short = allocate().await.expect("an answer");
    assert_eq!((short.shortages[0].requested, short.shortages[0].available), (3, 0));
    // The order waits, so the queue may serve it before the next allocation.
    let note = domain::Note::new("delivery").expect("a note");
    let adjustment = domain::StockAdjustment::new(item, None, 3, note).expect("an adjustment");
    stock.engine.stock_adjust(&context(), adjustment).await.expect("received");
    match allocate().await {
        Ok(done) => assert_eq!((done.shortages.len(), done.parcels[0].units[&item]), (0, 3)),
        Err(error) => {
            let allocated = Rejection::OrderAlreadyAllocated { order, warehouse: Some(main) };
            assert_eq!(error, Error::Rejected(allocated));
        }
    }
    let read = stock.engine.order_get(&context(), order).await.expect("an order");
    assert_eq!((read.status, read.warehouse, read.waiting_since), (OrderStatus::Allocated, Some(main), None));
    assert_eq!(stock.quantity(item).await, 0);
    stock.assert_closed().await;
}

/// Another system would take every line in full.
#[tokio::test(flavor = "multi_thread")]
async fn another_system_does_not_allocate_a_partial_order() {
    let stock = Stock::new().await;
    let main = main_warehouse(&stock.engine).await;
    let (item, other) = (stock.item(2).await, stock.item(9).await);
    let order = stock.order(&[(item, 5)]).await;
    filled(&stock, fill(order, None, false)).await;
    sqlx::query("UPDATE inventory SET stock_quantity = 9 WHERE product_id = $1")
        .bind(item.0)
        .execute(&stock.pool)
        .await
        .expect("received");
    let pending = stock.order(&[(other, 4)]).await;
    for (order, is_partial) in [(order, true), (pending, false)] {
        let mut external = stock.pool.begin().await.expect("a transaction");
        let take = sqlx::query_scalar("SELECT allocate_inventory($1, $2)").bind(order.0).bind(main.0);
        let has_units: bool = take.fetch_one(&mut *external).await.expect("an answer");
        assert!(has_units);
        let update = "UPDATE orders SET status = 'allocated', warehouse_id = $2 WHERE id = $1";
        let updated = sqlx::query(update).bind(order.0).bind(main.0).execute(&mut *external).await;
        match (is_partial, updated) {
            (true, Err(error)) => {
                let error = error.into_database_error().expect("an error of the database");
                assert_eq!(error.constraint(), Some("orders_partial_allocated"));
                external.rollback().await.expect("rolled back");
            }
            (false, Ok(_)) => external.commit().await.expect("committed"),
            (_, updated) => panic!("{updated:?}"),
        }
    }
    assert_eq!((stock.quantity(item).await, stock.quantity(other).await), (9, 5));
    let filled = filled(&stock, fill(order, None, false)).await;
    assert_eq!((filled.status, units_taken(&filled)), (OrderStatus::Allocated, 3));
    // The units that the other system took of the second item are a correction in the ledger.
    let discrepancies = store::testing::discrepancies(&stock.pool).await;
    let of_item = format!("item {} ", item.0);
    assert!(!discrepancies.iter().any(|text| text.starts_with(&of_item)), "{discrepancies:?}");
}
