//! Blocks that have ended are read from the ledger: when they were placed, and when they expired.

use domain::{Block, BlockId, BlockQuery, BlockState, ItemId, Time};
use sqlx::PgPool;
use store::Store;

const RELEASED: BlockId = BlockId(1);
const EXPIRED: BlockId = BlockId(2);

struct Stock {
    store: Store,
    pool: PgPool,
    item: ItemId,
}

impl Stock {
    /// Creates an item with a block that was placed 3 hours ago and released 2 hours ago, and another that was placed 2
    /// hours ago and reclaimed 1 hour ago.
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item = store::testing::item(&pool).await;
        let stock = Self { store, pool, item };
        stock.add(RELEASED, "blocked", 3).await;
        stock.add(EXPIRED, "blocked", 2).await;
        stock.add(RELEASED, "released", 2).await;
        stock.add(EXPIRED, "expired", 1).await;
        stock
    }

    /// Adds a movement of a block, some hours ago.
    async fn add(&self, block: BlockId, reason: &str, hours_ago: i32) {
        let change = if reason == "blocked" { -5 } else { 5 };
        sqlx::query(
            "INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason, created_at)
             VALUES ($1, 1, $2, $3, $4, date_trunc('hour', now()) - make_interval(hours => $5))",
        )
        .bind(self.item.0)
        .bind(block.0)
        .bind(change)
        .bind(reason)
        .bind(hours_ago)
        .execute(&self.pool)
        .await
        .expect("a movement");
    }

    async fn hours_ago(&self, hours: i32) -> Time {
        let query = "SELECT date_trunc('hour', now()) - make_interval(hours => $1)";
        sqlx::query_scalar(query).bind(hours).fetch_one(&self.pool).await.expect("a time")
    }

    async fn get(&self, id: BlockId) -> Block {
        self.store.block_get(id).await.expect("a result").expect("a block")
    }

    async fn list(&self, state: BlockState) -> Vec<Block> {
        let query = BlockQuery::new(Some(state), Some(self.item.0), Some(10), None).expect("a query");
        self.store.block_list(&query).await.expect("a page").rows
    }
}

#[tokio::test]
async fn an_ended_block_has_the_times_when_it_was_placed_and_when_it_expired() {
    let stock = Stock::new().await;
    let released = stock.get(RELEASED).await;
    assert_eq!((released.state, released.quantity), (BlockState::Released, 5));
    assert_eq!((released.created_at, released.expires_at), (stock.hours_ago(3).await, None));
    let expired = stock.get(EXPIRED).await;
    assert_eq!((expired.state, expired.quantity), (BlockState::Expired, 5));
    let times = (stock.hours_ago(2).await, Some(stock.hours_ago(1).await));
    assert_eq!((expired.created_at, expired.expires_at), times);
    assert_eq!(stock.list(BlockState::Released).await, [released]);
    assert_eq!(stock.list(BlockState::Expired).await, [expired]);
    assert_eq!(stock.store.block_get(BlockId(3)).await.expect("a result"), None);
}

/// The movement with the highest id is the end of a block: of a block that was confirmed in part, one is of the released
/// units.
#[tokio::test]
async fn a_block_that_was_confirmed_in_part_and_converted_is_converted() {
    let stock = Stock::new().await;
    for (reason, hours_ago) in [("released", 2), ("sale_converted", 1)] {
        stock.add(BlockId(7), reason, hours_ago).await;
    }
    assert_eq!(stock.get(BlockId(7)).await.state, BlockState::Converted);
}

/// The search for the placement is bounded. Beyond it, `created_at` is a time after the placement and before the end.
#[tokio::test]
async fn a_placement_too_far_back_in_the_ledger_has_an_upper_bound() {
    let stock = Stock::new().await;
    stock.add(BlockId(3), "blocked", 5).await;
    sqlx::query(
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, created_at)
         SELECT $1, 1, 0, 'corrected', date_trunc('hour', now()) - interval '4 hours' FROM generate_series(1, 20000)",
    )
    .bind(stock.item.0)
    .execute(&stock.pool)
    .await
    .expect("movements");
    stock.add(BlockId(3), "released", 1).await;
    assert_eq!(stock.get(BlockId(3)).await.created_at, stock.hours_ago(4).await);
}

/// A block without a movement for its placement was written in SQL.
#[tokio::test]
async fn a_block_without_a_placement_was_created_when_it_ended() {
    let stock = Stock::new().await;
    let other: i64 = sqlx::query_scalar("INSERT INTO items (name, price) VALUES ('Chair', 1) RETURNING id")
        .fetch_one(&stock.pool)
        .await
        .expect("an item");
    let stock = Stock { item: ItemId(other), ..stock };
    stock.add(BlockId(4), "released", 1).await;
    assert_eq!(stock.get(BlockId(4)).await.created_at, stock.hours_ago(1).await);
}
