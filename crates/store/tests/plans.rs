//! Statements are planned once for each connection, most of them while the tables are nearly empty: the plan must
//! still find its rows by their keys when they are not.

use domain::{
    BlockId, HeldBlock, ItemId, LevelKey, PlaceBlock, Quantity, Request, Snapshot, StockChanges, Ttl,
    WarehouseId, plan,
};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;
use store::{Cause, Expected, LevelSelection, Settings, Store, WriteOutcome};

/// Decides and writes `requests` in one transaction, as a server does. Answers the blocks that were placed.
async fn decide(store: &Store, level: LevelKey, requests: &[Request], blocks: &[BlockId]) -> Vec<BlockId> {
    let mut transaction = store.begin().await.expect("a transaction");
    let fresh = transaction.block_ids_reserve(requests.len()).await.expect("ids");
    let wanted: LevelSelection = [(level.item, None)].into();
    let locked = transaction.levels_lock(&wanted, blocks).await.expect("levels");
    let held: HashMap<BlockId, HeldBlock> =
        transaction.blocks_lock(blocks, &[], &locked.levels).await.expect("blocks").blocks;
    let snapshot = Snapshot {
        now: locked.locked_at.expect("a level"),
        items: HashSet::from([level.item]),
        levels: locked.levels,
        blocks: held,
        new_block_ids: fresh,
        ..Snapshot::default()
    };
    let planned = plan(&snapshot, requests);
    assert!(planned.decisions.iter().all(Result::is_ok), "{:?}", planned.decisions);
    let changes: &StockChanges = &planned.changes;
    let causes = vec![Cause { actor: "test", request_id: "request" }; requests.len()];
    transaction.write(changes, &snapshot, &causes, &[]).await.expect("written");
    transaction.commit().await.expect("committed");
    changes.placed.iter().map(|new| new.block.id).collect()
}

/// How many entries of the blocks' secondary indexes the stores have read, once all their connections are closed: a
/// connection reports its statistics at its end. Only the primary key finds a block by one entry; blocks of one batch
/// share their item and their expiry.
async fn entries_read(pool: &PgPool) -> i64 {
    let connected = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND application_name = 'stockhold'";
    while sqlx::query_scalar::<_, i64>(connected).fetch_one(pool).await.expect("a count") > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let read = "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes
          WHERE relname = 'block_inventory' AND indexrelname <> 'block_inventory_pkey'";
    sqlx::query_scalar(read).fetch_one(pool).await.expect("a count")
}

const BLOCKS: usize = 2_000;

/// An item with stock in a new database, of which no connection knows anything yet.
async fn level() -> (PgPool, String, LevelKey) {
    let (setting_up, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let item: i64 = sqlx::query_scalar("INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id")
        .fetch_one(&pool)
        .await
        .expect("an item");
    sqlx::query("INSERT INTO inventory VALUES ($1, 1, 1000000)")
        .bind(item)
        .execute(&pool)
        .await
        .expect("a level");
    setting_up.close().await;
    (pool, url, LevelKey { item: ItemId(item), warehouse: WarehouseId(1) })
}

fn place(item: ItemId) -> Request {
    let quantity = Quantity::new(1).expect("a quantity");
    Request::Place(PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::default() })
}

/// One connection, which plans while there is no block, and no statistics.
#[tokio::test]
async fn releasing_some_blocks_does_not_read_all_of_their_item() {
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

/// The same in one statement each, on what is known.
#[tokio::test]
async fn changing_known_blocks_does_not_read_all_of_their_item() {
    let (pool, url, level) = level().await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    let pinned = store.pinned_connection();
    let mut known = Snapshot { levels: [(level, 1_000_000)].into(), ..Snapshot::default() };
    let mut blocks = Vec::new();
    let place = vec![place(level.item); BLOCKS];
    // One block at first, for the plans; then many, and then fifty of them end at a time.
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
        let (fresh, now) = pinned.block_ids_reserve(requests.len()).await.expect("ids");
        (known.new_block_ids, known.now) = (fresh, now);
        let changes = plan(&known, &requests).changes;
        let (nobody, none) = (BTreeSet::new(), BTreeMap::new());
        let expected =
            Expected { generation: store.generation(), snapshot: &known, short: &nobody, references: &none };
        let causes = vec![Cause { actor: "test", request_id: "request" }; requests.len()];
        let written = pinned.changes_write(expected, &changes, &causes, &[]).await.expect("an answer");
        assert!(matches!(written, WriteOutcome::Committed(_)), "nobody else changes them");
        let StockChanges { placed, levels, .. } = changes;
        blocks.extend(placed.iter().map(|new| new.block.id));
        known.blocks.extend(placed.into_iter().map(|new| (new.block.id, new.block)));
        levels.into_iter().for_each(|(key, units)| *known.levels.entry(key).or_default() += units);
    }
    drop(pinned);
    store.close().await;
    let read = entries_read(&pool).await;
    assert!(read < BLOCKS as i64, "{read} entries were read to find 1,000 blocks by their ids");
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}
