//! Optimistic placements: blocks are placed if the stock levels are as expected. Otherwise nothing changes.

use chrono::DateTime;
use domain::{BlockId, ItemId, LevelKey, PlaceBlock, Quantity, Request, Snapshot, Ttl, WarehouseId, plan};
use sqlx::PgPool;
use std::collections::BTreeMap;
use store::{Cause, PlacedBlocks, Placement, Store};

/// Creates two items: the first with 5 units in warehouse 1, the second with 1 unit there and 8 in warehouse 2.
async fn stock() -> (Store, PgPool, [ItemId; 2]) {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    sqlx::query("INSERT INTO warehouses (id, code, name) VALUES (2, 'EAST', 'East')")
        .execute(&pool)
        .await
        .expect("a warehouse");
    let items = [item(&pool, &[(1, 5)]).await, item(&pool, &[(1, 1), (2, 8)]).await];
    (store, pool, items)
}

async fn item(pool: &PgPool, levels: &[(i64, i32)]) -> ItemId {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO items (name, price, category) VALUES ('Lamp', 1, 'Light') RETURNING id",
    )
    .fetch_one(pool)
    .await
    .expect("an item");
    for (warehouse, units) in levels {
        sqlx::query("INSERT INTO inventory VALUES ($1, $2, $3)")
            .bind(id)
            .bind(warehouse)
            .bind(units)
            .execute(pool)
            .await
            .expect("a level");
    }
    ItemId(id)
}

fn key(item: ItemId, warehouse: i64) -> LevelKey {
    LevelKey { item, warehouse: WarehouseId(warehouse) }
}

/// Places a block of 2 units of each item, with these expected levels.
async fn place(store: &Store, expected: &[(LevelKey, i32)]) -> Option<PlacedBlocks> {
    let levels: BTreeMap<_, _> = expected.iter().copied().collect();
    let mut items: Vec<_> = levels.keys().map(|key| key.item).collect();
    items.dedup();
    let quantity = Quantity::new(2).expect("a quantity");
    let requests: Vec<_> = items
        .into_iter()
        .map(|item| Request::Place(PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::default() }))
        .collect();
    let new_block_ids = (1..).map(BlockId).take(requests.len()).collect();
    let snapshot = Snapshot { levels, new_block_ids, ..Snapshot::default() };
    let planned = plan(&snapshot, &requests);
    let causes = vec![Cause::new("test", "request"); requests.len()];
    let placed = store
        .pinned_connection()
        .blocks_place(&snapshot.levels, &planned.changes, DateTime::UNIX_EPOCH, &causes, None)
        .await;
    match placed.expect("an answer") {
        Placement::Committed(placed) => Some(placed),
        Placement::Stale => None,
        Placement::KeysChanged => panic!("no request has keys"),
    }
}

async fn blocks_and_movements(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM block_inventory),
                (SELECT count(*) FROM stock_movements WHERE reason = 'blocked')",
    )
    .fetch_one(pool)
    .await
    .expect("counts")
}

#[tokio::test]
async fn blocks_are_placed_if_all_levels_are_as_expected() {
    let (store, pool, [one, two]) = stock().await;

    let placed = place(&store, &[(key(one, 1), 5), (key(two, 1), 1), (key(two, 2), 8)]).await;
    let placed = placed.expect("placed");
    assert_eq!((placed.ids.len(), placed.categories), (2, vec!["Light".to_owned()]));
    let rows: Vec<(i64, i64, i64, bool)> = sqlx::query_as(
        "SELECT id, item_id, warehouse_id, created_at = $1 FROM block_inventory ORDER BY item_id",
    )
    .bind(placed.placed_at)
    .fetch_all(&pool)
    .await
    .expect("blocks");
    assert_eq!(rows, [(placed.ids[0].0, one.0, 1, true), (placed.ids[1].0, two.0, 2, true)]);
    assert_eq!(blocks_and_movements(&pool).await, (2, 2));
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}

#[tokio::test]
async fn nothing_is_placed_if_any_level_differs() {
    let (store, pool, [one, two]) = stock().await;
    let missing = key(one, 2);

    // Too many units, too few, a level that does not exist, a level that is not expected, and one of three that differs.
    let expected: [&[(LevelKey, i32)]; 5] = [
        &[(key(one, 1), 6)],
        &[(key(one, 1), 4)],
        &[(key(one, 1), 5), (missing, 3)],
        &[(key(two, 2), 8)],
        &[(key(one, 1), 5), (key(two, 1), 2), (key(two, 2), 8)],
    ];
    for levels in expected {
        assert!(place(&store, levels).await.is_none(), "{levels:?}");
    }
    assert_eq!(blocks_and_movements(&pool).await, (0, 0));
    let quantities: Vec<i32> =
        sqlx::query_scalar("SELECT quantity FROM items ORDER BY id").fetch_all(&pool).await.expect("items");
    assert_eq!(quantities, [5, 9]);
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}
