//! The locks of each new migration: a migration must not stop the writers of a large table for longer than a moment.

use super::database_at;
use sqlx::migrate::Migration;
use sqlx::{Connection as _, PgConnection, SqlSafeStr as _};

/// The last migration before these rules. Later ones follow them.
const LAST_BEFORE_RULES: i64 = 34;

/// The tables that grow with the shop.
const LARGE_TABLES: [&str; 20] = [
    "audit_events",
    "block_inventory",
    "carts",
    "idempotency_keys",
    "import_rows",
    "inventory",
    "item_barcodes",
    "item_changes",
    "item_names",
    "item_skus",
    "items",
    "order_allocations",
    "order_items",
    "orders",
    "refused_units",
    "signal_levels",
    "stock_movements",
    "stock_signals",
    "unsellable_stock",
    "webhook_deliveries",
];

/// The beginnings of statements that are allowed outside a transaction. Each lets writers of the table continue.
const ALLOWED_OUTSIDE: [&str; 4] = [
    "CREATE INDEX CONCURRENTLY",
    "CREATE UNIQUE INDEX CONCURRENTLY",
    "DROP INDEX CONCURRENTLY",
    "REINDEX INDEX CONCURRENTLY",
];

/// The state of the large tables: the file of each, which a rewrite changes, and within the current transaction the locks of
/// this session and the reads of whole tables.
const STATE: &str = "
    SELECT c.relname::text, pg_relation_filenode(c.oid)::bigint, coalesce(s.seq_scan, 0)::bigint,
           coalesce((SELECT bool_or(mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
                       FROM pg_locks WHERE relation = c.oid AND pid = pg_backend_pid()), false),
           EXISTS (SELECT FROM pg_locks
                    WHERE relation = c.oid AND pid = pg_backend_pid() AND mode = 'RowExclusiveLock')
      FROM pg_class c LEFT JOIN pg_stat_xact_user_tables s ON s.relid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1) ORDER BY 1";

/// Table, file, reads of the whole table, whether writers wait, and whether rows are written.
type TableState = (String, i64, i64, bool, bool);

async fn state(connection: &mut PgConnection) -> Vec<TableState> {
    sqlx::query_as(STATE).bind(LARGE_TABLES).fetch_all(connection).await.expect("a state")
}

/// The statements of a migration, in one line each, without comments.
fn statements(sql: &str) -> Vec<String> {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or(""));
    let text: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    let statements = text.join(" ");
    statements
        .split(';')
        .map(|statement| statement.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

/// Applies a migration, and returns the rules that it breaks.
async fn findings(connection: &mut PgConnection, migration: &Migration) -> Vec<String> {
    let sql = migration.sql.as_str();
    let statements = statements(sql);
    let apply = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()).into_sql_str());
    if migration.no_tx {
        apply.execute(&mut *connection).await.expect("applied");
        let is_allowed = match statements.as_slice() {
            [statement] => ALLOWED_OUTSIDE.iter().any(|allowed| statement.starts_with(allowed)),
            _ => false,
        };
        let rule = "outside a transaction only one statement, and only on an index CONCURRENTLY";
        return if is_allowed { Vec::new() } else { vec![rule.to_owned()] };
    }
    let mut transaction = connection.begin().await.expect("a transaction");
    let before = state(&mut transaction).await;
    apply.execute(&mut *transaction).await.expect("applied");
    let after = state(&mut transaction).await;
    transaction.commit().await.expect("committed");
    let mut broken = Vec::new();
    let has_timeout = statements.first().is_some_and(|first| first.starts_with("SET LOCAL lock_timeout = "));
    for (table, file, reads, _, _) in before {
        let Some((_, file_after, reads_after, is_locked, is_written)) =
            after.iter().find(|(name, ..)| *name == table)
        else {
            broken.push(format!("{table} is dropped"));
            continue;
        };
        if *file_after != file {
            broken.push(format!("{table} is rewritten"));
        } else if *is_locked && *reads_after > reads {
            broken.push(format!("{table} is read while writers wait"));
        }
        if *is_written {
            broken.push(format!("rows of {table} are written, and stay locked until the commit"));
        }
        if *is_locked && !has_timeout {
            broken.push(format!("{table} is locked, and the first statement sets no lock_timeout"));
        }
    }
    broken
}

#[tokio::test]
async fn new_migrations_let_writers_continue() {
    let (migrator, pool, _) = database_at(LAST_BEFORE_RULES).await;
    let mut connection = pool.acquire().await.expect("a connection").detach();
    let mut broken = Vec::new();
    for migration in migrator.iter().filter(|migration| migration.version > LAST_BEFORE_RULES) {
        let found = findings(&mut connection, migration).await;
        broken.extend(found.into_iter().map(|rule| format!("migration {}: {rule}", migration.version)));
    }
    assert!(broken.is_empty(), "see CONTRIBUTING.md, \"Add a migration\":\n{}", broken.join("\n"));
}

#[tokio::test]
async fn the_rules_find_what_stops_writers() {
    let (_, pool, _) = database_at(LAST_BEFORE_RULES).await;
    let mut connection = pool.acquire().await.expect("a connection").detach();
    for (statement, wanted) in [
        ("CREATE TABLE shelves (id bigint); CREATE INDEX shelves_idx ON shelves (id)", None),
        ("ALTER TABLE inventory ADD COLUMN a int NOT NULL DEFAULT 1", None),
        ("ALTER TABLE inventory ADD CONSTRAINT a_positive CHECK (a > 0) NOT VALID", None),
        ("ALTER TABLE inventory VALIDATE CONSTRAINT a_positive", None),
        (
            "CREATE TRIGGER t AFTER INSERT ON inventory FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            None,
        ),
        ("ALTER TABLE inventory ADD COLUMN b uuid DEFAULT gen_random_uuid()", Some("inventory is rewritten")),
        ("ALTER TABLE orders ALTER COLUMN reference TYPE text COLLATE \"C\"", Some("orders is")),
        (
            "ALTER TABLE inventory ADD CONSTRAINT b_positive CHECK (a > 0)",
            Some("inventory is read while writers wait"),
        ),
        (
            "ALTER TABLE inventory ADD COLUMN c int; ALTER TABLE inventory ALTER COLUMN c SET NOT NULL",
            Some("inventory is read while writers wait"),
        ),
        ("CREATE INDEX i ON stock_movements (actor)", Some("stock_movements is read while writers wait")),
        ("UPDATE inventory SET a = 2", Some("rows of inventory are written")),
        ("DROP TABLE refused_units", Some("refused_units is dropped")),
    ] {
        let sql = format!("SET LOCAL lock_timeout = '500ms';\n-- A reason.\n{statement};");
        let found = findings(&mut connection, &migration(&sql, false)).await;
        match wanted {
            None => assert!(found.is_empty(), "{statement}: {found:?}"),
            Some(wanted) => {
                assert!(found.iter().any(|rule| rule.starts_with(wanted)), "{statement}: {found:?}")
            }
        }
    }
    let found = findings(&mut connection, &migration("ALTER TABLE items ADD COLUMN d int", false)).await;
    assert_eq!(found, ["items is locked, and the first statement sets no lock_timeout"]);
    let concurrently = migration("-- no-transaction\nCREATE INDEX CONCURRENTLY j ON items (price)", true);
    assert!(findings(&mut connection, &concurrently).await.is_empty());
    let found =
        findings(&mut connection, &migration("-- no-transaction\nCREATE INDEX k ON items (price)", true))
            .await;
    assert_eq!(found.len(), 1, "{found:?}");
}

fn migration(sql: &str, no_tx: bool) -> Migration {
    let kind = sqlx::migrate::MigrationType::Simple;
    Migration::new(1, "a test".into(), kind, sqlx::AssertSqlSafe(sql.to_owned()).into_sql_str(), no_tx)
}
