//! Writers of stock on a large inventory while migrations run.

use super::database_at;
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The environment variable with the number of items. With it, the test also checks how long writers wait.
const ITEMS_VARIABLE: &str = "STOCKHOLD_MIGRATION_ITEMS";

/// The number of items without the variable.
const ITEMS_DEFAULT: u64 = 2_000;

/// The last migration before the load.
const LAST_BEFORE_LOAD: i64 = 29;

/// The concurrent writers.
const WRITERS: u64 = 4;

/// The changes that each writer makes at least before and after each migration.
const CHANGES: u64 = 20;

/// The longest time that a change may take beside a migration.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// Loads items with stock, without triggers.
const LOAD: &str = "
    BEGIN;
    SET LOCAL session_replication_role = replica;
    INSERT INTO items (name, price, quantity) SELECT 'Lamp ' || n, 1, 1000000 FROM generate_series(1, $items) n;
    INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
    SELECT items.id, (SELECT min(id) FROM warehouses), 1000000 FROM items;
    COMMIT;
    ANALYZE items, inventory;";

/// The counters that writers and their observer share.
#[derive(Default)]
struct Progress {
    changes: [AtomicU64; WRITERS as usize],
    /// The longest change since the last reset, in microseconds.
    longest: AtomicU64,
    is_ended: AtomicBool,
}

impl Progress {
    /// Waits until every writer has made some changes.
    async fn changes_by_all(&self) {
        let wanted: Vec<_> =
            self.changes.iter().map(|changes| changes.load(Ordering::SeqCst) + CHANGES).collect();
        while self
            .changes
            .iter()
            .zip(&wanted)
            .any(|(changes, wanted)| changes.load(Ordering::SeqCst) < *wanted)
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn reset(&self) -> Duration {
        Duration::from_micros(self.longest.swap(0, Ordering::SeqCst))
    }
}

/// Sells units of one item after another: a level, a block and a movement in one transaction each.
async fn write(pool: PgPool, items: u64, number: u64, progress: Arc<Progress>) {
    let mut connection = pool.acquire().await.expect("a connection");
    sqlx::query("SET stockhold.maintains_totals = on").execute(&mut *connection).await.expect("set");
    let mut change = 0;
    while !progress.is_ended.load(Ordering::SeqCst) {
        change += 1;
        let item = i64::try_from(change * 7_919 % (items / WRITERS) * WRITERS + number + 1).expect("small");
        let started = Instant::now();
        sqlx::query(
            "WITH level AS (
                 UPDATE inventory SET stock_quantity = stock_quantity - 1
                  WHERE product_id = (SELECT min(id) FROM items) + $1 - 1 RETURNING product_id, warehouse_id
             ), block AS (
                 INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at)
                 SELECT product_id, warehouse_id, 1, now() + interval '1 hour' FROM level RETURNING id, item_id, warehouse_id
             )
             INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
             SELECT item_id, warehouse_id, id, -1, 'blocked' FROM block",
        )
        .bind(item)
        .execute(&mut *connection)
        .await
        .expect("a change");
        let taken = u64::try_from(started.elapsed().as_micros()).expect("short");
        progress.longest.fetch_max(taken, Ordering::SeqCst);
        progress.changes[usize::try_from(number).expect("small")].fetch_add(1, Ordering::SeqCst);
    }
}

/// `STOCKHOLD_MIGRATION_ITEMS=1000000 cargo test --release … writers_continue` checks how long writers wait. Without the
/// variable there are few items, and the test checks only that writers continue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_continue_while_migrations_run() {
    let given = std::env::var(ITEMS_VARIABLE).ok();
    let items = given.as_ref().map_or(ITEMS_DEFAULT, |items| items.parse().expect("a number of items"));
    let (migrator, pool, url) = database_at(LAST_BEFORE_LOAD).await;
    let load = LOAD.replace("$items", &items.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(load)).execute(&pool).await.expect("loaded");
    let writing = PgPoolOptions::new().max_connections(8).connect(&url).await.expect("connections");
    let progress = Arc::new(Progress::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| tokio::spawn(write(writing.clone(), items, number, progress.clone())))
        .collect();
    progress.changes_by_all().await;
    let before = progress.reset();
    println!("{items} items; the longest change before the migrations took {before:?}");
    for migration in migrator.iter().filter(|migration| migration.version > LAST_BEFORE_LOAD) {
        let started = Instant::now();
        migrator.run_to(migration.version, &pool).await.expect("migrated");
        let taken = started.elapsed();
        progress.changes_by_all().await;
        let longest = progress.reset();
        println!("migration {} took {taken:?}; the longest change beside it {longest:?}", migration.version);
        if given.is_some() {
            assert!(longest <= WAIT_MAX, "a writer waited for migration {}", migration.version);
        }
    }
    progress.is_ended.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.expect("no error");
    }
}
