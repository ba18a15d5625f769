//! Loading in bulk, and the check that everything adds up.

use domain::{ItemId, WarehouseId};
use sqlx::PgPool;
use store::{Discrepancy, DiscrepancyKind, Loading, SeedItem};

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

async fn seeded() -> (store::Store, PgPool, i64) {
    let (store, url) = store::testing::store().await;
    let mut told = Vec::new();
    store.items_load(ITEMS, item, |loading| told.push(loading)).await.expect("loaded");
    assert_eq!(told[told.len() - 2..], [Loading::Rows(3 * ITEMS), Loading::Indexes]);
    let pool = PgPool::connect(&url).await.expect("a connection");
    let (first, last) = store.item_id_range().await.expect("an answer").expect("items");
    assert_eq!(last - first + 1, i64::try_from(ITEMS).expect("small"));
    (store, pool, first)
}

#[tokio::test]
async fn what_is_loaded_adds_up() {
    let (store, pool, first) = seeded().await;
    assert_eq!(store.discrepancies(0, i64::MAX).await.expect("an answer"), []);
    let name: String = sqlx::query_scalar("SELECT name FROM items WHERE id = $1")
        .bind(first + 7)
        .fetch_one(&pool)
        .await
        .expect("a name");
    assert_eq!(name, "Lamp\t7\\");
    // The next item has an id of its own.
    sqlx::query("INSERT INTO items (name, price) VALUES ('next', 1)").execute(&pool).await.expect("created");
}

#[tokio::test]
async fn all_indexes_are_there_after_a_load_and_more_can_be_loaded() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let indexes = async || -> Vec<String> {
        let query =
            "SELECT indexdef FROM pg_indexes WHERE tablename IN ('items', 'item_names') ORDER BY indexdef";
        sqlx::query_scalar(query).fetch_all(&pool).await.expect("the indexes")
    };
    let before = indexes().await;
    assert_eq!(before.len(), 5, "{before:#?}");
    for times in 1..=2 {
        store.items_load(ITEMS, item, |_| ()).await.expect("loaded");
        assert_eq!(indexes().await, before);
        let query = "SELECT count(*) FROM item_names WHERE name LIKE '%7%'";
        let found: i64 = sqlx::query_scalar(query).fetch_one(&pool).await.expect("a count");
        let there = (0..ITEMS).filter(|n| item(*n).name.contains('7'));
        assert_eq!(found, times * i64::try_from(there.count()).expect("small"));
    }
    assert_eq!(store.discrepancies(0, i64::MAX).await.expect("an answer"), []);
}

#[tokio::test]
async fn what_was_meddled_with_is_found_and_mended() {
    let (store, pool, first) = seeded().await;
    let warehouse = WarehouseId(1);
    let meddling = format!(
        "SET stockhold.books = 'kept';
         UPDATE inventory SET stock_quantity = 100 WHERE product_id = {level};
         UPDATE items SET quantity = 100 WHERE id = {level};
         UPDATE items SET quantity = 7 WHERE id = {sum};
         RESET stockhold.books;
         INSERT INTO block_inventory (item_id, warehouse_id, quantity, expires_at)
         VALUES ({blocks}, 1, 4, now() + interval '1 hour');",
        level = first + 1,
        sum = first + 2,
        blocks = first + 3
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(meddling)).execute(&pool).await.expect("meddled");
    let found = store.discrepancies(0, i64::MAX).await.expect("an answer");
    let discrepancy = |item, warehouse, kind, found, expected| Discrepancy {
        item: ItemId(item),
        warehouse,
        kind,
        found,
        expected,
    };
    let expected = [
        discrepancy(first + 1, Some(warehouse), DiscrepancyKind::Level, 100, 1),
        discrepancy(first + 2, None, DiscrepancyKind::Sum, 7, 2),
        discrepancy(first + 3, Some(warehouse), DiscrepancyKind::Blocks, 4, 0),
    ];
    assert_eq!(found, expected);
    for discrepancy in expected {
        let mended = store.discrepancies_mend(discrepancy.item, "test").await.expect("mended");
        assert_eq!(mended, [discrepancy]);
    }
    assert_eq!(store.discrepancies(0, i64::MAX).await.expect("an answer"), []);
    let corrected: i64 =
        sqlx::query_scalar("SELECT count(*) FROM stock_movements WHERE reason = 'corrected'")
            .fetch_one(&pool)
            .await
            .expect("a count");
    assert_eq!(corrected, 2);
    // A sum has no movement; whoever remembers the item learns of it all the same.
    let told: Vec<i64> = sqlx::query_scalar("SELECT item_id FROM item_changes WHERE price IS NOT NULL")
        .fetch_all(&pool)
        .await
        .expect("changes");
    assert_eq!(told, [first + 2]);
}

/// A change made by hand is in the ledger as it is made.
#[tokio::test]
async fn a_change_by_hand_adds_up() {
    let (store, pool, first) = seeded().await;
    let by_hand = format!(
        "UPDATE inventory SET stock_quantity = stock_quantity + 5 WHERE product_id IN ({first}, {first} + 1);
         INSERT INTO warehouses (id, code, name) VALUES (77, 'X', 'X');
         INSERT INTO inventory VALUES ({first}, 77, 9);
         UPDATE inventory SET warehouse_id = 77 WHERE product_id = {first} + 4;
         DELETE FROM inventory WHERE product_id = {first} + 9;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(by_hand)).execute(&pool).await.expect("changed");
    assert_eq!(store.discrepancies(0, i64::MAX).await.expect("an answer"), []);
    assert!(store::testing::discrepancies(&pool).await.is_empty());
}
