//! The cursor over committed movements.

use crate::*;
use domain::LedgerCursor;
use engine::{EVENTS_MAX, EventPage};

const NO_WAIT: Duration = Duration::ZERO;

/// Reads the page after a cursor, without waiting.
async fn page_after(stock: &Stock, cursor: LedgerCursor) -> EventPage {
    stock.engine.events(&context(), Some(cursor), EVENTS_MAX, NO_WAIT).await.expect("a page")
}

#[tokio::test]
async fn an_id_that_commits_later_is_not_skipped() {
    let stock = Stock::new().await;
    let (slow, quick) = (stock.item(5).await, stock.item(5).await);
    let start = stock.engine.events(&context(), None, EVENTS_MAX, NO_WAIT).await.expect("a cursor").cursor;

    // This transaction takes its ids first and commits last.
    let mut transaction = stock.pool.begin().await.expect("a transaction");
    sqlx::query("UPDATE inventory SET stock_quantity = 4 WHERE product_id = $1")
        .bind(slow.0)
        .execute(&mut *transaction)
        .await
        .expect("changed");
    stock.engine.block_place(&context(), block(quick, 1)).await.expect("placed");
    let page = page_after(&stock, start).await;
    assert!(page.events.is_empty(), "{page:?}");

    transaction.commit().await.expect("committed");
    let page = page_after(&stock, page.cursor).await;
    let items: Vec<_> = page.events.iter().map(|event| event.item).collect();
    assert_eq!(items, [slow, quick]);
    let rest = page_after(&stock, page.cursor).await;
    assert!(rest.events.is_empty());
}

/// The first movement of a database is not skipped either.
#[tokio::test]
async fn the_first_id_of_a_database_is_not_skipped() {
    let stock = Stock::new().await;
    let mut transaction = stock.pool.begin().await.expect("a transaction");
    let first = "WITH item AS (INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id)
                 INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
                 SELECT item.id, warehouses.id, 5 FROM item, warehouses";
    sqlx::query(first).execute(&mut *transaction).await.expect("received");
    let page = page_after(&stock, LedgerCursor::START).await;
    assert!(page.events.is_empty(), "{page:?}");
    transaction.commit().await.expect("committed");
    let page = page_after(&stock, page.cursor).await;
    assert_eq!(page.events.len(), 1);
}

/// A reader receives all movements of two servers exactly once, in commit order per item.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_receives_every_event_once_and_in_order() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let items = [stock.item(400).await, stock.item(400).await, stock.item(400).await];
    let reader = stock.engine.clone();
    let start = reader.events(&context(), None, EVENTS_MAX, NO_WAIT).await.expect("a cursor").cursor;
    let start_of_reader = start.clone();
    let reading = tokio::spawn(async move {
        let (mut cursor, mut seen) = (start_of_reader, Vec::new());
        while seen.len() < 600 {
            let page = reader
                .events(&context(), Some(cursor.clone()), 50, Duration::from_secs(5))
                .await
                .expect("a page");
            cursor = page.cursor;
            seen.extend(page.events);
        }
        seen
    });
    let placing = (0..600).map(|turn| {
        let engine = &engines[turn % 2];
        async move { engine.block_place(&context(), block(items[turn % 3], 1)).await.fresh().expect("placed") }
    });
    futures::future::join_all(placing).await;
    let seen =
        tokio::time::timeout(Duration::from_secs(30), reading).await.expect("in time").expect("no panic");
    for item in items {
        let query = "SELECT id FROM stock_movements WHERE item_id = $1 AND id > $2 ORDER BY id";
        let written: Vec<i64> = sqlx::query_scalar(query)
            .bind(item.0)
            .bind(start.position)
            .fetch_all(&stock.pool)
            .await
            .expect("ids");
        let read: Vec<_> = seen.iter().filter(|event| event.item == item).map(|event| event.id).collect();
        assert_eq!(read, written);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_is_answered_at_once_after_a_commit_on_any_server() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(5).await;
    let start = stock.engine.events(&context(), None, EVENTS_MAX, NO_WAIT).await.expect("a cursor").cursor;
    let reader = stock.engine.clone();
    let waiting = tokio::spawn(async move {
        reader
            .events(&context(), Some(start.clone()), EVENTS_MAX, Duration::from_secs(20))
            .await
            .expect("a page")
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    other.block_place(&context(), block(item, 1)).await.expect("placed");
    let page =
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("in time").expect("no panic");
    assert_eq!(page.events.len(), 1);
}
