//! The directories of keys follow `items`, and the database folds keys as the program does.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::PgPool;

#[tokio::test]
async fn the_database_folds_keys_as_the_program_does() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut runner = TestRunner::deterministic();
    // White space of every kind, and scripts with upper and lower case.
    let text = prop::string::string_regex(
        "[ \t\n\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\
          !-~¡-\u{24f}\u{370}-\u{373}\u{37b}-\u{37f}\u{386}-\u{3ff}\u{400}-\u{556}\u{10a0}-\u{10c5}\u{13a0}-\u{13f5}\
          \u{1e00}-\u{1f15}\u{1f18}-\u{1f1d}\u{2160}-\u{2184}\u{ff21}-\u{ff5a}\u{10400}-\u{1044f}]{0,24}",
    )
    .expect("a strategy");
    let mut texts: Vec<String> =
        (0..3_000).map(|_| text.new_tree(&mut runner).expect("a text").current()).collect();
    texts.extend(["ΑΣ", "ΑΣ ΑΣΑ", "Σ", "ς", "İI", "\u{1e9e}ß", "ǅ", "x\u{200b}"].map(str::to_owned));
    let folded: Vec<String> = sqlx::query_scalar(
        "SELECT fold_key(key) FROM unnest($1) WITH ORDINALITY AS keys (key, n) ORDER BY n",
    )
    .bind(&texts)
    .fetch_all(&pool)
    .await
    .expect("folded keys");
    for (text, folded) in texts.iter().zip(folded) {
        assert_eq!(domain::fold_key(text), folded, "{text:?}");
    }
}

/// A statement, the directories after it, and how often the version has been incremented since the start.
type Step = (&'static str, &'static [(&'static str, i64)], i64);

/// The directories, sorted by key: folded SKU or barcode, and item.
async fn directories(pool: &PgPool) -> Vec<(String, i64)> {
    let query = "SELECT folded, item_id FROM item_skus UNION ALL SELECT barcode, item_id FROM item_barcodes ORDER BY 1";
    sqlx::query_as(query).fetch_all(pool).await.expect("directories")
}

async fn key_version(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT version FROM key_version").fetch_one(pool).await.expect("a version")
}

#[tokio::test]
async fn the_directories_follow_the_items_and_a_changed_sku_changes_the_version() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let start = key_version(&pool).await;
    let steps: [Step; 8] = [
        (
            "INSERT INTO items (id, name, price, sku, barcodes)
             VALUES (901, 'a', 1, 'A 1', '{5,4}'), (902, 'b', 1, NULL, NULL)",
            &[("4", 901), ("5", 901), ("a 1", 901)],
            0,
        ),
        ("UPDATE items SET sku = 'B' WHERE id = 902", &[("4", 901), ("5", 901), ("a 1", 901), ("b", 902)], 0),
        ("UPDATE items SET name = 'c'", &[("4", 901), ("5", 901), ("a 1", 901), ("b", 902)], 0),
        (
            "UPDATE items SET barcodes = '{6,4}' WHERE id = 901",
            &[("4", 901), ("6", 901), ("a 1", 901), ("b", 902)],
            0,
        ),
        ("UPDATE items SET sku = sku || ' x'", &[("4", 901), ("6", 901), ("a 1 x", 901), ("b x", 902)], 1),
        (
            "UPDATE items SET id = 903, sku = NULL WHERE id = 902",
            &[("4", 901), ("6", 901), ("a 1 x", 901)],
            2,
        ),
        ("UPDATE warehouses SET code = 'OTHER'", &[("4", 901), ("6", 901), ("a 1 x", 901)], 3),
        ("DELETE FROM items", &[], 4),
    ];
    for (statement, expected, changes) in steps {
        sqlx::raw_sql(statement).execute(&pool).await.expect(statement);
        let expected: Vec<_> = expected.iter().map(|(key, item)| ((*key).to_owned(), *item)).collect();
        assert_eq!(directories(&pool).await, expected, "{statement}");
        assert_eq!(key_version(&pool).await - start, changes, "{statement}");
    }
}

#[tokio::test]
async fn a_rollback_to_a_savepoint_does_not_hide_a_later_change_of_a_key() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let start = key_version(&pool).await;
    sqlx::raw_sql(
        "INSERT INTO items (id, name, price, sku) VALUES (901, 'a', 1, 'A');
         BEGIN;
         SAVEPOINT before;
         UPDATE items SET sku = 'B';
         ROLLBACK TO before;
         UPDATE items SET sku = 'C';
         COMMIT",
    )
    .execute(&pool)
    .await
    .expect("committed");
    assert_eq!(key_version(&pool).await, start + 1);
    for twice in [
        "INSERT INTO items (name, price, sku) VALUES ('b', 1, ' c ')",
        "UPDATE items SET sku = 'd', barcodes = '{1,1}'",
    ] {
        sqlx::raw_sql(twice).execute(&pool).await.expect_err(twice);
    }
}

/// The categories of the items, by id.
async fn categories(pool: &PgPool) -> Vec<(i64, Option<String>)> {
    let query = "SELECT id, category FROM items ORDER BY id";
    sqlx::query_as(query).fetch_all(pool).await.expect("categories")
}

#[tokio::test]
async fn items_of_other_writers_get_the_present_spelling_of_their_category() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let steps = [
        (
            "INSERT INTO items (id, name, price, category)
             VALUES (901, 'a', 1, 'Tools'), (902, 'b', 1, ' tools'), (903, 'c', 1, NULL), (904, 'd', 1, 'Cups')",
            // The first spelling in the order of bytes.
            [Some("tools"), Some("tools"), None, Some("Cups")],
        ),
        ("UPDATE items SET category = E'\u{3000}TOOLS\\t' WHERE id > 902", [Some("tools"); 4]),
        (
            "UPDATE items SET category = E'cups \\n\\u2003 mugs ' WHERE id = 904",
            [Some("tools"), Some("tools"), Some("tools"), Some("cups mugs")],
        ),
        ("UPDATE items SET category = E'\\u00A0' WHERE id = 904", [Some("tools"), Some("tools"), Some("tools"), None]),
        (
            "UPDATE items SET category = 'cups' WHERE id = 904",
            [Some("tools"), Some("tools"), Some("tools"), Some("cups")],
        ),
        ("UPDATE items SET category = NULL WHERE id < 904", [None, None, None, Some("cups")]),
        // No item has the former spelling, so the new one applies.
        ("UPDATE items SET category = 'Tools' WHERE id < 903", [Some("Tools"), Some("Tools"), None, Some("cups")]),
    ];
    for (statement, expected) in steps {
        sqlx::query(statement).execute(&pool).await.expect("changed");
        let found = categories(&pool).await;
        let found: Vec<_> = found.iter().map(|(_, category)| category.as_deref()).collect();
        assert_eq!(found, expected, "after {statement}");
    }
    let truncated = sqlx::query("TRUNCATE category_names").execute(&pool).await;
    assert!(truncated.is_err(), "the directory follows the items");
}

#[tokio::test]
async fn an_upgrade_merges_items_of_several_spellings_into_the_most_frequent_one() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let migration = include_str!("../../../../migrations/0019_names.sql");
    let before = "ALTER TABLE items DISABLE TRIGGER items_category_inserted;
        INSERT INTO items (id, name, price, category)
        VALUES (901, 'a', 1, 'garden tools'), (902, 'b', 1, 'Garden  tools '), (903, 'c', 1, 'Garden  tools '),
               (904, 'd', 1, 'Cups'), (905, 'e', 1, ' '), (906, 'f', 1, NULL);
        ALTER TABLE items ENABLE TRIGGER items_category_inserted;";
    sqlx::raw_sql(before).execute(&pool).await.expect("items");
    let changes = "SELECT item_id FROM item_changes ORDER BY id";
    let recorded: Vec<i64> = sqlx::query_scalar(changes).fetch_all(&pool).await.expect("changes");
    for (comment, subject) in [("meanwhile.\n", "the directory"), ("receive the changes.\n", "the items")] {
        let (_, rest) = migration.split_once(comment).expect(subject);
        let statement = rest.split_inclusive(';').next().expect(subject);
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&pool).await.expect(subject);
    }
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM category_names ORDER BY folded")
        .fetch_all(&pool)
        .await
        .expect("names");
    assert_eq!(names, ["Cups", "Garden tools"]);
    let found = categories(&pool).await;
    let found: Vec<_> = found.iter().map(|(_, category)| category.as_deref()).collect();
    let tools = Some("Garden tools");
    assert_eq!(found, [tools, tools, tools, Some("Cups"), None, None]);
    let mut changed: Vec<i64> = sqlx::query_scalar(changes).fetch_all(&pool).await.expect("changes");
    changed = changed.split_off(recorded.len());
    changed.sort_unstable();
    assert_eq!(changed, [901, 902, 903, 905], "servers of the previous version receive the changes");
}

/// A name in the spelling of `domain` is the one that PostgreSQL keeps.
#[tokio::test]
async fn white_space_of_a_category_is_the_same_in_rust_and_sql() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    for code in (1..=0x3100).chain([0xFEFF, 0x1F600]) {
        let Some(character) = char::from_u32(code) else { continue };
        let text = format!("{character}a{character}{character} b");
        let known = domain::CategoryName::for_lookup(&text).expect("a name");
        let trimmed: String = sqlx::query_scalar("SELECT category_name_trim($1)")
            .bind(&text)
            .fetch_one(&pool)
            .await
            .expect("a name");
        assert_eq!(known.as_str(), trimmed, "U+{code:04X}");
    }
}
