//! The item cache: whichever writer changes an item, reads return its committed state.

use crate::*;
use domain::{CategoryName, Error as Rejection, ItemPatch, Note, StockAdjustment};
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// Enough items for a batch that uses the cache.
const ITEMS: usize = 40;

/// Reads all `items` concurrently.
async fn read(engine: &Engine, items: &[ItemId]) -> Vec<Option<Item>> {
    let context = context();
    let read = join_all(items.iter().map(|id| engine.item_get(&context, *id))).await;
    let read = read.into_iter().map(|read| match read {
        Ok(item) => Some(Item::clone(&item)),
        Err(engine::Error::Rejected(Rejection::ItemNotFound(_))) => None,
        Err(error) => panic!("{error}"),
    });
    read.collect()
}

/// Reads all `items` from the tables.
async fn there(store: &store::Store, items: &[ItemId]) -> Vec<Option<Item>> {
    let ids: Vec<_> = items.iter().map(|id| id.0).collect();
    let there = store.items_get(&ids).await.expect("items");
    items.iter().map(|id| there.iter().find(|item| item.id == *id).cloned()).collect()
}

async fn items(stock: &Stock) -> Vec<ItemId> {
    join_all((0..ITEMS).map(|_| stock.item(1_000))).await
}

async fn by_hand(stock: &Stock, statement: &'static str, item: ItemId) {
    sqlx::query(statement).bind(item.0).execute(&stock.pool).await.expect(statement);
}

async fn adjust(engine: &Engine, item: ItemId, delta: i64) {
    let note = Note::new("counted").expect("a note");
    let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
    engine.stock_adjust(&context(), adjustment).await.expect("adjusted");
}

/// The number of ways to change an item by SQL. The last one deletes it.
const BY_HAND: [&[&str]; 8] = [
    &["UPDATE inventory SET stock_quantity = stock_quantity - 7 WHERE product_id = $1"],
    &["UPDATE items SET name = name || '!' WHERE id = $1"],
    &["UPDATE items SET description = coalesce(description, '') || 'Bright.' WHERE id = $1"],
    &["UPDATE items SET price = price + 1 WHERE id = $1"],
    &["UPDATE items SET category = NULL WHERE id = $1"],
    &["UPDATE items SET created_at = created_at - interval '1 day' WHERE id = $1"],
    &["DELETE FROM inventory WHERE product_id = $1", "UPDATE items SET id = id + 1000000 WHERE id = $1"],
    &["DELETE FROM inventory WHERE product_id = $1", "DELETE FROM items WHERE id = $1"],
];

/// Changes `item` in a different way each turn.
async fn happen(stock: &Stock, other: &Engine, turn: usize, item: ItemId) {
    match turn % 12 {
        way @ 0..8 => {
            for statement in BY_HAND[way] {
                by_hand(stock, statement, item).await;
            }
        }
        8 => adjust(other, item, 3).await,
        9 => adjust(&stock.engine, item, 3).await,
        10 => {
            let name = ItemName::new(&format!("Lamp {turn}")).expect("a name");
            let patch = ItemPatch { name: Some(name), ..ItemPatch::default() };
            other.item_update(&context(), item, patch, domain::Precondition::None).await.expect("changed");
        }
        _ => {
            let category = |name: &str| CategoryName::new(name).expect("a name");
            let (from, to) = (category("Lighting"), category("Lamps"));
            other
                .category_rename(&context(), from.clone(), to.clone(), false, domain::Precondition::None)
                .await
                .expect("renamed");
            assert!(
                read(&stock.engine, &[item; ITEMS])
                    .await
                    .iter()
                    .flatten()
                    .all(|item| { item.category.as_deref() == Some("Lamps") })
            );
            other
                .category_rename(&context(), to, from, false, domain::Precondition::None)
                .await
                .expect("renamed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_items_are_current() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let looking = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let mut items = items(&stock).await;
    for turn in 0..96 {
        let at = turn * 7 % ITEMS;
        happen(&stock, &other, turn, items[at]).await;
        if turn % 10 == 9 {
            // Long enough for a new low watermark.
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        assert_eq!(read(&stock.engine, &items).await, there(&looking, &items).await, "turn {turn}");
        if matches!(turn % 12, 6 | 7) {
            items[at] = stock.item(1_000).await;
        }
    }
}

/// A change that was acknowledged is read from every server, while other items change.
#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_change_is_read() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = Arc::new(items(&stock).await);
    let reported: Arc<Vec<_>> = Arc::new((0..ITEMS).map(|_| AtomicI32::new(1_000)).collect());
    let done = Arc::new(AtomicBool::new(false));
    let readers = [&stock.engine, &other, &stock.engine].map(|engine| {
        let (engine, items, reported, done) = (engine.clone(), items.clone(), reported.clone(), done.clone());
        tokio::spawn(async move {
            while !done.load(Ordering::SeqCst) {
                let before: Vec<_> = reported.iter().map(|units| units.load(Ordering::SeqCst)).collect();
                for (before, item) in before.into_iter().zip(read(&engine, &items).await) {
                    let quantity = item.expect("an item").quantity;
                    assert!(quantity >= before, "{quantity} units read of {before} reported before");
                }
            }
        })
    });
    // Each item has one writer, which only adds units.
    let write = |engine: Engine, mine: usize| {
        let (items, reported) = (&items, &reported);
        async move {
            for turn in 0..150 {
                let at = (turn * 4 + mine) % ITEMS;
                adjust(&engine, items[at], 1).await;
                reported[at].fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    let engines = [&stock.engine, &other, &stock.engine, &other];
    join_all(engines.into_iter().enumerate().map(|(mine, engine)| write(engine.clone(), mine))).await;
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.expect("every read was true");
    }
}

/// An id is assigned before the commit: movements with higher ids can become visible first.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_commits_late_is_read() {
    let stock = Stock::new().await;
    let items = items(&stock).await;
    let mut late = stock.pool.begin().await.expect("a transaction");
    sqlx::query(BY_HAND[0][0]).bind(items[0].0).execute(&mut *late).await.expect("changed");
    for _ in 0..4 {
        adjust(&stock.engine, items[1], 1).await;
        assert_eq!(read(&stock.engine, &items).await[0].as_ref().map(|item| item.quantity), Some(1_000));
        // Long enough for a new low watermark.
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    late.commit().await.expect("committed");
    assert_eq!(read(&stock.engine, &items).await[0].as_ref().map(|item| item.quantity), Some(993));
}

/// Unchanged items are read from the tables once.
#[tokio::test(flavor = "multi_thread")]
async fn unchanged_items_are_read_once() {
    const TURNS: i64 = 50;
    let stock = Stock::new().await;
    let reading = stock.another().await;
    let items = items(&stock).await;
    for turn in 0..TURNS {
        adjust(&stock.engine, items[0], 1).await;
        let read = read(&reading, &items).await;
        assert_eq!(read[0].as_ref().map(|item| i64::from(item.quantity)), Some(1_001 + turn));
    }
    reading.stop().await;
    stock.engine.stop().await;
    let rows = rows_read(&stock.pool).await;
    // Each turn reads the first requested item and the changed item. A batch of one does not use the cache.
    assert!(rows < TURNS * ITEMS as i64 / 2, "{rows} rows were read for {TURNS} times {ITEMS} items");
}

/// Returns the rows of `items` that were read by index, after all other connections have closed: a connection reports its
/// statistics at its end.
async fn rows_read(pool: &PgPool) -> i64 {
    let connected = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND application_name = 'stockhold'";
    while sqlx::query_scalar::<_, i64>(connected).fetch_one(pool).await.expect("a count") > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sqlx::query_scalar("SELECT idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'items'")
        .fetch_one(pool)
        .await
        .expect("a count")
}
