//! The ledger's low watermark, and cursors into the ledger.

use domain::{Error, LedgerCursor};
use sqlx::{Acquire as _, AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool};
use store::Store;

const WRITER_LOCKS: &str = "SELECT count(*) FROM pg_locks
                      WHERE locktype = 'advisory' AND classid::bigint >> 16 = 21332 AND pid = pg_backend_pid()";

/// Returns a store, and a pool of another application.
async fn ledger() -> (Store, PgPool) {
    let (store, url) = store::testing::store().await;
    (store, PgPool::connect(&url).await.expect("a connection"))
}

async fn writer_locks(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(WRITER_LOCKS).fetch_one(connection).await.expect("a count")
}

/// Inserts one movement with one statement.
async fn write(connection: &mut PgConnection) -> i64 {
    let line =
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'corrected')
                RETURNING id";
    sqlx::query_scalar(line).fetch_one(connection).await.expect("a line")
}

async fn position(store: &Store) -> i64 {
    store.low_watermark().await.expect("a watermark").cursor.position
}

#[tokio::test]
async fn a_transaction_takes_one_writer_lock_for_all_its_statements() {
    let (store, pool) = ledger().await;
    let mut transaction = pool.begin().await.expect("a transaction");
    let before = position(&store).await;
    for _ in 0..100 {
        write(&mut transaction).await;
        // Two statements that write to the ledger's sequence.
        let item = "WITH item AS (INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id)
                    INSERT INTO inventory SELECT id, 1, 5 FROM item";
        transaction.execute(item).await.expect("an item");
    }
    assert_eq!(writer_locks(&mut transaction).await, 1);
    let mut savepoint = transaction.begin().await.expect("a savepoint");
    write(&mut savepoint).await;
    savepoint.commit().await.expect("released");
    assert_eq!(writer_locks(&mut transaction).await, 1);
    assert_eq!(position(&store).await, before);
    transaction.commit().await.expect("committed");
    assert!(position(&store).await > before + 100);
}

/// ROLLBACK TO releases a writer lock that was taken after the savepoint. The next statement must take another one.
#[tokio::test]
async fn after_a_rolled_back_savepoint_the_next_statement_takes_the_lock_again() {
    let (store, pool) = ledger().await;
    let (mut slow, mut quick) = (pool.acquire().await.expect("one"), pool.acquire().await.expect("another"));
    let mut transaction = slow.begin().await.expect("a transaction");
    let mut savepoint = transaction.begin().await.expect("a savepoint");
    write(&mut savepoint).await;
    savepoint.rollback().await.expect("rolled back");
    assert_eq!(writer_locks(&mut transaction).await, 0);
    let passed = write(&mut quick).await;
    assert_eq!(position(&store).await, passed, "nothing is open");
    let caught = "DO $$ BEGIN
                      BEGIN
                          INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'moved');
                          RAISE division_by_zero;
                      EXCEPTION WHEN division_by_zero THEN
                      END;
                  END $$";
    transaction.execute(caught).await.expect("caught");
    assert_eq!(writer_locks(&mut transaction).await, 0);
    let open = write(&mut transaction).await;
    assert_eq!(writer_locks(&mut transaction).await, 1);
    let committed = write(&mut quick).await;
    assert!(committed > open);
    assert!(position(&store).await < open, "the movement is not committed");
    transaction.commit().await.expect("committed");
    assert_eq!(position(&store).await, committed);
}

/// The lock is taken even if a session has set the setting by hand, or in an earlier transaction.
#[tokio::test]
async fn a_setting_of_another_transaction_is_ignored() {
    let (store, pool) = ledger().await;
    let mut session = pool.acquire().await.expect("a session");
    for setting in
        ["SET stockhold.low_watermark_held = 'on'", "SET stockhold.low_watermark_held = '1'", "SELECT 1"]
    {
        session.execute(AssertSqlSafe(setting)).await.expect("set");
        let mut transaction = session.begin().await.expect("a transaction");
        let open = write(&mut transaction).await;
        assert_eq!(writer_locks(&mut transaction).await, 1, "{setting}");
        assert!(position(&store).await < open);
        transaction.commit().await.expect("committed");
        assert_eq!(writer_locks(&mut session).await, 0, "{setting}");
    }
}

/// A cursor is accepted as long as the history before it is the same, and rejected afterwards.
#[tokio::test]
async fn a_cursor_of_another_history_is_unknown() {
    let (store, pool) = ledger().await;
    let mut session = pool.acquire().await.expect("a session");
    let read = async |cursor: &LedgerCursor| store.events_after(cursor, 10).await;
    let is_unknown = async |cursor: &LedgerCursor| {
        matches!(read(cursor).await, Err(store::Error::Rejected(Error::CursorUnknown)))
    };
    assert!(read(&LedgerCursor::START).await.is_ok());
    let empty = store.low_watermark().await.expect("a watermark").cursor;
    for _ in 0..5 {
        write(&mut session).await;
    }
    assert!(!is_unknown(&empty).await, "no movement was before it");
    let now = store.low_watermark().await.expect("a watermark").cursor;
    assert!(read(&now).await.expect("a page").events.is_empty());
    for _ in 0..2 {
        write(&mut session).await;
    }
    assert_eq!(read(&now).await.expect("a page").events.len(), 2);
    let page = store.events_after(&LedgerCursor::START, 3).await.expect("a page");
    assert_eq!(page.events.len(), 3);
    assert!(!is_unknown(&page.cursor).await);

    let future = LedgerCursor { position: now.position + 1_000, ..now.clone() };
    let foreign = LedgerCursor { fingerprint: Some("0123456789abcdef".to_owned()), ..now.clone() };
    let of_an_older_version = LedgerCursor { fingerprint: None, ..now.clone() };
    for unknown in [future, foreign, of_an_older_version] {
        assert!(is_unknown(&unknown).await, "{unknown}");
    }

    // As after a failover that lost the newest movements: their ids belong to other movements.
    let lost = "ALTER TABLE stock_movements DISABLE TRIGGER USER;
                UPDATE stock_movements SET created_at = created_at + interval '1 second' WHERE id = $1";
    let lost = lost.replace("$1", &now.position.to_string());
    sqlx::raw_sql(AssertSqlSafe(lost)).execute(&mut *session).await.expect("another history");
    assert!(is_unknown(&now).await);
    assert!(!is_unknown(&page.cursor).await, "the history before it is the same");
}

/// Movements are deleted by `ledger_archive` alone, and only old ones.
#[tokio::test]
async fn movements_are_deleted_only_by_an_archive() {
    let (_, pool) = ledger().await;
    let mut session = pool.acquire().await.expect("a session");
    let rejected = async |session: &mut PgConnection, statement: &str| {
        let error = sqlx::raw_sql(AssertSqlSafe(statement)).execute(session).await.expect_err(statement);
        let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default();
        constraint.to_owned()
    };
    let old = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, created_at)
               VALUES (1, 1, 5, 'received', now() - interval '31 days') RETURNING id";
    let old: i64 = sqlx::query_scalar(old).fetch_one(&mut *session).await.expect("a movement");
    let young = write(&mut session).await;
    let by_hand = "BEGIN; SELECT set_config('stockhold.archiving', pg_current_xact_id()::text, true);";
    for statement in [
        "DELETE FROM stock_movements",
        "UPDATE stock_movements SET change = 0",
        "TRUNCATE stock_movements",
        "SET stockhold.archiving = 'on'; DELETE FROM stock_movements",
        // The setting alone allows no deletion of movements that are not archived.
        &format!("{by_hand} DELETE FROM stock_movements WHERE id = {old}"),
        &format!("ROLLBACK; SELECT ledger_archive(0, {young}, 2)"),
    ] {
        assert_eq!(rejected(&mut session, statement).await, "stock_movements_append_only", "{statement}");
    }
    for (statement, constraint) in [
        ("UPDATE archive_positions SET position = 7", "archive_positions_fixed"),
        ("TRUNCATE archive_positions", "archive_positions_fixed"),
        ("DELETE FROM ledger_checkpoints", "ledger_checkpoints_fixed"),
        ("TRUNCATE ledger_checkpoints", "ledger_checkpoints_fixed"),
        ("INSERT INTO ledger_holders VALUES (1, 1, 'block', 1, 1, 0, 0, false)", "ledger_holders_fixed"),
        ("TRUNCATE ledger_holders", "ledger_holders_fixed"),
    ] {
        assert_eq!(rejected(&mut session, statement).await, constraint, "{statement}");
    }
    // Another position, or another number of rows than in the file.
    for wrong in
        [format!("SELECT ledger_archive(1, {old}, 1)"), format!("SELECT ledger_archive(0, {old}, 2)")]
    {
        let error = sqlx::raw_sql(AssertSqlSafe(wrong)).execute(&mut *session).await.expect_err("rejected");
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("40001"));
    }
    let count = "SELECT count(*) FROM stock_movements";
    let left = async |session: &mut PgConnection| -> i64 {
        sqlx::query_scalar(count).fetch_one(session).await.expect("a count")
    };
    assert_eq!(left(&mut session).await, 2);
    sqlx::query("SELECT ledger_archive(0, $1, 1)").bind(old).execute(&mut *session).await.expect("archived");
    assert_eq!(left(&mut session).await, 1);
    let checkpoint: (i64, i64, i64) =
        sqlx::query_as("SELECT movements, last_id, available FROM ledger_checkpoints WHERE item_id = 1")
            .fetch_one(&mut *session)
            .await
            .expect("a checkpoint");
    assert_eq!(checkpoint, (1, old, 5));
}

/// Movements of confirmed blocks of earlier versions have no units: those of the block count.
#[tokio::test]
async fn a_checkpoint_has_the_units_of_confirmed_blocks_of_earlier_versions() {
    let (_, pool) = ledger().await;
    let item = store::testing::item(&pool).await;
    let setup = format!(
        "INSERT INTO inventory VALUES ({item}, 1, 9); SET session_replication_role = replica;
         INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, is_permanent) VALUES (7, {item}, 1, 4, true);
         INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
         VALUES ({item}, 1, 7, -4, 'blocked'), ({item}, 1, 7, 0, 'confirmed');
         UPDATE stock_movements SET created_at = created_at - interval '40 days';
         RESET session_replication_role"
    );
    sqlx::raw_sql(AssertSqlSafe(setup)).execute(&pool).await.expect("movements");
    let last: (i64, i64) = sqlx::query_as("SELECT max(id), count(*) FROM stock_movements")
        .fetch_one(&pool)
        .await
        .expect("the movements");
    sqlx::query("SELECT ledger_archive(0, $1, $2)")
        .bind(last.0)
        .bind(last.1)
        .execute(&pool)
        .await
        .expect("archived");
    let units: (i64, i64, i64) = sqlx::query_as("SELECT available, held, committed FROM ledger_checkpoints")
        .fetch_one(&pool)
        .await
        .expect("a checkpoint");
    assert_eq!(units, (9 - 4, 0, 4));
}

/// Another application may have a schema of its own before the one of the tables in its search path.
#[tokio::test]
async fn the_search_path_of_a_session_has_no_effect_on_locks_and_channels() {
    let (_, url) = store::testing::store().await;
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    connection.execute("CREATE SCHEMA other; SET search_path = other, public").await.expect("set");
    let found: (i32, String) = sqlx::query_as("SELECT shop_number(), shop_channel('stockhold')")
        .fetch_one(&mut connection)
        .await
        .expect("constants");
    assert_eq!(found, (0, "stockhold".to_owned()));
}
