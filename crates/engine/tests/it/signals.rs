//! Signals: exactly one per crossing, with several servers and writers.

use crate::*;
use domain::{LedgerCursor, Signal, SignalKind};
use std::time::Instant;

impl Stock {
    /// Returns the cursor of now.
    async fn cursor(&self) -> LedgerCursor {
        let page = self.engine.events(&context(), None, 1_000, Duration::ZERO).await.expect("a cursor");
        page.cursor
    }

    /// Reads the feed until there are `count` signals of an item, and returns all of its signals by then.
    async fn signals(&self, after: &LedgerCursor, item: ItemId, count: usize) -> Vec<Signal> {
        let (begun, mut cursor, mut found) = (Instant::now(), after.clone(), Vec::new());
        loop {
            let wait = Duration::from_millis(200);
            let page = self.engine.events(&context(), Some(cursor), 1_000, wait).await.expect("events");
            found.extend(page.signals.into_iter().filter(|signal| signal.item == item));
            cursor = page.cursor;
            if found.len() >= count || begun.elapsed() > Duration::from_secs(10) {
                return found;
            }
        }
    }

    /// Changes a level as another application.
    async fn add_by_sql(&self, item: ItemId, units: i32) {
        let sql = "UPDATE inventory SET stock_quantity = stock_quantity + $2 WHERE product_id = $1";
        sqlx::query(sql).bind(item.0).bind(units).execute(&self.pool).await.expect("changed");
    }
}

async fn adjust(engine: &Engine, item: ItemId, units: i64) {
    let note = domain::Note::new("why").expect("a note");
    let adjustment = domain::StockAdjustment::new(item, None, units, note).expect("units");
    engine.stock_adjust(&context(), adjustment).await.expect("adjusted");
}

fn kinds(signals: &[Signal]) -> Vec<(SignalKind, i64)> {
    signals.iter().map(|signal| (signal.kind, signal.unsold)).collect()
}

use SignalKind::{BackInStock, Low, SoldOut};

#[tokio::test(flavor = "multi_thread")]
async fn held_units_are_not_sold_out_until_they_are_confirmed() {
    let stock = Stock::new().await;
    let (engine, start) = (&stock.engine, stock.cursor().await);
    let item = stock.item(12).await;
    let place =
        async |units| engine.block_place(&context(), block(item, units)).await.fresh().expect("placed").id;
    let (first, second) = (place(6).await, place(6).await);
    engine.block_confirm(&context(), first, None).await.expect("confirmed");
    assert_eq!(
        kinds(&stock.signals(&start, item, 1).await),
        [(Low, 6)],
        "12 units were held, and 6 are sold"
    );
    engine.block_release(&context(), second).await.expect("released");
    let (third, order) = (place(3).await, stock.order(&[(item, 3)]).await);
    engine.order_allocate(&context(), order, main_warehouse(engine).await).await.expect("allocated");
    engine.block_confirm(&context(), third, None).await.expect("confirmed");
    engine.order_cancel(&context(), order).await.expect("cancelled");
    let signals = stock.signals(&start, item, 3).await;
    assert_eq!(kinds(&signals), [(Low, 6), (SoldOut, 0), (BackInStock, 3)]);
    assert!(signals.is_sorted_by_key(|signal| signal.id));
    assert!(signals.iter().all(|signal| signal.movement < signal.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_pass_to_another_order_cause_no_signal() {
    let stock = Stock::new().await;
    let (start, item) = (stock.cursor().await, stock.item(20).await);
    let (from, to) = (stock.order(&[(item, 20)]).await, stock.order(&[(item, 12)]).await);
    let main = main_warehouse(&stock.engine).await;
    stock.engine.order_allocate(&context(), from, main).await.expect("allocated");
    let reassign = domain::ReassignUnits::new(from, to, None).expect("a request");
    stock.engine.order_reassign(&context(), reassign).await.expect("reassigned");
    stock.engine.order_cancel(&context(), to).await.expect("cancelled");
    let signals = stock.signals(&start, item, 3).await;
    assert_eq!(kinds(&signals), [(Low, 0), (SoldOut, 0), (BackInStock, 12)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_and_sql_cause_one_signal_per_crossing() {
    let stock = Stock::new().await;
    let (other, start) = (stock.another().await, stock.cursor().await);
    let items = [stock.item(20).await, stock.item(20).await, stock.item(20).await];
    for round in 0..6 {
        for item in items {
            match round % 3 {
                0 => stock.add_by_sql(item, -20).await,
                1 => adjust(&other, item, 20).await,
                _ => {
                    adjust(&stock.engine, item, -20).await;
                    adjust(&other, item, 20).await;
                }
            }
        }
    }
    let round = [(Low, 0), (SoldOut, 0), (BackInStock, 20)];
    for item in items {
        assert_eq!(kinds(&stock.signals(&start, item, 12).await), [round, round, round, round].concat());
    }
    // A move between two warehouses in SQL changes no unsold units.
    let item = items[0];
    let sql = "WITH north AS (INSERT INTO warehouses (code, name) VALUES ('NORTH', 'North') RETURNING id)
               INSERT INTO inventory (product_id, warehouse_id, stock_quantity) SELECT $1, id, 0 FROM north";
    sqlx::query(sql).bind(item.0).execute(&stock.pool).await.expect("a level");
    let before = stock.cursor().await;
    sqlx::query("UPDATE inventory SET stock_quantity = 20 - stock_quantity WHERE product_id = $1")
        .bind(item.0)
        .execute(&stock.pool)
        .await
        .expect("moved");
    sqlx::query("UPDATE inventory SET stock_quantity = stock_quantity / 4 WHERE product_id = $1")
        .bind(item.0)
        .execute(&stock.pool)
        .await
        .expect("changed");
    assert_eq!(kinds(&stock.signals(&before, item, 1).await), [(Low, 5)]);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_in_pages_and_streams_at_their_cursor() {
    let stock = Stock::new().await;
    let (start, item) = (stock.cursor().await, stock.item(1).await);
    let mut subscription = stock.engine.subscribe(&context(), Some(start.clone())).await.expect("a stream");
    for _ in 0..20 {
        adjust(&stock.engine, item, -1).await;
        adjust(&stock.engine, item, 1).await;
    }
    let all = stock.signals(&start, item, 40).await;
    assert_eq!(all.len(), 40);
    let (mut cursor, mut paged) = (start, Vec::new());
    while paged.len() < all.len() {
        let page = stock.engine.events(&context(), Some(cursor), 3, Duration::ZERO).await.expect("a page");
        assert!(page.events.len() <= 3 && page.signals.len() <= 3);
        cursor = page.cursor;
        paged.extend(page.signals);
    }
    assert_eq!(paged, all);
    let (begun, mut streamed) = (Instant::now(), Vec::new());
    while streamed.len() < all.len() && begun.elapsed() < Duration::from_secs(10) {
        let page = subscription.next().await.expect("a page");
        assert!(!page.skipped);
        streamed.extend(page.signals.clone());
    }
    assert_eq!(streamed, all);
}

async fn set_threshold(engine: &Engine, item: ItemId, low_stock: Option<i64>) {
    let low_stock = Some(low_stock.map(|units| Units::new(units).expect("units")));
    let patch = domain::ItemPatch { low_stock, ..domain::ItemPatch::default() };
    engine.item_update(&context(), item, patch, domain::Precondition::None).await.expect("changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_low_by_its_threshold_as_of_each_movement() {
    let stock = Stock::new().await;
    let (engine, start) = (&stock.engine, stock.cursor().await);
    let item = stock.item(30).await;
    // The task can't write signals until the thresholds have changed.
    let mut held = stock.pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM signal_position FOR UPDATE").execute(&mut *held).await.expect("held");
    set_threshold(engine, item, Some(25)).await;
    adjust(engine, item, -6).await;
    // Neither causes a signal, and the crossing before is not lost.
    set_threshold(engine, item, Some(3)).await;
    adjust(engine, item, -4).await;
    set_threshold(engine, item, Some(22)).await;
    held.commit().await.expect("released");
    adjust(engine, item, -1).await;
    set_threshold(engine, item, None).await;
    adjust(engine, item, -9).await;
    set_threshold(engine, item, Some(0)).await;
    adjust(engine, item, 20).await;
    adjust(engine, item, -29).await;
    let signals = stock.signals(&start, item, 2).await;
    let found: Vec<_> = signals.iter().map(|signal| (signal.kind, signal.unsold, signal.threshold)).collect();
    assert_eq!(found, [(Low, 24, 25), (Low, 10, domain::LOW_STOCK_DEFAULT)]);
}
