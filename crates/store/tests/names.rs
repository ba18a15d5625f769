//! Searches by a part of a name find the same items as a comparison of every name.

use domain::{ItemQuery, ItemSort, WarehouseId};
use sqlx::PgPool;
use store::{SeedItem, Store};

/// Enough that some parts match more items than a search looks up by id.
const ITEMS: u64 = 20_000;

fn item(n: u64) -> SeedItem {
    let rare = if n % 5_000 == 7 { "Ø%" } else { "" };
    SeedItem {
        name: format!("{} {n}{rare}-b", if n.is_multiple_of(2) { "Zq" } else { "Ab" }),
        category: "Lighting".into(),
        price: "19.99".parse().expect("a price"),
        quantity: 1,
        warehouse: WarehouseId(1),
    }
}

/// The names that contain `part`, by the store and by a comparison of every name.
async fn found(store: &Store, pool: &PgPool, part: &str) -> (Vec<String>, Vec<String>) {
    let query = ItemQuery {
        name_part: Some(part.to_owned()),
        category: None,
        warehouse: None,
        quantity_max: None,
        sort: ItemSort::Name,
        after: None,
        limit: 500,
    };
    let page = store.item_list(&query).await.expect("a page");
    let looked_up = sqlx::query_scalar(
        "SELECT name FROM items WHERE strpos(lower(name), lower($1)) > 0 ORDER BY name, id LIMIT 500",
    );
    let expected = looked_up.bind(part).fetch_all(pool).await.expect("names");
    (page.rows.into_iter().map(|item| item.name.as_str().to_owned()).collect(), expected)
}

async fn check(store: &Store, pool: &PgPool) {
    for part in [
        "ø", "Ø%", "%", "7ø", "7Ø%-", "%-b", "zq", "q 1", "- ", "xx", "ab", "_", "\\", "9999", "b 77", "1",
        "zq 1", "øx",
    ] {
        let (found, expected) = found(store, pool, part).await;
        assert_eq!(found, expected, "{part}");
    }
}

#[tokio::test]
async fn every_part_of_a_name_is_found_also_after_items_change() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    store.items_load(ITEMS, item, |_| ()).await.expect("loaded");
    check(&store, &pool).await;
    for change in [
        "UPDATE items SET name = 'Renamed øx' WHERE name LIKE 'Zq 10 %' OR name LIKE '%10007%'",
        "UPDATE items SET name = 'Plain' WHERE name LIKE '%5007%'",
        "DELETE FROM inventory WHERE product_id IN (SELECT id FROM items WHERE name = 'Ab 7Ø%-b')",
        "DELETE FROM items WHERE name = 'Ab 7Ø%-b'",
        "INSERT INTO items (name, price) VALUES ('øx, new', 1)",
    ] {
        sqlx::query(change).execute(&pool).await.expect("changed");
        check(&store, &pool).await;
    }
    let (names, _) = found(&store, &pool, "øx").await;
    assert_eq!(names.len(), 2, "{names:?}");
}
