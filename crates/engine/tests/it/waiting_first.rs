//! With [`Settings::waiting_first`], arriving units belong to waiting orders before others can take them.

use crate::*;
use domain::{Error as Rejection, FillOrder, Note, OrderStatus, QueueOrder, StockAdjustment, WarehouseKey};
use engine::Error;

/// The rounds of each test. Without the setting, another buyer wins some of them.
const ROUNDS: usize = 10;

/// Starts an engine on the database whose waiting orders come first.
async fn waiting_first(stock: &Stock) -> Engine {
    waiting_for(stock, Settings::default().batch_timeout).await
}

/// The same. A buyer waits at most for `batch_timeout`.
async fn waiting_for(stock: &Stock, batch_timeout: Duration) -> Engine {
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let expiry_interval = Duration::from_secs(3_600);
    let settings = Settings { waiting_first: true, batch_timeout, expiry_interval, ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

/// Creates an order that waits for its units.
async fn waiting_order(stock: &Stock, engine: &Engine, item: ItemId, quantity: i64) -> OrderId {
    let order = stock.order(&[(item, quantity)]).await;
    let fill: FillOrder<WarehouseKey> =
        FillOrder { order, warehouse: None, waits: true, priority: None, items: None };
    engine.order_fill(&context(), fill).await.expect("waits");
    order
}

async fn receive(engine: &Engine, item: ItemId, delta: i64) {
    let note = Note::new("delivery").expect("a note");
    let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
    engine.stock_adjust(&context(), adjustment).await.expect("received");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_gets_the_units_that_no_order_waits_for() {
    let stock = Stock::new().await;
    let engine = waiting_first(&stock).await;
    for _ in 0..ROUNDS {
        let item = stock.item(0).await;
        let order = waiting_order(&stock, &engine, item, 2).await;
        receive(&engine, item, 2).await;
        let refused = engine.block_place(&context(), block(item, 1)).await.fresh().map(|_| ());
        let expected = Rejection::InsufficientStock { item, warehouse: None, requested: 1, available: 0 };
        assert_eq!(refused, Err(Error::Rejected(expected)));
        let served = engine.order_get(&context(), order).await.expect("an order");
        assert_eq!(served.status, OrderStatus::Allocated);
        waiting_order(&stock, &engine, item, 1).await;
        receive(&engine, item, 3).await;
        engine.block_place(&context(), block(item, 2)).await.expect("the other two units");
    }
    stock.assert_closed().await;
}

/// An order that joins the queue without an allocation counts at once, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_joins_the_queue_comes_first() {
    let stock = Stock::new().await;
    let engine = waiting_first(&stock).await;
    for _ in 0..ROUNDS {
        let item = stock.item(2).await;
        let order = stock.order(&[(item, 2)]).await;
        engine
            .order_queue(&context(), QueueOrder { order, waits: true, priority: None })
            .await
            .expect("joined");
        let refused = engine.block_place(&context(), block(item, 1)).await.fresh().map(|_| ());
        let expected = Rejection::InsufficientStock { item, warehouse: None, requested: 1, available: 0 };
        assert_eq!(refused, Err(Error::Rejected(expected)));
        let served = engine.order_get(&context(), order).await.expect("an order");
        assert_eq!(served.status, OrderStatus::Allocated);
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_order_and_a_buyer_wait_for_the_units_of_expired_blocks() {
    let stock = Stock::new().await;
    let engine = waiting_first(&stock).await;
    let main = main_warehouse(&engine).await;
    for _ in 0..ROUNDS {
        let item = stock.item(2).await;
        engine.block_place(&context(), block(item, 2)).await.expect("held");
        let order = waiting_order(&stock, &engine, item, 1).await;
        let later = stock.order(&[(item, 2)]).await;
        stock.let_expire().await;
        let short = engine.order_allocate(&context(), later, main).await.fresh().expect("an answer");
        assert_eq!(short.shortages.len(), 1, "{short:?}");
        let served = engine.order_get(&context(), order).await.expect("an order");
        assert_eq!(served.status, OrderStatus::Allocated);
        engine.block_place(&context(), block(item, 1)).await.expect("the other unit");
    }
    stock.assert_closed().await;
}

/// While the queue can't be read, the units of waiting orders are not sold to others.
#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_gets_no_units_before_a_pass_has_succeeded() {
    let stock = Stock::new().await;
    let engine = waiting_for(&stock, Duration::from_secs(2)).await;
    let (item, other) = (stock.item(0).await, stock.item(1).await);
    let order = waiting_order(&stock, &engine, item, 2).await;
    // The pass of a buyer reads the items of the queue.
    let refused = engine.block_place(&context(), block(item, 1)).await;
    assert!(matches!(refused, Err(Error::Rejected(Rejection::InsufficientStock { .. }))), "{refused:?}");
    let rename = |from: &str, to: &str| {
        let rename = format!("ALTER TABLE {from} RENAME TO {to}");
        let pool = stock.pool.clone();
        async move { sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(&pool).await.expect("renamed") }
    };
    rename("order_items", "hidden_items").await;
    receive(&engine, item, 2).await;
    let waited = engine.block_place(&context(), block(item, 1)).await.fresh().map(|_| ());
    assert_eq!(waited, Err(Error::Contended));
    engine.block_place(&context(), block(other, 1)).await.expect("no order waits for the item");
    rename("hidden_items", "order_items").await;
    let refused = engine.block_place(&context(), block(item, 1)).await;
    assert!(matches!(refused, Err(Error::Rejected(Rejection::InsufficientStock { .. }))), "{refused:?}");
    let served = engine.order_get(&context(), order).await.expect("an order");
    assert_eq!(served.status, OrderStatus::Allocated);
    stock.assert_closed().await;
}
