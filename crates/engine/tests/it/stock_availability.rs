//! Availability of items, with the ledger cursor at which it is true.

use crate::*;
use domain::{Availability, ItemPatch, LedgerCursor, Precondition, Sku, StockUnits};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

async fn read(engine: &Engine, items: &[ItemId]) -> Availability {
    let read = engine.availability(&context(), items.to_vec(), Vec::new()).await.expect("availability");
    Availability {
        items: read.items.iter().map(|item| domain::ItemAvailability::clone(item)).collect(),
        cursor: read.cursor,
        lag_seconds: read.lag_seconds,
        unknown: read.unknown,
        unknown_skus: read.unknown_skus,
    }
}

fn available(availability: &Availability) -> i64 {
    availability.items.iter().map(|item| item.units().available).sum()
}

/// Returns the available, held and committed units of an item by the movements up to a cursor. No unit is shipped.
async fn units_by_ledger(stock: &Stock, item: ItemId, cursor: &LedgerCursor) -> StockUnits {
    let sums = "SELECT coalesce(sum(change), 0)::bigint,
                       coalesce(sum(CASE WHEN reason IN ('blocked', 'released', 'expired') THEN -change
                                         WHEN reason = 'confirmed' THEN -(SELECT quantity FROM block_inventory
                                                                           WHERE id = block_id)
                                         ELSE 0 END), 0)::bigint
                  FROM stock_movements WHERE item_id = $1 AND id <= $2";
    let sums = sqlx::query_as(sums).bind(item.0).bind(cursor.position);
    let (available, held) = sums.fetch_one(&stock.pool).await.expect("the sums of movements");
    // Every movement but the first one moves units between the three.
    StockUnits { committed: 500 - available - held, ..StockUnits::new(available, held) }
}

/// Reads until `done`. Returns the cursor and the units of each item of each read.
async fn read_until(
    engine: Engine,
    items: Vec<ItemId>,
    done: Arc<AtomicBool>,
) -> Vec<(LedgerCursor, Vec<StockUnits>)> {
    let mut reads = Vec::new();
    loop {
        let is_last = done.load(Ordering::SeqCst);
        let read = read(&engine, &items).await;
        assert_eq!(read.lag_seconds, 0);
        reads.push((read.cursor, read.items.iter().map(|item| item.units()).collect()));
        if is_last {
            return reads;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_the_state_after_exactly_the_movements_up_to_its_cursor() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    // The last item is never bought: its units stay in the caches.
    let items = [stock.item(500).await, stock.item(500).await, stock.item(500).await];
    let mut shoppers = tokio::task::JoinSet::new();
    for shopper in 0..4_usize {
        let (engine, item) = (engines[shopper / 2].clone(), items[shopper % 2]);
        shoppers.spawn(async move {
            for turn in 0..30 {
                let placed = engine.block_place(&context(), block(item, 2)).await.fresh().expect("placed");
                match turn % 3 {
                    0 => drop(engine.block_confirm(&context(), placed.id, None).await.expect("confirmed")),
                    1 => drop(engine.block_release(&context(), placed.id).await.expect("released")),
                    _ => {}
                }
            }
        });
    }
    let done = Arc::new(AtomicBool::new(false));
    let readers = engines
        .each_ref()
        .map(|engine| tokio::spawn(read_until(engine.clone(), items.to_vec(), done.clone())));
    shoppers.join_all().await;
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        let reads = reader.await.expect("reads");
        assert!(reads.len() > 3, "{}", reads.len());
        assert!(reads.is_sorted_by_key(|(cursor, _)| cursor.position), "{reads:?}");
        for (cursor, units) in &reads {
            for (item, units) in items.iter().zip(units) {
                assert_eq!(
                    *units,
                    units_by_ledger(&stock, *item, cursor).await,
                    "item {} at {cursor}",
                    item.0
                );
            }
        }
        // 40 blocks of 2 units were confirmed, and all others have ended.
        let units = [460, 460, 500]
            .map(|available| StockUnits { committed: 500 - available, ..StockUnits::new(available, 0) });
        assert_eq!(reads.last().map(|(_, units)| units.as_slice()), Some(units.as_slice()));
    }
}

/// Statements of another application that change the answer for the item $1. The last ones change its id and delete it.
const BY_HAND: [&[&str]; 13] = [
    &["UPDATE inventory SET stock_quantity = stock_quantity - 7 WHERE product_id = $1"],
    &["INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at)
       SELECT product_id, warehouse_id, 5, now() + interval '1 hour' FROM inventory WHERE product_id = $1"],
    &["UPDATE block_inventory SET quantity = 4 WHERE item_id = $1"],
    &["UPDATE block_inventory SET is_permanent = true, expires_at = NULL WHERE item_id = $1"],
    &[
        "UPDATE block_inventory SET is_permanent = false, expires_at = now() + interval '1 hour' WHERE item_id = $1",
    ],
    &["DELETE FROM block_inventory WHERE item_id = $1"],
    &["INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
       SELECT $1, id, 0 FROM warehouses WHERE code = 'NORTH'"],
    &["UPDATE warehouses SET code = code || '-2' WHERE $1 > 0"],
    &["DELETE FROM inventory WHERE product_id = $1 AND stock_quantity = 0"],
    &["UPDATE items SET sku = 'LAMP-' || id WHERE id = $1"],
    &["UPDATE items SET sku = lower(sku) WHERE id = $1"],
    &["DELETE FROM inventory WHERE product_id = $1", "UPDATE items SET id = id + 1000000 WHERE id = $1"],
    &["DELETE FROM inventory WHERE product_id = $1", "DELETE FROM items WHERE id = $1"],
];

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_current_after_any_change_by_another_application() {
    let stock = Stock::new().await;
    let north = "INSERT INTO warehouses (code, name) VALUES ('NORTH', 'North')";
    sqlx::query(north).execute(&stock.pool).await.expect("a warehouse");
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let uncached = store.pinned_connection();
    let mut items = [stock.item(10).await, stock.item(10).await];
    let mut before = read(&stock.engine, &items).await.items;
    for statements in BY_HAND {
        for statement in statements {
            sqlx::query(*statement).bind(items[0].0).execute(&stock.pool).await.expect(statement);
        }
        let cached = read(&stock.engine, &items).await.items;
        assert_ne!(cached, before, "{statements:?} has changed nothing");
        let ids = items.map(|item| item.0);
        let current = uncached.stock_availability(None, &[], &ids, 0).await.expect("read");
        assert_eq!(cached, current.items, "{statements:?}");
        if cached.len() == 1 {
            items = [items[1], stock.item(10).await];
        }
        before = read(&stock.engine, &items).await.items;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sku_that_another_server_has_moved_is_not_read_for_its_former_item() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = [stock.item(1).await, stock.item(2).await];
    let lamp = Sku::new("LAMP").expect("an SKU");
    for turn in 0..4 {
        let (from, to) = (items[turn % 2], items[(turn + 1) % 2]);
        for (item, sku) in [(from, None), (to, Some(lamp.clone()))] {
            let patch = ItemPatch { sku: Some(sku), ..ItemPatch::default() };
            other.item_update(&context(), item, patch, Precondition::None).await.expect("changed");
        }
        for skus in [vec![lamp.clone()], vec![lamp.clone(), Sku::new("CUP").expect("an SKU")]] {
            let read = stock.engine.availability(&context(), Vec::new(), skus.clone()).await.expect("read");
            let found: Vec<_> = read.items.iter().map(|item| (item.item, item.sku.as_deref())).collect();
            assert_eq!(found, [(to, Some("LAMP"))]);
            assert_eq!(read.unknown_skus, ["CUP"][..skus.len() - 1]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_changes_than_are_read_clear_the_cache() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    assert_eq!(available(&read(&stock.engine, &[item]).await), 10);
    let sql = "UPDATE inventory SET stock_quantity = stock_quantity - 1 WHERE product_id = $1";
    sqlx::query(sql).bind(item.0).execute(&stock.pool).await.expect("written");
    let skip = "SELECT setval('stock_movements_id_seq', last_value + 20000) FROM stock_movements_id_seq";
    sqlx::query(skip).execute(&stock.pool).await.expect("skipped");
    assert_eq!(available(&read(&stock.engine, &[item]).await), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_transaction_does_not_hold_availability_back_for_more_than_a_second() {
    let stock = Stock::new().await;
    let (item, elsewhere) = (stock.item(10).await, stock.item(10).await);
    let mut open = stock.pool.begin().await.expect("a transaction");
    let sql = "UPDATE inventory SET stock_quantity = stock_quantity + 1 WHERE product_id = $1";
    sqlx::query(sql).bind(elsewhere.0).execute(&mut *open).await.expect("written");
    stock.engine.block_place(&context(), block(item, 3)).await.expect("placed");
    let at_cursor = read(&stock.engine, &[item]).await;
    if at_cursor.lag_seconds == 0 {
        assert_eq!(available(&at_cursor), 10, "as of the cursor, which is before the block");
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let now = read(&stock.engine, &[item]).await;
    assert_eq!((available(&now), now.lag_seconds), (7, 1), "{now:?}");
    open.rollback().await.expect("rolled back");
    let after = read(&stock.engine, &[item]).await;
    assert_eq!((available(&after), after.lag_seconds), (7, 0));
}
