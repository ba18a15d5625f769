//! Rules that let the schema run on Citus, see `docs/database.md`.

use sqlx::PgPool;

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
        r"SELECT DISTINCT proname::text
            FROM pg_proc
           CROSS JOIN regexp_split_to_table(prosrc, ';|LOOP') AS statement
           WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype
             AND statement ~ '\y(new|old)_(levels|items|blocks)\y'
             AND statement ~ ('\y(INTO|FROM|JOIN|UPDATE)\s+(' ||
                              (SELECT string_agg(relname, '|') FROM pg_class
                                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace) || ')\y')",
    );
    assert_eq!(mixed.await, Vec::<String>::new());
}

/// Citus rejects an update of the column by which a row is distributed, even to the same value.
#[tokio::test]
async fn no_function_assigns_a_key_column_in_an_update() {
    let assigning = names(
        r"SELECT DISTINCT proname::text
            FROM pg_proc
           CROSS JOIN regexp_split_to_table(prosrc, ';|LOOP') AS statement
           WHERE pronamespace = 'public'::regnamespace AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
             AND substring(statement FROM '\yUPDATE\s+\w+\s+SET(.*?)(?:\y(?:FROM|WHERE)\y|$)')
                 ~ '(^|,)\s*(id|item_id|product_id|warehouse_id|order_id)\s*='",
    );
    assert_eq!(assigning.await, Vec::<String>::new());
}
