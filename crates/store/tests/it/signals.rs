//! The pages of movements from which signals are derived.

use domain::{NewSignal, SignalKind, derive_signals};
use sqlx::PgPool;
use store::Store;

const THRESHOLD: i32 = 5;

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.expect(sql);
}

/// Writes all signals by pages of `limit` movements, and returns them.
async fn write_all(store: &Store, limit: i64) -> Vec<NewSignal> {
    let mut written = Vec::new();
    while let Some(mut page) = store.signals_next(limit).await.expect("a page") {
        let mut unsold = std::mem::take(&mut page.unsold);
        let signals = derive_signals(&mut unsold, THRESHOLD, &page.changes);
        page.write(&signals, &unsold).await.expect("written");
        written.extend(signals);
        assert!(written.len() < 1_000, "the pages end");
    }
    written
}

fn kinds(signals: &[NewSignal]) -> Vec<(i64, SignalKind, i64)> {
    signals.iter().map(|signal| (signal.item.0, signal.kind, signal.unsold)).collect()
}

/// A database with the items 1 to 3, each with 20 units in the first of two warehouses.
async fn stocked() -> (Store, PgPool) {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let sql =
        "INSERT INTO warehouses (id, code, name) VALUES (801, 'NORTH', 'North'), (802, 'SOUTH', 'South');
        INSERT INTO items (id, name, price) SELECT id, 'Lamp', 1 FROM generate_series(1, 3) AS id;
        INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
        SELECT id, 801, 20 FROM items UNION ALL SELECT id, 802, 0 FROM items";
    run(&pool, sql).await;
    (store, pool)
}

#[tokio::test]
async fn a_move_in_sql_has_no_signal_wherever_a_page_ends() {
    let (store, pool) = stocked().await;
    write_all(&store, 100).await;
    for (limit, forget) in [(1, false), (2, false), (1, true), (3, true)] {
        let mut moving = pool.begin().await.expect("a transaction");
        let mut part = async |sql: &'static str| {
            sqlx::query(sql).execute(&mut *moving).await.expect(sql);
        };
        part("UPDATE inventory SET stock_quantity = 0 WHERE product_id = 1 AND warehouse_id = 801").await;
        // The movements of another transaction are between those of the move.
        run(&pool, "UPDATE inventory SET stock_quantity = 0 WHERE product_id = 2 AND warehouse_id = 801")
            .await;
        run(&pool, "UPDATE inventory SET stock_quantity = 20 WHERE product_id = 2 AND warehouse_id = 801")
            .await;
        part("UPDATE inventory SET stock_quantity = 9 WHERE product_id = 1 AND warehouse_id = 802").await;
        run(&pool, "UPDATE inventory SET stock_quantity = 20 WHERE product_id = 3").await;
        part("UPDATE inventory SET stock_quantity = 20 WHERE product_id = 1 AND warehouse_id = 802").await;
        moving.commit().await.expect("committed");
        if forget {
            run(&pool, "DELETE FROM signal_levels WHERE item_id = 1").await;
        }
        let round = [(2, SignalKind::Low, 0), (2, SignalKind::SoldOut, 0), (2, SignalKind::BackInStock, 20)];
        assert_eq!(kinds(&write_all(&store, limit).await), round, "by pages of {limit}");
        let stored: i64 = sqlx::query_scalar("SELECT on_hand FROM signal_levels WHERE item_id = 1")
            .fetch_one(&pool)
            .await
            .expect("units");
        assert_eq!(stored, 20, "by pages of {limit}");
        run(&pool, "UPDATE inventory SET stock_quantity = 20 - stock_quantity WHERE product_id = 1").await;
        run(&pool, "UPDATE inventory SET stock_quantity = 0 WHERE product_id = 3 AND warehouse_id = 802")
            .await;
        assert_eq!(kinds(&write_all(&store, limit).await), []);
    }
}

#[tokio::test]
async fn an_item_that_is_deleted_in_sql_does_not_stop_the_signals() {
    let (store, pool) = stocked().await;
    write_all(&store, 100).await;
    for (limit, deleted, left) in [(1, 1_i64, 3), (100, 2, 3)] {
        let sold = "INSERT INTO block_inventory (item_id, warehouse_id, quantity, is_permanent) VALUES ($1, 801, 2, true)";
        sqlx::query(sold).bind(deleted).execute(&pool).await.expect("a block");
        let confirmed = "INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
            SELECT item_id, warehouse_id, id, 0, 'confirmed' FROM block_inventory WHERE item_id = $1";
        sqlx::query(confirmed).bind(deleted).execute(&pool).await.expect("a movement");
        for table in ["block_inventory WHERE item_id", "inventory WHERE product_id", "items WHERE id"] {
            let delete = format!("DELETE FROM {table} = $1");
            sqlx::query(sqlx::AssertSqlSafe(delete)).bind(deleted).execute(&pool).await.expect("deleted");
        }
        let sell = "UPDATE inventory SET stock_quantity = CASE stock_quantity WHEN 0 THEN 20 ELSE 0 END
            WHERE product_id = $1 AND warehouse_id = 801";
        sqlx::query(sell).bind(left).execute(&pool).await.expect("changed");
        sqlx::query(sell).bind(left).execute(&pool).await.expect("changed");
        let signals = kinds(&write_all(&store, limit).await);
        let of = |item| signals.iter().filter(|signal| signal.0 == item).copied().collect::<Vec<_>>();
        let round =
            [(left, SignalKind::Low, 0), (left, SignalKind::SoldOut, 0), (left, SignalKind::BackInStock, 20)];
        assert_eq!(of(left), round);
        assert_eq!(of(deleted), [(deleted, SignalKind::Low, 0), (deleted, SignalKind::SoldOut, 0)]);
        assert!(store.signals_next(limit).await.expect("an answer").is_none(), "nothing is left");
    }
}

#[tokio::test]
async fn a_server_without_work_takes_no_lock() {
    let (store, pool) = stocked().await;
    write_all(&store, 100).await;
    let locked = async || -> String {
        let query = "SELECT xmin::text || '/' || xmax::text FROM signal_position";
        sqlx::query_scalar(query).fetch_one(&pool).await.expect("a row")
    };
    let before = locked().await;
    assert!(store.signals_next(100).await.expect("an answer").is_none());
    // A transaction holds the low watermark, and another one has committed after it.
    let mut open = pool.begin().await.expect("a transaction");
    sqlx::query("UPDATE inventory SET stock_quantity = 0 WHERE product_id = 1")
        .execute(&mut *open)
        .await
        .expect("changed");
    run(&pool, "UPDATE inventory SET stock_quantity = 0 WHERE product_id = 2").await;
    assert!(store.signals_next(100).await.expect("an answer").is_none());
    assert_eq!(locked().await, before);
    open.commit().await.expect("committed");
    assert_eq!(write_all(&store, 100).await.len(), 4);
    assert_ne!(locked().await, before);
}
