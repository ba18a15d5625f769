//! Searches by name find the same items as a comparison of every name, and the items that people expect.

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

fn query(part: &str) -> ItemQuery {
    ItemQuery {
        archived: false,
        name_part: Some(part.to_owned()),
        category: None,
        warehouse: None,
        quantity_max: None,
        low: None,
        sort: ItemSort::Name,
        after: None,
        limit: 500,
    }
}

async fn names(store: &Store, query: &ItemQuery) -> Vec<String> {
    let page = store.item_list(query).await.expect("a page");
    page.rows.into_iter().map(|item| item.name).collect()
}

/// The names that a term finds, by the store and by a comparison of every name.
async fn found(store: &Store, pool: &PgPool, part: &str) -> (Vec<String>, Vec<String>) {
    let compared = sqlx::query_scalar(
        r#"WITH term (words) AS (
               SELECT string_to_array(search_fold($1), ' ')
           ), literal AS (
               SELECT id, name FROM compared_names, term WHERE words = '{}' AND strpos(text, lower($1)) > 0
           ), by_words AS (
               SELECT id, name FROM compared_names, term
                WHERE words <> '{}' AND NOT EXISTS (SELECT FROM unnest(words) AS word WHERE strpos(folded, word) = 0)
           ), joined AS (
               SELECT id, name FROM compared_names, term
                WHERE array_to_string(words, '') ~ '...' AND strpos(replace(folded, ' ', ''), array_to_string(words, '')) > 0
                  AND NOT EXISTS (SELECT FROM by_words)
           )
           SELECT name FROM (TABLE literal UNION ALL TABLE by_words UNION ALL TABLE joined) AS found
            ORDER BY name COLLATE "und-x-icu", id LIMIT 500"#,
    );
    let expected = compared.bind(part).fetch_all(pool).await.expect("names");
    (names(store, &query(part)).await, expected)
}

async fn check(store: &Store, pool: &PgPool) {
    let fold = "DROP TABLE IF EXISTS compared_names;
        CREATE TABLE compared_names AS SELECT id, name, lower(name) AS text, search_fold(name) AS folded FROM items";
    sqlx::raw_sql(fold).execute(pool).await.expect("folded");
    for part in [
        "ø", "Ø%", "%", "7ø", "7Ø%-", "%-b", "zq", "q 1", "- ", "xx", "ab", "_", "\\", "9999", "b 77", "1",
        "zq 1", "øx", "ÖX", "b zq", "zq12", "q12", "1234b", "77 AB",
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

#[tokio::test]
async fn a_search_ignores_case_accents_punctuation_spaces_and_the_order_of_words() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let cases: [(&str, &[&str]); 10] = [
        ("USB-C Kabel", &["usb c", "usbc", "USB-C", "kabel usb", "usbckabel"]),
        ("Black Aria Lamp", &["aria black", "BLACK", "lamp, black", "ariá"]),
        ("Tapis 160x200", &["160 x 200", "160×200", "160 X 200 tapis"]),
        ("Tapis 90 x 120 cm", &["90x120", "120 cm", "90 × 120"]),
        ("Éclair au café", &["eclair", "cafe éclair", "CAFE\u{301}", "E\u{301}clair"]),
        ("Æble Øl, Straße", &["aeble", "ol", "strasse", "STRASSE øl"]),
        ("東京タワー 模型", &["模型 東京", "東京タワー"]),
        ("Sofa 🛋️ zwei", &["🛋️", "zwei 🛋️"]),
        ("100% Wolle", &["100 wolle", "100%"]),
        ("C++ Buch", &["c++", "buch c"]),
    ];
    for (name, _) in cases {
        sqlx::query("INSERT INTO items (name, price) VALUES ($1, 1)")
            .bind(name)
            .execute(&pool)
            .await
            .expect("added");
    }
    for (name, terms) in cases {
        for term in terms {
            let found = names(&store, &query(term)).await;
            assert!(found.iter().any(|found| found == name), "{term:?} does not find {name:?}: {found:?}");
        }
    }
    let found = async |term: &str| names(&store, &query(term)).await;
    assert_eq!(found("160 x 200").await, ["Tapis 160x200"]);
    assert_eq!(found("usbc").await, ["USB-C Kabel"]);
    assert_eq!(found("%").await, ["100% Wolle"]);
    // Joined words are compared only if no name contains the words.
    assert_eq!(found("tapis 160").await, ["Tapis 160x200"]);
    assert!(found("paris").await.is_empty());
}

#[tokio::test]
async fn names_have_the_order_of_a_dictionary_and_pages_continue_it() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let ordered = ["apple", "Ärmel", "Arzt", "äther", "Banana", "éclair", "Edam", "zebra", "Zebra", "Zoo"];
    for name in ["Zoo", "Zebra", "éclair", "Ärmel", "zebra", "Banana", "äther", "apple", "Edam", "Arzt"] {
        sqlx::query("INSERT INTO items (name, price) VALUES ($1, 1)")
            .bind(name)
            .execute(&pool)
            .await
            .expect("added");
    }
    let mut query = ItemQuery { name_part: None, limit: 3, ..query("") };
    let mut read = Vec::new();
    loop {
        let page = store.item_list(&query).await.expect("a page");
        read.extend(page.rows.into_iter().map(|item| item.name));
        let Some(next) = page.next else { break };
        query = query.after_cursor(&next).expect("a cursor");
    }
    assert_eq!(read, ordered);
}
