//! Statements are planned once per connection, often while the tables are nearly empty. The plans must also find rows by
//! their keys when the tables are large.

use domain::{
    BlockId, HeldBlock, ItemId, LevelKey, PlaceBlock, Quantity, Request, Snapshot, StockChanges, Ttl,
    WarehouseId, plan,
};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;
use store::{Cause, Expected, LevelSelection, Settings, Store, WriteOutcome};

/// Decides and writes `requests` in one transaction, like a server. Returns the placed blocks.
async fn decide(store: &Store, level: LevelKey, requests: &[Request], blocks: &[BlockId]) -> Vec<BlockId> {
    let mut transaction = store.begin().await.expect("a transaction");
    let new_block_ids = transaction.block_ids_reserve(requests.len()).await.expect("ids");
    let selection: LevelSelection = [(level.item, None)].into();
    let locked = transaction.levels_lock(&selection, blocks).await.expect("levels");
    let held: HashMap<BlockId, HeldBlock> =
        transaction.blocks_lock(blocks, &[], &locked.levels).await.expect("blocks").blocks;
    let snapshot = Snapshot {
        now: locked.locked_at.expect("a level"),
        items: HashSet::from([level.item]),
        levels: locked.levels,
        blocks: held,
        new_block_ids,
        ..Snapshot::default()
    };
    let planned = plan(&snapshot, requests);
    assert!(planned.decisions.iter().all(Result::is_ok), "{:?}", planned.decisions);
    let changes: &StockChanges = &planned.changes;
    let causes = vec![Cause::new("test", "request"); requests.len()];
    transaction.write(changes, &snapshot, &causes, &[]).await.expect("written");
    transaction.commit().await.expect("committed");
    changes.placed.iter().map(|new| new.block.id).collect()
}

/// Waits until all connections of the stores are closed, because a connection reports its statistics at its end.
async fn wait_for_statistics(pool: &PgPool) {
    let connected = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND application_name = 'stockhold'";
    while sqlx::query_scalar::<_, i64>(connected).fetch_one(pool).await.expect("a count") > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Returns the number of entries of the blocks' secondary indexes that the stores have read, once they are closed. Only the
/// primary key finds a block by one entry: blocks of one batch have the same item and the same expiry.
async fn entries_read(pool: &PgPool) -> i64 {
    wait_for_statistics(pool).await;
    let read = "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes
          WHERE relname = 'block_inventory' AND indexrelname <> 'block_inventory_pkey'";
    sqlx::query_scalar(read).fetch_one(pool).await.expect("a count")
}

const BLOCKS: usize = 2_000;

/// Creates an item with stock in a new database. No connection has planned a statement yet.
async fn level() -> (PgPool, String, LevelKey) {
    let (setting_up, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let item = store::testing::item(&pool).await;
    sqlx::query("INSERT INTO inventory VALUES ($1, 1, 1000000)")
        .bind(item.0)
        .execute(&pool)
        .await
        .expect("a level");
    setting_up.close().await;
    (pool, url, LevelKey { item, warehouse: WarehouseId(1) })
}

fn place(item: ItemId) -> Request {
    let quantity = Quantity::new(1).expect("a quantity");
    Request::Place(PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::default() })
}

/// One connection plans its statements without blocks and without statistics.
#[tokio::test]
async fn releasing_some_blocks_does_not_read_all_blocks_of_the_item() {
    let (pool, url, level) = level().await;
    let store =
        Store::connect(Settings { write_connections_max: 1, ..Settings::new(&url) }).await.expect("a store");
    let mut blocks = decide(&store, level, &vec![place(level.item); BLOCKS], &[]).await;
    for _ in 0..10 {
        let some = blocks.split_off(blocks.len() - 50);
        let release: Vec<_> = some.iter().map(|id| Request::Release(*id)).collect();
        decide(&store, level, &release, &some).await;
    }
    store.close().await;
    let read = entries_read(&pool).await;
    assert!(read < BLOCKS as i64, "{read} entries were read to find 500 blocks by their ids");
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}

/// Optimistic writes, one statement per batch.
#[tokio::test]
async fn an_optimistic_write_does_not_read_all_blocks_of_the_item() {
    let (pool, url, level) = level().await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    let pinned = store.pinned_connection();
    let mut cached = Snapshot { levels: [(level, 1_000_000)].into(), ..Snapshot::default() };
    let mut blocks = Vec::new();
    let place = vec![place(level.item); BLOCKS];
    // First one block, for the plans; then many; then fifty of them end per batch.
    for turn in 0..22 {
        let requests = match turn {
            0 => place[..1].to_vec(),
            1 => place.clone(),
            _ => {
                let end = |(index, id): (usize, BlockId)| match index % 2 {
                    0 => Request::Release(id),
                    _ => Request::Confirm(id, None),
                };
                blocks.split_off(blocks.len() - 50).into_iter().enumerate().map(end).collect()
            }
        };
        let (new_block_ids, now) = pinned.block_ids_reserve(requests.len()).await.expect("ids");
        (cached.new_block_ids, cached.now) = (new_block_ids, now);
        let changes = plan(&cached, &requests).changes;
        let (no_items, none) = (BTreeSet::new(), BTreeMap::new());
        let expected = Expected {
            generation: store.generation(),
            snapshot: &cached,
            short_items: &no_items,
            references: &none,
            carts: &[],
            key_version: None,
        };
        let causes = vec![Cause::new("test", "request"); requests.len()];
        let written = pinned.changes_write(expected, &changes, &causes, &[]).await.expect("a result");
        assert!(matches!(written, WriteOutcome::Committed(_)), "no other transaction changes them");
        let StockChanges { placed, levels, .. } = changes;
        blocks.extend(placed.iter().map(|new| new.block.id));
        cached.blocks.extend(placed.into_iter().map(|new| (new.block.id, new.block)));
        levels.into_iter().for_each(|(key, units)| *cached.levels.entry(key).or_default() += units);
    }
    drop(pinned);
    store.close().await;
    let read = entries_read(&pool).await;
    assert!(read < BLOCKS as i64, "{read} entries were read to find 1,000 blocks by their ids");
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}

/// The sums of a category need no scan of the blocks of their own.
#[tokio::test]
async fn sums_over_categories_do_not_read_the_blocks_per_category() {
    let (pool, url, level) = level().await;
    let items = "INSERT INTO items (name, price, category) SELECT 'Item', 1, 'Category ' || n FROM generate_series(1, 60) n";
    sqlx::raw_sql(items).execute(&pool).await.expect("items");
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    decide(&store, level, &vec![place(level.item); 10], &[]).await;
    store.close().await;
    let scans = async || {
        wait_for_statistics(&pool).await;
        let scans = "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'block_inventory'";
        sqlx::query_scalar::<_, i64>(scans).fetch_one(&pool).await.expect("a count")
    };
    let before = scans().await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    let sums = store.stock_sums(1_000, 5).await.expect("sums").sums;
    store.close().await;
    assert_eq!(sums.categories.len(), 61);
    let scans = scans().await - before;
    assert!(scans < 30, "{scans} scans");
}
