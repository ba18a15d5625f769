//! The bulk load, and the audit of loaded items.

use domain::WarehouseId;
use sqlx::PgPool;
use store::{Audit, LoadProgress, SeedItem};

const ITEMS: u64 = 3_000;

fn item(n: u64) -> SeedItem {
    SeedItem {
        name: format!("Lamp\t{n}\\"),
        category: "Lighting".into(),
        price: "19.99".parse().expect("a price"),
        quantity: u16::try_from(n % 50).expect("small"),
        warehouse: WarehouseId(1),
    }
}

async fn seeded() -> (Audit, PgPool, i64) {
    let (store, url) = store::testing::store().await;
    let mut progress = Vec::new();
    store.items_load(ITEMS, item, |step| progress.push(step)).await.expect("loaded");
    assert_eq!(progress[progress.len() - 2..], [LoadProgress::Rows(3 * ITEMS), LoadProgress::Indexes]);
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut audit = Audit::connect(&url).await.expect("a connection");
    assert_eq!(audit.item_count().await.expect("an answer"), i64::try_from(ITEMS).expect("small"));
    let first = audit.next_item(i64::MIN).await.expect("an answer").expect("items");
    (audit, pool, first.0)
}

#[tokio::test]
async fn loaded_items_have_no_discrepancies() {
    let (mut audit, pool, first) = seeded().await;
    assert_eq!(audit.items(0, i64::MAX).await.expect("an answer"), []);
    let name: String = sqlx::query_scalar("SELECT name FROM items WHERE id = $1")
        .bind(first + 7)
        .fetch_one(&pool)
        .await
        .expect("a name");
    assert_eq!(name, "Lamp\t7\\");
    // The sequence is after the loaded ids.
    sqlx::query("INSERT INTO items (name, price) VALUES ('next', 1)").execute(&pool).await.expect("created");
}

#[tokio::test]
async fn a_load_restores_all_indexes_and_can_be_repeated() {
    let (store, url) = store::testing::store().await;
    let mut audit = Audit::connect(&url).await.expect("a connection");
    let pool = PgPool::connect(&url).await.expect("a connection");
    let indexes = async || -> Vec<String> {
        let query =
            "SELECT indexdef FROM pg_indexes WHERE tablename IN ('items', 'item_names') ORDER BY indexdef";
        sqlx::query_scalar(query).fetch_all(&pool).await.expect("the indexes")
    };
    let before = indexes().await;
    assert_eq!(before.len(), 6, "{before:#?}");
    for times in 1..=2 {
        store.items_load(ITEMS, item, |_| ()).await.expect("loaded");
        assert_eq!(indexes().await, before);
        let query = "SELECT count(*) FROM item_names WHERE name LIKE '%7%'";
        let found: i64 = sqlx::query_scalar(query).fetch_one(&pool).await.expect("a count");
        let there = (0..ITEMS).filter(|n| item(*n).name.contains('7'));
        assert_eq!(found, times * i64::try_from(there.count()).expect("small"));
    }
    assert_eq!(audit.items(0, i64::MAX).await.expect("an answer"), []);
}

/// A change in SQL writes its movements.
#[tokio::test]
async fn a_change_in_sql_causes_no_discrepancies() {
    let (mut audit, pool, first) = seeded().await;
    let by_hand = format!(
        "UPDATE inventory SET stock_quantity = stock_quantity + 5 WHERE product_id IN ({first}, {first} + 1);
         INSERT INTO warehouses (id, code, name) VALUES (77, 'X', 'X');
         INSERT INTO inventory VALUES ({first}, 77, 9);
         UPDATE inventory SET warehouse_id = 77 WHERE product_id = {first} + 4;
         DELETE FROM inventory WHERE product_id = {first} + 9;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(by_hand)).execute(&pool).await.expect("changed");
    assert_eq!(audit.items(0, i64::MAX).await.expect("an answer"), []);
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}
