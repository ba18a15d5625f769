//! Rows that change between two statements of the locked path: the transaction must be retried.

use domain::{BlockId, CartId, ItemId};
use sqlx::PgPool;
use store::{Error, LevelSelection, Store};

struct Stock {
    store: Store,
    pool: PgPool,
    item: ItemId,
}

impl Stock {
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item = store::testing::item(&pool).await;
        Self { store, pool, item }
    }

    async fn level(&self) {
        let level = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, 1, 10)";
        sqlx::query(level).bind(self.item.0).execute(&self.pool).await.expect("a level");
    }

    /// Inserts a block of one unit in this cart.
    async fn block(&self, id: i64, cart: Option<i64>) {
        let block = "INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, cart_id)
                     VALUES ($1, $2, 1, 1, now() + interval '1 hour', $3)";
        let block = sqlx::query(block).bind(id).bind(self.item.0).bind(cart);
        block.execute(&self.pool).await.expect("a block");
    }
}

#[tokio::test]
async fn a_block_with_an_unlocked_level_is_a_conflict() {
    let stock = Stock::new().await;
    stock.level().await;
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let locked = transaction.levels_lock(&LevelSelection::new(), &[BlockId(7)]).await.expect("locked");
    assert!(locked.levels.is_empty(), "there is no such block yet");
    stock.block(7, None).await;
    let blocks = transaction.blocks_lock(&[BlockId(7)], &[], &locked.levels).await;
    assert!(matches!(blocks, Err(Error::Conflict(_))), "{blocks:?}");
}

#[tokio::test]
async fn a_block_that_was_added_to_a_cart_meanwhile_is_a_conflict() {
    let stock = Stock::new().await;
    stock.level().await;
    stock.block(7, Some(7)).await;
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let carts = transaction.carts_read(&[CartId(7)]).await.expect("carts");
    assert_eq!(carts[&CartId(7)].blocks, [BlockId(7)]);
    stock.block(8, Some(7)).await;
    let locked = transaction.levels_lock(&LevelSelection::new(), &[BlockId(7)]).await.expect("locked");
    let blocks = transaction.blocks_lock(&[BlockId(7)], &[CartId(7)], &locked.levels).await;
    assert!(matches!(blocks, Err(Error::Conflict(_))), "{blocks:?}");
}

#[tokio::test]
async fn an_item_that_got_its_first_level_meanwhile_is_a_conflict() {
    let stock = Stock::new().await;
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let selection: LevelSelection = [(stock.item, None)].into();
    let locked = transaction.levels_lock(&selection, &[]).await.expect("locked");
    assert!(locked.levels.is_empty(), "it has no level yet");
    let existing = transaction.items_existing(&[stock.item], |_| true).await.expect("a result");
    assert_eq!(existing, [(stock.item, false)]);
    stock.level().await;
    let existing = transaction.items_existing(&[stock.item], |_| true).await;
    assert!(matches!(existing, Err(Error::Conflict(_))), "{existing:?}");
    // An allocation selects the level of one warehouse, which does not exist.
    let existing = transaction.items_existing(&[stock.item], |_| false).await.expect("a result");
    assert_eq!(existing, [(stock.item, false)]);
}
