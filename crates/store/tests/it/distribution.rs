//! Rules that let the schema run on Citus, see `docs/database.md`.

use sqlx::PgPool;
use std::collections::{HashMap, HashSet};
use std::path::Path;

async fn names(query: &'static str) -> Vec<String> {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    sqlx::query_scalar(query).fetch_all(&pool).await.expect("names")
}

/// Citus creates no trigger on shards that includes TRUNCATE: the trigger would reject nothing there.
#[tokio::test]
async fn triggers_for_truncate_are_for_nothing_else() {
    // Bits of pg_trigger.tgtype: INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32.
    let mixed = names(
        "SELECT tgname::text FROM pg_trigger
          WHERE NOT tgisinternal AND tgtype & 32 <> 0 AND tgtype & (4 | 8 | 16) <> 0",
    );
    assert_eq!(mixed.await, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_rejects_truncate() {
    let unprotected = names(
        "SELECT relname::text FROM pg_class
          WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_sqlx_migrations'
            AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgtype & 32 <> 0)",
    );
    assert_eq!(unprotected.await, Vec::<String>::new());
}

/// A transition table does not exist on the node that runs a statement on a distributed table.
#[tokio::test]
async fn transition_tables_are_read_without_other_tables() {
    // A statement reads a transition table, and reads or writes a table too.
    let mixed = names(
        r"WITH tables AS (
              SELECT string_agg(relname, '|') AS names FROM pg_class
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          ), transitions AS (
              SELECT string_agg(DISTINCT name, '|') AS names
                FROM pg_trigger, unnest(ARRAY [tgoldtable, tgnewtable]) AS name WHERE name IS NOT NULL
          )
          SELECT DISTINCT proname::text
            FROM tables, transitions, pg_proc
           CROSS JOIN regexp_split_to_table(prosrc, ';|LOOP') AS statement
           WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype
             AND statement ~ format('\y(%s)\y', transitions.names)
             AND statement ~ format('\y(INTO|FROM|JOIN|UPDATE|USING)\s+(%s)\y', tables.names)",
    );
    assert_eq!(mixed.await, Vec::<String>::new());
    let transitions = names("SELECT DISTINCT tgnewtable::text FROM pg_trigger WHERE tgnewtable IS NOT NULL");
    assert!(transitions.await.len() > 2);
}

/// The columns of primary keys, by table.
async fn keys() -> HashMap<String, HashSet<String>> {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT relname::text, attname::text
           FROM pg_constraint
           JOIN pg_class ON pg_class.oid = conrelid
           JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
          WHERE contype = 'p' AND relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&pool)
    .await
    .expect("keys");
    let mut keys = HashMap::<_, HashSet<_>>::new();
    for (table, column) in rows {
        keys.entry(table).or_default().insert(column);
    }
    keys
}

/// Citus rejects an update of the column by which a row is distributed, even to the same value.
#[tokio::test]
async fn no_function_assigns_a_key_column_in_an_update() {
    let keys = keys().await;
    let functions = names(
        "SELECT proname || ': ' || regexp_replace(prosrc, '--[^\n]*', '', 'g') FROM pg_proc
          WHERE pronamespace = 'public'::regnamespace
            AND prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('plpgsql', 'sql'))",
    );
    let functions = functions.await;
    let found: Vec<_> = functions.iter().flat_map(|text| key_assignments(text, &keys)).collect();
    assert_eq!(found, Vec::<String>::new());
    assert!(functions.iter().any(|text| text.contains("UPDATE ")), "no function was found");
}

#[tokio::test]
async fn no_statement_assigns_a_key_column_in_an_update() {
    let keys = keys().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let mut updates = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a text");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let statement = file["query"].as_str().expect("a statement");
        assert_eq!(key_assignments(statement, &keys), Vec::<String>::new(), "{statement}");
        updates += statement.matches("UPDATE ").count();
    }
    assert!(updates > 50, "{updates} updates were found");
}

/// Returns the key columns that the UPDATEs of a text assign, as `table.column`.
fn key_assignments(text: &str, keys: &HashMap<String, HashSet<String>>) -> Vec<String> {
    let text = text.replace("(UPDATE", "( UPDATE").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(" SET ") {
        let before: Vec<_> = text[..at].split(' ').collect();
        let Some(table) = updated_table(&before) else { continue };
        let Some(columns) = keys.get(table) else { continue };
        let assigned = assigned_columns(&text[at + " SET ".len()..]);
        found.extend(
            assigned.filter(|column| columns.contains(*column)).map(|column| format!("{table}.{column}")),
        );
    }
    found
}

/// The table of `UPDATE table [AS alias] SET` or `INSERT INTO table … ON CONFLICT … DO UPDATE SET`.
fn updated_table<'t>(before: &[&'t str]) -> Option<&'t str> {
    let table = match before {
        [.., "DO", "UPDATE"] => {
            let insert = before.iter().rposition(|word| *word == "INTO")?;
            before.get(insert + 1)?
        }
        [.., "UPDATE", table] | [.., "UPDATE", table, "AS", _] | [.., "UPDATE", table, _] => table,
        _ => return None,
    };
    Some(table)
}

/// The columns before `=` at the level of the assignments, up to the end of the SET list.
fn assigned_columns(list: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut parts, mut start) = (0_i32, Vec::new(), 0);
    for (at, char) in list.char_indices() {
        let is_end = depth == 0
            && (char == ';'
                || [" FROM ", " WHERE ", " RETURNING "].iter().any(|word| list[at..].starts_with(word)));
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        if depth < 0 || is_end {
            parts.push(&list[start..at]);
            start = list.len();
            break;
        }
    }
    parts.push(&list[start..]);
    let columns = parts.into_iter().filter_map(|part| part.split_once('=')).map(|(column, _)| column);
    // `(a, b) = (…)` assigns several.
    columns.flat_map(|columns| columns.trim().trim_matches(['(', ')']).split(',').map(str::trim))
}

#[test]
fn assignments_of_keys_are_found() {
    let keys = HashMap::from([("items".to_owned(), HashSet::from(["id".to_owned()]))]);
    for (text, found) in [
        ("UPDATE items SET id = 1", 1),
        ("UPDATE items AS i SET name = f(a, b), id = 1 WHERE name = 'x'", 1),
        ("UPDATE items SET (name, id) = (SELECT 1, 2)", 1),
        ("WITH a AS (UPDATE items SET id = id RETURNING id) SELECT 1", 1),
        ("INSERT INTO items (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2", 1),
        ("UPDATE items SET name = 1 WHERE id = 1", 0),
        ("UPDATE items SET name = (SELECT x FROM y WHERE id = 1) FROM z WHERE items.id = 2", 0),
        ("WITH a AS (UPDATE items SET name = 1) SELECT id = 1", 0),
        ("UPDATE others SET id = 1", 0),
        ("SELECT set_config('a', 'b', true)", 0),
    ] {
        assert_eq!(key_assignments(text, &keys).len(), found, "{text}");
    }
}

/// Citus accepts one statement per message. The schema is the same as that of whole files.
#[tokio::test]
async fn migrations_run_one_statement_at_a_time() {
    let (_, url) = store::testing::store().await;
    let stepwise = store::testing::store_by_statement().await;
    let (whole, stepwise) = (schema_of(&url).await, schema_of(&stepwise).await);
    assert!(whole.len() > 500, "{} objects", whole.len());
    assert_eq!(whole, stepwise);
}

/// The definitions of all objects of the schema, sorted.
async fn schema_of(url: &str) -> Vec<String> {
    let pool = PgPool::connect(url).await.expect("a connection");
    let definitions = "
        SELECT text FROM (
            SELECT pg_get_functiondef(oid) FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prolang NOT IN
                   (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))
            UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable)
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT concat_ws(' ', version, description, success, encode(checksum, 'hex'))
              FROM _sqlx_migrations) AS definitions (text)
         ORDER BY text";
    sqlx::query_scalar(definitions).fetch_all(&pool).await.expect("definitions")
}
