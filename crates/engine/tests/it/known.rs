//! Blocks on stock levels that a server believes to know: whoever changed them meanwhile, the answers and the
//! books are true.

use crate::*;
use domain::{BlockPlaced, NewWarehouse, Note, StockAdjustment, WarehouseCode, WarehouseName};
use futures::future::join_all;

async fn place(engine: &Engine, item: ItemId, quantity: i64) -> Result<BlockPlaced, engine::Error> {
    engine.block_place(&context(), block(item, quantity)).await
}

async fn change_by_hand(stock: &Stock, item: ItemId, delta: i32) {
    sqlx::query("UPDATE inventory SET stock_quantity = stock_quantity + $2 WHERE product_id = $1")
        .bind(item.0)
        .bind(delta)
        .execute(&stock.pool)
        .await
        .expect("changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_changed_is_seen_by_the_very_next_block() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(100).await;
    let mut left = 100;
    // Each way of changing the levels behind this server's back, again and again: it never believes for long.
    for turn in 0..40 {
        for _ in 0..turn % 4 + 1 {
            left -= 1;
            let placed = place(&stock.engine, item, 1).await.expect("placed");
            assert_eq!(placed.remaining, left, "turn {turn}");
        }
        match turn % 3 {
            0 => {
                change_by_hand(&stock, item, 5).await;
                left += 5;
            }
            1 => left = place(&other, item, 2).await.expect("placed").remaining,
            _ => {}
        }
    }
    assert_eq!(stock.quantity(item).await, left);
    stock.assert_closed().await;
}

/// An item's first stock in another warehouse is a stock level that no batch before has seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_came_elsewhere_is_taken_from_next() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(10).await;
    for left in [9, 8, 7] {
        assert_eq!(place(&stock.engine, item, 1).await.expect("placed").remaining, left);
    }
    let new = NewWarehouse {
        code: WarehouseCode::new("EAST").expect("a code"),
        name: WarehouseName::new("East").expect("a name"),
    };
    let east = other.warehouse_create(&context(), new).await.expect("added").id;
    let note = Note::new("a delivery").expect("a note");
    let received = StockAdjustment::new(item, Some(east), 50, note).expect("an adjustment");
    other.stock_adjust(&context(), received).await.expect("received");
    let placed = place(&stock.engine, item, 20).await.expect("placed");
    assert_eq!((placed.key.warehouse, placed.remaining), (east, 37));
    stock.assert_closed().await;
}

/// A block's times are the database's, whichever way it was placed.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_holds_for_its_time_and_is_in_the_ledger() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    for seconds in [60, 120, 3_600] {
        let ttl = Ttl::new(seconds).expect("a time to live");
        let placed = stock.engine.block_place(&context(), PlaceBlock { ttl, ..block(item, 3) }).await;
        let placed = placed.expect("placed");
        let (expires_at, holds): (domain::Time, bool) = sqlx::query_as(
            "SELECT expires_at, expires_at - created_at = $2 * interval '1 second'
                                AND created_at BETWEEN now() - interval '1 minute' AND now()
               FROM block_inventory WHERE id = $1",
        )
        .bind(placed.id.0)
        .bind(seconds)
        .fetch_one(&stock.pool)
        .await
        .expect("a block");
        assert_eq!((expires_at, holds), (placed.expires_at, true));
        let written: (i32, String, String, String) = sqlx::query_as(
            "SELECT change, reason, actor, request_id FROM stock_movements WHERE block_id = $1",
        )
        .bind(placed.id.0)
        .fetch_one(&stock.pool)
        .await
        .expect("one movement");
        assert_eq!(written, (-3, "blocked".into(), "test".into(), "request".into()));
    }
    stock.assert_closed().await;
}

/// Two servers sell the same item while somebody else corrects its stock.
#[tokio::test(flavor = "multi_thread")]
async fn servers_that_both_believe_sell_every_unit_once() {
    let stock = Stock::new().await;
    let item = stock.item(300).await;
    let engines = [stock.engine.clone(), stock.another().await];
    let correct = async {
        for _ in 0..20 {
            change_by_hand(&stock, item, 5).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let buyers = (0..8).map(|buyer| {
        let engine = engines[buyer % 2].clone();
        async move {
            let mut granted = Vec::new();
            for _ in 0..60 {
                granted.extend(place(&engine, item, 1).await.ok());
            }
            granted
        }
    });
    let (granted, ()) = tokio::join!(join_all(buyers), correct);
    let mut blocks: Vec<_> = granted.into_iter().flatten().map(|placed| placed.id).collect();
    let count = blocks.len();
    blocks.sort();
    blocks.dedup();
    assert_eq!(blocks.len(), count);
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM block_inventory WHERE item_id = $1")
        .bind(item.0)
        .fetch_one(&stock.pool)
        .await
        .expect("a count");
    assert_eq!((held, stock.quantity(item).await), (count as i64, 400 - count as i32));
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}
