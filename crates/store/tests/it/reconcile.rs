//! The bulk load, and the audit of loaded items.

use domain::WarehouseId;
use sqlx::PgPool;
use store::{Audit, LoadProgress, SeedItem, Settings};

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
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
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
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
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

/// A repair of keys waits for a change of the item's keys, and then copies the new ones.
#[tokio::test]
async fn a_repair_of_keys_does_not_restore_the_keys_before_a_concurrent_change() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
    let damage = "INSERT INTO items (id, name, price, sku, barcodes) VALUES (1, 'Lamp', 1, 'Old', '{111}'),
                      (2, 'Cup', 1, 'Cup', NULL);
                  UPDATE item_skus SET item_id = 3 - item_id;
                  DELETE FROM item_barcodes";
    sqlx::raw_sql(damage).execute(&pool).await.expect("damaged");
    audit.database_repair().await.expect("repaired");
    sqlx::query("INSERT INTO item_skus (item_id, folded) VALUES (1, 'old')")
        .execute(&pool)
        .await
        .expect("a key");
    let mut application = pool.begin().await.expect("a transaction");
    sqlx::query("UPDATE items SET sku = 'New' WHERE id = 1")
        .execute(&mut *application)
        .await
        .expect("changed");
    let repair = tokio::spawn(async move {
        for item in [2, 1] {
            audit.item_repair(domain::ItemId(item), "test").await.expect("repaired");
        }
        audit
    });
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN
                      (SELECT pid FROM pg_stat_activity WHERE datname = current_database()))";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&pool).await.expect("locks") {
        assert!(!repair.is_finished(), "the repair waits for the item");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    application.commit().await.expect("committed");
    let mut audit = repair.await.expect("no panic");
    assert_eq!(audit.items(0, i64::MAX).await.expect("an answer"), []);
    assert_eq!(audit.database().await.expect("an answer"), []);
    let keys: Vec<(i64, String)> = sqlx::query_as(
        "SELECT item_id, folded FROM item_skus UNION ALL SELECT item_id, barcode FROM item_barcodes ORDER BY 1, 2",
    )
    .fetch_all(&pool)
    .await
    .expect("keys");
    let keys: Vec<_> = keys.iter().map(|(item, key)| (*item, key.as_str())).collect();
    assert_eq!(keys, [(1, "111"), (1, "new"), (2, "cup")]);
}
