//! Short parts of names are found whether or not the names have been indexed.

use domain::{ItemQuery, ItemSort, WarehouseId};
use sqlx::PgPool;
use store::{SeedItem, Store};

/// So many that letters which half of them have are not rare.
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

/// The names that hold this part, by the service and by looking at all of them.
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
    for part in
        ["ø", "Ø%", "%", "7ø", "7Ø%-", "%-b", "zq", "q 1", "- ", "xx", "ab", "_", "\\", "9999", "b 77", "1"]
    {
        let (found, expected) = found(store, pool, part).await;
        assert_eq!(found, expected, "{part}");
    }
}

async fn index_all(store: &Store) -> usize {
    let mut names = 0;
    loop {
        match store.index_new_names().await.expect("indexed") {
            0 => return names,
            more => names += more,
        }
    }
}

#[tokio::test]
async fn short_parts_are_found_before_and_after_names_are_indexed() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    store.items_load(ITEMS, item, |_| ()).await.expect("loaded");
    // All are new, more than are looked at one by one; then some; then none.
    check(&store, &pool).await;
    let mut apart = 0;
    while apart < 15_000 {
        apart += store.index_new_names().await.expect("indexed");
    }
    check(&store, &pool).await;
    apart += index_all(&store).await;
    assert_eq!(apart as u64, ITEMS);
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
    // Names that came one by one are taken together.
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM item_names_new").fetch_one(&pool).await.expect("a count");
    assert!(waiting > 3, "{waiting}");
    assert!(store.index_new_names().await.expect("indexed") > 3);
    assert_eq!(store.index_new_names().await.expect("indexed"), 0);
    check(&store, &pool).await;
    let (names, _) = found(&store, &pool, "øx").await;
    assert_eq!(names.len(), 2, "{names:?}");
    // New names whose items are gone are done with as well.
    for change in [
        "INSERT INTO items (name, price) VALUES ('øx, gone', 1)",
        "DELETE FROM items WHERE name = 'øx, gone'",
    ] {
        sqlx::query(change).execute(&pool).await.expect("changed");
    }
    assert_eq!(index_all(&store).await, 0);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM item_names_new").fetch_one(&pool).await.expect("a count");
    assert_eq!(left, 0);
    // What many names have is not kept for each.
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM item_name_fragments WHERE fragments @> '{øx}'")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(kept, 2);
    let common: Vec<String> =
        sqlx::query_scalar("SELECT fragment FROM name_fragments WHERE items > 8000 ORDER BY fragment")
            .fetch_all(&pool)
            .await
            .expect("fragments");
    assert!(
        ["zq", "ab", "-b", " ", "1"].iter().all(|part| common.contains(&(*part).to_owned())),
        "{common:?}"
    );
}

/// Names come and are indexed by two servers while they are searched: whatever is committed is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_search_misses_a_name_that_is_just_indexed() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let other = Store::connect(store::Settings::new(&url)).await.expect("connected");
    let (done, stop) = tokio::sync::watch::channel(false);
    let servers = [store.clone(), other].map(|store| {
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut names = 0;
            while !*stop.borrow() {
                names += store.index_new_names().await.expect("indexed");
            }
            names
        })
    });
    const NAMES: i64 = 300;
    for n in 1..=NAMES {
        sqlx::query("INSERT INTO items (name, price) VALUES ('Ø' || $1, 1)")
            .bind(n.to_string())
            .execute(&pool)
            .await
            .expect("created");
        let (names, expected) = found(&store, &pool, "ø").await;
        assert_eq!(names.len() as i64, n, "{names:?}");
        assert_eq!(names, expected);
    }
    done.send(true).expect("heard");
    let mut names = 0;
    for server in servers {
        names += server.await.expect("no panic");
    }
    // Only now: a call that finds the lock taken does nothing.
    names += index_all(&store).await;
    assert_eq!(names as i64, NAMES);
}
